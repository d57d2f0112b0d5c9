package place

import (
	"errors"
	"testing"
	"time"
)

func TestRead(t *testing.T) {
	at := func(h, m, s int) time.Time { return time.Date(2026, 3, 2, h, m, s, 0, time.UTC) }
	tests := []struct {
		name, text string
		want       Reading
	}{
		{"local", "2026-03-02T07:53:47", Reading{Face: at(7, 53, 47)}},
		{"GMT", "2026-03-02T07:53:47Z", Reading{Face: at(7, 53, 47), Zone: "Z"}},
		{"an offset", "2026-03-02T08:10:00-06:00", Reading{Face: at(8, 10, 0), Zone: "-06:00"}},
		{"an offset without a colon", "2026-03-02T08:10:00+0800", Reading{Face: at(8, 10, 0), Zone: "+0800"}},
		{"a date", "2026-03-02", Reading{Face: at(0, 0, 0), Date: true}},
		{"a date with slashes", "2026/03/02", Reading{Face: at(0, 0, 0), Date: true}},
		{"blanks", " 2026-03-02  08:10:00 CST ", Reading{Face: at(8, 10, 0), Zone: "CST"}},
		{"no seconds", "2026-03-02 08:10", Reading{Face: at(8, 10, 0)}},
		{"no seconds, an offset", "2026-03-02T08:10+08:00", Reading{Face: at(8, 10, 0), Zone: "+08:00"}},
		{"parts of a second", "2024-11-15 11:09:19.000000", Reading{Face: time.Date(2024, 11, 15, 11, 9, 19, 0, time.UTC)}},
		{"parts of a second and Z", "2026-03-02T07:53:47.123Z", Reading{Face: at(7, 53, 47), Zone: "Z"}},
		{"a midnight is a time until an estimate says otherwise", "2026-03-02T00:00:00-06:00", Reading{Face: at(0, 0, 0), Zone: "-06:00"}},
		{"a leap day", "2028-02-29", Reading{Face: time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC), Date: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := read(t, tt.text); got != tt.want {
				t.Errorf("Read = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, text := range []string{
		"", "today", "2026-13-01", "2026-02-29", "2026-00-10", "2026-03-00", "0001-01-01T00:00:00", "1969-12-31", "2200-01-01",
		"2026-03/02", "2026-03-02T", "2026-03-02X08:10", "2026-03-02T8:10", "2026-03-02T24:00:00", "2026-03-02T08:60", "2026-03-02T08:10:60",
		"02-03-2026 10:00:00", "20260302", "2026-03-02T-1:00:00", "+026-03-02",
	} {
		t.Run(text, func(t *testing.T) {
			if r, err := Read(text); !errors.Is(err, ErrTime) || r != (Reading{}) {
				t.Errorf("Read = %+v, %v", r, err)
			}
		})
	}
}

func TestPromise(t *testing.T) {
	tests := []struct{ name, text, day, hour string }{
		{"a date", "2026-03-05", "2026-03-05", ""},
		{"midnight", "2026-03-05T00:00:00", "2026-03-05", ""},
		{"midnight with an offset", "2026-03-05T00:00:00-06:00", "2026-03-05", ""},
		{"midnight with a Z", "2026-03-05T00:00:00Z", "2026-03-05", ""},
		{"midnight far in the east", "2026-03-05T00:00:00+14:00", "2026-03-05", ""},
		{"an hour", "2026-03-05T21:00:00Z", "2026-03-05", "21:00"},
		{"the last second", "2026-03-05T23:59:59-06:00", "2026-03-05", "23:59"},
	}
	underHosts(t, func(t *testing.T) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				if day, hour := read(t, tt.text).Promise(); day != tt.day || hour != tt.hour {
					t.Errorf("Promise = %q, %q, want %q, %q", day, hour, tt.day, tt.hour)
				}
			})
		}
	})
}
