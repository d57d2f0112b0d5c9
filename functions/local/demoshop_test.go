package main

import (
	"strings"
	"testing"
)

// TestDemoShop: an order from its placing on. What it must show it checks itself:
// both packages delivered, each by the word of who alone knows, the seller warned in
// time, the buyer told each thing once.
func TestDemoShop(t *testing.T) {
	got := local(t, "", "demo", "-shop", "-start", "2026-11-16")
	if got.code != exitOK || !strings.Contains(got.stderr, "both were delivered, by the word of UPS and of TikTok") {
		t.Fatalf("ended with %d:\n%s", got.code, got.stderr)
	}
	golden(t, "demoshop.jsonl", got.stdout)
	if got := local(t, "", "demo", "-shop", "-to", "http://127.0.0.1:1"); got.code != exitUsage {
		t.Errorf("with -to it ended with %d, want that it is no use", got.code)
	}
}
