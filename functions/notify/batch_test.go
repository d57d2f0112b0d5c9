package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// fake is a teller that remembers how often it was asked to tell of each number.
type fake struct {
	mu     sync.Mutex
	told   map[string]int
	tell   func(number string, time int) error // nil: all goes well
	inside int
	most   int // that were told of at once
}

func (f *fake) Notify(_ context.Context, number string) error {
	f.mu.Lock()
	if f.told == nil {
		f.told = map[string]int{}
	}
	f.told[number]++
	n := f.told[number]
	f.inside++
	f.most = max(f.most, f.inside)
	f.mu.Unlock()
	defer func() { f.mu.Lock(); f.inside--; f.mu.Unlock() }()
	if f.tell != nil {
		return f.tell(number, n)
	}
	return nil
}

// rows are records of a stream that has keys only.
func rows(keys ...store.Key) []dynamostore.Record {
	out := make([]dynamostore.Record, len(keys))
	for i, k := range keys {
		out[i].Item.Key = k
	}
	return out
}

func shipmentRows(numbers ...string) []dynamostore.Record {
	var keys []store.Key
	for _, n := range numbers {
		keys = append(keys, store.ShipmentKey(n))
	}
	return rows(keys...)
}

// failed are the places of the records that must be brought again.
func failed(errs []error) (at []int) {
	for i, err := range errs {
		if err != nil {
			at = append(at, i)
		}
	}
	return at
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

var errDown = errors.New("down")

func TestEachNumberIsToldOnce(t *testing.T) {
	f := &fake{}
	records := append(shipmentRows("A1", "B2", "A1", "C3", "B2"), rows(
		store.Key{Partition: "DAY#2026-03-02", Sort: "D4"}, store.Key{Partition: "S#E5", Sort: "T#recipient"}, store.Key{Partition: "S#", Sort: "META"},
		store.Key{Partition: "O#7490000000000000017#577000000000000017", Sort: "META"}, store.Key{Partition: "ORDERS#7490000000000000017#2026-03-02", Sort: "577000000000000017"},
		store.Key{Partition: "COUNT#x", Sort: "META"}, store.Key{},
	)...)
	records[len(records)-1].Err = errors.New("cannot be read")
	errs := ofShipments(f, silent())(t.Context(), records)
	if diff := cmp.Diff(map[string]int{"A1": 1, "B2": 1, "C3": 1}, f.told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if len(errs) != len(records) || len(failed(errs)) > 0 {
		t.Errorf("%d answers for %d records, failed %v", len(errs), len(records), failed(errs))
	}
}

// TestWhatFailsComesAgainFromItsFirstRecord: Lambda brings that one again, and all
// that came after it.
func TestWhatFailsComesAgainFromItsFirstRecord(t *testing.T) {
	f := &fake{tell: func(number string, _ int) error {
		if number == "B2" || number == "C3" {
			return errDown
		}
		return nil
	}}
	records := append(rows(store.Key{Partition: "DAY#2026-03-02", Sort: "B2"}), shipmentRows("A1", "B2", "A1", "B2", "C3", "D4")...)
	errs := ofShipments(f, silent())(t.Context(), records)
	if diff := cmp.Diff([]int{2, 5}, failed(errs)); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	if f.told["D4"] != 1 || f.told["A1"] != 1 || !errors.Is(errs[2], errDown) {
		t.Errorf("told %v, %v: what failed kept others from it", f.told, errs[2])
	}
}

// TestWhoIsBusyIsWaitedFor, for a while, and by the clock of this test.
func TestWhoIsBusyIsWaitedFor(t *testing.T) {
	tests := []struct {
		name string
		busy int // times; then err
		err  error
		want int // times asked
		wait time.Duration
	}{
		{"it is free", 0, nil, 1, 0},
		{"it is free soon", 2, nil, 3, 800 * time.Millisecond},
		{"it is free soon, and fails", 2, errDown, 3, 800 * time.Millisecond},
		{"it takes longer, and will see the newer state", 1000, nil, 5, 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				f := &fake{tell: func(number string, n int) error {
					if number != "B2" {
						if waited := time.Since(began); waited > 0 {
							t.Errorf("%s waits %s for another", number, waited)
						}
						return nil
					}
					if n <= tt.busy {
						return fmt.Errorf("notify: %w", &notify.BusyError{Until: began.Add(time.Minute)})
					}
					return tt.err
				}}
				errs := ofShipments(f, silent())(t.Context(), shipmentRows("A1", "B2", "C3"))
				if !errors.Is(errs[1], tt.err) || f.told["B2"] != tt.want || time.Since(began) != tt.wait {
					t.Errorf("%v after %d times and %s, want %v after %d and %s", errs[1], f.told["B2"], time.Since(began), tt.err, tt.want, tt.wait)
				}
			})
		})
	}
}

