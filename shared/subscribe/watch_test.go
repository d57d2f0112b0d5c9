package subscribe_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/subscribe"
	"github.com/shiptide/shiptide/shared/trackingnumber"
)

func TestAdd(t *testing.T) {
	now := noon
	s := newSubscriber(t, func() time.Time { return now })
	w := subscribe.Watch{Number: "1z 5r89 3903 5756 7127", Carrier: "ups", Order: "577000001", Country: "us"}
	for range 2 { // The second time changes nothing.
		if _, err := s.Add(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	rec, err := s.Shipments.Get(t.Context(), "1Z5R89390357567127")
	if err != nil || !rec.RegisteredAt.Equal(noon) || !rec.OrderedAt.Equal(noon) || rec.Carrier != "ups" || rec.Destination != "US" || len(rec.Trail) != 1 {
		t.Errorf("record %+v (%v)", rec.Shipment, err)
	}
	if days, _, err := s.Shipments.Day(t.Context(), "2026-03-02", "", 10); err != nil || len(days) != 1 {
		t.Errorf("listed as %v (%v)", days, err)
	}
}

// TestDestinations adds a parcel in steps, each twice, and looks at what is known of
// where it goes.
func TestDestinations(t *testing.T) {
	to := func(country, postal string) subscribe.Watch {
		return subscribe.Watch{Number: number, Order: "577000001", Country: country, PostalCode: postal}
	}
	tests := []struct {
		name string
		said string // by the carrier before
		adds []subscribe.Watch
		want []string
		news []bool
	}{
		{"a whole code", "", []subscribe.Watch{to("us", "95110-1234")}, []string{"US 951"}, []bool{true}},
		{"its first characters", "", []subscribe.Watch{to("US", " 951 ")}, []string{"US 951"}, []bool{true}},
		{"in small letters", "", []subscribe.Watch{to("GB", "sw1a 1aa"), to("GB", "sw1")}, []string{"GB SW1"}, []bool{true, false}},
		{"a code that lost its zero", "", []subscribe.Watch{to("US", "7030"), to("US", "07030")}, []string{"US 070"}, []bool{true, false}},
		{"nothing", "", []subscribe.Watch{to("", "")}, nil, []bool{true}},
		{"blanks are no code", "", []subscribe.Watch{to("US", " ")}, []string{"US"}, []bool{true}},
		{"the country, then the code", "", []subscribe.Watch{to("US", ""), to("US", "95110")}, []string{"US", "US 951"}, []bool{true, true}},
		{"the code, then the country", "", []subscribe.Watch{to("US", "95110"), to("US", "")}, []string{"US 951"}, []bool{true, false}},
		{"the code, then another country", "", []subscribe.Watch{to("US", "95110"), to("DE", "")}, []string{"DE", "US 951"}, []bool{true, true}},
		{"the order's code stands beside the carrier's", "US 951", []subscribe.Watch{to("US", "95110"), to("US", "")}, []string{"US 951", "US 951"}, []bool{true, false}},
		{"the carrier knows the country", "US", []subscribe.Watch{to("", ""), to("US", "")}, []string{"US"}, []bool{true, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSubscriber(t, func() time.Time { return noon })
			if tt.said != "" {
				from := shipment.Origin{Source: "ups", Kind: shipment.Carrier}
				said := &shipment.Update{Links: []shipment.Link{{Kind: shipment.DestinationLink, Value: tt.said}}}
				if _, err := s.Shipments.Update(t.Context(), number, "ups", func(set *shipment.Set) error { set.Add(from, said); return nil }); err != nil {
					t.Fatal(err)
				}
			}
			for i, w := range tt.adds {
				for n := range 2 {
					rec, err := s.Add(t.Context(), w)
					if want := tt.news[i] && n == 0; err != nil || rec.Changed != want {
						t.Errorf("add %d, time %d: changed %v, %v, want %v", i+1, n+1, rec.Changed, err, want)
					}
				}
			}
			rec, err := s.Shipments.Get(t.Context(), number)
			var got []string
			for _, l := range rec.Set.Links {
				if l.Kind == shipment.DestinationLink {
					got = append(got, l.Value)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestAddRefuses(t *testing.T) {
	tests := []struct {
		name  string
		watch subscribe.Watch
		want  error
		slip  trackingnumber.Slip
	}{
		{"nothing", subscribe.Watch{}, subscribe.ErrBadNumber, trackingnumber.Empty},
		{"the letter O for a zero", subscribe.Watch{Number: "1Z5R8939O357567127"}, subscribe.ErrBadNumber, trackingnumber.LookAlike},
		{"two digits that changed places", subscribe.Watch{Number: "1Z5R89390357561727"}, subscribe.ErrBadNumber, trackingnumber.Transposed},
		{"a digit too many", subscribe.Watch{Number: "1Z5R893903575671277"}, subscribe.ErrBadNumber, trackingnumber.ExtraCharacter},
		{"a path", subscribe.Watch{Number: "../.."}, subscribe.ErrBadNumber, trackingnumber.ForeignCharacter},
		{"a postal code that is cut", subscribe.Watch{Number: "1Z5R89390357567127", Country: "US", PostalCode: "95"}, subscribe.ErrBadPostalCode, ""},
		{"a postal code of another country", subscribe.Watch{Number: "1Z5R89390357567127", Country: "US", PostalCode: "SW1A 1AA"}, subscribe.ErrBadPostalCode, ""},
		{"a postal code without a country", subscribe.Watch{Number: "1Z5R89390357567127", PostalCode: "95110"}, subscribe.ErrBadPostalCode, ""},
		{"a masked postal code", subscribe.Watch{Number: "1Z5R89390357567127", Country: "US", PostalCode: "9****"}, subscribe.ErrBadPostalCode, ""},
		{"a country by its name", subscribe.Watch{Number: "1Z5R89390357567127", Country: "USA"}, subscribe.ErrBadCountry, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSubscriber(t, func() time.Time { return noon })
			_, err := s.Add(t.Context(), tt.watch)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			var bad *subscribe.NumberError
			if errors.As(err, &bad) && (bad.Slip != tt.slip || bad.Error() == "") {
				t.Errorf("slip %q: %v, want %q", bad.Slip, bad, tt.slip)
			}
		})
	}
}

// TestTheNextParcelOfANumber registers a number again after months: who heard of
// the last parcel hears of the new one afresh, if they ask.
func TestTheNextParcelOfANumber(t *testing.T) {
	now := noon
	s := newSubscriber(t, func() time.Time { return now })
	to, err := s.ByOperator(t.Context(), number, contact.Email, "one@example.com")
	if err != nil {
		t.Fatal(err)
	}
	row, err := s.Threads.Get(t.Context(), number, to.ID)
	if err != nil {
		t.Fatal(err)
	}
	row.Ended = "undeliverable"
	if err := s.Threads.Save(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	now = noon.AddDate(0, 0, 200)
	if _, err := s.ByOperator(t.Context(), number, contact.Email, "one@example.com"); err != nil {
		t.Fatal(err)
	}
	rec, err := s.Shipments.Get(t.Context(), number)
	if err != nil || len(rec.Set.Generations()) != 2 || !rec.RegisteredAt.Equal(now) {
		t.Errorf("registered %s in %d generations (%v), want a second one now", rec.RegisteredAt, len(rec.Set.Generations()), err)
	}
	if row, err = s.Threads.Get(t.Context(), number, to.ID); err != nil || !row.Since.Equal(now) || row.Ended != "" {
		t.Errorf("thread since %s, ended %q (%v), want a fresh one", row.Since, row.Ended, err)
	}
	if now.Sub(noon) < shipment.OneParcel {
		t.Error("the test does not wait long enough")
	}
}
