package main

import (
	"bufio"
	"io"
	"strings"
)

// lines reads what a server says.
type lines struct{ *bufio.Scanner }

func newLines(r io.Reader) lines { return lines{bufio.NewScanner(r)} }

// next returns the next line, "" at the end.
func (l lines) next() string {
	if !l.Scan() {
		return ""
	}
	return l.Text()
}

// until returns the next line of a beginning, "" if there is none.
func (l lines) until(prefix string) string {
	for l.Scan() {
		if strings.HasPrefix(l.Text(), prefix) {
			return l.Text()
		}
	}
	return ""
}

// drain reads on, so that the server is not held up.
func (l lines) drain() {
	for l.Scan() {
	}
}
