package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/boltstore"
)

// verdict is what a check came to.
type verdict string

const (
	well   verdict = "ok"
	warns  verdict = "warn" // it works, and will not as it should
	fails  verdict = "fail"
	unsure verdict = "unknown" // it could not be asked, for want of a right or of an answer
)

// finding is what one check says. No key and no address is in it.
type finding struct {
	Check string  `json:"check"`
	State verdict `json:"state"`
	Says  string  `json:"says"`
	Do    string  `json:"do"` // a command or a place; "" when nothing is to be done
}

func fine(format string, args ...any) finding {
	return finding{State: well, Says: fmt.Sprintf(format, args...)}
}

func warning(do, format string, args ...any) finding {
	return finding{State: warns, Do: do, Says: fmt.Sprintf(format, args...)}
}

func failure(do, format string, args ...any) finding {
	return finding{State: fails, Do: do, Says: fmt.Sprintf(format, args...)}
}

func unknown(do, format string, args ...any) finding {
	return finding{State: unsure, Do: do, Says: fmt.Sprintf(format, args...)}
}

// String is the finding as a line for a person.
func (f finding) String() string {
	mark := map[verdict]string{well: "ok  ", warns: "warn", fails: "FAIL", unsure: "?   "}[f.State]
	line := mark + " " + f.Check + ": " + f.Says
	if f.Do != "" {
		line += " → " + f.Do
	}
	return line
}

// diagnosis is all findings, always in the same order. It is ok when none fails.
type diagnosis struct {
	Stack    string    `json:"stack,omitempty"`
	Region   string    `json:"region,omitempty"`
	Data     string    `json:"data,omitempty"`
	OK       bool      `json:"ok"`
	Findings []finding `json:"findings"`
}

