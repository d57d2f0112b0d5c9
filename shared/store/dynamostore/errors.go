package dynamostore

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/shiptide/shiptide/shared/store"
)

// fault says which call of which table failed, in AWS's words, in which there is
// nothing of a row. What is no fault of the deployment means "again".
func fault(call, table string, err error) error {
	if err == nil {
		return nil
	}
	var missing *types.ResourceNotFoundException
	var api smithy.APIError
	switch {
	case errors.As(err, &missing):
		return fmt.Errorf("dynamostore: %s %s: %w", call, table, store.ErrNoTable)
	case errors.As(err, &api) && api.ErrorCode() == "AccessDeniedException":
		return fmt.Errorf("dynamostore: %s %s: %w: %s", call, table, store.ErrDenied, api.ErrorMessage())
	}
	return fmt.Errorf("dynamostore: %s %s: %w", call, table, err)
}
