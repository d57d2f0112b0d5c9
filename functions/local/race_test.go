//go:build race

package main

// sampled: the race detector makes everything three times slower, so of what takes
// minutes one in so many is played under it. The gate plays it whole without.
const sampled = 8
