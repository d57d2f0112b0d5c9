package snssender

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shiptide/shiptide/shared/sender"
)

var (
	errTooLarge = errors.New("message larger than SNS takes")
	errNoID     = errors.New("answer without a message ID") // The SDK lets it pass.
)

// fault says why a call failed, by SNS's code alone: its texts quote numbers
// and addresses. Codes in never are refusals of the recipient; codes that are
// not known mean "again".
func (s *Sender) fault(ctx context.Context, call string, err error, never ...string) error {
	if errors.Is(err, errTooLarge) {
		return fmt.Errorf("snssender: %s: %w: %w", call, sender.ErrRefused, err)
	}
	code := codeOf(err)
	switch {
	case code == "" && ctx.Err() != nil:
		return fmt.Errorf("snssender: %s: %w", call, ctx.Err())
	case code == "":
		return fmt.Errorf("snssender: %s: %s", call, unanswered(err))
	case slices.Contains(never, code):
		return fmt.Errorf("snssender: %s: %w: %s", call, sender.ErrRefused, code)
	case code == "Throttled", code == "Throttling":
		return fmt.Errorf("snssender: %s: %s: %w", call, code, &sender.PaceError{Until: s.Now().Add(throttledFor)})
	}
	return fmt.Errorf("snssender: %s: %s", call, code)
}

// codeOf is SNS's code of an error, without the "Exception" that some have at
// their end, or "" if SNS gave none. A code that is no word is not repeated.
func codeOf(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	code := strings.TrimSuffix(api.ErrorCode(), "Exception")
	noLetter := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '.' }
	if len(code) > 64 || strings.ContainsFunc(code, noLetter) {
		return "unreadable code"
	}
	return code
}

// unanswered says what came in place of an answer: a fault of the network in its
// own words, of anything else only the type.
func unanswered(err error) string {
	var network *net.OpError
	var timeout net.Error
	var response *smithyhttp.ResponseError
	switch {
	case errors.Is(err, errNoID):
		return err.Error()
	case errors.As(err, &network):
		return network.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection cut"
	case errors.As(err, &response) && response.HTTPStatusCode() > 0:
		return fmt.Sprintf("status %d", response.HTTPStatusCode())
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}

// untouched tells whether SNS certainly did nothing: it was not reached, or says
// so. Without an answer, or after a fault of its own, it may have.
func untouched(err error) bool {
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "dial" {
		return true
	}
	var response *smithyhttp.ResponseError
	return errors.As(err, &response) && response.HTTPStatusCode() >= 400 && response.HTTPStatusCode() < 500
}
