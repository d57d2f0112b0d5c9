package outbox_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shiptide/shiptide/shared/sender/outbox"
	"github.com/shiptide/shiptide/shared/sender/sendertest"
	"github.com/shiptide/shiptide/shared/store/boltstore"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, now func() time.Time) (outbox.Outbox, *storetest.World) {
	t.Helper()
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), now, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	table, err := db.Table("ledger", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := storetest.NewWorld()
	return outbox.Outbox{Table: w.Wrap(table), Now: now}, w
}

func TestSender(t *testing.T) {
	sendertest.Run(t, func(t *testing.T) sendertest.Subject {
		o, w := open(t, func() time.Time { return noon })
		return sendertest.Subject{
			Sender: o,
			Taken: func() int {
				lines, err := o.Day(t.Context(), noon)
				if err != nil {
					t.Fatal(err)
				}
				return len(lines)
			},
			Break: func() { w.Random(1, 1, 0) },
		}
	})
}

func TestLines(t *testing.T) {
	now := noon
	o, _ := open(t, func() time.Time { return now })
	for _, to := range sendertest.To {
		if _, err := o.Send(t.Context(), to, sendertest.Message); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := o.Day(t.Context(), now)
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for i, l := range lines {
		if l.Line != i+1 || l.ID != sendertest.Message.ID || l.Kind != "delivered" || l.Number != "1ZE40F710345678121" || !l.At.Equal(noon) {
			t.Errorf("line %d: %+v", i, l)
		}
		if strings.Contains(l.Address, "canary") || strings.Contains(l.Address, "2025550") {
			t.Errorf("line %d shows the address %q", i, l.Address)
		}
		if (l.SMS != "") != (l.Channel == "sms") {
			t.Errorf("line %d by %s has the SMS %q", i, l.Channel, l.SMS)
		}
	}
	now = noon.Add(31 * 24 * time.Hour)
	if lines, err := o.Day(t.Context(), noon); err != nil || len(lines) > 0 {
		t.Errorf("%d lines after a month (%v), want none", len(lines), err)
	}
}
