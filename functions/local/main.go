// Command local runs all of Shiptide in one process on an embedded store, and
// is the operator's tool.
//
// Without a command it serves. Commands print JSON on stdout and messages on
// stderr; they end with 0 when all is well, 1 when not, 2 when they were called
// wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Exit codes.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

// env is what a command may use of the process.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

type command struct {
	name, args, does string
	run              func(context.Context, *env, []string) int
}

func commands() []command {
	return []command{
		{"serve", "[-addr A] [-data DIR]", "receive, track, tell; the console is at its address (also without a command)", serve},
		{"explain", "-source S [-kind push|pull] [FILE]", "what a payload becomes", explain},
		{"verify", "-source S -key K [-key K2] [-header 'N: v'] [-method M] [-path P] [-now T] FILE", "is this delivery genuine", verify},
		{"sign-request", "-source tiktokshop -secret S -path P [-query Q] [FILE]", "the signature of a call of that API", signRequest},
		{"send", "[-to URL] [-source S] FILE…", "sign samples and post them", send},
		{"demo", "[-start T] [-shop | -to URL [-stack NAME]]", "play the life of a parcel, or of an order of TikTok Shop", demo},
		{"connect", "tiktokshop [-service-id ID -region US|rest|URL]", "let a seller authorise the app, and keep up with the orders of the shop", connectCommand},
		{"identify", "NUMBER", "whose number this may be, or what is wrong with it", identify},
		{"add", "NUMBER [-carrier C] [-order O] [-country XX [-postal P]]", "watch a parcel", addCommand},
		{"subscribe", "NUMBER -email A | -sms N", "tell somebody who agreed to it of a parcel", subscribeCommand},
		{"quarantine", "", "what was kept and could not be done", quarantine},
		{"replay", "[-since T]", "drive it again", replay},
		{"export", "-to FILE | -orders", "write all rows of the store to a file; the list of parcels as CSV", exportCommand},
		{"import", "orders.csv | -from FILE", "watch the parcels of a Seller Center export; write the rows of an export to another store", importCommand},
		{"doctor", "[-stack NAME] [-data DIR]", "what is missing, of a deployment or on this machine, and what to do", doctor},
		{"bill", "[-pushes N] [-mix push=60,history=5,repeat=20,same=10,delivery=5]", "what AWS bills for pushes, from measured units and dated prices", billCommand},
		{"keys", "set SOURCE -stack NAME [-only] | init -stack NAME", "store a source's key for a deployment, from standard input; make those of its own", keysCommand},
		{"why", "NUMBER", "which event led to which notice, or why none", why},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, &env{os.Stdin, os.Stdout, os.Stderr, os.Getenv}, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, e *env, args []string) int {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") && !isHelp(args[0]) {
		return serve(ctx, e, args)
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
	if i >= 0 {
		return all[i].run(ctx, e, args[1:])
	}
	if !isHelp(args[0]) {
		e.say("no command %q", args[0])
	}
	for _, c := range all {
		e.say("  local %s %s\n        %s", c.name, c.args, c.does)
	}
	e.say("what has to do with data takes -data DIR (%s), -stack NAME for a deployment on AWS, or\n  -store dynamodb -tables inbox=NAME,shipments=NAME,ledger=NAME", defaultData)
	if isHelp(args[0]) {
		return exitOK
	}
	return exitUsage
}

func isHelp(arg string) bool {
	return slices.Contains([]string{"help", "-h", "-help", "--help"}, arg)
}

// say writes a message for a person.
func (e *env) say(format string, args ...any) {
	_, _ = fmt.Fprintf(e.stderr, format+"\n", args...) // Nobody listens.
}

// fail says what went wrong.
func (e *env) fail(err error) int {
	e.say("local: %v", err)
	return exitFailed
}

// print writes a result for programs.
func (e *env) print(v any, options ...json.Options) error {
	raw, err := json.Marshal(v, append(options, json.Deterministic(true), jsontext.EscapeForHTML(false))...)
	if err != nil {
		return err
	}
	_, err = e.stdout.Write(append(raw, '\n'))
	return err
}

// indented makes print write for the eye as well.
func indented() json.Options { return jsontext.WithIndent("  ") }

// flags makes the flags of a command.
func (e *env) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet("local "+name, flag.ContinueOnError)
	fs.SetOutput(e.stderr)
	return fs
}

// parse reads flags wherever they stand among the arguments, and returns these.
// ok false: the command ends with code.
func parse(fs *flag.FlagSet, args []string) (rest []string, code int, ok bool) {
	for {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, exitOK, false
		}
		if err != nil {
			return nil, exitUsage, false
		}
		if fs.NArg() == 0 {
			return rest, exitOK, true
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}

// usage says how a command is called.
func (e *env) usage(name string) int {
	for _, c := range commands() {
		if c.name == name {
			e.say("usage: local %s %s", c.name, c.args)
		}
	}
	return exitUsage
}

// read returns a file's bytes; "" and "-" are standard input.
func (e *env) read(file string) ([]byte, error) {
	if file == "" || file == "-" {
		return io.ReadAll(e.stdin)
	}
	return os.ReadFile(file)
}
