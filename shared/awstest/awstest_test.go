//go:build unix

package awstest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestEndpointIsOneInABinary(t *testing.T) {
	if one, two := Endpoint(t), Endpoint(t); one != two {
		t.Errorf("Endpoint = %s, then %s", one, two)
	}
	if !ready(Endpoint(t)) {
		t.Errorf("%s does not answer", Endpoint(t))
	}
}

func TestEndpointListensOnLoopbackOnly(t *testing.T) {
	port := address(t, Endpoint(t)).Port()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, addr := range addrs {
		ip, ok := addr.(*net.IPNet)
		if !ok || ip.IP.IsLoopback() || ip.IP.IsLinkLocalUnicast() {
			continue
		}
		tried++
		if at := net.JoinHostPort(ip.IP.String(), port); dials(at) {
			t.Errorf("the emulator answers on %s", at)
		}
	}
	if tried == 0 {
		t.Log("this machine has loopback addresses only: nothing to see")
	}
}

func TestAnEmulatorOfATestEndsWithIt(t *testing.T) {
	var at string
	t.Run("one", func(t *testing.T) {
		if at = Start(t); at == Endpoint(t) {
			t.Error("Start returned the shared emulator")
		}
		if !ready(at) {
			t.Errorf("%s does not answer", at)
		}
	})
	ends(t, at)
	if !ready(Endpoint(t)) {
		t.Error("the shared emulator ended too")
	}
}

func TestAnEmulatorEndsWithItsBinary(t *testing.T) {
	Endpoint(t) // Skips where there is none.
	tests := []struct {
		name string
		end  func(*exec.Cmd, io.Closer) error
	}{
		{"killed", func(cmd *exec.Cmd, _ io.Closer) error { return cmd.Process.Kill() }},
		{"at its normal end", func(_ *exec.Cmd, stdin io.Closer) error { return stdin.Close() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := child(t, asChild+"=holds")
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			at := ""
			for lines := bufio.NewScanner(stdout); at == "" && lines.Scan(); {
				_, at, _ = strings.Cut(lines.Text(), "endpoint ")
			}
			if at == "" || !ready(at) {
				t.Errorf("the child's emulator at %q does not answer", at)
			}
			if err := tt.end(cmd, stdin); err != nil {
				t.Error(err)
			}
			_ = cmd.Wait() // It was killed, or its test passed.
			if at != "" {
				ends(t, at)
			}
		})
	}
}

func TestWithoutPython(t *testing.T) {
	nothing, noPip := t.TempDir(), t.TempDir()
	script := "#!/bin/sh\necho \"python3: No module named pip\" >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(noPip, "python3"), []byte(script), 0o700); err != nil { //nolint:gosec // It is run.
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		path  string
		ci    string
		fails bool
		says  string
	}{
		{"it is skipped, loudly", nothing, "", false, "--- SKIP: TestAsChild"},
		{"it fails in CI", nothing, "true", true, "--- FAIL: TestAsChild"},
		{"without pip it is skipped, too", noPip, "", false, "--- SKIP: TestAsChild"},
		{"without pip it fails in CI", noPip, "true", true, "--- FAIL: TestAsChild"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := child(t, asChild+"=asks", "PATH="+tt.path, "CI="+tt.ci, "HOME="+t.TempDir(), "XDG_CACHE_HOME="+t.TempDir())
			out, err := cmd.CombinedOutput()
			if (err != nil) != tt.fails || !strings.Contains(string(out), tt.says) || !strings.Contains(string(out), "python3") {
				t.Errorf("%v, want failure %t and %q, with python3 named:\n%s", err, tt.fails, tt.says, out)
			}
			if loud := strings.Contains(string(out), "NOT TESTED ON DYNAMODB"); loud == tt.fails {
				t.Errorf("NOT TESTED ON DYNAMODB is said: %t, want %t:\n%s", loud, !tt.fails, out)
			}
		})
	}
}

func TestRequirementsArePinned(t *testing.T) {
	for line := range strings.Lines(requirements) {
		if name, v, ok := strings.Cut(strings.TrimSpace(line), "=="); !ok || name == "" || v == "" {
			t.Errorf("%q names no version", line)
		}
	}
	if v := version(); v == "" || !strings.Contains(requirements, "\nministack=="+v+"\n") {
		t.Errorf("version = %q, want MiniStack's in:\n%s", v, requirements)
	}
}

// asChild is the setting that says what TestAsChild is to do.
const asChild = "AWSTEST_CHILD"

// child runs this test binary again, for TestAsChild alone.
func child(t *testing.T, settings ...string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "-test.run=^TestAsChild$", "-test.v")
	cmd.Env = append(os.Environ(), settings...)
	return cmd
}

// TestAsChild is no test: others run it in a process of its own.
func TestAsChild(t *testing.T) {
	switch os.Getenv(asChild) {
	case "asks":
		Endpoint(t)
	case "holds":
		fmt.Println("endpoint " + Endpoint(t))
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it, or dies
	}
}

func address(t *testing.T, at string) *url.URL {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func dials(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// ends waits until the port of an emulator answers no more.
func ends(t *testing.T, at string) {
	t.Helper()
	host := address(t, at).Host
	for deadline := time.Now().Add(5 * time.Second); dials(host); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("%s still answers after 5 s", at)
			return
		}
	}
}
