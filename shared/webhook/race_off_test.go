//go:build !race

package webhook_test

// raceEnabled: under the race detector a sync.Pool drops things at random.
const raceEnabled = false
