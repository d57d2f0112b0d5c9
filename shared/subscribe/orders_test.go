package subscribe_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/orderfile"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/subscribe"
)

const header = "Order ID,Order Status,Tracking ID,Shipping Provider Name,Package ID,Country,Created Time\n"

// row is one of an export, of an order placed on 25 February.
func row(order int, status, number, provider string) string {
	return fmt.Sprintf("5770000000%08d,%s,%s,%s,,US,2026-02-25 10:00:00\n", order, status, number, provider)
}

func TestOrders(t *testing.T) {
	s := newSubscriber(t, func() time.Time { return noon })
	file := header +
		row(1, "To ship", number, "UPS") +
		row(1, "To ship", number, "UPS") + // A second article of the package.
		row(2, "To ship", "", "") +
		row(3, "Canceled", "1Z999AA10123456784", "UPS") +
		row(4, "To ship", "1Z999AA10123456783", "UPS") + // Its check digit is wrong.
		row(5, "To ship", "5.77E+17", "UPS") +
		row(6, "To ship", "1Z999AA10555000421", "Mystery Express")
	var steps []int
	do := func() subscribe.Tally {
		t.Helper()
		tally, err := s.Orders(t.Context(), strings.NewReader(file), func(n int) { steps = append(steps, n) })
		if err != nil {
			t.Fatal(err)
		}
		for i := range tally.Refused {
			tally.Refused[i].Reason = "" // In the words of whoever refuses.
		}
		return tally
	}
	want := subscribe.Tally{
		Packages: 5, New: 2, Unshipped: 1, Cancelled: 1, Providers: map[string]int{"Mystery Express": 1},
		Refused: []subscribe.Refusal{{Line: 6, Number: "1Z999AA10123456783"}, {Line: 7}},
	}
	if diff := cmp.Diff(want, do()); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
	want.New, want.Known = 0, 2
	if diff := cmp.Diff(want, do()); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	rec, err := s.Shipments.Get(t.Context(), number)
	if err != nil || rec.Carrier != "ups" || !rec.RegisteredAt.Equal(time.Date(2026, 2, 25, 10, 0, 0, 0, time.UTC)) || !rec.FollowedAt.Equal(noon) {
		t.Errorf("%s, ordered %s, followed since %s, %v", rec.Carrier, rec.RegisteredAt, rec.FollowedAt, err)
	}
	if len(steps) > 0 {
		t.Errorf("progress at %v of 5 packages", steps)
	}
}

// TestOrdersElsewhere: a parcel that is delivered where its order does not go is
// doubted, and a row whose postal code says nothing is a row like others.
func TestOrdersElsewhere(t *testing.T) {
	const header = "Order ID,Tracking ID,Country,Zipcode,Created Time\n"
	tests := []struct {
		name, zip, delivered string
		want                 bool
	}{
		{"delivered in another area", "07030", "112", true},
		{"in the area of the order", "07030", "070", false},
		{"in that of a code that lost its zero", "7030", "070", false},
		{"a masked code", "9****", "112", false},
		{"no code", "", "112", false},
		{"what is no code", "?", "112", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSubscriber(t, func() time.Time { return noon })
			for n := range 2 {
				file := header + "577000000000000001," + number + ",United States," + tt.zip + ",2026-02-25 10:00:00\n"
				tally, err := s.Orders(t.Context(), strings.NewReader(file), func(int) {})
				if err != nil || tally.New != 1-n || tally.Known != n || len(tally.Refused) > 0 {
					t.Fatalf("time %d: %+v, %v", n+1, tally, err)
				}
			}
			e := shipment.Event{
				Code: shipment.Code{Status: shipment.Delivered, SubStatus: shipment.Generic}, OccurredAt: noon,
				LocalTime: noon.Format(shipment.LocalLayout), Location: shipment.Location{Country: "US", PostalCode: tt.delivered},
			}
			rec, err := s.Shipments.Update(t.Context(), number, "ups", func(set *shipment.Set) error {
				set.Add(shipment.Origin{Source: "ups", Kind: shipment.Carrier}, &shipment.Update{AsOf: noon, Events: []shipment.Event{e}})
				return nil
			})
			if got := slices.Contains(shipment.Flags(&rec.Shipment, noon), shipment.NumberReuseSuspect); err != nil || got != tt.want {
				t.Errorf("doubted: %v, %v", got, err)
			}
		})
	}
}

