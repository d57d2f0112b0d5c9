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
		p.thread.Since = when("1 09:00").Add(time.Duration(rapid.IntRange(0, 240).Draw(t, "asked after hours")) * time.Hour)
		now := when("1 09:00")
		for _, m := range drawMoments(t) {
			if at := m.now().Add(time.Minute); at.After(now) {
				now = at
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "minutes")) * time.Minute)
			asked := !now.Before(p.thread.Since)
			for range 5 {
				if asked {
					p.speak(now)
				}
			}
			before := p.set.Fold()
			m.hear(p, m)
			after := p.set.Fold()
			if notice.News(&before, &after, now) || !asked {
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
	accepted, departed := "2 09:00 IN_TRANSIT.ACCEPTED", "2 10:00 IN_TRANSIT.DEPARTED"
	is := func(scans ...string) *shipment.Shipment { return parcel(scans...) }
	with := func(change func(*shipment.Shipment), scans ...string) *shipment.Shipment {
		sh := parcel(scans...)
		change(sh)
		return sh
	}
	tests := []struct {
		name          string
		before, after *shipment.Shipment
		want          bool
	}{
		{"nothing changes", is(accepted), is(accepted), false},
		{"it sets out", is(), is(accepted), true},
		{"it goes on", is(accepted), is(accepted, departed), false},
		{"a late scan", is(departed), is(accepted, departed), false},
		{"it arrives in the country", is(departed), is(departed, "2 10:30 IN_TRANSIT.ARRIVED_DESTINATION_COUNTRY"), true},
		{"it is delivered", is(departed), is(departed, "2 10:30 DELIVERED.GENERIC"), true},
		{"it was not delivered", is("2 10:00 DELIVERED.GENERIC"), is(accepted), true},
		{"another problem", is("2 09:00 EXCEPTION.ADDRESS_ISSUE"), is("2 09:00 EXCEPTION.ADDRESS_ISSUE", "2 10:00 EXCEPTION.DAMAGED"), true},
		{
			"a late scan between two problems", is("2 09:00 EXCEPTION.ADDRESS_ISSUE", "2 10:30 EXCEPTION.ADDRESS_ISSUE"),
			is("2 09:00 EXCEPTION.ADDRESS_ISSUE", departed, "2 10:30 EXCEPTION.ADDRESS_ISSUE"), true,
		},
		{"its carrier becomes known", is(accepted), with(func(sh *shipment.Shipment) { sh.Carrier = "ups" }, accepted), true},
		{"it is registered", with(func(sh *shipment.Shipment) { sh.RegisteredAt = time.Time{} }, accepted), is(accepted), true},
		{"when it was delivered", with(func(sh *shipment.Shipment) { sh.DeliveredAt = when("2 09:30") }, accepted), is(accepted), true},
		{"a date", is(accepted), promised(is(accepted), "07"), true},
		{"a scan after long silence", is("2 09:00 IN_TRANSIT.CUSTOMS_STARTED"), is("2 09:00 IN_TRANSIT.CUSTOMS_STARTED", "5 09:00 IN_TRANSIT.ARRIVED"), true},
		{"the same again, to who has asked in between", is("20 09:00 EXCEPTION.PAYMENT_REQUIRED"), is("20 09:00 EXCEPTION.PAYMENT_REQUIRED", "21 10:00 EXCEPTION.PAYMENT_REQUIRED"), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := newestOf(tt.before, tt.after).Add(30 * time.Minute)
			if got := notice.News(tt.before, tt.after, now); got != tt.want {
				t.Errorf("News = %t", got)
			}
		})
	}
}

// newestOf is the time of the newest event of two states.
func newestOf(states ...*shipment.Shipment) (t time.Time) {
	t = when("2 09:00")
	for _, sh := range states {
		for _, e := range sh.Events {
			if e.SortTime().After(t) {
				t = e.SortTime()
			}
		}
	}
	return t
}
