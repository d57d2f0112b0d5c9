package carrier_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/carrier"
)

func TestOf(t *testing.T) {
	tests := []struct {
		name, source, called, want, branch string
		known                              bool
	}{
		{"a key of 17TRACK", "17track", "100002", "ups", "", true},
		{"the name beside the key", "17track", "dhl paket", "dhl-parcel-de", "DE", true},
		{"a national branch", "17track", "100456", "jt", "VN", true},
		{"a branch by its name", "17track", "Ninja Van PH", "ninja-van", "PH", true},
		{"case does not count", "tiktokshop", "UNIUNI", "uniuni", "", true},
		{"nor do blanks", "tiktokshop", " Lone  Star\tOvernight\n", "lso", "", true},
		{"an accent", "tiktokshop", "COLIS PRIVÉ", "colis-prive", "", true},
		{"TikTok's spelling", "tiktokshop", "Tusk Logisitics", "tusk", "", true},
		{"a slug", "ship24", "us-post", "usps", "US", true},
		{"DHL alone is not known", "tiktokshop", "DHL", "", "", false},
		{"the name of another source", "aftership", "UniUni", "", "", false},
		{"an unknown source", "dpd", "USPS", "", "", false},
		{"no carrier we follow", "tiktokshop", "TT Virtual express", carrier.Other, "", true},
		{"a forwarder", "tiktokshop", "UPS Heavyweight", carrier.Freight, "", true},
		{"none named", "tiktokshop", " ", "", "", false},
		{"the sign for none", "17track", "-", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if code, known := carrier.Of(tt.source, tt.called); code != tt.want || known != tt.known {
				t.Errorf("Of = %q, %v, want %q, %v", code, known, tt.want, tt.known)
			}
			if got := carrier.Branch(tt.source, tt.called); got != tt.branch {
				t.Errorf("Branch = %q, want %q", got, tt.branch)
			}
		})
	}
}

func TestOfProvider(t *testing.T) {
	tests := []struct {
		name, called, id, want string
		known                  bool
	}{
		{"the name", "USPS", "", "usps", true},
		{"the id", "", "7117859084333745966", "ups", true},
		{"the name goes before the id", "FedEx", "7117859084333745966", "fedex", true},
		{"the id where the name is new", "UPS Ground", " 7117859084333745966 ", "ups", true},
		{"the same name under another id", "UPS", "7000000000000000000", "ups", true},
		{"what people call it", "ninja van", "", "ninja-van", true},
		{"our code", "jitsu", "", "jitsu", true},
		{"the id goes before what people call it", "Royal  mail UK", "6671794738251726849", "royal-mail", true},
		{"a name of several companies", "DHL", "", "", false},
		{"a name of nobody", "Post", "", "", false},
		{"nothing known", "Snail Post", "7000000000000000000", "", false},
		{"nothing said", "", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if code, known := carrier.OfProvider(tt.called, tt.id); code != tt.want || known != tt.known {
				t.Errorf("OfProvider = %q, %v, want %q, %v", code, known, tt.want, tt.known)
			}
		})
	}
}

func TestName(t *testing.T) {
	for code, want := range map[string][2]string{
		"ups": {"UPS", ""}, "jt": {"J&T Express", ""}, "royal-mail": {"Royal Mail", "GB"}, "colis-prive": {"Colis Privé", "FR"},
		"17track:190999": {"17track:190999", ""}, "": {"", ""},
	} {
		if got := [2]string{carrier.Name(code), carrier.Country(code)}; got != want {
			t.Errorf("%q: name and country %q, want %q", code, got, want)
		}
	}
}

func TestFollowed(t *testing.T) {
	for code, want := range map[string]bool{
		"ups": true, "17track:190999": true, "": false, carrier.Other: false, carrier.Freight: false,
	} {
		if got := carrier.Followed(code); got != want {
			t.Errorf("Followed(%q) = %v", code, got)
		}
	}
}

func TestLink(t *testing.T) {
	tests := []struct{ name, code, country, number, want string }{
		{"in a query", "ups", "US", "1Z5R89390357567127", "https://www.ups.com/track?tracknum=1Z5R89390357567127"},
		{"in a path", "evri", "GB", "H1 2", "https://www.evri.com/track/parcel/H1%202/details"},
		{"what would change the address", "ups", "", "1&x=#/?%2e+é", "https://www.ups.com/track?tracknum=1%26x%3D%23%2F%3F%252e%2B%C3%A9"},
		{"the page of the country", "jt", "MY", "630000000001", "https://www.jtexpress.my/tracking/630000000001"},
		{"a country without a page", "jt", "SG", "630000000001", ""},
		{"several pages and no country", "ninja-van", "", "NV1", ""},
		{"the page for the rest", "postnl", "US", "3S1", "https://postnl.post/track?barcodes=3S1"},
		{"one of several countries of a page", "gls", "ES", "1", "https://gls-group.eu/EU/en/parcel-tracking?match=1"},
		{"the only page is of another country", "shopee-xpress", "MY", "SPXMY1", ""},
		{"the number has to be typed", "jne", "ID", "1", "https://www.jne.co.id/tracking-package"},
		{"no page known", "veho", "US", "1", ""},
		{"no carrier known", "17track:190999", "US", "1", ""},
		{"no number", "ups", "US", "", ""},
		{"a way out of the folder", "evri", "GB", "..", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := carrier.LinkIn(tt.code, tt.country, tt.number); got != tt.want {
				t.Errorf("LinkIn = %q, want %q", got, tt.want)
			}
		})
	}
	if got, want := carrier.Link("postnl", "3S1"), "https://postnl.post/track?barcodes=3S1"; got != want {
		t.Errorf("Link = %q, want %q", got, want)
	}
}

// FuzzLink makes sure that a number, whatever it is, changes nothing else of an
// address.
func FuzzLink(f *testing.F) {
	for _, number := range []string{"1Z5R89390357567127", "", "..", "a/../b", "x&y=1", "x#y", "x?y", "{number}", "\x00", "\xff", "é", "javascript:1"} {
		for _, code := range []string{"ups", "evri", "hermes-de", "swiss-post", "ghtk"} {
			f.Add(code, number)
		}
	}
	f.Fuzz(func(t *testing.T, code, number string) {
		got, plain := carrier.Link(code, number), carrier.Link(code, "1")
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil {
			t.Fatal(err)
		}
		p, err := url.Parse(plain)
		if err != nil {
			t.Fatal(err)
		}
		if u.Scheme != "https" || u.Host != p.Host || strings.Count(u.EscapedPath(), "/") != strings.Count(p.EscapedPath(), "/") ||
			len(u.Query()) != len(p.Query()) || (u.Fragment == "") != (p.Fragment == "") {
			t.Errorf("Link(%q, %q) = %s, not like %s", code, number, got, plain)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	carrier.Of("", "") // reads the tables
	b.ReportAllocs()
	for b.Loop() {
		carrier.Of("tiktokshop", "Lone Star Overnight")
	}
}
