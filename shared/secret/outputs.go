package secret

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// ErrNoStack says that a stack says nothing of itself: there is none of that name
// in this region, under this identity.
var ErrNoStack = errors.New("no such stack")

// Outputs returns what the stack says it consists of, by the names that are those
// of its functions' environments.
func (s *Store) Outputs(ctx context.Context) (map[string]string, error) {
	r, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	if r.outputs == "" {
		return nil, fmt.Errorf("secret: %s: %w", OutputsPath(s.stack), ErrNoStack)
	}
	var out map[string]string
	if err := json.Unmarshal([]byte(r.outputs), &out); err != nil {
		return nil, fmt.Errorf("secret: %s is damaged: deploy the stack again", OutputsPath(s.stack))
	}
	return out, nil
}
