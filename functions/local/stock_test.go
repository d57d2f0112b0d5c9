package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/subscribe"
)

// The parcels of a stage that is in stock.
const (
	lifeNumber    = "1Z999AA10555000421" // of the samples of a life
	delayedNumber = "1Z999AA10555000430"
	movingNumber  = "1Z999AA10555000449" // nobody watches it, and another parcel has its number
	backNumber    = "1Z999AA10555000458" // its delivery is taken back
	silentNumber  = "1Z999AA10555000467" // watched, and not scanned yet
	abroadNumber  = "LX900000359CN"
)

// longNumber is the longest number there can be.
var longNumber = strings.Repeat("W9", 25)

// stocked is a stage on which a console shows all it can: parcels in every tone,
// sources that do not agree, a scan that was taken back, scans of another
// parcel, messages, and pushes that wait.
func stocked(t testing.TB) *stage {
	t.Helper()
	s := newStage(t)
	s.clock = time.Date(2026, 11, 14, 9, 0, 0, 0, time.UTC)
	for _, number := range []string{lifeNumber, delayedNumber, backNumber, abroadNumber} {
		if err := s.subscribe(number); err != nil {
			t.Fatal(err)
		}
	}
	var all []sentBody
	send := func(source, pattern string, replace ...string) {
		all = append(all, samples(t, source, pattern, replace...)...)
	}
	send("ups", "push-life-*")
	send("17track", "push-life-0*") // It does not know of the end.
	send("ups", "push-life-0[1-6]*", lifeNumber, delayedNumber)
	send("ups", "push-life-0[1-5]*", lifeNumber, movingNumber)
	send("17track", "push-two-carriers*", abroadNumber, movingNumber)
	send("17track", "push-life-12-*", lifeNumber, backNumber)
	send("17track", "push-life-11-*", lifeNumber, backNumber, "2026-11-19T19:58:00Z", "2026-11-20T16:00:00Z")
	send("17track", "push-two-carriers*")
	for _, name := range []string{"at-access-point", "customs-information-needed", "label-created", "lost", "missed-attempt", "returning", "unknown-code"} {
		send("ups", "push-"+name+"*")
	}
	send("ups", "push-picked-up*", "1Z999AA10000600046", longNumber)
	slices.SortStableFunc(all, func(a, b sentBody) int { return sampleTime(t, a).Compare(sampleTime(t, b)) })
	for _, b := range all {
		if at := sampleTime(t, b); at.After(s.clock) {
			s.clock = at
		}
		s.mustSend(b)
		s.mustRest()
	}
	s.clock = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)
	if _, err := s.subscriber.Add(t.Context(), subscribe.Watch{Number: silentNumber, Carrier: "ups", Order: "577000000000000042"}); err != nil {
		t.Fatal(err)
	}
	s.mustPost([]byte("{")) // Nobody may read it.
	s.mustPost([]byte(`{"trackingNumber":"` + lifeNumber + `","localActivityDate":"20261399","activityStatus":{"type":"I","code":"OR"}}`))
	s.mustRest()
	return s
}

// samples are the events of a source of this name, with other words in them.
func samples(t testing.TB, source, pattern string, replace ...string) (out []sentBody) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../events", source, pattern+".json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample %s of %s: %v", pattern, source, err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for old := range slices.Chunk(replace, 2) {
			if !bytes.Contains(body, []byte(old[0])) {
				t.Fatalf("no %s in %s", old[0], file)
			}
			body = bytes.ReplaceAll(body, []byte(old[0]), []byte(old[1]))
		}
		out = append(out, sentBody{source, body})
	}
	return out
}

var madeAt = regexp.MustCompile(`"latest_sync_time": "([^"]+)"|"gmtActivityDate": "(\d+)",\s*"gmtActivityTime": "(\d+)"`)

// sampleTime is when a sample was made: about when it came.
func sampleTime(t testing.TB, b sentBody) time.Time {
	t.Helper()
	m := madeAt.FindSubmatch(b.body)
	if m == nil {
		t.Fatalf("no time in %s", b.body)
	}
	layout, text := time.RFC3339, string(m[1])
	if text == "" {
		layout, text = "20060102150405", string(m[2])+string(m[3])
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// bare is a stage on which nothing is but pushes that were refused: there is a
// banner.
func bare(t testing.TB) *stage {
	t.Helper()
	s := newStage(t)
	for _, req := range forged() {
		s.receiver.ServeHTTP(httptest.NewRecorder(), req)
	}
	return s
}
