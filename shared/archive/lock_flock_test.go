//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package archive

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestTwoExportsDoNotShareAFile(t *testing.T) {
	tables := smallStore(t)
	file := filepath.Join(t.TempDir(), "archive")
	tried := false
	_, err := Export(t.Context(), file, "here", tables, func(string, int) {
		tried = true
		if _, err := export(t, file, tables); !errors.Is(err, ErrInUse) {
			t.Errorf("the second export = %v, want ErrInUse", err)
		}
	})
	if err != nil || !tried {
		t.Fatal(tried, err)
	}
	if d := diff(string(exported(t, tables)), string(read(t, file))); d != "" {
		t.Errorf("archive differs (-want +got):\n%s", d)
	}
	if _, err := export(t, file, tables); !errors.Is(err, ErrComplete) {
		t.Errorf("an export afterwards = %v, want ErrComplete", err)
	}
}
