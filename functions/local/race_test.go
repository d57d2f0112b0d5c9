//go:build race

package main

// sampled: of what takes minutes every eighth is played under the race detector, which
// makes all three times slower. The gate plays it whole without.
// minutes is sampled under it. The gate plays it whole without.
const sampled = 8
