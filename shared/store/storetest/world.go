package storetest

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
)

// What a faulty call returns. Neither tells whether the call was done.
var (
	ErrInjected = errors.New("injected fault")
	ErrCrashed  = errors.New("process crashed")
)

// Fault is what happens to one call of a [World].
type Fault int

// The faults. The zero Fault is none.
const (
	Fail        Fault = iota + 1 // not done; ErrInjected
	Forget                       // done, but ErrInjected: the answer was lost
	Delay                        // done after others had their turn
	CrashBefore                  // not done, nor is any later call; ErrCrashed
	CrashAfter                   // done, but no later call is; ErrCrashed
)

// World is one process as its tables see it: it lets calls fail, by number or at
// random, and can crash. After a crash what is stored is still there; a new
// World around the same tables is the process started again. It is safe for many
// goroutines.
type World struct {
	// Yield is what Delay waits for; nil lets other goroutines run for a while.
	// It is set before the first call and may be called by many goroutines.
	Yield func()

	mu             sync.Mutex
	calls          int
	crashed        bool
	at             map[int]Fault
	random         *rand.Rand // nil: no random faults
	pFail, pForget float64
}

// NewWorld returns a World in which nothing goes wrong yet.
func NewWorld() *World { return &World{at: map[int]Fault{}} }

// At has the n-th call meet a fault. Calls of all tables of the World are
// counted together, from 1.
func (w *World) At(n int, f Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at[n] = f
}

// Random has every call that At names no fault for fail or be forgotten with
// these probabilities. Calls in the same order meet the same faults again with
// the same seed.
func (w *World) Random(seed uint64, pFail, pForget float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.random, w.pFail, w.pForget = rand.New(rand.NewPCG(seed, seed)), pFail, pForget
}

// Calls returns how many calls there were, without those after a crash.
func (w *World) Calls() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls
}

// Crashed tells whether the World has crashed.
func (w *World) Crashed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.crashed
}

// begin counts a call and returns its fault.
func (w *World) begin() (Fault, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.crashed {
		return 0, ErrCrashed
	}
	w.calls++
	fault, ok := w.at[w.calls]
	if !ok && w.random != nil {
		switch p := w.random.Float64(); {
		case p < w.pFail:
			fault = Fail
		case p < w.pFail+w.pForget:
			fault = Forget
		}
	}
	if fault == Fail {
		return fault, ErrInjected
	}
	if w.crashed = fault == CrashBefore; w.crashed {
		return fault, ErrCrashed
	}
	return fault, nil
}

// end returns what the caller of a call that was done gets to hear. Nobody hears
// anything in a process that crashed meanwhile.
func (w *World) end(fault Fault) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if fault == CrashAfter {
		w.crashed = true
	}
	switch {
	case w.crashed:
		return ErrCrashed
	case fault == Forget:
		return ErrInjected
	}
	return nil
}

func (w *World) yield() {
	if w.Yield != nil {
		w.Yield()
		return
	}
	for range 100 {
		runtime.Gosched()
	}
}
