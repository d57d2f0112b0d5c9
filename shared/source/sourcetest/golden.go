// Package sourcetest holds the suites that every source passes.
package sourcetest

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

var update = flag.Bool("update", false, "rewrite the .want.json files")

// Sample is a body that a source sends or answers. A file whose name begins
// with "pull-" is an answer, with "pull-404-" one of that HTTP status; any other
// is a push.
type Sample struct {
	Path   string
	Body   []byte
	Pull   bool
	Status int // of an answer; 0 where the name says none
}

// Name is the file's name without its ending.
func (s *Sample) Name() string { return strings.TrimSuffix(filepath.Base(s.Path), ".json") }

// Decode gives the sample to that part of src which reads it.
func (s *Sample) Decode(src source.Source, body []byte) (source.Report, error) {
	if s.Pull {
		return src.Answer(s.Status, body)
	}
	return src.Receiver.Decode(body)
}

var pullName = regexp.MustCompile(`^pull-(?:(\d{3})-)?`)

// Samples reads the *.json files of a folder, those with the wanted results
// left out.
func Samples(t testing.TB, dir string) []Sample {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var samples []Sample
	for _, path := range paths {
		if strings.HasSuffix(path, wantEnding) {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s := Sample{Path: path, Body: body}
		if m := pullName.FindStringSubmatch(s.Name()); m != nil {
			s.Pull = true
			s.Status, _ = strconv.Atoi(m[1]) // No status: 0.
		}
		samples = append(samples, s)
	}
	return samples
}

const wantEnding = ".want.json"

// result is what a .want.json file holds.
type result struct {
	source.Report
	Error *wantedError `json:"error"`
}

type wantedError struct {
	Code    source.ErrorCode `json:"code"`
	Message string           `json:"message"`
}

// Golden decodes each sample in testdata of the calling package and compares
// the result with the .want.json file beside it. The wanted files come from what
// a source documents, not from the code: with -update, read the diff.
func Golden(t *testing.T, src source.Source) {
	t.Helper()
	samples := Samples(t, "testdata")
	if len(samples) == 0 {
		t.Error("no testdata/*.json: a source needs at least one payload")
	}
	for i := range samples {
		s := &samples[i]
		t.Run(s.Name(), func(t *testing.T) { golden(t, src, s) })
	}
	wants, err := filepath.Glob("testdata/*" + wantEnding)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range wants {
		of := strings.TrimSuffix(path, wantEnding) + ".json"
		if !slices.ContainsFunc(samples, func(s Sample) bool { return s.Path == of }) {
			t.Errorf("%s: orphan, there is no %s", path, filepath.Base(of))
		}
	}
}

func golden(t *testing.T, src source.Source, s *Sample) {
	t.Helper()
	report, err := s.Decode(src, s.Body)
	got := result{Report: report, Error: explain(t, s, err)}
	text, err := json.Marshal(&got, jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	path := strings.TrimSuffix(s.Path, ".json") + wantEnding
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("report differs (-want +got):\n%s", diff)
	}
}

// explain turns an error into its written form, and fails on one of a kind that
// the contract does not know.
func explain(t *testing.T, s *Sample, err error) *wantedError {
	t.Helper()
	coded := (*source.Error)(nil)
	switch {
	case err == nil:
		return nil
	case s.Pull && errors.As(err, &coded):
		return &wantedError{coded.Code, coded.Message}
	case !s.Pull && errors.Is(err, webhook.ErrMalformed):
		return &wantedError{source.Undecodable, err.Error()}
	}
	t.Fatalf("error of an unknown kind: %v", err)
	return nil
}
