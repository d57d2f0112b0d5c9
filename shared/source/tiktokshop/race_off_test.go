//go:build !race

package tiktokshop

// raceEnabled: under the race detector a sync.Pool drops things at random.
const raceEnabled = false
