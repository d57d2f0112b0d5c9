package shipment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

const (
	label     = "INFO_RECEIVED.LABEL_CREATED"
	departed  = "IN_TRANSIT.DEPARTED"
	held      = "IN_TRANSIT.HELD"
	notFound  = "PENDING.NOT_FOUND"
	handover  = "IN_TRANSIT.HANDED_TO_PARTNER"
	delayed   = "EXCEPTION.DELAY_WEATHER"
	attempted = "FAILED_ATTEMPT.GENERIC"
)

// says is a body of a source with scans, long after all of them.
func says(from shipment.Origin, events ...shipment.Event) word {
	return word{from, body("31 00:00", events...)}
}

func expects(asOf string, days ...string) (words []word) {
	for i, d := range days {
		words = append(words, word{ups, &shipment.Update{AsOf: when(asOf).Add(time.Duration(i) * time.Hour), Estimates: []shipment.Estimate{{To: "2026-03-" + d}}}})
	}
	return words
}

func bought(at string) word {
	return word{tiktok, links(shipment.Link{Kind: shipment.OrderLink, Value: "shop/1", At: when(at)})}
}

func boughtAndTold(at, told string) word {
	return word{tiktok, links(shipment.Link{Kind: shipment.OrderLink, Value: "shop/1", At: when(at), AsOf: when(told)})}
}

// abroad is a parcel from China to Germany.
var abroad = word{track, lanes("CN", "DE")}

