package dynamostore_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// register is a row in whose body many writers put their names.
var register = store.Key{Partition: "register", Sort: "-"}

// outcomes counts what came of the Puts of writers.
type outcomes struct{ done, conflicts, unknown atomic.Int64 }

// enter puts a name into the register, and tries until it is there. It returns an
// error if a write of its own was taken for somebody else's.
func (o *outcomes) enter(t *testing.T, table store.Table, name string) error {
	it := store.Item{Key: register}
	for !slices.Contains(strings.Fields(string(it.Body)), name) {
		it.Body = append(it.Body, " "+name...)
		err := table.Put(t.Context(), it)
		var conflict *store.ConflictError
		switch {
		case err == nil:
			o.done.Add(1)
			return nil
		case errors.As(err, &conflict) && conflict.Stored != nil:
			o.conflicts.Add(1)
			if conflict.Stored.Version == it.Version+1 && string(conflict.Stored.Body) == string(it.Body) {
				return fmt.Errorf("%s: a conflict with what it wrote itself", name)
			}
			it = *conflict.Stored
		case errors.As(err, &conflict):
			return fmt.Errorf("%s: %w", name, err)
		default: // Again.
			o.unknown.Add(1)
			if it, err = table.Get(t.Context(), register); err != nil {
				it = store.Item{Key: register} // If there is one, its conflict tells.
			}
		}
	}
	return nil
}

// entered checks that exactly these names are in the register, each from one
// write.
func entered(t *testing.T, table store.Table, want []string) {
	t.Helper()
	it, err := table.Get(t.Context(), register)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(string(it.Body))
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if it.Version != int64(len(want)) {
		t.Errorf("version %d, want one for each of %d writes", it.Version, len(want))
	}
}

func TestNoWriteOfManyGoroutinesIsLostOrDoneTwice(t *testing.T) {
	const writers = 60 // Their tries grow as the square.
	name, f := create(t, dynamostore.Definition{Table: "register"}), awstest.Faults{}
	f.Random(1, map[awstest.Fault]float64{awstest.Throttle: 0.10, awstest.Lose: 0.05})
	table := dynamostore.New(dynamodb.NewFromConfig(f.In(awstest.Config(t))), name, now)
	var o outcomes
	var names []string
	var wg sync.WaitGroup
	for i := range writers {
		names = append(names, strconv.Itoa(i))
		wg.Go(func() {
			if err := o.enter(t, table, strconv.Itoa(i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	t.Logf("%d done, %d conflicts, %d unknown, %d attempts", o.done.Load(), o.conflicts.Load(), o.unknown.Load(), f.Attempts())
	entered(t, dynamostore.New(client(t), name, now), names)
}

// What a child process is told, and how much it does.
const (
	childEndpoint, childTable, childName = "DYNAMOSTORE_ENDPOINT", "DYNAMOSTORE_TABLE", "DYNAMOSTORE_NAME"

	childWrites = 100
	childLimit  = 120
)

var taken = store.Key{Partition: "COUNT#taken", Sort: "-"}

func TestTwoProcessesShareATable(t *testing.T) {
	name, endpoint := create(t, dynamostore.Definition{Table: "shared"}), awstest.Endpoint(t)
	var children []*child
	for _, c := range []string{"a", "b"} {
		children = append(children, startChild(t, childEndpoint+"="+endpoint, childTable+"="+name, childName+"="+c))
	}
	for _, c := range children {
		c.expect(t, "ready")
	}
	var names []string
	var took, conflicts int
	for _, c := range children {
		_ = c.in.Close() // Both start now.
	}
	for _, c := range children {
		var n, lost int
		if _, err := fmt.Sscanf(c.line(t), "took %d, %d conflicts", &n, &lost); err != nil {
			t.Fatal(err)
		}
		took, conflicts = took+n, conflicts+lost
	}
	for i := range childWrites {
		names = append(names, fmt.Sprint("a", i), fmt.Sprint("b", i))
	}
	table := dynamostore.New(client(t), name, now)
	entered(t, table, names)
	it, err := table.Get(t.Context(), taken)
	if err != nil || took != childLimit || it.Count != childLimit {
		t.Errorf("%d taken, count %d, %v, want the limit of %d", took, it.Count, err, childLimit)
	}
	if conflicts == 0 {
		t.Error("the processes never met")
	}
}

// TestChild is one of the processes of TestTwoProcessesShareATable; otherwise it
// is nothing.
func TestChild(t *testing.T) {
	endpoint, name := os.Getenv(childEndpoint), os.Getenv(childName)
	if endpoint == "" {
		return
	}
	table := dynamostore.New(dynamodb.NewFromConfig(awstest.ConfigAt(endpoint)), os.Getenv(childTable), now)
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin) // It ends when both are ready.
	took := 0
	var o outcomes
	for i := range childWrites {
		switch _, err := table.Add(t.Context(), taken, 1, childLimit, start.Add(time.Hour)); {
		case err == nil:
			took++
		case !errors.Is(err, store.ErrLimit):
			t.Fatal(err)
		}
		if err := o.enter(t, table, fmt.Sprint(name, i)); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Printf("took %d, %d conflicts\n", took, o.conflicts.Load())
}

// child is a process of this test binary that runs TestChild.
type child struct {
	in  io.Closer
	out *bufio.Scanner
}

func startChild(t *testing.T, env ...string) *child {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // What it said is checked.
	return &child{in, bufio.NewScanner(out)}
}

func (c *child) line(t *testing.T) string {
	t.Helper()
	if !c.out.Scan() {
		t.Fatalf("the child said nothing: %v", c.out.Err())
	}
	return c.out.Text()
}

func (c *child) expect(t *testing.T, want string) {
	t.Helper()
	if got := c.line(t); got != want {
		t.Fatalf("the child said %q, want %q", got, want)
	}
}
