package metric_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/metric"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func recorder() *metric.Recorder {
	return &metric.Recorder{Namespace: "Shiptide/test", Now: func() time.Time { return noon }}
}

// The lines are written by hand after "Specification: Embedded metric format".
func TestFlush(t *testing.T) {
	r := recorder()
	kept := metric.Series{Name: metric.Pushes, Source: "ups", Outcome: metric.Kept}
	r.Count(kept, 2)
	r.Count(kept, 1)
	r.Count(metric.Series{Name: metric.Pushes, Source: "ups", Outcome: metric.Refused}, 0) // Nothing is a line, too.
	r.Count(metric.Series{Name: metric.Notices, Outcome: metric.Sent, Kind: "delivered"}, 1)
	r.Worst(metric.Series{Name: metric.SweepLag}, 90*time.Second)
	r.Worst(metric.Series{Name: metric.SweepLag}, 1500*time.Millisecond)
	var b strings.Builder
	if err := r.Flush(&b); err != nil {
		t.Fatal(err)
	}
	want := `{"Kind":"delivered","Notices":1,"Outcome":"sent","_aws":{"Timestamp":1772452800000,"CloudWatchMetrics":[{"Namespace":"Shiptide/test","Dimensions":[["Outcome"]],"Metrics":[{"Name":"Notices","Unit":"Count"}]}]}}
{"Outcome":"kept","Pushes":3,"Source":"ups","_aws":{"Timestamp":1772452800000,"CloudWatchMetrics":[{"Namespace":"Shiptide/test","Dimensions":[["Source","Outcome"]],"Metrics":[{"Name":"Pushes","Unit":"Count"}]}]}}
{"Outcome":"refused","Pushes":0,"Source":"ups","_aws":{"Timestamp":1772452800000,"CloudWatchMetrics":[{"Namespace":"Shiptide/test","Dimensions":[["Source","Outcome"]],"Metrics":[{"Name":"Pushes","Unit":"Count"}]}]}}
{"SweepLag":90,"_aws":{"Timestamp":1772452800000,"CloudWatchMetrics":[{"Namespace":"Shiptide/test","Dimensions":[[]],"Metrics":[{"Name":"SweepLag","Unit":"Seconds"}]}]}}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	b.Reset()
	if err := r.Flush(&b); err != nil || b.Len() > 0 {
		t.Errorf("the second flush wrote %q, %v", b.String(), err)
	}
}

func TestNobodyCounts(t *testing.T) {
	var r *metric.Recorder
	r.Count(metric.Series{Name: metric.Pushes}, 1)
	r.Worst(metric.Series{Name: metric.SweepLag}, time.Second)
}

type function func() error

func (f function) Invoke(context.Context, []byte) ([]byte, error) { return []byte("answer"), f() }

func TestWrittenAfterEachInvocation(t *testing.T) {
	failed := errors.New("failed")
	for _, want := range []error{nil, failed} {
		r := recorder()
		var b strings.Builder
		h := r.Handler(function(func() error {
			r.Count(metric.Series{Name: metric.Parked, Source: "ups"}, 1)
			return want
		}), &b)
		answer, err := h.Invoke(t.Context(), nil)
		if string(answer) != "answer" || !errors.Is(err, want) || strings.Count(b.String(), "\n") != 1 {
			t.Errorf("Invoke = %s, %v, and wrote %q", answer, err, b.String())
		}
	}
}