// nobody takes messages, and counts them.
type nobody struct{ sent int }

func (n *nobody) Send(context.Context, contact.Contact, sender.Message) (string, error) {
	n.sent++
	return "id", nil
}

// TestAnImportTellsNobody: that nothing was heard of old orders before they were
// imported is no news.
func TestAnImportTellsNobody(t *testing.T) {
	now := noon
	s := newSubscriber(t, func() time.Time { return now })
	if _, err := s.Orders(t.Context(), strings.NewReader(header+row(1, "To ship", number, "UPS")), func(int) {}); err != nil {
		t.Fatal(err)
	}
	var logs bytes.Buffer
	n := &nobody{}
	told := &notify.Notifier{
		Shipments: s.Shipments, Threads: s.Threads, Contacts: s.Contacts, Standing: notify.Topics(s.Vault), Sender: n,
		Owner: "test", Now: func() time.Time { return now }, Log: slog.New(slog.NewJSONHandler(&logs, nil)),
	}
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {71 * time.Hour, 0}, {73 * time.Hour, 2}} { // Then the seller and machines hear that nothing is heard.
		now = noon.Add(tt.after)
		if err := told.Notify(t.Context(), number); err != nil || n.sent != tt.want {
			t.Errorf("%s after the import %d messages went, want %d, %v\n%s", tt.after, n.sent, tt.want, err, logs.String())
		}
	}
}

func TestOrdersOfManyRows(t *testing.T) {
	s := newSubscriber(t, func() time.Time { return noon })
	var b strings.Builder
	b.WriteString(header)
	for i := range 1200 {
		b.WriteString(row(i, "To ship", fmt.Sprintf("1Z999AA1%010d", i), "")) // One of ten has a right check digit.
	}
	var steps []int
	tally, err := s.Orders(t.Context(), strings.NewReader(b.String()), func(n int) { steps = append(steps, n) })
	if err != nil || tally.Packages != 1200 || tally.New+len(tally.Refused)+tally.More != 1200 {
		t.Errorf("%d packages, %d new, %d left out, %v", tally.Packages, tally.New, len(tally.Refused)+tally.More, err)
	}
	if diff := cmp.Diff([]int{500, 1000}, steps); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if len(tally.Refused) > 1000 || len(tally.Refused)+tally.More < 1000 {
		t.Errorf("%d are listed and %d more", len(tally.Refused), tally.More)
	}
}

// down is a table that takes nothing.
type down struct{ store.Table }

var errDown = errors.New("down")

func (down) Put(context.Context, store.Item) error { return errDown }

// TestOrdersEndWithAFault: what is not done can be done by doing all again, and is
// no refusal.
func TestOrdersEndWithAFault(t *testing.T) {
	s := newSubscriber(t, func() time.Time { return noon })
	s.Shipments.Table = down{s.Shipments.Table}
	tally, err := s.Orders(t.Context(), strings.NewReader(header+row(1, "To ship", number, "UPS")), func(int) {})
	if !errors.Is(err, errDown) || len(tally.Refused) > 0 {
		t.Errorf("%+v, %v", tally, err)
	}
	var file *orderfile.FileError
	if _, err := newSubscriber(t, func() time.Time { return noon }).Orders(t.Context(), strings.NewReader("Name\nAnna\n"), func(int) {}); !errors.As(err, &file) {
		t.Errorf("another table: %v", err)
	}
}
