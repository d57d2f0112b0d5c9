package store

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/flate"
)

func TestPack(t *testing.T) {
	tests := []struct {
		name  string
		parts []string
	}{
		{"a body", []string{`{"a":1}`}},
		{"nothing", nil},
		{"an empty part", []string{""}},
		{"parts one after the other", []string{"facts", "\n", "trail"}},
		{"much", []string{strings.Repeat("shiptide ", 100_000)}},
		{"what does not deflate", []string{"\x00\xff\x17\x80"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var parts [][]byte
			for _, p := range tt.parts {
				parts = append(parts, []byte(p))
			}
			packed := pack(parts...)
			got, err := unpack(packed)
			if err != nil || string(got) != strings.Join(tt.parts, "") {
				t.Errorf("unpack = %.40q, %v", got, err)
			}
			if !bytes.Equal(packed, pack(parts...)) {
				t.Error("the same body is packed to other bytes")
			}
		})
	}
	if got, err := unpack(nil); err != nil || len(got) != 0 {
		t.Errorf("unpack of no body = %q, %v", got, err)
	}
}

func TestUnpackRefuses(t *testing.T) {
	good := pack([]byte(strings.Repeat("shiptide ", 50)))
	tests := []struct {
		name string
		body []byte
	}{
		{"another format", append([]byte{2}, good[1:]...)},
		{"a cut one", good[:len(good)-3]},
		{"only the format", []byte{formatDeflate}},
		{"noise", []byte{formatDeflate, 0xff, 0xff, 0xff}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := unpack(tt.body); err == nil {
				t.Errorf("unpack = %.20q", got)
			}
			if got, err := unpack(good); err != nil || len(got) != 450 {
				t.Errorf("afterwards a good body is %d bytes, %v", len(got), err)
			}
		})
	}
}

// TestUnpackRefusesABomb: a few kilobytes that would inflate to very much stop
// at what a row may hold, and so does the memory.
func TestUnpackRefusesABomb(t *testing.T) {
	var b bytes.Buffer
	b.WriteByte(formatDeflate)
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 200 { // Each megabyte comes to a few kilobytes.
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	if b.Len() > MaxBody*4 {
		t.Fatalf("the bomb has %d bytes", b.Len())
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if got, err := unpack(b.Bytes()); err == nil || len(got) > 0 {
		t.Errorf("%d bytes inflated, %v", len(got), err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
		t.Errorf("%d MB were used", used>>20)
	}
}

func TestPackInParallel(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			body := bytes.Repeat([]byte{byte(i), 'x'}, 1000+i)
			for range 50 {
				if got, err := unpack(pack(body)); err != nil || !bytes.Equal(got, body) {
					t.Errorf("body %d: %d bytes, %v", i, len(got), err)
					return
				}
			}
		})
	}
	wg.Wait()
}