// stackForm is that of CloudFormation. What is to be done is pasted into a shell.
var stackForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,127}$`)

// doctor says what is missing, of a deployment or on this machine, and what to do.
// It changes nothing.
func doctor(ctx context.Context, e *env, args []string) int {
	fs := e.flags("doctor")
	stack := fs.String("stack", "", "name of the deployment on AWS; without it, the data of this machine is looked at")
	dir := fs.String("data", defaultData, "folder of the data")
	rest, code, ok := parse(fs, args)
	switch {
	case !ok:
		return code
	case len(rest) > 0, isSet(fs, "stack") && isSet(fs, "data"):
		return e.usage("doctor")
	case !isSet(fs, "stack"):
		return e.report(ctx, diagnosis{Data: *dir, Findings: e.onThisMachine(ctx, *dir)})
	case !stackForm.MatchString(*stack):
		e.say("local: -stack %q is not the name of a stack: letters, digits and dashes", *stack)
		return exitUsage
	}
	return e.onAccount(ctx, *stack, time.Now)
}

// onAccount looks at a deployment under the operator's own identity.
func (e *env) onAccount(ctx context.Context, stack string, now func() time.Time) int {
	p, err := newPatient(ctx, stack, now)
	if err != nil {
		return e.fail(err)
	}
	return e.report(ctx, diagnosis{Stack: stack, Region: p.cfg.Region, Findings: append(together(ctx, p.checks()), p.shops(ctx)...)})
}

// report prints a diagnosis, for programs and for a person.
func (e *env) report(ctx context.Context, d diagnosis) int {
	if ctx.Err() != nil {
		return e.fail(ctx.Err()) // What was not asked is not unknown.
	}
	d.OK = !slices.ContainsFunc(d.Findings, func(f finding) bool { return f.State == fails })
	for _, f := range d.Findings {
		e.say("%s", f)
	}
	if err := e.print(d); err != nil {
		return e.fail(err)
	}
	if !d.OK {
		return exitFailed
	}
	return exitOK
}

// check is one question.
type check struct {
	name string
	ask  func(context.Context) finding
}

// checkTime is how long one check may take, its tries included.
const checkTime = 20 * time.Second

// together makes checks side by side, and returns what they say in their order.
// One that gets no answer holds up no other.
func together(ctx context.Context, checks []check) []finding {
	found := make([]finding, len(checks))
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, checkTime)
			defer cancel()
			found[i] = c.ask(ctx)
			found[i].Check = c.name
		})
	}
	all.Wait()
	return found
}

// parkedRead bounds how many parked pushes are read to find the oldest.
const parkedRead = 100

// parkedLong is how long a push may be parked: longer than a source or a table is
// away for a moment.
const parkedLong = time.Hour

// parked says how much waits to be driven again, and for how long. where is the
// flag of commands that leads to it.
func parked(ctx context.Context, inbox store.Inbox, now time.Time, where string) (finding, error) {
	pushes, err := inbox.ParkedPushes(ctx, parkedRead)
	if err != nil {
		return finding{}, err
	}
	pushes = slices.DeleteFunc(pushes, func(p store.Push) bool { return !p.Parked.Is() })
	if len(pushes) == 0 {
		return fine("nothing is"), nil
	}
	oldest := slices.MinFunc(pushes, func(a, b store.Push) int { return a.Parked.Since.Compare(b.Parked.Since) })
	age := now.Sub(oldest.Parked.Since)
	says := fmt.Sprintf("%d, the oldest for %s", len(pushes), duration(age))
	if len(pushes) == parkedRead {
		says = fmt.Sprintf("%d or more, the oldest of these for %s", parkedRead, duration(age))
	}
	if age <= parkedLong {
		return fine("%s", says), nil
	}
	return warning("local quarantine "+where+" says why, local replay "+where+" drives them again", "%s", says), nil
}

// duration is an age for a person, rounded down.
func duration(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// onThisMachine looks at a data folder, and makes nothing in it.
func (e *env) onThisMachine(ctx context.Context, dir string) []finding {
	ring, err := readKeyring(e.getenv(webhookKeys))
	if err != nil { // That is a finding.
		ring = keyring{}
	}
	there, shops := stored(ctx, dir, ring)
	findings := append([]finding{folder(dir)}, there...)
	findings = append(findings, ofKeyring(ring, err))
	for i, name := range []string{"folder", "keys.json", "database", "parked", "webhook keys"} {
		findings[i].Check = name
	}
	return append(findings, shops...)
}

func folder(dir string) finding {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return warning("local serve -data "+dir, "%s is not there: nothing has run here yet", dir)
	case err != nil:
		return failure("let this user read it, or name another with -data", "%v", err)
	case !info.IsDir():
		return failure("name another with -data", "%s is no folder", dir)
	}
	return fine("%s", dir)
}

// stored looks at what is in a folder: its keys, its database, what is parked; and
// shops.
func stored(ctx context.Context, dir string, ring keyring) (there, shops []finding) {
	_, none := os.Stat(filepath.Join(dir, dbFile))
	_, err := readKeys(dir)
	fresh := errors.Is(none, os.ErrNotExist)
	shut := func(f ...finding) ([]finding, []finding) { return f, []finding{about("shops", f[len(f)-1])} }
	switch {
	case fresh && (err == nil || errors.Is(err, os.ErrNotExist)):
		return []finding{fine("made when they are first needed"), fine("made when it is first needed"), fine("nothing is")}, shopsHere(ctx, dir, nil, ring, time.Now())
	case err != nil:
		closed := unknown("bring keys.json first", "not looked at: nobody can use it without keys.json")
		return shut(failure("put your copy of it into "+dir, "%s", sentence(err)), closed, closed)
	}
	a, err := openApp(dir, nil, time.Now, slog.New(slog.DiscardHandler))
	switch {
	case errors.Is(err, boltstore.ErrLocked):
		elsewhere := unknown("local quarantine -data "+dir, "not looked at: the database is in use")
		return []finding{fine("there"), fine("%s", sentence((&where{dir: dir}).inUse(ctx))), elsewhere}, shopsInUse(ctx, dir, ring, time.Now())
	case errors.Is(err, store.ErrOtherKeys):
		closed := unknown("bring the right keys.json first", "not looked at: its keys are others")
		return shut(failure("put the one into "+dir+" that the data came with", "it is not the one that goes with this database"), closed, closed)
	case err != nil:
		closed := unknown("see to the database first", "not looked at: the database cannot be opened")
		return shut(fine("there"), failure("put a copy of it back, or name another folder with -data", "%s", sentence(err)), closed)
	}
	shops = shopsHere(ctx, dir, a, ring, time.Now())
	waiting, err := parked(ctx, a.inbox, time.Now(), "-data "+dir)
	if err = errors.Join(err, a.close()); err != nil {
		waiting = failure("put a copy of the database back", "%s", sentence(err))
	}
	return []finding{fine("there"), fine("not in use"), waiting}, shops
}

func ofKeyring(keys keyring, err error) finding {
	switch {
	case err != nil:
		return failure("set "+webhookKeys+` as {"ups":["key","former key"]}`, "%s", sentence(err))
	case keys.development:
		return fine("%s is not set: each source has its development key, good on this machine only", webhookKeys)
	}
	var has []string
	for _, name := range sourceNames() {
		if len(keys.texts[name]) > 0 {
			has = append(has, name)
		}
	}
	return fine("of %s", strings.Join(has, ", "))
}

// sentence is an error on one line, without the name of the package that it is
// from.
func sentence(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	for _, name := range []string{"secret: ", "boltstore: ", "dynamostore: "} {
		text = strings.TrimPrefix(text, name)
	}
	return cmp.Or(text, "it does not say why")
}
