//go:build stack && rights

package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

// TestEachRightIsNeeded takes one action after the other out of its role, drives
// the stack, and writes to testdata/rights.tsv what fails. It takes some minutes, so
// it runs on demand; the table is compared with the template and with the calls seen:
//
//	SAM_HOME=… go test -tags stack,rights ./functions/local -run TestEachRightIsNeeded -timeout 1h
func TestEachRightIsNeeded(t *testing.T) {
	s := newStack(t)
	s.cloud.t = t
	if err := s.drive(0); err != nil {
		t.Fatalf("with all rights: %v", err)
	}
	out := "# function\taction\ton\twhat fails without it (TestEachRightIsNeeded)\n"
	for i, r := range rights(t) {
		restore := s.without(t, r)
		err := s.drive(i + 1)
		restore()
		if err == nil {
			t.Errorf("%v: nothing fails without it", r)
			err = errors.New("NOTHING")
		}
		t.Logf("%v: %v", r, err)
		out += strings.Join([]string{r.function, r.action, r.on, err.Error()}, "\t") + "\n"
	}
	if err := s.drive(1000); err != nil {
		t.Errorf("with all rights again: %v", err)
	}
	if err := os.WriteFile("testdata/rights.tsv", []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
}

// statement is one of a policy; its members are texts or lists of texts.
type statement struct {
	Effect      string `json:"Effect"`
	Action      any    `json:"Action"`
	Resource    any    `json:"Resource,omitempty"`
	NotResource any    `json:"NotResource,omitempty"`
}

func listOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, fmt.Sprint(e))
		}
		return out
	}
	return nil
}

// without takes a right out of its role and returns what puts it back.
func (s *stack) without(t *testing.T, r right) (restore func()) {
	t.Helper()
	role := s.names[r.function+"Role"]
	var list struct {
		Names []string `xml:"ListRolePoliciesResult>PolicyNames>member"`
	}
	const version = "2010-05-08"
	s.query("iam", version, url.Values{"Action": {"ListRolePolicies"}, "RoleName": {role}}, &list)
	taken := 0
	var back []func()
	for _, name := range list.Names {
		var got struct {
			Document string `xml:"GetRolePolicyResult>PolicyDocument"`
		}
		s.query("iam", version, url.Values{"Action": {"GetRolePolicy"}, "RoleName": {role}, "PolicyName": {name}}, &got)
		document, err := url.QueryUnescape(got.Document)
		if err != nil {
			t.Fatal(err)
		}
		var policy struct {
			Version   string      `json:"Version,omitempty"`
			Statement []statement `json:"Statement"`
		}
		if err := json.Unmarshal([]byte(document), &policy); err != nil {
			t.Fatalf("%s: %v", document, err)
		}
		var rest []statement
		for _, st := range policy.Statement {
			for _, action := range listOf(st.Action) {
				for _, resource := range listOf(st.Resource) {
					if action == r.action && labelOf(resource) == r.on {
						taken++
						continue
					}
					rest = append(rest, statement{Effect: st.Effect, Action: action, Resource: resource})
				}
				for _, not := range listOf(st.NotResource) {
					if action == r.action && r.on == "SMS" {
						taken++
						continue
					}
					rest = append(rest, statement{Effect: st.Effect, Action: action, NotResource: not})
				}
			}
		}
		put := func(document string) {
			if document == "" {
				s.query("iam", version, url.Values{"Action": {"DeleteRolePolicy"}, "RoleName": {role}, "PolicyName": {name}}, nil)
				return
			}
			s.query("iam", version, url.Values{"Action": {"PutRolePolicy"}, "RoleName": {role}, "PolicyName": {name}, "PolicyDocument": {document}}, nil)
		}
		policy.Statement = rest
		raw, err := json.Marshal(policy)
		if err != nil {
			t.Fatal(err)
		}
		if len(rest) == 0 {
			raw = nil
		}
		put(string(raw))
		back = append(back, func() { put(document) })
	}
	if taken == 0 {
		t.Fatalf("%v stands in no policy of %s", r, role)
	}
	return func() {
		for _, put := range back {
			put()
		}
	}
}

