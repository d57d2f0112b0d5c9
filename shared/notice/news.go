package notice

import (
	"slices"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
)

// News tells whether a change of a shipment may give anybody something to hear.
// It may be wrong in saying yes: who was told what is not looked at.
func News(before, after *shipment.Shipment, now time.Time) bool {
	if before.Status != after.Status || before.Carrier != after.Carrier || !before.RegisteredAt.Equal(after.RegisteredAt) ||
		!before.DeliveredAt.Equal(after.DeliveredAt) || days(before) != days(after) {
		return true
	}
	if !slices.Equal(way(before), way(after)) || seen(after).Sub(seen(before)) >= longSilence {
		return true
	}
	for _, audience := range []Audience{Customer, Seller, Machine} {
		c := Context{Thread: &Thread{Audience: audience}, Now: now}
		if !slices.Equal(worthTelling(Decide(before, c), now), worthTelling(Decide(after, c), now)) {
			return true
		}
	}
	return false
}

// days are the days that the estimate names.
func days(sh *shipment.Shipment) [3]string {
	return [3]string{sh.Estimate.To, sh.Estimate.First, sh.Estimate.Worst}
}

// way is the statuses that the parcel went through. A scan that comes late, between
// two others, may make two occurrences of one.
func way(sh *shipment.Shipment) (out []shipment.Status) {
	for i := range sh.Events {
		status := sh.Events[i].Effect.Status
		if status != "" && (len(out) == 0 || out[len(out)-1] != status) {
			out = append(out, status)
		}
	}
	return out
}

// longSilence is after what silence a scan may end what a flag has told.
const longSilence = 3 * 24 * time.Hour

// seen is when the parcel was last in somebody's hands.
func seen(sh *shipment.Shipment) (t time.Time) {
	for i := range sh.Events {
		if f := &sh.Events[i]; f.Effect != (shipment.Code{}) && f.Physical() {
			t = f.SortTime()
		}
	}
	return t
}

// topic is what makes one notice another than the one before it.
type topic struct {
	kind Kind
	sub  shipment.SubStatus
	due  bool
	date string    // of the one that is due
	at   time.Time // of the one that is due and old
}

// worthTelling is what has come to pass, in its order, and what of it is due to
// somebody who was told nothing yet. More of the same is left out, but to who has
// asked since what is old is not told (see stale): for them the newer one is the
// first.
func worthTelling(candidates []Candidate, now time.Time) (out []topic) {
	var due topic
	for i := range candidates {
		c := &candidates[i]
		if t := (topic{kind: c.Kind, sub: c.SubStatus}); len(out) == 0 || out[len(out)-1] != t {
			out = append(out, t)
		}
		if c.Verdict == Due {
			due = topic{kind: c.Kind, sub: c.SubStatus, due: true, date: c.Date}
			if now.Sub(c.At) >= 24*time.Hour {
				due.at = c.At
			}
		}
	}
	return append(out, due)
}
