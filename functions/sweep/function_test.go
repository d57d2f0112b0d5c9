package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shiptide/shiptide/shared/notify"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/sweep"
)

// driver takes a while for each shard, and notes which it began while there was
// time, and when.
type driver struct {
	mu    sync.Mutex
	begun map[int]time.Time
	takes time.Duration
	fails map[int]error
}

func (d *driver) RedriveShard(ctx context.Context, shard int) error {
	if ctx.Err() != nil {
		return ctx.Err() // As whatever asks a table.
	}
	d.mu.Lock()
	if d.begun == nil {
		d.begun = map[int]time.Time{}
	}
	d.begun[shard] = time.Now()
	d.mu.Unlock()
	time.Sleep(d.takes)
	return d.fails[shard]
}

func sweeping(drivers ...sweep.Driver) (f function, logs *bytes.Buffer) {
	logs = &bytes.Buffer{}
	return function{
		sweeper: sweep.Sweeper{Drivers: drivers, Now: time.Now}, shops: sweep.Sweeper{Now: time.Now},
		log: slog.New(slog.NewJSONHandler(logs, nil)),
	}, logs
}

func TestTheRangeOfTheInputIsSwept(t *testing.T) {
	tests := []struct {
		name, input string
		want        int
	}{
		{"all", `{"from":0,"to":16}`, 16},
		{"some", `{"from":3,"to":5}`, 2},
		{"with more than we ask for", `{"to":1,"from":0,"version":"0"}`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &driver{}
			f, logs := sweeping(d)
			if answer, err := f.Invoke(t.Context(), []byte(tt.input)); err != nil || string(answer) != "{}" {
				t.Errorf("answer %s, %v", answer, err)
			}
			if len(d.begun) != tt.want || logs.Len() > 0 {
				t.Errorf("%d shards were driven, want %d; logged %s", len(d.begun), tt.want, logs)
			}
		})
	}
}

// TestAnotherInputIsNoSweep: a schedule that is set up wrongly shall be seen, and
// not be taken for one that sweeps nothing.
func TestAnotherInputIsNoSweep(t *testing.T) {
	const form = `sweep: input is not of the form {"from":0,"to":16}`
	tests := []struct{ name, input, want string }{
		{"none", ``, form},
		{"text", `"all"`, form},
		{"numbers as text", `{"from":"0","to":"16"}`, form},
		{"a part of a shard", `{"from":0,"to":1.5}`, form},
		{"two of them", `{"from":0,"to":16}{}`, form},
		{"what a schedule sends of itself", `{"version":"0","detail-type":"Scheduled Event"}`, "sweep: shards 0 to 0 of 16"},
		{"null", `null`, "sweep: shards 0 to 0 of 16"},
		{"shards that there are not", `{"from":0,"to":17}`, "sweep: shards 0 to 17 of 16"},
		{"the wrong way round", `{"from":16,"to":0}`, "sweep: shards 16 to 0 of 16"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &driver{}
			f, _ := sweeping(d)
			answer, err := f.Invoke(t.Context(), []byte(tt.input))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) || answer != nil || len(d.begun) > 0 {
				t.Errorf("answer %s, %v after %d shards, want %s", answer, err, len(d.begun), tt.want)
			}
		})
	}
}

// TestNoShardIsBegunWhenTimeIsShort: what is under way is finished, and
// notify.Margin is left for it. Eight shards are driven side by side.
func TestNoShardIsBegunWhenTimeIsShort(t *testing.T) {
	tests := []struct {
		name        string
		left, takes time.Duration
		want        int // shards begun
		late        bool
	}{
		{"there is time enough", 290 * time.Second, 10 * time.Second, 16, false},
		{"there is just enough", 60 * time.Second, 10 * time.Second, 16, false},
		{"for half of them", 42 * time.Second, 10 * time.Second, 8, true},
		{"for half of them, just so", 35500 * time.Millisecond, 10 * time.Second, 8, true},
		{"for none of them", 35 * time.Second, 10 * time.Second, 0, true},
		{"it is over", -time.Second, 10 * time.Second, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &driver{takes: tt.takes}
				f, logs := sweeping(d)
				began := time.Now()
				ctx, cancel := context.WithDeadline(t.Context(), began.Add(tt.left))
				defer cancel()
				_, err := f.Invoke(ctx, []byte(`{"from":0,"to":16}`))
				if len(d.begun) != tt.want || errors.Is(err, context.DeadlineExceeded) != tt.late {
					t.Errorf("%d shards were begun, %v, want %d, and late: %t", len(d.begun), err, tt.want, tt.late)
				}
				if tt.late == (logs.Len() == 0) {
					t.Errorf("logged %q", logs)
				}
				for shard, at := range d.begun {
					if left := tt.left - at.Sub(began); left <= notify.Margin {
						t.Errorf("shard %d was begun with %s left", shard, left)
					}
				}
				if ctx.Err() != nil && tt.left > 0 {
					t.Error("it took longer than there was time")
				}
			})
		})
	}
}

func TestWithoutADeadlineAllAreSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &driver{takes: time.Hour}
		f, _ := sweeping(d)
		if _, err := f.Invoke(t.Context(), []byte(`{"from":0,"to":16}`)); err != nil || len(d.begun) != store.Shards {
			t.Errorf("%v after %d shards", err, len(d.begun))
		}
	})
}

// TestWhatADriverSaysIsReturned, so that the failure is counted, and logged once.
func TestWhatADriverSaysIsReturned(t *testing.T) {
	down := errors.New("down")
	one, two := &driver{fails: map[int]error{3: down, 7: errors.New("also down")}}, &driver{}
	f, logs := sweeping(one, two)
	answer, err := f.Invoke(t.Context(), []byte(`{"from":0,"to":16}`))
	if !errors.Is(err, down) || answer != nil || !strings.Contains(err.Error(), "shard 7: also down") {
		t.Errorf("answer %s, %v, want what failed", answer, err)
	}
	if len(one.begun) != store.Shards || len(two.begun) != store.Shards {
		t.Errorf("%d and %d shards, want all of them", len(one.begun), len(two.begun))
	}
	lines := slices.Collect(strings.Lines(logs.String()))
	if len(lines) != 1 || !strings.Contains(lines[0], "shard 3: down") || !strings.Contains(lines[0], `"level":"ERROR"`) {
		t.Errorf("logged %s", logs)
	}
}

// market is a driver that has work for a while in each shard, as long as it may.
type market struct {
	takes time.Duration
	fails error

	mu    sync.Mutex
	first time.Time // when it began
	done  int
}

func (m *market) RedriveShard(ctx context.Context, _ int) error {
	m.mu.Lock()
	if m.first.IsZero() {
		m.first = time.Now()
	}
	m.mu.Unlock()
	select {
	case <-time.After(m.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done++
	return m.fails
}

// TestShopsHaveTheTimeThatIsLeft: they never keep parked pushes and messages
// waiting, and that they go on at the next sweep is no failure.
func TestShopsHaveTheTimeThatIsLeft(t *testing.T) {
	down := errors.New("down")
	tests := []struct {
		name   string
		others time.Duration // in each of two turns
		market *market
		done   int
		took   time.Duration
		err    error
		logged string
	}{
		{"there is time enough", 10 * time.Second, &market{takes: time.Second}, 16, 22 * time.Second, nil, ""},
		{"for half of them", 10 * time.Second, &market{takes: 200 * time.Second}, 8, 255 * time.Second, nil, "the next sweep goes on"},
		{"for none of them", 10 * time.Second, &market{takes: time.Hour}, 0, 255 * time.Second, nil, "the next sweep goes on"},
		{"the others leave none", 200 * time.Second, &market{takes: time.Second}, 0, 400 * time.Second, context.DeadlineExceeded, "deadline exceeded"},
		{"what fails is said", 10 * time.Second, &market{takes: time.Second, fails: down}, 16, 22 * time.Second, down, "shard 3: down"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				others := &driver{takes: tt.others}
				f, logs := sweeping(others)
				f.shops.Drivers = []sweep.Driver{tt.market}
				began := time.Now()
				ctx, cancel := context.WithDeadline(t.Context(), began.Add(290*time.Second))
				defer cancel()
				_, err := f.Invoke(ctx, []byte(`{"from":0,"to":16}`))
				if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) || tt.market.done != tt.done || time.Since(began) != tt.took {
					t.Errorf("%v after %d shards and %s, want %v after %d and %s", err, tt.market.done, time.Since(began), tt.err, tt.done, tt.took)
				}
				if !strings.Contains(logs.String(), tt.logged) || (tt.logged == "") != (logs.Len() == 0) {
					t.Errorf("logged %q, want %q", logs, tt.logged)
				}
				if !tt.market.first.IsZero() && tt.market.first.Sub(began) != 2*tt.others {
					t.Errorf("began after %s, want when the others were done", tt.market.first.Sub(began))
				}
			})
		})
	}
}

// TestShopsDoNotStopTheOthers, nor do the others stop them.
func TestShopsDoNotStopTheOthers(t *testing.T) {
	one, two := errors.New("one"), errors.New("two")
	others := &driver{fails: map[int]error{3: one}}
	f, _ := sweeping(others)
	m := &market{fails: two}
	f.shops.Drivers = []sweep.Driver{m}
	if _, err := f.Invoke(t.Context(), []byte(`{"from":0,"to":16}`)); !errors.Is(err, one) || !errors.Is(err, two) {
		t.Errorf("%v, want both", err)
	}
	if len(others.begun) != store.Shards || m.done != store.Shards {
		t.Errorf("%d and %d shards, want all of them", len(others.begun), m.done)
	}
}
