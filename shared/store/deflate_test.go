package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
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
			for format := range codecs {
				packed := pack(format, parts...)
				got, err := unpack(packed)
				if err != nil || string(got) != strings.Join(tt.parts, "") {
					t.Errorf("format %d: unpack = %.40q, %v", format, got, err)
				}
				if !bytes.Equal(packed, pack(format, parts...)) {
					t.Errorf("format %d: the same body is packed to other bytes", format)
				}
			}
		})
	}
	if got, err := unpack(nil); err != nil || len(got) != 0 {
		t.Errorf("unpack of no body = %q, %v", got, err)
	}
}

// TestFormatsStay: what was stored once must be read for ever.
func TestFormatsStay(t *testing.T) {
	tests := []struct {
		format byte
		packed string // of "Out For Delivery Today", as the first version wrote it
		sum    string // SHA-256 of the dictionary
	}{
		{formatDeflate, "01001600e9ff4f757420466f722044656c697665727920546f6461790300", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{formatFacts, "02c21ec6800100", "db8008033bd9aa906b68c76b674c64ed157778fd5cd9b618b79f78cf72ba5f6a"},
		{formatPushes, "03f22f2d5170cb470c7f2884e4a72456020600", "7f493d9c508db5d3da396bc4b59e7d38a735a30c9ecc6e2c7c38cc43e502499d"},
	}
	if len(tests) != len(codecs) {
		t.Fatalf("%d formats, %d tests", len(codecs), len(tests))
	}
	for _, tt := range tests {
		packed, err := hex.DecodeString(tt.packed)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpack(packed); err != nil || string(got) != "Out For Delivery Today" {
			t.Errorf("format %d: %q, %v (now %x)", tt.format, got, err, pack(tt.format, []byte("Out For Delivery Today")))
		}
		if sum := sha256.Sum256(codecs[tt.format].dictionary); hex.EncodeToString(sum[:]) != tt.sum {
			t.Errorf("the dictionary of format %d has changed: %x", tt.format, sum)
		}
	}
}

func TestUnpackRefuses(t *testing.T) {
	good := pack(formatDeflate, []byte(strings.Repeat("shiptide ", 50)))
	tests := []struct {
		name string
		body []byte
	}{
		{"another format", append([]byte{99}, good[1:]...)},
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
				if got, err := unpack(pack(byte(1+i%3), body)); err != nil || !bytes.Equal(got, body) {
					t.Errorf("body %d: %d bytes, %v", i, len(got), err)
					return
				}
			}
		})
	}
	wg.Wait()
}