// TestFlagGoesUp: each flag is down a second before its time, up at it, and
// says since when; next is that time.
func TestFlagGoesUp(t *testing.T) {
	home := func(at, c string) shipment.Event { return in("DE", scan(at, c)) }
	tests := []struct {
		name  string
		flag  shipment.Flag
		words []word
		since string // March
	}{
		{"a label for two days", shipment.NoScanLate, []word{says(ups, scan("2 09:00", label))}, "4 09:00"},
		{"a label that is told anew each day", shipment.NoScanLate, []word{says(ups, scan("2 09:00", label), scan("3 09:00", label), scan("4 08:00", "INFO_RECEIVED.PICKUP_FAILED"))}, "4 09:00"},
		{"a label made again after it was cancelled waits anew", shipment.NoScanLate, []word{says(ups, scan("2 09:00", label), scan("3 09:00", cancelled), scan("4 09:00", label), scan("4 10:00", accepted), scan("5 09:00", label))}, "7 09:00"},
		{"a registered number that nobody knows for three days", shipment.NoScanLate, []word{bought("2 09:00"), {ups, answer("4 09:00", notFound)}}, "5 09:00"},
		{"a registered number of which nothing is heard", shipment.NoScanLate, []word{bought("2 09:00")}, "5 09:00"},
		{"an order that is told long after it was placed", shipment.NoScanLate, []word{boughtAndTold("2 09:00", "12 10:00")}, "15 10:00"},

		{"no scan for three days in one country", shipment.Stalled, []word{says(ups, home("2 09:00", moving))}, "5 09:00"},
		{"no scan for seven days abroad", shipment.Stalled, []word{says(ups, home("2 09:00", moving)), abroad}, "9 09:00"},
		{"where nobody knows the countries it is abroad", shipment.Stalled, []word{says(ups, scan("2 09:00", moving))}, "9 09:00"},
		{"from the newest of all scans", shipment.Stalled, []word{says(ups, home("2 09:00", moving)), says(track, home("3 09:00", arrived))}, "6 09:00"},
		{"a code that nobody knows is no scan", shipment.Stalled, []word{says(ups, home("2 09:00", moving), home("3 09:00", unmapped))}, "5 09:00"},
		{"one that is held until a day is not stalled before", shipment.Stalled, append(expects("2 09:00", "10"), says(ups, home("2 09:00", held))), "11 12:00"},
		{"one that is held until a day that is near", shipment.Stalled, append(expects("2 09:00", "03"), says(ups, home("2 09:00", held))), "5 09:00"},
		{"held until nobody knows when", shipment.Stalled, []word{says(ups, home("2 09:00", held))}, "5 09:00"},

		{"noon after the day first promised", shipment.Late, append(expects("2 09:00", "05"), says(ups, scan("4 09:00", moving))), "6 12:00"},
		{"also where a later day is promised now", shipment.Late, append(expects("2 09:00", "05", "20"), says(ups, scan("4 09:00", moving))), "6 12:00"},
		{"also before anything was scanned", shipment.Late, append(expects("2 09:00", "05"), says(ups, scan("4 09:00", label))), "6 12:00"},
		{"over the end of a month", shipment.Late, append(expects("2 09:00", "28"), says(ups, scan("26 09:00", moving))), "29 12:00"},
		{"a later day is promised", shipment.EDDMoved, append(expects("2 09:00", "05", "06"), says(ups, scan("2 08:00", moving))), "2 10:00"},

		{"fifteen days in one country", shipment.LikelyLost, []word{says(ups, home("2 09:00", moving))}, "17 09:00"},
		{"a problem and then nothing", shipment.LikelyLost, []word{says(ups, home("2 09:00", "EXCEPTION.ADDRESS_ISSUE"))}, "17 09:00"},
		{"an attempt and then nothing", shipment.LikelyLost, []word{says(ups, home("2 09:00", attempted))}, "17 09:00"},
		{"on the vehicle and then nothing", shipment.LikelyLost, []word{says(ups, home("2 09:00", onVehicle))}, "17 09:00"},
		{"on its way back and then nothing", shipment.LikelyLost, []word{says(ups, home("2 09:00", returning))}, "17 09:00"},
		{"the source gave up", shipment.LikelyLost, []word{says(ups, home("2 09:00", moving)), {ups, answer("9 09:00", noUpdates)}}, "17 09:00"},

		{"three days at a pickup point", shipment.PickupExpiring, []word{says(ups, scan("2 09:00", atPoint))}, "5 09:00"},
		{"three days though it is told each day", shipment.PickupExpiring, []word{says(ups, scan("2 09:00", atPoint), scan("3 09:00", atPoint), scan("4 09:00", atPoint))}, "5 09:00"},
		{"a scan that moves nothing does not break it", shipment.PickupExpiring, []word{says(ups, scan("2 09:00", atPoint), scan("3 09:00", ""), scan("4 09:00", atPoint))}, "5 09:00"},
		{"another attempt does", shipment.PickupExpiring, []word{says(ups, scan("2 09:00", atPoint), scan("3 09:00", absent), scan("3 17:00", atPoint))}, "6 17:00"},
		{"a second failed attempt", shipment.RepeatedFailure, []word{says(ups, scan("2 09:00", absent), scan("2 17:00", absent), scan("3 09:00", attempted), scan("4 09:00", absent))}, "3 09:00"},
		{"attempts of a marketplace do not count beside a carrier's", shipment.RepeatedFailure, []word{says(tiktok, scan("1 09:00", absent)), says(ups, scan("2 09:00", absent), scan("3 09:00", attempted))}, "3 09:00"},

		{"the carrier is silent and an aggregator is not", shipment.SourceSilent, []word{says(ups, scan("2 09:00", moving)), says(track, scan("3 09:01", arrived))}, "3 09:00"},
		{"a marketplace says delivered and the carrier does not", shipment.TikTokMismatch, []word{says(ups, scan("2 09:00", moving)), says(tiktok, scan("3 09:00", delivered))}, "4 09:00"},
		{"the carrier says delivered and a marketplace does not", shipment.TikTokMismatch, []word{says(ups, scan("2 09:00", delivered), scan("4 09:00", "")), says(tiktok, scan("3 09:00", moving))}, "3 09:00"},
		{"a marketplace says delivered and it is on its way back", shipment.TikTokMismatch, []word{says(ups, scan("2 09:00", returning)), says(tiktok, scan("3 09:00", delivered))}, "4 09:00"},
		{"another carrier speaks of it", shipment.CarrierConflict, []word{{ups, &shipment.Update{Carrier: "ups"}}, says(track, of("usps", scan("3 09:00", moving)))}, "3 09:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh := set(tt.words...).Fold()
			at := when(tt.since)
			find := func(now time.Time) (r shipment.Raised, up bool, next time.Time) {
				all, next := shipment.Evaluate(&sh, now, shipment.Defaults())
				i := slices.IndexFunc(all, func(r shipment.Raised) bool { return r.Flag == tt.flag })
				if i < 0 {
					return shipment.Raised{}, false, next
				}
				return all[i], true, next
			}
			if r, up, next := find(at.Add(-time.Second)); up || next.IsZero() || next.After(at) {
				t.Errorf("a second before it is up: %t %v, next %v", up, r, next)
			}
			for _, later := range []time.Duration{0, 400 * 24 * time.Hour} {
				if r, up, _ := find(at.Add(later)); !up || !r.Since.Equal(at) {
					t.Errorf("%s after it is up: %t, since %v", later, up, r.Since)
				}
			}
		})
	}
}

