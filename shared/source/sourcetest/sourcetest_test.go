package sourcetest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFolder(t *testing.T) {
	for name, want := range map[string]string{"ups": "ups", "dhl-parcel-de": "dhlparcelde", "17track": "seventeentrack", "ship24": "ship24"} {
		if got := Folder(name); got != want {
			t.Errorf("Folder(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestSamples(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{"push-a.json", "pull-b.json", "pull-404-c.json", "pull-c.want.json", "d.txt"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := Samples(t, dir)
	want := []Sample{
		{Path: filepath.Join(dir, "pull-404-c.json"), Body: []byte("pull-404-c.json"), Pull: true, Status: 404},
		{Path: filepath.Join(dir, "pull-b.json"), Body: []byte("pull-b.json"), Pull: true},
		{Path: filepath.Join(dir, "push-a.json"), Body: []byte("push-a.json")},
	}
	if !slices.EqualFunc(got, want, func(a, b Sample) bool {
		return a.Path == b.Path && string(a.Body) == string(b.Body) && a.Pull == b.Pull && a.Status == b.Status
	}) {
		t.Errorf("Samples = %+v", got)
	}
}

func TestReplaceEach(t *testing.T) {
	const body = `{"a": "x", "b": [1, {"c": true}], "d": null}`
	tests := []struct {
		name    string
		scalars bool
		want    []string
	}{
		{"strings and numbers", true, []string{
			`{"a": 0, "b": [1, {"c": true}], "d": null}`,
			`{"a": "x", "b": [0, {"c": true}], "d": null}`,
		}},
		{"every value", false, []string{
			`0`,
			`{"a": 0, "b": [1, {"c": true}], "d": null}`,
			`{"a": "x", "b": 0, "d": null}`,
			`{"a": "x", "b": [0, {"c": true}], "d": null}`,
			`{"a": "x", "b": [1, 0], "d": null}`,
			`{"a": "x", "b": [1, {"c": 0}], "d": null}`,
			`{"a": "x", "b": [1, {"c": true}], "d": 0}`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			replaceEach(t, []byte(body), tt.scalars, "0", func(b []byte) { got = append(got, string(b)) })
			if !slices.Equal(got, tt.want) {
				t.Errorf("replaceEach = %q", got)
			}
		})
	}
}