// soon waits a little until something is so; short, since it is expected to fail.
func soon(what string, so func() bool) error {
	for late := time.Now().Add(6 * time.Second); !so(); {
		if time.Now().After(late) {
			return errors.New(what)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil
}

// drive does once, for parcels of its own, all that functions do, in processes
// that remember nothing. Its error says what did not happen.
func (s *stack) drive(serial int) error {
	t := s.t.(*testing.T)
	s.kill("")
	day := recentLife(100 + 10*serial)
	if err := s.uncount(); err != nil {
		return err
	}
	// Customs want papers since an hour: customers, the seller and machines hear of it.
	late := func(n int) (number string, body []byte) {
		number = numberOf(day.Add(time.Duration(n) * time.Minute))
		i := demoIndex("customs wants papers")
		body, err := demoLife[i].body(number, time.Now().UTC().Add(-time.Hour-demoLife[i].scanned).Truncate(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		return number, body
	}
	taken := func(body []byte) error {
		status, err := answered(func() (int, error) { return s.poster.post(t.Context(), "ups", body) })
		if err != nil || status != http.StatusOK {
			return fmt.Errorf("a push is answered %d", status)
		}
		return nil
	}
	known := func(number string) error {
		return soon("a push becomes no shipment", func() bool { return publicOf(t, s.shipments(t), number) != "nothing" })
	}
	told := func(number, who string) error {
		for _, r := range []string{who, "…123", contact.SellerTopic, contact.EventsTopic} {
			err := soon(strings.Replace(strings.Replace(r, who, "mail", 1), "…123", "SMS", 1)+" is not told", func() bool { return toldOf(s.why(t, number))[r] != "" })
			if err != nil {
				return err
			}
		}
		return nil
	}
	subscribed := func(number, mail string) {
		s.operator(t, "", "subscribe", number, "-email", mail).check(t, "subscribe", exitOK, number)
		s.operator(t, "", "subscribe", number, "-sms", "+12025550123").check(t, "subscribe", exitOK, number)
	}

	// A number that nobody registered, and one that somebody did.
	number, body := late(0)
	if err := taken(body); err != nil {
		return err
	}
	if err := known(number); err != nil {
		return err
	}
	number, body = late(1)
	subscribed(number, fmt.Sprintf("drive%d@example.com", serial))
	if err := taken(body); err != nil {
		return err
	}
	if err := told(number, "d…@example.com"); err != nil {
		return err
	}
	// Its page, and that of a recipient.
	if status, _ := s.request(t, http.MethodGet, "/t/"+number, "", ""); status != http.StatusOK {
		return fmt.Errorf("the page of a parcel is answered %d", status)
	}
	signer, err := s.keys.Signer(t.Context())
	if err != nil {
		return err
	}
	vault, err := s.keys.Vault(t.Context())
	if err != nil {
		return err
	}
	gone := fmt.Sprintf("gone%d@example.com", serial)
	s.operator(t, "", "subscribe", number, "-email", gone).check(t, "subscribe", exitOK, number)
	link := signer.LinkOf(vault.ID(contact.Email, gone))
	if status, _ := s.request(t, http.MethodGet, link, "", ""); status != http.StatusOK {
		return fmt.Errorf("the page of a recipient is answered %d", status)
	}
	if status, _ := s.request(t, http.MethodPost, link, "application/x-www-form-urlencoded", "do=end"); status != http.StatusOK {
		return fmt.Errorf("ending it is answered %d", status)
	}
	if err := s.driveShop(t); err != nil {
		return err
	}
	return s.driveSweep(t, serial, late, taken, told, subscribed)
}

// uncount makes the next number that nobody registered the first of the day, which
// takes another right than those after it.
func (s *stack) uncount() error {
	tables, _, err := openTables(s.t.Context(), s.cfg, s.tables(), time.Now)
	if err != nil {
		return err
	}
	key := store.Key{Partition: "COUNT#unregistered#ups#" + time.Now().UTC().Format(time.DateOnly), Sort: "-"}
	it, err := tables.ledger.Get(s.t.Context(), key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return errors.Join(err, tables.ledger.Delete(s.t.Context(), key, it.Version))
}

// driveShop does what functions do for a shop, once. Its error says what did not
// happen.
func (s *stack) driveShop(t *testing.T) error {
	if s.shopID == "" {
		s.shopID = s.connect(t)
	}
	far := time.Now().AddDate(0, 0, 20)
	id := s.market.Place(tiktokshoptest.Order{Shop: s.shopID, Deadlines: tiktokshoptest.Deadlines{RTS: far, TTS: far}})
	if status := s.push(t, nil); status != http.StatusOK {
		return fmt.Errorf("a push of an order is answered %d", status)
	}
	if err := soon("a push marks no order", func() bool { return s.stale(t, s.shopID, id) }); err != nil {
		return err
	}
	status, heard := s.warned(t, s.shopID)
	if status != http.StatusOK {
		return fmt.Errorf("a push of a shop is answered %d", status)
	}
	return soon("what is new with a shop is not noted", heard)
}

// driveSweep parks a push of ingest, keeps notify from its stream, and lets the
// sweep do what remains.
func (s *stack) driveSweep(t *testing.T, serial int, late func(int) (string, []byte), taken func([]byte) error, told func(number, who string) error, subscribed func(number, mail string)) error {
	number, body := late(2)
	s.throttle(writesOf("Ingest", number))
	defer s.throttle(nil)
	malformed := []byte(fmt.Sprintf(`{"drive":%d`, serial))
	if err := errors.Join(taken(body), taken(malformed)); err != nil {
		return err
	}
	parked := func(n int) func() bool {
		return func() bool {
			count := 0
			for _, p := range s.quarantined(t) {
				if slices.Contains(p.Numbers, number) || p.Bad && p.Key == pushKey("ups", malformed) {
					count += p.Tries
				}
			}
			return count == n
		}
	}
	if err := soon("what cannot be done is not parked", parked(2)); err != nil {
		return err
	}
	s.throttle(nil)
	if err := errors.Join(taken(body), taken(malformed)); err != nil { // Due at once.
		return fmt.Errorf("again: %w", err)
	}
	if err := s.mapped(false); err != nil {
		return err
	}
	defer func() { _ = s.mapped(true) }()
	waiting, push := late(3)
	subscribed(waiting, fmt.Sprintf("swept%d@example.com", serial))
	if err := taken(push); err != nil {
		return err
	}
	if err := soon("a push becomes no shipment", func() bool { return len(s.why(t, waiting).Shipment.Events) > 0 }); err != nil {
		return err
	}
	if err := s.uncount(); err != nil {
		return err
	}
	if failed, _ := s.invoke("Sweep", s.schedule(t)); failed != "" {
		return errors.New("the sweep fails")
	}
	if err := told(waiting, "s…@example.com"); err != nil {
		return fmt.Errorf("the sweep: %w", err)
	}
	if got := publicOf(t, s.shipments(t), number); got == "nothing" {
		return errors.New("the sweep: a parked push is not done")
	}
	if !parked(2)() { // The one that is malformed, tried a second time.
		return errors.New("the sweep: a malformed push is not parked again")
	}
	return nil
}

func pushKey(source string, body []byte) string {
	p := store.NewPush(source, body)
	return p.Key()
}