// TestFlagIsDown: a year later these are not up.
func TestFlagIsDown(t *testing.T) {
	tests := []struct {
		name  string
		words []word
		want  []shipment.Flag // that are
	}{
		{"nothing of a number that nobody registered", []word{{ups, answer("2 09:00", notFound)}}, nil},
		{"nothing of a delivered parcel", append(expects("2 09:00", "03", "04"), says(ups, scan("2 09:00", absent), scan("3 09:00", absent), scan("5 09:00", delivered))), nil},
		{"nothing of a lost one", append(expects("2 09:00", "03", "04"), says(ups, scan("5 09:00", lost))), nil},
		{"nothing of one that came back", append(expects("2 09:00", "03", "04"), says(ups, scan("5 09:00", returned))), nil},
		{"a cancelled one needs no scan", []word{bought("2 09:00"), says(ups, scan("2 09:00", label), scan("3 09:00", cancelled))}, nil},
		{"one on its way back has no promised day", append(expects("2 09:00", "03", "04"), says(ups, scan("5 09:00", returning))), []shipment.Flag{shipment.LikelyLost}},
		{"a day that is promised again is not moved", append(expects("2 09:00", "05", "08", "05"), says(ups, scan("2 09:00", delivered))), nil},
		{"an earlier day is not moved", append(expects("2 09:00", "05", "04"), says(ups, scan("2 09:00", label))), []shipment.Flag{shipment.NoScanLate, shipment.Late}},
		{"a parcel at a pickup point is neither stalled nor lost", []word{says(ups, scan("2 09:00", atPoint))}, []shipment.Flag{shipment.PickupExpiring}},
		{"one with a problem is not stalled", []word{says(ups, scan("2 09:00", refused))}, []shipment.Flag{shipment.LikelyLost}},
		{"a label of which the source gave up is not lost", []word{says(ups, scan("2 09:00", label)), {ups, answer("9 09:00", noUpdates)}}, nil},
		{"one attempt", []word{says(ups, scan("2 09:00", absent), scan("2 17:00", absent))}, []shipment.Flag{shipment.LikelyLost}},
		{"a day of silence is none", []word{says(ups, scan("2 09:00", delivered)), says(track, scan("3 09:00", delivered))}, nil},
		{"an aggregator is silent where it never spoke", []word{says(ups, scan("2 09:00", delivered))}, nil},
		{"both say delivered", []word{says(ups, scan("2 09:00", delivered)), says(tiktok, scan("5 09:00", delivered))}, nil},
		{"neither does", []word{says(ups, scan("2 09:00", atPoint)), says(tiktok, scan("5 09:00", moving))}, []shipment.Flag{shipment.PickupExpiring}},
		{"on its way back neither says delivered", []word{says(ups, scan("2 09:00", returned)), says(tiktok, scan("5 09:00", moving))}, nil},
		{"a marketplace that said delivered before the parcel went back", []word{says(ups, scan("2 09:00", delivered), scan("4 09:00", returning), scan("6 09:00", returned)), says(tiktok, scan("2 10:00", delivered))}, nil},
		{"a marketplace alone contradicts nobody", []word{says(tiktok, scan("5 09:00", delivered))}, nil},
		{"a delivery that was taken back contradicts nobody", []word{{track, history("2 12:00", scan("2 09:00", atPoint), scan("2 12:00", delivered))}, {track, history("4 12:00", scan("2 09:00", atPoint))}, says(tiktok, scan("2 10:00", moving))}, []shipment.Flag{shipment.PickupExpiring}},
		{"a promise that is no date has not passed", []word{{ups, &shipment.Update{AsOf: when("2 09:00"), Estimates: []shipment.Estimate{{To: "soon"}}}}, says(ups, scan("2 09:00", atPoint))}, []shipment.Flag{shipment.PickupExpiring}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh := set(tt.words...).Fold()
			if diff := cmp.Diff(tt.want, shipment.Flags(&sh, when("1 00:00").AddDate(1, 0, 0)), equateEmpty); diff != "" {
				t.Errorf("flags of %s differ (-want +got):\n%s", sh.Code, diff)
			}
		})
	}
}

// TestLane: the thresholds are parameters.
func TestLane(t *testing.T) {
	sh := set(says(ups, scan("2 08:00", label), scan("3 09:00", handover), scan("4 09:00", departed), scan("5 09:00", delayed))).Fold()
	lane := shipment.Defaults()
	lane.Lane = 5 * 24 * time.Hour
	for _, tt := range []struct {
		at   string
		t    shipment.Thresholds
		want []shipment.Flag
	}{
		{"8 08:59", lane, nil},
		{"8 09:00", lane, []shipment.Flag{shipment.LikelyLate}}, // From the first scan: a label is none.
		{"8 09:00", shipment.Defaults(), nil},
	} {
		up, _ := shipment.Evaluate(&sh, when(tt.at), tt.t)
		var got []shipment.Flag
		for _, r := range up {
			got = append(got, r.Flag)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("at %s (-want +got):\n%s", tt.at, diff)
		}
	}
}
