//go:build !unix

package awstest

import (
	"os"
	"testing"
)

// Endpoint skips the test: the emulator is run on Unix only.
func Endpoint(t testing.TB) string { return Start(t) }

// Start skips the test: the emulator is run on Unix only.
func Start(t testing.TB, _ ...string) string {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal("no emulator of DynamoDB on this system")
	}
	t.Skip("NOT TESTED ON DYNAMODB: no emulator on this system")
	return ""
}

// StartIn skips the test: the emulator is run on Unix only.
func StartIn(t testing.TB, _ ...string) string { return Start(t) }
