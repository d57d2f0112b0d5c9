package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/store"
)

func TestShardIsPartOfTheFormat(t *testing.T) {
	for partition, want := range map[string]int{"S#1Z999AA10123456784": 10, "S#RR123456785DE": 5, "ups#230d8358dc8e8890b4c58deeb62912ee": 6} {
		if got := store.Shard(partition); got != want {
			t.Errorf("Shard(%q) = %d, want %d for ever", partition, got, want)
		}
	}
	used := map[int]int{}
	for i := range 1600 {
		used[store.Shard(fmt.Sprintf("S#%d", i))]++
	}
	for shard := range store.Shards {
		if n := used[shard]; n < 50 || n > 200 {
			t.Errorf("shard %d has %d of 1600 numbers", shard, n)
		}
	}
}

func TestItemCheck(t *testing.T) {
	key := store.Key{Partition: "S#1", Sort: "META"}
	tests := []struct {
		name string
		it   store.Item
		want error
	}{
		{"a small row", store.Item{Key: key}, nil},
		{"the largest body", store.Item{Key: key, Body: make([]byte, store.MaxBody)}, nil},
		{"a larger body", store.Item{Key: key, Body: make([]byte, store.MaxBody+1)}, store.ErrTooLarge},
		{"large attributes", store.Item{Key: key, Attrs: map[string]string{"a": strings.Repeat("x", 8<<10)}}, store.ErrTooLarge},
		{"no partition", store.Item{Key: store.Key{Sort: "x"}}, store.ErrBadKey},
		{"no sort key", store.Item{Key: store.Key{Partition: "x"}}, store.ErrBadKey},
		{"a NUL byte", store.Item{Key: store.Key{Partition: "a\x00", Sort: "x"}}, store.ErrBadKey},
		{"a NUL byte in the sort key", store.Item{Key: store.Key{Partition: "a", Sort: "\x00"}}, store.ErrBadKey},
		{"a key that is no text", store.Item{Key: store.Key{Partition: "a\xff", Sort: "x"}}, store.ErrBadKey},
		{"a sort key that is no text", store.Item{Key: store.Key{Partition: "a", Sort: "\xff"}}, store.ErrBadKey},
		{"an attribute without a name", store.Item{Key: key, Attrs: map[string]string{"": "x"}}, store.ErrBadKey},
		{"the longest key", store.Item{Key: store.Key{Partition: strings.Repeat("a", 1023), Sort: "x"}}, nil},
		{"a longer key", store.Item{Key: store.Key{Partition: strings.Repeat("a", 1024), Sort: "x"}}, store.ErrBadKey},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.it.Check(); !errors.Is(got, tt.want) {
				t.Errorf("Check = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestGone(t *testing.T) {
	it := store.Item{Expires: start}
	if it.Gone(start.Add(-time.Second)) || !it.Gone(start) {
		t.Error("a row is not gone from the moment it expires")
	}
	if it.Expires = (time.Time{}); it.Gone(start.AddDate(1000, 0, 0)) {
		t.Error("a row that never expires is gone")
	}
}

func TestConflictErrorHoldsNoContent(t *testing.T) {
	err := &store.ConflictError{Stored: &store.Item{Version: 7, Body: []byte("CANARY"), Attrs: map[string]string{"a": "CANARY"}}}
	if text := err.Error(); strings.Contains(text, "CANARY") || !strings.Contains(text, "7") {
		t.Errorf("error %q", text)
	}
	if text := (&store.ConflictError{}).Error(); !strings.Contains(text, "gone") {
		t.Errorf("error %q of a row that is gone", text)
	}
}
