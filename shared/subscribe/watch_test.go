package subscribe_test

import (
	"errors"
	"testing"
	"time"

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
