//go:build race

package main

// sampled: the race detector makes everything three times slower, and what takes
// minutes is sampled under it. The gate plays it whole without.
const sampled = 8
