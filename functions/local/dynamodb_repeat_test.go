package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/awstest"
)

// Variables of the environment that make the test binary a server, see
// TestServerProcess.
const (
	childTables   = "SHIPTIDE_TEST_TABLES"
	childEmulator = "SHIPTIDE_TEST_EMULATOR"
)

// TestRepeatsOnDynamoDB posts one push 1,000 times to two processes at once, each
// of which also ingests and tells whatever either has received.
func TestRepeatsOnDynamoDB(t *testing.T) {
	names := makeTables(t)
	cfg := awstest.Config(t)
	s := newStageOn(t, func(t testing.TB, now func() time.Time) ground {
		return groundOf(t, dynamodb.NewFromConfig(cfg), cfg, names, now)
	})
	s.clock = repeatedAt()
	if err := s.subscribe(demoNumber); err != nil {
		t.Fatal(err)
	}
	tables, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	one, other := startProcess(t, string(tables)), startProcess(t, string(tables))
	repeat(t, 1000, one.base, other.base)
	one.end(t)
	other.end(t)
	s.mustRest()
	s.checkRepeated()
}

// process is this test binary once more, as a server.
type process struct {
	cmd  *exec.Cmd
	stop io.Closer
	base string
}

func startProcess(t *testing.T, tables string) process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServerProcess$", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), childTables+"="+tables, childEmulator+"="+awstest.Endpoint(t))
	cmd.Stderr = os.Stderr
	stop, err := cmd.StdinPipe()
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
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatalf("the process says nothing: %v", cmd.Wait())
	}
	p := process{cmd, stop, lines.Text()}
	go func() { _, _ = io.Copy(os.Stderr, stdout) }()
	return p
}

// end lets the process finish what is under way.
func (p process) end(t *testing.T) {
	t.Helper()
	_ = p.stop.Close()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("a process ended: %v", err)
	}
}

// TestServerProcess is a server with a pump, in a process of its own, until its
// standard input ends. Without the variables it is nothing.
func TestServerProcess(t *testing.T) {
	if os.Getenv(childTables) == "" {
		return
	}
	var names map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(childTables)), &names); err != nil {
		t.Fatal(err)
	}
	cfg := awstest.ConfigAt(os.Getenv(childEmulator))
	s := newStageOn(t, func(t testing.TB, now func() time.Time) ground {
		g := groundOf(t, dynamodb.NewFromConfig(cfg), cfg, names, now)
		g.leave = func() {} // The tables are not ours.
		return g
	})
	s.clock = repeatedAt()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("http://%s\n", ln.Addr())
	if err := s.run(ctx, ln); err != nil {
		t.Fatal(err)
	}
}
