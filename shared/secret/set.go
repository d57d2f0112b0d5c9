package secret

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/go-json-experiment/json"
)

// maxValue is what a standard parameter holds, in bytes.
const maxValue = 4096

// tries is how often Set looks again when somebody was quicker with a first key,
// or the answer to its own was lost.
const tries = 3

var errContended = errors.New("others are setting it too")

// Set makes key the newest of a source. The former newest stays valid beside it,
// the one before that no more. Setting the newest again changes nothing. Other
// processes use the key within five minutes. Of two that set different keys of
// one source at once, one may be lost.
func (s *Store) Set(ctx context.Context, source, key string) error {
	return s.set(ctx, source, key, false)
}

// SetOnly makes key the only one of a source, whatever it had before.
func (s *Store) SetOnly(ctx context.Context, source, key string) error {
	return s.set(ctx, source, key, true)
}

func (s *Store) set(ctx context.Context, source, key string, only bool) error {
	if !plain(source) {
		return fmt.Errorf("secret: set: %w", errSource) // It may be the key, in the wrong place.
	}
	if err := s.replace(ctx, source, key, only); err != nil {
		return fmt.Errorf("secret: set %s: %w", source, err)
	}
	return nil
}

func (s *Store) replace(ctx context.Context, source, key string, only bool) error {
	if _, err := encode(source, key); err != nil {
		return err
	}
	path := SourcePath(s.stack, source)
	for range tries {
		values, err := s.values(ctx)
		if err != nil {
			return err
		}
		value, there := values[path]
		next, err := successor(source, value, key, only || !there)
		if err != nil || next == value {
			return err
		}
		err = s.put(ctx, path, next, "Keys of "+source+" as JSON, the newest first", there)
		if !errors.Is(err, errExists) {
			return err
		}
	}
	return errContended
}

// successor returns the value that follows a source's value.
func successor(source, value, key string, only bool) (string, error) {
	if only {
		return encode(source, key)
	}
	texts, _, err := parseSource(source, value)
	switch {
	case err != nil:
		return "", fmt.Errorf("what is there cannot be kept as the former key: %w", err)
	case texts[0] == key:
		return value, nil
	}
	return encode(source, key, texts[0])
}

// encode makes the value of a source's parameter of keys that can be used.
func encode(source string, texts ...string) (string, error) {
	raw, err := json.Marshal(texts)
	if err != nil {
		return "", errors.New("key is not UTF-8")
	}
	// SSM takes {{ for the name of another parameter.
	value := strings.ReplaceAll(string(raw), "{{", `{\u007b`)
	if _, _, err := parseSource(source, value); err != nil {
		return "", err
	}
	if len(value) > maxValue {
		return "", fmt.Errorf("%d bytes, and a parameter holds %d", len(value), maxValue)
	}
	return value, nil
}

// Init makes those of the stack's own keys that are missing, and never replaces
// one that is there, so that it can be done again, and by several at once. It
// returns the names of those that it made itself.
func (s *Store) Init(ctx context.Context) (made []string, err error) {
	values, err := s.values(ctx)
	if err != nil {
		return nil, fmt.Errorf("secret: init: %w", err)
	}
	for _, name := range ownNames() {
		path := OwnPath(s.stack, name)
		if _, there := values[path]; there {
			continue
		}
		key := make([]byte, ownLength)
		_, _ = rand.Read(key) // It never fails.
		err := s.put(ctx, path, base64.StdEncoding.EncodeToString(key), "Own key of the stack, never to be replaced", false)
		if errors.Is(err, errExists) {
			continue
		}
		if err != nil {
			return made, fmt.Errorf("secret: init: %w", err)
		}
		made = append(made, name)
	}
	return made, nil
}

// put writes a parameter; without overwrite only if there is none.
func (s *Store) put(ctx context.Context, path, value, description string, overwrite bool) error {
	defer s.forget()
	_, err := s.client.PutParameter(ctx, &ssm.PutParameterInput{
		Name: &path, Value: &value, Overwrite: &overwrite, Description: aws.String(description),
		Type: types.ParameterTypeSecureString, Tier: types.ParameterTierStandard,
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", path, fault(err))
	}
	return nil
}
