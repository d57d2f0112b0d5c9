package main

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

// personal are the members of the samples that are cut before anything is kept.
var personal = []string{"receivedBy", "deliveryPhoto", "street", "param", "customer_number", "reference_number"}

// shownToRecipients are the members that a notice may repeat.
var shownToRecipients = []string{"trackingNumber", "alternateTrackingNumber", "number", "city", "stateProvince", "state", "country"}

// TestCanary puts a canary into every string member of every sample, one at a
// time, and looks for it wherever it must not be.
func TestCanary(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../events/*/push-*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	s := newStage(t)
	s.clock = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	members := map[string]string{} // canary → member
	var bodies []sentBody
	for i, file := range files {
		if i%sampled != 0 {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range stringMembers(t, raw) {
			canary := fmt.Sprintf("CANARY%04dX", len(members))
			members[canary] = path[len(path)-1]
			body := withMember(t, raw, path, canary)
			bodies = append(bodies, sentBody{folderOf(file), body})
			if number := numberIn(t, body); number != "" {
				if err := s.subscribe(number); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	s.mustRest()
	s.clock = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for _, b := range bodies {
		s.mustSend(b)
	}
	s.mustRest()
	t.Logf("%d canaries in %d samples", len(members), (len(files)+sampled-1)/sampled)

	places := map[string]string{
		"the log":    s.logs.String(),
		"a notice":   s.everyNotice(),
		"quarantine": s.quarantineText(),
		"the rows":   s.everyRow(),
		"the pages":  string(bytes.Join(s.pages(t), nil)),
	}
	for canary, member := range members {
		cut := slices.Contains(personal, member)
		for place, text := range places {
			var allowed bool
			switch place {
			case "the log":
			case "a notice":
				allowed = slices.Contains(shownToRecipients, member)
			case "quarantine":
				allowed = strings.HasSuffix(member, "rackingNumber") || member == "number"
			default:
				allowed = !cut
			}
			if !allowed && strings.Contains(strings.ToUpper(text), canary) {
				t.Errorf("%s holds what stood in %s", place, member)
			}
		}
	}
	if !strings.Contains(places["the rows"], "CANARY") || !strings.Contains(places["a notice"], "CANARY") || !strings.Contains(places["the pages"], "CANARY") {
		t.Error("no canary anywhere: the test looks in the wrong places")
	}
}

// sentBody is a body and who sends it.
type sentBody struct {
	source string
	body   []byte
}

// mustSend posts what must be taken, signed as its source does it.
func (s *stage) mustSend(b sentBody) {
	s.t.Helper()
	src, _ := findSource(s.sources, b.source)
	d := source.Delivery{Body: b.body}
	if err := src.Sign(&d, developmentKey(b.source), s.clock); err != nil {
		s.t.Fatal(err)
	}
	req := httptest.NewRequest(d.Method, d.Path, bytes.NewReader(d.Body))
	req.Header = d.Header
	rec := httptest.NewRecorder()
	s.receiver.ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		s.t.Fatalf("%s: answered %d", b.source, rec.Code)
	}
}

// stringMembers lists the paths of all string members; of a list those of its
// first value.
func stringMembers(t *testing.T, raw []byte) (paths [][]string) {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	var walk func(path []string, m map[string]any)
	walk = func(path []string, m map[string]any) {
		for name, v := range m {
			at := append(slices.Clone(path), name)
			switch v := v.(type) {
			case string:
				paths = append(paths, at)
			case map[string]any:
				walk(at, v)
			case []any:
				if len(v) == 0 {
					continue
				}
				if first, ok := v[0].(map[string]any); ok {
					walk(at, first)
				}
			}
		}
	}
	walk(nil, root)
	return paths
}

// withMember returns the body with another text in one member.
func withMember(t *testing.T, raw []byte, path []string, text string) []byte {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	m := root
	for _, name := range path[:len(path)-1] {
		if list, ok := m[name].([]any); ok {
			m = list[0].(map[string]any)
		} else {
			m = m[name].(map[string]any)
		}
	}
	m[path[len(path)-1]] = text
	body, err := json.Marshal(root, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func numberIn(t *testing.T, body []byte) string {
	t.Helper()
	var b struct {
		Number string `json:"trackingNumber"`
		Data   struct {
			Number string `json:"number"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		t.Fatal(err)
	}
	return cmp.Or(b.Number, b.Data.Number)
}

func (s *stage) everyNotice() string {
	var b strings.Builder
	for day := range 30 {
		lines, err := s.outbox.Day(s.t.Context(), time.Date(2026, 11, 1+day, 0, 0, 0, 0, time.UTC))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, l := range lines {
			fmt.Fprintln(&b, l)
		}
	}
	return b.String()
}

func (s *stage) quarantineText() string {
	parked, err := s.inbox.ParkedPushes(s.t.Context(), 10_000)
	if err != nil {
		s.t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range parked {
		fmt.Fprintln(&b, p.Parked)
	}
	return b.String()
}

// everyRow writes out all that is stored, inflated.
func (s *stage) everyRow() string {
	s.t.Helper()
	var b strings.Builder
	each := func(table store.Scanner, read func(store.Item)) {
		for after := ""; ; {
			page, err := table.Scan(s.t.Context(), after)
			if err != nil {
				s.t.Fatal(err)
			}
			for _, it := range page.Items {
				fmt.Fprintln(&b, it.Key, it.Attrs)
				read(it)
			}
			if after = page.Next; after == "" {
				return
			}
		}
	}
	each(s.ground.sound.inbox, func(it store.Item) {
		p, err := s.inbox.Get(s.t.Context(), it.Partition)
		if err != nil {
			s.t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", p.Body)
	})
	each(s.ground.sound.shipments, func(it store.Item) {
		number := store.ShipmentNumber(it.Key)
		if number == "" {
			return
		}
		rec, err := s.shipments.Get(s.t.Context(), number)
		if err != nil {
			s.t.Fatal(err)
		}
		fmt.Fprintf(&b, "%+v %+v\n", rec.Set, rec.Trail)
		for who, told := range s.told(number) {
			fmt.Fprintln(&b, who, told)
		}
	})
	return b.String()
}
