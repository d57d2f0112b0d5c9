package main

import (
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/shiptide/shiptide/shared/secret"
	"github.com/shiptide/shiptide/shared/store"
)

// rightForm is how AWS names the right that is missing.
var rightForm = regexp.MustCompile(`not authorized to perform: ([A-Za-z0-9-]+:[A-Za-z0-9]+)`)

// unanswered is the finding of a check that could not be made. right is the one
// that it needs, if AWS names no other. Of what AWS says no more is repeated: it
// may quote.
func unanswered(err error, right string) finding {
	if errors.Is(err, store.ErrNoTable) {
		return unknown("see to the table first", "not asked: its table is not there")
	}
	if !denied(err) {
		return unknown("check again; if it stays so, sign in again", "not known: %s", reason(err))
	}
	if named := rightForm.FindStringSubmatch(err.Error()); named != nil {
		service, action, _ := strings.Cut(named[1], ":")
		right = strings.ToLower(service) + ":" + action
	}
	return unknown("have somebody allow it, or check under another AWS_PROFILE", "not known: the right %s is missing", right)
}

func denied(err error) bool {
	if errors.Is(err, secret.ErrDenied) || errors.Is(err, store.ErrDenied) {
		return true
	}
	return slices.Contains([]string{"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"}, codeOf(err))
}

// codeOf is the code that AWS gave an error, or "".
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// codeForm is that of codes; what has another is not repeated.
var codeForm = regexp.MustCompile(`^[A-Za-z.]{1,64}$`)

// reason says why there is no answer, in words that are ours or the network's.
func reason(err error) string {
	var network *net.OpError
	switch code := codeOf(err); {
	case codeForm.MatchString(code):
		return code
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "no answer in time"
	case errors.As(err, &network):
		return network.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection cut"
	}
	return "the answer is not understood"
}
