package boltstore

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/shiptide/shiptide/shared/store"
)

const crashFile = "BOLTSTORE_CRASH_FILE"

// TestNothingAcknowledgedIsLost kills a process that writes, and reads what it
// said it had written.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	if path := os.Getenv(crashFile); path != "" {
		writeForEver(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "db")
	child := exec.Command(os.Args[0], "-test.run=^TestNothingAcknowledgedIsLost$")
	child.Env = append(os.Environ(), crashFile+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if sort, ok := strings.CutPrefix(lines.Text(), "wrote "); ok {
			acknowledged = append(acknowledged, sort)
		}
		if len(acknowledged) == 500 {
			_ = child.Process.Kill() // What it has said by then is read to the end.
		}
	}
	_ = child.Wait() // It was killed.
	if len(acknowledged) < 500 {
		t.Fatalf("%d rows written, want 500", len(acknowledged))
	}
	table := tableOf(t, openDB(t, path, now, Options{}), always)
	for _, sort := range acknowledged {
		if it, err := table.Get(t.Context(), key(sort)); err != nil || string(it.Body) != sort {
			t.Errorf("Get %s = %q, %v", sort, it.Body, err)
		}
	}
	consistent(t, table)
	if got := contents(t, table); len(got.pending) != len(got.rows) {
		t.Errorf("%d rows, %d pending", len(got.rows), len(got.pending))
	}
}

// writeForEver has a few goroutines write rows and say so.
func writeForEver(t *testing.T, path string) {
	table := tableOf(t, openDB(t, path, now, Options{}), always)
	var wg sync.WaitGroup
	for writer := range 8 {
		wg.Go(func() {
			for i := range 100_000 {
				sort := fmt.Sprintf("%d-%d", writer, i)
				it := store.Item{Key: key(sort), Due: start, Body: []byte(sort)}
				if err := table.Put(t.Context(), it); err != nil {
					t.Errorf("Put = %v", err)
					return
				}
				fmt.Println("wrote", sort)
			}
		})
	}
	wg.Wait()
}
