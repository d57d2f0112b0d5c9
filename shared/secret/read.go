package secret

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/webhook"
)

// reading is all that was read at a time, prepared. It is never changed.
type reading struct {
	at      time.Time // when it began
	sources map[string]prepared
	own     Own
	ownErr  error
	outputs string // "": there are none
	// replaced: something has been written since.
	replaced bool
}

// prepared is the keys of a source, or what is wrong with them.
type prepared struct {
	keys webhook.Keys
	err  error
}

// read reads all parameters of the stack. What is wrong with one of them is an
// error of that one alone.
func (s *Store) read(ctx context.Context) (*reading, error) {
	at := s.wall()
	values, err := s.values(ctx)
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	r := &reading{at: at, sources: map[string]prepared{}}
	for path, value := range values {
		if name, ok := strings.CutPrefix(path, SourcePath(s.stack, "")); ok {
			_, keys, err := parseSource(name, value)
			if err != nil {
				err = fmt.Errorf("secret: %s: %w", path, err)
			}
			r.sources[name] = prepared{keys, err}
		}
	}
	r.own, r.ownErr = parseOwn(s.stack, values)
	r.outputs = values[OutputsPath(s.stack)]
	return r, nil
}

// values returns the values of the stack's parameters by their paths.
func (s *Store) values(ctx context.Context) (map[string]string, error) {
	if !plain(s.stack) {
		return nil, fmt.Errorf("read: %w", errStack)
	}
	root := Root(s.stack)
	values := map[string]string{}
	pages := ssm.NewGetParametersByPathPaginator(s.client, &ssm.GetParametersByPathInput{
		Path: &root, Recursive: aws.Bool(true), WithDecryption: aws.Bool(true),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", root, fault(err))
		}
		for _, p := range page.Parameters {
			values[aws.ToString(p.Name)] = aws.ToString(p.Value)
		}
	}
	return values, nil
}

// parseSource reads the value of a source's parameter.
func parseSource(name, value string) (texts []string, keys webhook.Keys, err error) {
	if json.Unmarshal([]byte(value), &texts) != nil || len(texts) < 1 || len(texts) > 2 {
		return nil, webhook.Keys{}, errors.New(`not of the form ["key","former key"]`) // JSON's own error quotes.
	}
	if slices.Contains(texts, "local-"+name) {
		return nil, webhook.Keys{}, errors.New("the development key is known to everybody")
	}
	if keys, err = webhook.ParseKeys(texts...); err != nil {
		return nil, webhook.Keys{}, err
	}
	return texts, keys, nil
}
