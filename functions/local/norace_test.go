//go:build !race

package main

const sampled = 1
