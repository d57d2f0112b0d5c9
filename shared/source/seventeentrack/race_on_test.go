//go:build race

package seventeentrack

// raceEnabled: under the race detector a sync.Pool drops things at random.
const raceEnabled = true
