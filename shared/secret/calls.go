package secret

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// Narrow is what is used of a client, and holds nothing of the rest: in a binary
// that executes templates, which find methods by name, the linker would keep all
// that SSM can do (4 MB).
func Narrow(c *ssm.Client) API { return calls{c.GetParametersByPath, c.PutParameter} }

type calls struct {
	get func(context.Context, *ssm.GetParametersByPathInput, ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error)
	put func(context.Context, *ssm.PutParameterInput, ...func(*ssm.Options)) (*ssm.PutParameterOutput, error)
}

// GetParametersByPath implements [API].
func (c calls) GetParametersByPath(ctx context.Context, in *ssm.GetParametersByPathInput, o ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error) {
	return c.get(ctx, in, o...)
}

// PutParameter implements [API].
func (c calls) PutParameter(ctx context.Context, in *ssm.PutParameterInput, o ...func(*ssm.Options)) (*ssm.PutParameterOutput, error) {
	return c.put(ctx, in, o...)
}
