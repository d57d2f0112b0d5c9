package secret

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
)

// ErrDenied says that AWS does not allow the call, which no second try mends.
var ErrDenied = errors.New("not allowed")

var errExists = errors.New("it exists already")

// fault says why a call of SSM failed. AWS may repeat a value that it does not
// like, and the SDK an answer that it does not understand: of the one only the
// code is told, of the other nothing.
func fault(err error) error {
	var api smithy.APIError
	var answer *smithy.DeserializationError
	switch {
	case errors.As(err, &api) && api.ErrorCode() == "AccessDeniedException":
		return fmt.Errorf("%w: %s", ErrDenied, api.ErrorMessage()) // It names who may not do what.
	case errors.As(err, &api) && api.ErrorCode() == "ParameterAlreadyExists":
		return errExists
	case errors.As(err, &api):
		return errors.New(api.ErrorCode())
	case errors.As(err, &answer):
		return errors.New("answer not understood")
	}
	return err
}
