package store

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/shipment"
)

const number = "1Z999AA10123456784"

func drawTime(t *rapid.T, label string) time.Time {
	switch rapid.IntRange(0, 5).Draw(t, label+" kind") {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(0, 0)
	}
	return time.Unix(rapid.Int64Range(-2, 3).Draw(t, label)+1_772_000_000, rapid.Int64Range(0, 1).Draw(t, label+" part"))
}

func drawText(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "a", "é", "\"\\\n\u2028", "\xff", "</script>", "\x00\u202e"}), rapid.String(),
	).Draw(t, label)
}

func drawUpdate(t *rapid.T) *shipment.Update {
	var codes []shipment.Code
	for _, row := range shipment.Vocabulary() {
		codes = append(codes, row.Code)
	}
	code := rapid.SampledFrom(append(codes, shipment.Code{}, shipment.Code{Status: "ODD"}, shipment.Code{Status: "ODD", SubStatus: "A.B"}))
	u := &shipment.Update{
		Number: number, Carrier: drawText(t, "carrier"), AsOf: drawTime(t, "as of"), Headline: code.Draw(t, "headline"),
		Complete: rapid.Bool().Draw(t, "complete"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		u.Events = append(u.Events, shipment.Event{
			Code: code.Draw(t, "code"), RawCode: drawText(t, "raw"), OccurredAt: drawTime(t, "at"), LocalTime: drawText(t, "local"),
			Zone:      shipment.Zone(rapid.SampledFrom([]string{"", "reported", "inferred", "assumed", "odd"}).Draw(t, "zone")),
			Precision: shipment.Precision(rapid.SampledFrom([]string{"", "second", "day", "odd"}).Draw(t, "precision")),
			Location:  shipment.Location{City: drawText(t, "city"), Region: drawText(t, "region"), PostalCode: drawText(t, "postal"), Country: drawText(t, "country")},
			ScanID:    drawText(t, "scan"), Description: drawText(t, "text"), Carrier: drawText(t, "network"),
			Sequence: rapid.Int64().Draw(t, "sequence"), Headline: rapid.Bool().Draw(t, "marked"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "estimates") {
		u.Estimates = append(u.Estimates, shipment.Estimate{
			From: drawText(t, "from"), To: drawText(t, "to"), FromTime: drawText(t, "from time"), ToTime: drawText(t, "to time"), AsOf: drawTime(t, "promised"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		u.Links = append(u.Links, shipment.Link{
			Kind:  rapid.SampledFrom([]shipment.LinkKind{shipment.OrderLink, shipment.RegistrationLink, shipment.PartnerLink}).Draw(t, "link"),
			Value: drawText(t, "value"), At: drawTime(t, "made"), AsOf: drawTime(t, "told"),
			Basis: shipment.Basis(rapid.IntRange(0, 4).Draw(t, "basis")), Withdrawn: rapid.Bool().Draw(t, "withdrawn"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "answers") {
		u.Answers = append(u.Answers, shipment.Answer{Code: code.Draw(t, "answer"), AsOf: drawTime(t, "answered")})
	}
	return u
}

// TestFactsSurvive: what is stored is what is read, to the last field, and the
// same facts are the same bytes.
func TestFactsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shipment.Set{Number: number}
		for range rapid.IntRange(0, 3).Draw(t, "updates") {
			kind := rapid.IntRange(1, 4).Draw(t, "kind")
			s.Add(shipment.Origin{Source: "source" + string(rune('0'+kind)), Kind: shipment.SourceKind(kind)}, drawUpdate(t))
		}
		encoded := encodeFacts(nil, s)
		if bytes.ContainsRune(encoded, '\n') {
			t.Fatal("the facts hold a line end, which ends them")
		}
		got, err := decodeFacts(number, encoded)
		if err != nil {
			t.Fatalf("%v in %s", err, encoded)
		}
		if diff := cmp.Diff(s, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(shipment.Version{})); diff != "" {
			t.Fatalf("read again the facts differ (-stored +read):\n%s", diff)
		}
		for i := range s.Versions {
			if s.Versions[i].ID() != got.Versions[i].ID() {
				t.Fatalf("event %d has another ID", i)
			}
		}
		if again := encodeFacts(nil, got); !bytes.Equal(encoded, again) {
			t.Fatalf("written again the bytes differ:\n%s\n%s", encoded, again)
		}
	})
}

// TestFormatOfFacts: rows that were written once must be read for ever.
func TestFormatOfFacts(t *testing.T) {
	const stored = `{"e":[{"c":"IN_TRANSIT.MOVING","r":"X/DJ","t":1772475300,"l":"2026-03-02T10:15:00","ci":"Reno","rg":"NV","pc":"895","co":"US","d":"On its way","id":"scan-7","q":7,"ca":"ups","s":"ups","k":4,"o":1772475400},` +
		`{"c":"DELIVERED.GENERIC","t":1772496000,"l":"2026-03-03T00:00:00","z":"a","day":1,"h":1,"s":"ups","k":4}],` +
		`"p":[{"f":"2026-03-03","u":"2026-03-04","ft":"09:00","ut":"12:00","o":1772475400,"s":"ups","k":4}],` +
		`"l":[{"n":"order","v":"shop/1","t":1772400000,"b":4,"w":1,"o":1772475400,"s":"tiktokshop","k":2}],` +
		`"a":[{"c":"PENDING.NOT_FOUND","t":1772475400,"s":"ups","k":4}],` +
		`"c":[{"s":"17track","ca":"ups","m":24315,"o":1772474400},{"s":"ups","m":24315,"o":1772474400}]}`
	s, err := decodeFacts(number, []byte(stored))
	if err != nil {
		t.Fatal(err)
	}
	want := shipment.Event{
		Code: shipment.Code{Status: shipment.InTransit, SubStatus: shipment.Moving}, RawCode: "X/DJ", OccurredAt: time.Unix(1772475300, 0).UTC(),
		LocalTime: "2026-03-02T10:15:00", Zone: shipment.Reported, Precision: shipment.Second, Description: "On its way", ScanID: "scan-7", Sequence: 7,
		Location: shipment.Location{City: "Reno", Region: "NV", PostalCode: "895", Country: "US"}, Carrier: "ups", Source: "ups", Kind: shipment.Carrier,
	}
	if diff := cmp.Diff(want, s.Versions[0].Event); diff != "" {
		t.Errorf("event differs (-want +got):\n%s", diff)
	}
	if e := s.Versions[1]; !e.Headline || e.Precision != shipment.Day || e.Zone != shipment.Assumed || !e.AsOf.Equal(e.OccurredAt) {
		t.Errorf("second event is %+v", e)
	}
	coverages := []shipment.Coverage{
		{Source: "17track", Carrier: "ups", Month: 2026*12 + 3, AsOf: time.Unix(1772474400, 0).UTC()},
		{Source: "ups", Month: 2026*12 + 3, AsOf: time.Unix(1772474400, 0).UTC()},
	}
	if diff := cmp.Diff(coverages, s.Coverages); diff != "" {
		t.Errorf("coverages differ (-want +got):\n%s", diff)
	}
	if got := string(encodeFacts(nil, s)); got != stored {
		t.Errorf("written again:\n%s\nwant\n%s", got, stored)
	}
	future := strings.Replace(stored, `"r":"X/DJ"`, `"new":{"x":[1]},"r":"X/DJ"`, 1)
	if s, err := decodeFacts(number, []byte(strings.Replace(future, `{"e"`, `{"new":[],"e"`, 1))); err != nil || string(encodeFacts(nil, s)) != stored {
		t.Errorf("members of a later version do no harm: %v", err)
	}
}

func FuzzDecodeFacts(f *testing.F) {
	for _, s := range []string{`{}`, `{"e":[{"c":"IN_TRANSIT.MOVING","t":1,"o":0}],"p":[{"f":"x"}],"l":[{"n":"order"}],"a":[{"c":"."}]}`, `{"e":[{"t":"1","z":"?"}]}`, `[`, ``, `{"e":{}}`, `{"e":[{"o":-4611686018427387904}]}`, `{"e":[{"c":"DELIVERED.GENERIC","t":9,"s":"a"}],"c":[{"s":"a","m":23641,"o":99999},{"m":-1},{"s":"a"}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decodeFacts(number, data)
		if err != nil {
			return
		}
		s.Bound()
		s.Fold()
		encoded := encodeFacts(nil, s)
		again, err := decodeFacts(number, encoded)
		if err != nil {
			t.Fatalf("%v in what was written: %s", err, encoded)
		}
		if second := encodeFacts(nil, again); !bytes.Equal(encoded, second) {
			t.Errorf("written twice:\n%s\n%s", encoded, second)
		}
	})
}

func TestBadFacts(t *testing.T) {
	for _, bad := range []string{``, `{`, `{"e":[{"t":"x"}]}`, `{"e":[{"t":1.5}]}`, `{"e":[{"t":99999999999999999999}]}`, `{} {}`, `{"e":[{"c":[]}]}`, `{"c":[{"m":"x"}]}`, `{"c":[{"o":""}]}`} {
		if s, err := decodeFacts(number, []byte(bad)); err == nil {
			t.Errorf("%s is read as %+v", bad, s)
		}
	}
}
