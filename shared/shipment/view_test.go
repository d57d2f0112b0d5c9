package shipment_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/shipment"
)

func TestLines(t *testing.T) {
	type line struct{ At, Code, Shown, Sources string }
	tests := []struct {
		name  string
		words []word
		want  []line
	}{
		{
			"one scan told by two sources is one line, the carrier's",
			[]word{
				{track, body("9 00:00", scan("2 09:00", moving))}, {ups, body("9 00:00", scan("2 09:00", moving))},
			},
			[]line{{"2026-03-02T09:00:00", moving, "ups", "[ups 17track]"}},
		},
		{
			"one scan under two names is one line, the carrier's",
			[]word{
				{track, body("9 00:00", scan("2 09:00", arrived))}, {ups, body("9 00:00", scan("2 09:00", moving))},
			},
			[]line{{"2026-03-02T09:00:00", moving, "ups", "[ups 17track]"}},
		},
		{
			"two scans of one source in a minute are two lines, and each takes what fits it",
			[]word{
				{track, body("9 00:00", scan("2 09:00", moving), scan("2 09:00", delivered))},
				{ups, body("9 00:00", scan("2 09:00", arrived), scan("2 09:00", delivered))},
			},
			[]line{{"2026-03-02T09:00:00", arrived, "ups", "[ups 17track]"}, {"2026-03-02T09:00:00", delivered, "ups", "[ups 17track]"}},
		},
		{
			"what one source alone says twice in a minute stays two lines",
			[]word{{ups, body("9 00:00", scan("2 09:00", moving), scan("2 09:00", arrived))}},
			[]line{{"2026-03-02T09:00:00", arrived, "ups", "[ups]"}, {"2026-03-02T09:00:00", moving, "ups", "[ups]"}},
		},
		{
			"dates under different codes stay apart",
			[]word{{track, body("9 00:00", date("2", arrived))}, {ups, body("9 00:00", date("2", moving))}},
			[]line{{"2026-03-02T00:00:00", arrived, "17track", "[17track]"}, {"2026-03-02T00:00:00", moving, "ups", "[ups]"}},
		},
		{
			"another minute is another line",
			[]word{
				{track, body("9 00:00", scan("2 09:01", moving))}, {ups, body("9 00:00", scan("2 09:00", moving))},
			},
			[]line{{"2026-03-02T09:00:00", moving, "ups", "[ups]"}, {"2026-03-02T09:01:00", moving, "17track", "[17track]"}},
		},
		{
			"the others stand by name",
			[]word{
				{track, body("9 00:00", scan("2 09:00", moving))},
				{tiktok, body("9 00:00", scan("2 09:00", moving))},
				{shipment.Origin{Source: "aftership", Kind: shipment.Aggregator}, body("9 00:00", scan("2 09:00", moving))},
				{ups, body("9 00:00", scan("2 09:00", moving))},
			},
			[]line{{"2026-03-02T09:00:00", moving, "ups", "[ups 17track aftership tiktokshop]"}},
		},
		{
			"events without a status stay apart",
			[]word{
				{track, body("9 00:00", scan("2 09:00", ""))}, {ups, body("9 00:00", scan("2 09:00", ""))},
			},
			[]line{{"2026-03-02T09:00:00", "", "17track", "[17track]"}, {"2026-03-02T09:00:00", "", "ups", "[ups]"}},
		},
		{
			"codes that nobody knows stay apart too",
			[]word{
				{track, body("9 00:00", scan("2 09:00", unmapped))}, {ups, body("9 00:00", scan("2 09:00", unmapped))},
			},
			[]line{{"2026-03-02T09:00:00", unmapped, "17track", "[17track]"}, {"2026-03-02T09:00:00", unmapped, "ups", "[ups]"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh := set(tt.words...).Fold()
			var got []line
			for _, l := range sh.Lines() {
				got = append(got, line{l.LocalTime, l.Code.String(), l.Source, "[" + strings.Join(l.Sources, " ") + "]"})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("lines differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLineKeepsWhatItMeant: beside a carrier a marketplace's event moves
// nothing; the line says what the carrier's meant.
func TestLineKeepsWhatItMeant(t *testing.T) {
	sh := set(word{tiktok, body("9 00:00", scan("2 09:00", delivered))}, word{ups, body("9 00:00", scan("2 09:00", delivered))}).Fold()
	lines := sh.Lines()
	if len(lines) != 1 || lines[0].Effect != code(delivered) || lines[0].Source != "ups" {
		t.Errorf("lines = %+v, want one of ups that delivered", lines)
	}
	// Nothing moves a parcel that is returned: the carrier's copy says it again.
	sh = set(word{track, body("9 00:00", scan("2 09:00", returned))}, word{ups, body("9 00:00", scan("2 09:00", returned))}).Fold()
	if lines = sh.Lines(); len(lines) != 1 || lines[0].Effect != code(returned) || lines[0].Source != "ups" {
		t.Errorf("lines = %+v, want one of ups that returned", lines)
	}
}
