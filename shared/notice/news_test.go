package notice_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// drawMoments draws a life of those with and of those without flags, and an
// order in which it is heard of.
func drawMoments(t *rapid.T) []moment {
	all := slices.Clone(flagLives)
	for _, l := range lives {
		life := flagLife{name: l.name}
		for _, s := range l.scans {
			life.moments = append(life.moments, moment{local: s.local, hear: func(p *player, _ moment) {
				p.add(&shipment.Update{AsOf: s.event().OccurredAt, Events: []shipment.Event{s.event()}})
			}})
		}
		all = append(all, life)
	}
	life := rapid.SampledFrom(all).Draw(t, "life")
	t.Log(life.name)
	return rapid.Permutation(slices.Clone(life.moments)).Draw(t, "order")
}

// TestWithoutNewsThereIsNothingToSay: a recipient who has been told all that was
// due before a change that is no news has nothing to hear after it.
func TestWithoutNewsThereIsNothingToSay(t *testing.T) {
	quiet := 0
	rapid.Check(t, func(t *rapid.T) {
		audience := rapid.SampledFrom([]notice.Audience{notice.Customer, notice.Seller, notice.Machine}).Draw(t, "audience")
		p := newPlayer(audience, "1 09:00")
		now := when("1 09:00")
		for _, m := range drawMoments(t) {
			if at := m.now().Add(time.Minute); at.After(now) {
				now = at
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "minutes")) * time.Minute)
			for range 5 {
				p.speak(now)
			}
			before := p.set.Fold()
			m.hear(p, m)
			after := p.set.Fold()
			if notice.News(&before, &after, now) {
				continue
			}
			quiet++
			if c := notice.Next(&after, notice.Context{Thread: &p.thread, Now: now}); c != nil {
				t.Fatalf("no news, and yet %s is due", c.Kind)
			}
		}
	})
	if quiet < 50 {
		t.Errorf("only %d changes were no news: this test shows nothing", quiet)
	}
}

func TestNews(t *testing.T) {
	tests := []struct {
		name          string
		before, after []string
		want          bool
	}{
		{"nothing changes", []string{"2 09:00 IN_TRANSIT.ACCEPTED"}, []string{"2 09:00 IN_TRANSIT.ACCEPTED"}, false},
		{"it sets out", nil, []string{"2 09:00 IN_TRANSIT.ACCEPTED"}, true},
		{"it goes on", []string{"2 09:00 IN_TRANSIT.ACCEPTED"}, []string{"2 09:00 IN_TRANSIT.ACCEPTED", "2 10:00 IN_TRANSIT.DEPARTED"}, false},
		{"a late scan", []string{"2 09:00 IN_TRANSIT.DEPARTED"}, []string{"2 08:00 IN_TRANSIT.ACCEPTED", "2 09:00 IN_TRANSIT.DEPARTED"}, false},
		{"it arrives in the country", []string{"2 09:00 IN_TRANSIT.DEPARTED"}, []string{"2 09:00 IN_TRANSIT.DEPARTED", "2 10:00 IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"}, true},
		{"it is delivered", []string{"2 09:00 IN_TRANSIT.DEPARTED"}, []string{"2 09:00 IN_TRANSIT.DEPARTED", "2 10:00 DELIVERED.GENERIC"}, true},
		{"it was not delivered", []string{"2 10:00 DELIVERED.GENERIC"}, []string{"2 09:00 IN_TRANSIT.DEPARTED"}, true},
		{"another problem", []string{"2 09:00 EXCEPTION.ADDRESS_ISSUE"}, []string{"2 09:00 EXCEPTION.ADDRESS_ISSUE", "2 10:00 EXCEPTION.DAMAGED"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := notice.News(parcel(tt.before...), parcel(tt.after...), when("2 11:00")); got != tt.want {
				t.Errorf("News = %t", got)
			}
		})
	}
}
