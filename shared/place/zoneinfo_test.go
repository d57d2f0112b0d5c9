package place

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var wheel = flag.String("wheel", "", "make zoneinfo.zip anew from this wheel of PyPI's tzdata")

func TestZoneFiles(t *testing.T) {
	data := zoneinfo
	if *wheel != "" {
		archive, err := archiveOf(*wheel)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("zoneinfo.zip", archive, 0o644); err != nil {
			t.Fatal(err)
		}
		data = string(archive)
	}
	if len(data) > 200<<10 {
		t.Errorf("archive of %d bytes", len(data))
	}
	if got := archivedRelease(t, data); got != Release {
		t.Errorf("release %q, want %q", got, Release)
	}
	zones, err := openZones(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(zones) < 500 {
		t.Errorf("%d zones", len(zones))
	}
	for key, z := range zones {
		if z.rules() == nil || z.rules().String() != z.name || strings.ToLower(z.name) != key {
			t.Errorf("zone %s cannot be read", z.name)
		}
	}
}

func archivedRelease(t *testing.T, data string) string {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		if f.Name == "release" {
			release, err := unpack(f)
			if err != nil {
				t.Fatal(err)
			}
			return string(release)
		}
	}
	return ""
}

// archiveOf packs the zone files of a wheel: the same bytes for the same wheel.
func archiveOf(path string) ([]byte, error) {
	in, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	var release string
	rules := map[string][]byte{}
	for _, f := range in.File {
		name, ok := strings.CutPrefix(f.Name, "tzdata/zoneinfo/")
		if !ok {
			continue
		}
		data, err := unpack(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if name == "tzdata.zi" {
			line, _, _ := strings.Cut(string(data), "\n")
			release = strings.TrimPrefix(line, "# version ")
		}
		if strings.Contains(name, "/") && bytes.HasPrefix(data, []byte("TZif")) {
			rules[name] = data
		}
	}
	return pack(release, rules)
}

func pack(release string, rules map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	add := func(name string, data []byte) error {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	var links strings.Builder
	first := map[string]string{}
	for _, name := range sortedNames(rules) {
		if file, ok := first[string(rules[name])]; ok {
			fmt.Fprintf(&links, "%s %s\n", name, file)
			continue
		}
		first[string(rules[name])] = name
		if err := add(name, rules[name]); err != nil {
			return nil, err
		}
	}
	if err := add("links", []byte(links.String())); err != nil {
		return nil, err
	}
	if err := add("release", []byte(release)); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

func sortedNames(rules map[string][]byte) []string {
	names := make([]string, 0, len(rules))
	for name := range rules {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// The clocks that Go's own copy has wrong in November 2026, and rules of other
// releases that a stale archive would lack.
func TestOffsets(t *testing.T) {
	tests := []struct {
		zone, at string
		want     string
	}{
		{"America/Vancouver", "2026-11-25T12:00:00Z", "-07:00"},
		{"America/Edmonton", "2026-11-25T12:00:00Z", "-06:00"},
		{"America/Winnipeg", "2026-11-25T12:00:00Z", "-05:00"},
		{"Africa/Casablanca", "2026-11-25T12:00:00Z", "+00:00"},
		{"Africa/El_Aaiun", "2026-11-25T12:00:00Z", "+00:00"},
		{"America/Havana", "2026-11-25T12:00:00Z", "-04:00"},
		{"Europe/Chisinau", "2026-03-29T00:30:00Z", "+02:00"},
		{"America/Vancouver", "2026-01-15T12:00:00Z", "-08:00"},
		{"America/Vancouver", "2027-01-15T12:00:00Z", "-07:00"},
		{"America/Edmonton", "2027-01-15T12:00:00Z", "-06:00"},
		{"America/Winnipeg", "2027-01-15T12:00:00Z", "-05:00"},
		{"America/Rainy_River", "2026-11-25T12:00:00Z", "-05:00"},
		{"America/Yellowknife", "2026-11-25T12:00:00Z", "-06:00"},
		{"Africa/Casablanca", "2026-07-01T12:00:00Z", "+01:00"},
		{"Africa/Casablanca", "2027-07-01T12:00:00Z", "+00:00"},
		{"America/Coyhaique", "2026-07-01T12:00:00Z", "-03:00"},
		{"America/Asuncion", "2026-07-01T12:00:00Z", "-03:00"},
		{"Asia/Almaty", "2026-07-01T12:00:00Z", "+05:00"},
		{"America/Nuuk", "2026-01-15T12:00:00Z", "-02:00"},
		{"America/Nuuk", "2026-07-01T12:00:00Z", "-01:00"},
		{"America/Scoresbysund", "2026-01-15T12:00:00Z", "-02:00"},
		{"America/Mexico_City", "2026-07-01T12:00:00Z", "-06:00"},
		{"America/Cancun", "2026-07-01T12:00:00Z", "-05:00"},
		{"America/Tijuana", "2026-07-01T12:00:00Z", "-07:00"},
		{"America/Ciudad_Juarez", "2026-07-01T12:00:00Z", "-06:00"},
		{"Asia/Tehran", "2026-07-01T12:00:00Z", "+03:30"},
		{"Asia/Amman", "2026-01-15T12:00:00Z", "+03:00"},
		{"Asia/Damascus", "2026-01-15T12:00:00Z", "+03:00"},
		{"Europe/Kyiv", "2026-07-01T12:00:00Z", "+03:00"},
		{"Asia/Kathmandu", "2026-07-01T12:00:00Z", "+05:45"},
		{"Pacific/Chatham", "2026-07-01T12:00:00Z", "+12:45"},
		{"Pacific/Marquesas", "2026-07-01T12:00:00Z", "-09:30"},
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.at, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			z := world().named(tt.zone)
			if z == nil {
				t.Fatal("no such zone")
			}
			if got := at.In(z.rules()).Format("-07:00"); got != tt.want {
				t.Errorf("offset %s, want %s", got, tt.want)
			}
		})
	}
}
