//go:build race

package shop_test

// sampled: the race detector makes everything several times slower, so of what takes
// long one in so many is played under it. The gate plays it whole without.
const sampled = 12
