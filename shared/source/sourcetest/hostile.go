package sourcetest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/source"
)

// canaryText is what a sender could put anywhere, and nobody may find again in
// an error or a log.
const canaryText = "canary jane.roe@example.com +1 555 010 4477"

// hostile gives a source bodies that no honest sender makes.
func hostile(t *testing.T, src source.Source) {
	t.Helper()
	bodies := map[string]string{
		"empty":            "",
		"blank":            " \n",
		"null":             "null",
		"array":            "[]",
		"object":           "{}",
		"string":           `"` + canaryText + `"`,
		"number":           "1e999999",
		"not UTF-8":        "{\"a\":\"\xff\xfe\"}",
		"BOM":              "\ufeff{}",
		"HTML":             "<html><body>503 " + canaryText + "</body></html>",
		"deep arrays":      strings.Repeat("[", 10000) + strings.Repeat("]", 10000),
		"deep objects":     strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000),
		"open arrays":      strings.Repeat("[", 100000),
		"duplicate member": `{"a":"` + canaryText + `","a":"` + canaryText + `"}`,
		"two values":       "{} {}",
		"lone surrogate":   `{"a":"\ud800"}`,
		"NUL":              "{\"a\":\"\x00\"}",
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			for _, s := range []Sample{{}, {Pull: true}, {Pull: true, Status: 200}, {Pull: true, Status: 503}} {
				if s.Pull && src.Answer == nil || !s.Pull && src.Receiver == nil {
					continue
				}
				report, err := s.Decode(src, []byte(body))
				Judge(t, &s, report, err)
				silent(t, report, err)
			}
		})
	}
}

// Large samples are cut and replaced at a few hundred places only: under the
// race detector each decoding takes its time, and there are many samples.
const (
	maxCuts         = 300
	maxReplacements = 60
)

// truncated decodes the beginnings of a sample, and the whole with its members
// replaced by values of other types.
func truncated(t *testing.T, src source.Source, s *Sample) {
	t.Helper()
	for n := 0; n < len(s.Body); n += 1 + len(s.Body)/maxCuts {
		report, err := s.Decode(src, s.Body[:n])
		Judge(t, s, report, err)
		if err == nil && !jsontext.Value(s.Body[:n]).IsValid() {
			t.Errorf("the first %d bytes alone were understood", n)
		}
	}
	places := 0
	replaceEach(t, s.Body, false, "null", func([]byte) { places++ })
	for k, other := range []string{`null`, `""`, `true`, `{}`, `[{}, null]`, `-1e400`, `"` + strings.Repeat("9", 4000) + `"`} {
		n, stride := k, 1+places/maxReplacements
		replaceEach(t, s.Body, false, other, func(body []byte) {
			if n++; n%stride != 0 {
				return
			}
			report, err := s.Decode(src, body)
			Judge(t, s, report, err)
			silent(t, report, err)
		})
	}
}

// canary puts a text in the place of each string and number of a sample, one
// after the other.
func canary(t *testing.T, src source.Source, s *Sample) {
	t.Helper()
	replaceEach(t, s.Body, true, `"`+canaryText+`"`, func(body []byte) {
		report, err := s.Decode(src, body)
		Judge(t, s, report, err)
		silent(t, report, err)
	})
}

// silent checks that what may be logged holds nothing of the body.
func silent(t testing.TB, report source.Report, err error) {
	t.Helper()
	texts := []string{}
	if err != nil {
		texts = append(texts, err.Error())
	}
	for _, m := range report.Malformed {
		texts = append(texts, m.Path, m.Reason)
	}
	for _, text := range texts {
		for _, word := range []string{"canary", "jane", "example.com", "4477", "CANARY", "JANE", "EXAMPLE"} {
			if strings.Contains(text, word) {
				t.Errorf("%q shows what was sent", text)
			}
		}
	}
}

// replaceEach calls f with copies of a JSON text in which one value is replaced:
// each string and number in turn, or each value of any kind.
func replaceEach(t testing.TB, body []byte, scalars bool, with string, f func([]byte)) {
	t.Helper()
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	for {
		kind := dec.PeekKind()
		if kind == jsontext.KindInvalid {
			return
		}
		parent, n := dec.StackIndex(dec.StackDepth())
		isName := parent == '{' && n%2 == 0 // Of an object, names and values are counted.
		start := dec.InputOffset()
		switch kind {
		case '"', '0', 't', 'f', 'n':
			v, err := dec.ReadValue()
			if err != nil {
				t.Fatal(err)
			}
			if !isName && (kind == '"' || kind == '0' || !scalars) {
				f(spliced(body, int(dec.InputOffset())-len(v), int(dec.InputOffset()), with))
			}
		default:
			if (kind == '{' || kind == '[') && !scalars {
				// Read it as a value with another decoder to know where it ends.
				rest := body[start:]
				skip := bytes.IndexByte(rest, byte(kind))
				sub := jsontext.NewDecoder(bytes.NewReader(rest[skip:]))
				v, err := sub.ReadValue()
				if err != nil {
					t.Fatal(err)
				}
				at := int(start) + skip
				f(spliced(body, at, at+len(v), with))
			}
			if _, err := dec.ReadToken(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func spliced(body []byte, from, to int, with string) []byte {
	out := append([]byte{}, body[:from]...)
	out = append(out, with...)
	return append(out, body[to:]...)
}
