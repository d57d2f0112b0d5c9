package sourcetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/source"
)

// FuzzDecode fuzzes the pushes of a source from the samples in dirs. also checks
// what holds of this source beside what holds of all; it may be nil.
func FuzzDecode(f *testing.F, src source.Source, also func(*testing.T, source.Report), dirs ...string) {
	for _, dir := range dirs {
		for _, s := range Samples(f, dir) {
			if !s.Pull {
				f.Add(s.Body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) { fuzz(t, src, Sample{}, body, also) })
}

// FuzzAnswer fuzzes the answers of a source, likewise.
func FuzzAnswer(f *testing.F, src source.Source, also func(*testing.T, source.Report), dirs ...string) {
	for _, dir := range dirs {
		for _, s := range Samples(f, dir) {
			if s.Pull {
				f.Add(s.Status, s.Body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		fuzz(t, src, Sample{Pull: true, Status: status}, body, also)
	})
}

// fuzz checks what holds of every body.
func fuzz(t *testing.T, src source.Source, s Sample, body []byte, also func(*testing.T, source.Report)) {
	t.Helper()
	report, err := s.Decode(src, body)
	Judge(t, &s, report, err)
	again, againErr := s.Decode(src, body)
	if diff := cmp.Diff(report, again); diff != "" || fmt.Sprint(err) != fmt.Sprint(againErr) {
		t.Errorf("decoding twice differs: %v, %v, %s", err, againErr, diff)
	}
	if also != nil {
		also(t, report)
	}
}
