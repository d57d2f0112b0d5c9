package subscribe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/shiptide/shiptide/shared/carrier"
	"github.com/shiptide/shiptide/shared/orderfile"
)

// Tally is what became of the packages of an order file.
type Tally struct {
	Packages  int `json:"packages"`
	New       int `json:"new"`       // numbers that are followed since, or of which more is known
	Known     int `json:"known"`     // numbers of which nothing is new
	Unshipped int `json:"unshipped"` // packages without a number yet
	Cancelled int `json:"cancelled"` // packages of cancelled orders, which nobody waits for
	// Refused are rows and numbers that were left out, by line; More is how many
	// are not listed.
	Refused []Refusal `json:"refused"`
	More    int       `json:"more"`
	// Providers are the names of shipping providers that are not known here, and
	// how many packages they have: those go by the form of their number.
	Providers map[string]int `json:"providers"`
}

// Refusal says why a row, or a number in it, was left out. It is for whoever gave
// the file.
type Refusal struct {
	Line   int    `json:"line"`
	Number string `json:"trackingNumber,omitzero"`
	Reason string `json:"reason"`
}

const (
	// following is how many numbers are written side by side.
	following = 32
	// maxRefusals and maxProviders bound what is listed.
	maxRefusals  = 1000
	maxProviders = 100
	// step is how many packages there are between two words of progress.
	step = 500
)

// Orders follows the parcels of an order export of TikTok's Seller Center. A row
// that cannot be read, or a number that cannot be one, costs itself alone; doing it
// twice changes nothing. progress is called now and then with the packages so far.
//
// An error is about the whole file (an *orderfile.FileError), or a fault of ours:
// then the rest was not done, and can be done by doing all again.
func (s *Subscriber) Orders(ctx context.Context, file io.Reader, progress func(packages int)) (Tally, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := &count{tally: Tally{Refused: []Refusal{}, Providers: map[string]int{}}, stop: stop}
	jobs := make(chan job)
	var wg sync.WaitGroup
	for range following {
		wg.Go(func() {
			for j := range jobs {
				rec, err := s.Add(ctx, j.watch)
				c.note(j, rec.Changed, err)
			}
		})
	}
	err := c.read(ctx, file, jobs, progress)
	close(jobs)
	wg.Wait()
	slices.SortFunc(c.tally.Refused, func(a, b Refusal) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Number, b.Number)) })
	if c.fault != nil {
		err = c.fault
	}
	if err != nil {
		return c.tally, fmt.Errorf("import: %w", err)
	}
	return c.tally, nil
}

// job is a number to follow.
type job struct {
	line  int
	watch Watch
}

// count is the tally while it is made.
type count struct {
	stop context.CancelFunc

	mu    sync.Mutex
	tally Tally
	fault error // the first of ours
}

// read hands the numbers of a file to those who follow them.
func (c *count) read(ctx context.Context, file io.Reader, jobs chan<- job, progress func(int)) error {
	for row, err := range orderfile.Read(file) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var bad *orderfile.RowError
		switch {
		case errors.As(err, &bad):
			c.refuse(Refusal{Line: bad.Line, Reason: bad.Reason})
			continue
		case err != nil:
			return err
		}
		if n := c.take(&row); n%step == 0 {
			progress(n)
		}
		if cancelled(row.Status) {
			continue
		}
		for _, number := range row.Numbers {
			jobs <- job{row.Line, watchOf(&row, number)}
		}
	}
	return nil
}

// cancelled goes by the word: exports have it with one l and with two.
func cancelled(status string) bool { return strings.Contains(strings.ToLower(status), "cancel") }

func watchOf(row *orderfile.Row, number string) Watch {
	w := Watch{Number: number, Order: row.Order, Country: row.Country, PostalCode: row.PostalCode, Ordered: row.Created}
	if code, known := carrier.OfProvider(row.Provider, ""); known && carrier.Followed(code) {
		w.Carrier = code
	}
	return w
}

// take counts a package, and returns how many there are.
func (c *count) take(row *orderfile.Row) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.Packages++
	switch {
	case cancelled(row.Status):
		c.tally.Cancelled++
	case len(row.Numbers) == 0:
		c.tally.Unshipped++
	}
	_, known := carrier.OfProvider(row.Provider, "")
	_, listed := c.tally.Providers[row.Provider]
	if !known && row.Provider != "" && (listed || len(c.tally.Providers) < maxProviders) {
		c.tally.Providers[row.Provider]++
	}
	return c.tally.Packages
}

func (c *count) refuse(r Refusal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.tally.Refused) == maxRefusals {
		c.tally.More++
		return
	}
	c.tally.Refused = append(c.tally.Refused, r)
}

// note counts what became of a number. A fault of ours ends it all.
func (c *count) note(j job, changed bool, err error) {
	if errors.Is(err, ErrBadNumber) || errors.Is(err, ErrBadCountry) {
		c.refuse(Refusal{Line: j.line, Number: j.watch.Number, Reason: err.Error()})
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil && c.fault == nil:
		c.fault = err
		c.stop()
	case err != nil:
	case changed:
		c.tally.New++
	default:
		c.tally.Known++
	}
}