// TestTheEndOfTheTimeEndsTheWait: the sweep finds what is left.
func TestTheEndOfTheTimeEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), notify.Margin+500*time.Millisecond)
		defer cancel()
		began := time.Now()
		f := &fake{tell: func(string, int) error { return &notify.BusyError{} }}
		errs := ofShipments(f, silent())(ctx, shipmentRows("A1"))
		if errs[0] != nil || time.Since(began) != 500*time.Millisecond {
			t.Errorf("%v after %s, want no error when the time ends", errs[0], time.Since(began))
		}
	})
}

func TestALargeBatch(t *testing.T) {
	const records, numbers = 5000, 300
	var batch []string
	want := map[string]int{}
	for i := range records {
		n := fmt.Sprintf("1Z%d", i*7%numbers) // Each turns up among the first 300.
		batch, want[n] = append(batch, n), 1
	}
	f := &fake{tell: func(number string, _ int) error {
		time.Sleep(10 * time.Millisecond)
		return fmt.Errorf("of %s", number)
	}}
	synctest.Test(t, func(t *testing.T) {
		errs := ofShipments(f, silent())(t.Context(), shipmentRows(batch...))
		if len(errs) != records || len(failed(errs)) != numbers || slices.Max(failed(errs)) != numbers-1 {
			t.Fatalf("%d answers, %d failed, want the first 300 of 5000", len(errs), len(failed(errs)))
		}
		for i, err := range errs[:numbers] {
			if err.Error() != "of "+batch[i] {
				t.Fatalf("record %d of %s is answered %q", i, batch[i], err)
			}
		}
	})
	if diff := cmp.Diff(want, f.told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if f.most < 2 || f.most > 16 {
		t.Errorf("%d were told of at once, want several, and not all", f.most)
	}
}

// TestTheLogNamesANumberByItsEnd: the whole would tell whose parcel it is.
func TestTheLogNamesANumberByItsEnd(t *testing.T) {
	numbers := []string{"1Z999AA10700000039", "ABC", "1Z999AA10700000048"}
	f := &fake{tell: func(number string, _ int) error {
		if number == numbers[2] {
			return nil
		}
		return errDown
	}}
	var logs bytes.Buffer
	ofShipments(f, slog.New(slog.NewJSONHandler(&logs, nil)))(t.Context(), shipmentRows(numbers...))
	got := logs.String()
	if strings.Count(got, "not told") != 2 || !strings.Contains(got, `"tracking":"…0039"`) || !strings.Contains(got, `"tracking":"…ABC"`) || !strings.Contains(got, errDown.Error()) {
		t.Errorf("logged:\n%s", got)
	}
	for number := range maps.Keys(f.told) {
		if len(number) > 4 && strings.Contains(got, number[:len(number)-4]) {
			t.Errorf("the log holds a number:\n%s", got)
		}
	}
}

// TestNothingIsBegunWhenTimeIsShort: it comes again, by the stream.
func TestNothingIsBegunWhenTimeIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), notify.Margin)
		defer cancel()
		f := &fake{}
		errs := ofShipments(f, silent())(ctx, shipmentRows("A1", "B2"))
		if !errors.Is(errs[0], context.DeadlineExceeded) || !errors.Is(errs[1], context.DeadlineExceeded) || len(f.told) > 0 {
			t.Errorf("%v, and told of %v", errs, f.told)
		}
	})
}
