//go:build unix

package awstest

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// requirements pins MiniStack and all that it needs.
//
//go:embed requirements.txt
var requirements string

// Endpoint returns the URL of this test binary's emulator. Tests share it and
// keep apart by the names of their tables. Where it cannot be fetched, for want
// of python3, pip or a network, the test is skipped; with CI set it fails.
func Endpoint(t testing.TB) string {
	t.Helper()
	url, err := shared()
	check(t, err)
	return url
}

var shared = sync.OnceValues(func() (string, error) {
	url, _, err := start(os.Environ()) // Its pipe is closed when this process ends.
	return url, err
})

// Start starts an emulator for one test, with settings of its own ("AUTH=true"
// makes it check rights), and returns its URL.
func Start(t testing.TB, settings ...string) string {
	t.Helper()
	url, stop, err := start(append(os.Environ(), settings...))
	check(t, err)
	t.Cleanup(stop)
	return url
}

// StartIn is Start with an environment of these settings and nothing of ours, for
// functions that run inside the emulator and shall not find what their template
// has forgotten. PYTHONPATH adds to the modules of Python.
func StartIn(t testing.TB, environment ...string) string {
	t.Helper()
	env := []string{"PYTHONDONTWRITEBYTECODE=1"} // A module of a test's own lies in the repository.
	for _, name := range []string{"PATH", "HOME"} {
		env = append(env, name+"="+os.Getenv(name))
	}
	url, stop, err := start(append(env, environment...))
	check(t, err)
	t.Cleanup(stop)
	return url
}

func check(t testing.TB, err error) {
	t.Helper()
	if (errors.Is(err, exec.ErrNotFound) || errors.Is(err, errNotFetched)) && os.Getenv("CI") == "" {
		t.Skipf("NOT TESTED ON DYNAMODB: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// start fetches the emulator if it is not in the cache, and starts it. Another
// process may take its port before it does: then it tries again.
func start(env []string) (url string, stop func(), err error) {
	dir, err := fetched()
	for try := 0; err == nil && try < 3; try++ {
		if url, stop, err = launch(dir, env); err == nil {
			return url, stop, nil
		}
		if !errors.Is(err, errEnded) {
			break
		}
		dir, err = fetched()
	}
	return "", nil, err
}

// fetched returns the folder of the cache that holds the emulator. The lock ends
// with its process, and a fetch that was cut short leaves no folder of that name.
func fetched() (string, error) {
	python, err := exec.LookPath("python3")
	if err != nil {
		return "", err
	}
	root, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "shiptide", "ministack-"+version())
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	return dir, fetch(python, dir)
}

// errNotFetched says that pip did not bring the emulator.
var errNotFetched = errors.New("the emulator cannot be fetched")

func fetch(python, dir string) error {
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "fetch-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	list := filepath.Join(tmp, "requirements.txt")
	if err := os.WriteFile(list, []byte(requirements), 0o600); err != nil {
		return err
	}
	target := filepath.Join(tmp, "packages")
	pip := exec.Command(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", target, "-r", list)
	if out, err := pip.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %w\n%s", errNotFetched, err, out)
	}
	return os.Rename(target, dir)
}

// version names the pinned emulator.
func version() string {
	_, rest, _ := strings.Cut(requirements, "ministack==")
	v, _, _ := strings.Cut(rest, "\n")
	return v
}

// watchdog runs its arguments and kills them when its standard input ends, as it
// does when the test binary dies, however that comes about.
const watchdog = `exec 3<&0; "$@" 3<&- </dev/null & child=$!
{ cat <&3 >/dev/null; kill -9 $child; } 2>/dev/null & wait $child`

// held keeps the watchdogs' inputs reachable: the collector would close them.
var held struct {
	sync.Mutex
	pipes []io.Closer
}

// errEnded says that the emulator ended by itself, as when its port is taken.
var errEnded = errors.New("emulator ended")

const patience = 60 * time.Second

func launch(dir string, env []string) (url string, stop func(), err error) {
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	// Not our standard output: go test would wait until its last holder ends.
	log, err := os.CreateTemp("", "ministack-*.log")
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command("sh", "-c", watchdog, "sh", "python3", "-m", "ministack")
	cmd.Env = append(env, "PYTHONPATH="+modules(dir, env), "GATEWAY_PORT="+port, "BIND_HOST=127.0.0.1", "IOT_MTLS_ENABLED=0", "LOG_LEVEL=WARNING")
	cmd.Stdout, cmd.Stderr = log, log
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	held.Lock()
	held.pipes = append(held.pipes, pipe)
	held.Unlock()
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop = func() {
		_ = errors.Join(pipe.Close(), <-ended) // It ends by a signal.
	}
	url = "http://127.0.0.1:" + port
	if err := await(url, ended); err != nil {
		_ = pipe.Close()
		return "", nil, fmt.Errorf("%w, see %s", err, log.Name())
	}
	return url, stop, os.Remove(log.Name())
}

// modules is where Python finds the emulator, and after it what the environment
// adds. The emulator's own come first: versions differ.
func modules(dir string, env []string) string {
	path := dir
	for _, variable := range env {
		if more, ok := strings.CutPrefix(variable, "PYTHONPATH="); ok && more != "" {
			path = dir + string(os.PathListSeparator) + more
		}
	}
	return path
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return strconv.Itoa(port), l.Close()
}

// await asks until the emulator is ready.
func await(url string, ended <-chan error) error {
	late := time.After(patience)
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("%w: %w", errEnded, err)
		case <-late:
			return fmt.Errorf("emulator not ready in %v", patience)
		case <-time.After(20 * time.Millisecond):
		}
		if ready(url) {
			return nil
		}
	}
}

func ready(url string) bool {
	res, err := http.Get(url + "/_ministack/health")
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}
