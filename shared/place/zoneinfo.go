package place

import (
	"archive/zip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Release is the IANA release of the zone rules that are used, whatever the
// host has. The package comment says how to renew it.
const Release = "2026f"

//go:embed zoneinfo.zip
var zoneinfo string

// zone is one name of the archive. Its rules are unpacked when first asked for;
// nil means that they cannot be read, which a test rules out.
type zone struct {
	name  string
	rules func() *time.Location
}

// openZones lists an archive by name in lower case. It holds a file for each
// distinct set of rules; of names that share one, "links" gives the file, a line
// each: name, blank, file.
func openZones(data string) (map[string]*zone, error) {
	archive, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("zoneinfo.zip: %w", err)
	}
	files := make(map[string]*zip.File, len(archive.File))
	zones := make(map[string]*zone, 600)
	for _, f := range archive.File {
		files[f.Name] = f
		if strings.Contains(f.Name, "/") {
			zones[strings.ToLower(f.Name)] = newZone(f.Name, f)
		}
	}
	links, err := unpack(files["links"])
	if err != nil {
		return nil, fmt.Errorf("zoneinfo.zip: links: %w", err)
	}
	for line := range strings.Lines(string(links)) {
		name, file, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if files[file] == nil {
			return nil, fmt.Errorf("zoneinfo.zip: links: no file %s", file)
		}
		zones[strings.ToLower(name)] = newZone(name, files[file])
	}
	return zones, nil
}

func newZone(name string, f *zip.File) *zone {
	return &zone{name: name, rules: sync.OnceValue(func() *time.Location {
		data, err := unpack(f)
		if err != nil {
			return nil
		}
		loc, err := time.LoadLocationFromTZData(name, data)
		if err != nil {
			return nil
		}
		return loc
	})}
}

func unpack(f *zip.File) ([]byte, error) {
	if f == nil {
		return nil, zip.ErrFormat
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return data, r.Close()
}
