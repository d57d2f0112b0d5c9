//go:build !race

package shop_test

const sampled = 1
