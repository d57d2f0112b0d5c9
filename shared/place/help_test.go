package place

import (
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// underHosts runs a test as on hosts of three zones: nothing may depend on where
// the program runs.
func underHosts(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	home := time.Local
	t.Cleanup(func() { time.Local = home })
	for _, host := range []string{"Pacific/Kiritimati", "America/New_York", "Australia/Lord_Howe"} {
		time.Local = zoneOf(t, host)
		t.Run("host in "+host, test)
	}
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	z := world().named(name)
	if z == nil {
		t.Fatalf("no zone %s", name)
	}
	return z.rules()
}

// in makes a place of a country, region, city and postal code.
func in(country string, more ...string) shipment.Location {
	more = append(more, "", "", "")
	return shipment.Location{Country: country, Region: more[0], City: more[1], PostalCode: more[2]}
}

// read reads a time that is one.
func read(t testing.TB, text string) Reading {
	t.Helper()
	r, err := Read(text)
	if err != nil {
		t.Fatalf("Read(%q) = %v", text, err)
	}
	return r
}
