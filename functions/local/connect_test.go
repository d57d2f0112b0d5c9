package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/source/tiktokshop/tiktokshoptest"
	"github.com/shiptide/shiptide/shared/store"
)

// The app of the tests, and the shop of their seller.
const (
	canaryApp    = "6canary"
	canarySecret = "canary-of-a-secret"
	mugsID       = "7490000000000000001"
	mugsCipher   = "ROW_mugs"
)

// partner is TikTok Shop at an address of this machine, and who connects a shop.
type partner struct {
	*tiktokshoptest.Server
	t      *testing.T
	url    string
	data   string
	stderr bytes.Buffer // of the newest command
}

func newPartner(t *testing.T) *partner {
	t.Helper()
	p := &partner{
		t: t, data: filepath.Join(t.TempDir(), "data"),
		Server: tiktokshoptest.New(tiktokshoptest.App{Key: canaryApp, Secret: canarySecret}, time.Now),
	}
	p.AddShop(tiktokshoptest.Shop{ID: mugsID, Name: "Mugs", Region: "US", Cipher: mugsCipher})
	srv := httptest.NewServer(p.Server)
	t.Cleanup(srv.Close)
	p.url = srv.URL
	return p
}

func (p *partner) getenv(name string) string {
	return map[string]string{
		webhookKeys: `{"tiktokshop":["` + canaryApp + `:` + canarySecret + `"]}`, "TIKTOK_API": p.url, "TIKTOK_AUTH": p.url,
	}[name]
}

// seller is whoever sits before the command, and pastes when asked.
type seller struct {
	partner *partner
	paste   func(state string) string
	line    *strings.Reader
}

var stateInLink = regexp.MustCompile(`https://\S+[?&]state=([A-Za-z0-9_-]+)`)

func (s *seller) Read(p []byte) (int, error) {
	if s.line == nil {
		state := ""
		if m := stateInLink.FindStringSubmatch(s.partner.stderr.String()); m != nil {
			state = m[1]
		}
		s.line = strings.NewReader(s.paste(state))
	}
	return s.line.Read(p)
}

// connect runs the command.
func (p *partner) connect(paste func(state string) string, args ...string) result {
	p.t.Helper()
	p.stderr.Reset()
	var stdout bytes.Buffer
	e := &env{&seller{partner: p, paste: paste}, &stdout, &p.stderr, p.getenv}
	code := run(p.t.Context(), e, append([]string{"connect", "-data", p.data}, args...))
	return result{code, stdout.String(), p.stderr.String()}
}

// back is the address to which TikTok leads the seller.
func back(values ...string) string {
	q := url.Values{}
	for i := 0; i < len(values); i += 2 {
		q.Set(values[i], values[i+1])
	}
	return "https://seller.example.com/connected?app_key=" + canaryApp + "&" + q.Encode() + "\n"
}

// tokens are those that are kept in the folder.
func (p *partner) tokens() store.Tokens {
	p.t.Helper()
	a, err := openApp(p.data, nil, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = a.close() }()
	s, err := a.shops.Get(p.t.Context(), tiktok, mugsID)
	if err != nil {
		p.t.Fatal(err)
	}
	g, err := a.shops.Grant(p.t.Context(), tiktok, s.Grant)
	if err != nil || g.Tokens.Access == "" || g.Tokens.Refresh == "" {
		p.t.Fatalf("no tokens are kept: %v", err)
	}
	return g.Tokens
}

// hushed looks for what nobody may read in what was printed and in the database.
func (p *partner) hushed(printed string, codes ...string) {
	p.t.Helper()
	kept := p.tokens()
	file, err := os.ReadFile(filepath.Join(p.data, dbFile))
	if err != nil {
		p.t.Fatal(err)
	}
	for place, text := range map[string]string{"what was printed": printed, "the database": string(file)} {
		for i, secret := range append([]string{canarySecret, kept.Access, kept.Refresh}, codes...) {
			if strings.Contains(text, secret) {
				p.t.Errorf("%s holds secret %d", place, i)
			}
		}
	}
	if !bytes.Contains(file, []byte(mugsCipher)) {
		p.t.Error("the shop is not in the database: the test looks in the wrong place")
	}
}

// TestConnect lets a seller authorise the app, in each way there is to say so.
func TestConnect(t *testing.T) {
	link := []string{"tiktokshop", "-service-id", "74", "-region", "US"}
	tests := []struct {
		name  string
		args  []string
		paste func(code, state string) string
		code  int
		want  string
	}{
		{"the address to which TikTok leads", link, func(code, state string) string { return back("code", code, "state", state) }, exitOK, `"shopId": "` + mugsID + `"`},
		{"the address, with blanks around it", link, func(code, state string) string { return "  " + back("code", code, "state", state) }, exitOK, `"name": "Mugs"`},
		{"the code alone", link, func(code, _ string) string { return code + "\n" }, exitOK, `"region": "US"`},
		{"the code alone, without a line's end", link, func(code, _ string) string { return code }, exitOK, mugsID},
		{"the link of Partner Center, that holds no state", []string{"tiktokshop"}, func(code, _ string) string { return back("code", code) }, exitOK, mugsID},
		{"the address of another link", link, func(code, _ string) string { return back("code", code, "state", "another") }, exitFailed, "another link"},
		{"an address without the state", link, func(code, _ string) string { return back("code", code) }, exitFailed, "another link"},
		{"the seller did not agree", link, func(_, state string) string { return back("code", "null", "error", "auth_denied", "state", state) }, exitFailed, "the seller did not agree"},
		{"the same, in another way", link, func(_, state string) string { return back("error", "auth_denied", "state", state) }, exitFailed, "the seller did not agree"},
		{"an address without a code", link, func(_, state string) string { return back("state", state) }, exitFailed, "no code"},
		{"an address that is none", link, func(code, _ string) string { return "https://%zz/?code=" + code }, exitFailed, "no address"},
		{"a part of the address", link, func(code, state string) string { return "code=" + code + "&state=" + state }, exitFailed, "neither an address nor a code"},
		{"an empty line", link, func(string, string) string { return "\n" }, exitFailed, "neither an address nor a code"},
		{"nothing", link, func(string, string) string { return "" }, exitFailed, "nothing on standard input"},
		{"a code that TikTok does not know", link, func(code, _ string) string { return code + "x\n" }, exitFailed, "authorise the shop again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPartner(t)
			authCode := p.Authorize(mugsID)
			got := p.connect(func(state string) string {
				if (state == "") == (len(tt.args) > 1) {
					t.Errorf("the state is %q:\n%s", state, p.stderr.String())
				}
				return tt.paste(authCode, state)
			}, tt.args...)
			if !got.check(t, tt.name, tt.code, tt.want) {
				return
			}
			if len(tt.args) > 1 && !strings.Contains(got.stderr, "https://services.us.tiktokshop.com/open/authorize?service_id=74&state=") {
				t.Errorf("no link:\n%s", got.stderr)
			}
			if tt.code == exitOK {
				p.hushed(got.stdout+got.stderr, authCode)
			} else if all := got.stdout + got.stderr; strings.Contains(all, authCode) || strings.Contains(all, canarySecret) {
				t.Errorf("shows the code or the secret:\n%s", all)
			}
			if asked := len(p.Calls()) > 0; asked != (tt.code == exitOK || strings.Contains(tt.want, "again")) {
				t.Errorf("TikTok was asked: %v", asked)
			}
		})
	}
}

// TestConnectStateIsNew: a link that somebody saw once is worth nothing.
func TestConnectStateIsNew(t *testing.T) {
	p := newPartner(t)
	seen := map[string]bool{}
	for range 3 {
		p.connect(func(state string) string { seen[state] = true; return "" }, "tiktokshop", "-service-id", "74", "-region", "rest")
	}
	for state := range seen {
		if len(state) < 22 {
			t.Errorf("the state %q has fewer than 128 bits", state)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d states of 3 links", len(seen))
	}
}

// TestConnectTwice: a code is good once, and what it brought stays.
func TestConnectTwice(t *testing.T) {
	p := newPartner(t)
	authCode := p.Authorize(mugsID)
	paste := func(string) string { return authCode }
	p.connect(paste, "tiktokshop").check(t, "first", exitOK, mugsID)
	before := p.tokens()
	got := p.connect(paste, "tiktokshop")
	got.check(t, "second", exitFailed, "authorise the shop again")
	if p.tokens() != before {
		t.Error("the tokens are others")
	}
	p.hushed(got.stdout+got.stderr, authCode)
	next := p.Authorize(mugsID)
	got = p.connect(func(string) string { return next }, "tiktokshop")
	got.check(t, "a new one", exitOK, mugsID)
	if p.tokens() == before {
		t.Error("the tokens are not new")
	}
	p.hushed(got.stdout+got.stderr, authCode, next)
}

func TestConnectUsage(t *testing.T) {
	for _, args := range [][]string{
		{}, {"ups"}, {"tiktokshop", "more"}, {"tiktokshop", "-service-id", "74"}, {"tiktokshop", "-region", "US"},
	} {
		p := newPartner(t)
		p.connect(func(string) string { t.Errorf("%q: asks for a code", args); return "" }, args...).
			check(t, strings.Join(args, " "), exitUsage, "usage: local connect")
	}
}

// TestConnectOnARunningServer: it has the folder, so the command goes through it.
// Nothing secret stands in its log.
func TestConnectOnARunningServer(t *testing.T) {
	p := newPartner(t)
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var logged logBuffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, &env{strings.NewReader(""), io.Discard, io.MultiWriter(in, &logged), p.getenv}, []string{"-addr", "127.0.0.1:0", "-data", p.data})
		_ = in.Close()
	}()
	lines := newLines(out)
	base := lines.until("shiptide: ready: console ")
	base = strings.TrimSuffix(strings.Fields(strings.TrimPrefix(base, "shiptide: ready: console "))[0], "/,")
	go lines.drain()

	denied := p.connect(func(string) string { return back("code", "null", "error", "auth_denied") }, "tiktokshop")
	denied.check(t, "denied", exitFailed, "did not agree")
	wrong := p.connect(func(string) string { return "TTP_wrong" }, "tiktokshop")
	wrong.check(t, "wrong", exitFailed, "authorise the shop again")
	authCode := p.Authorize(mugsID)
	got := p.connect(func(string) string { return authCode }, "tiktokshop")
	got.check(t, "right", exitOK, mugsID)
	page := getJSON[[]shopState](t, base+"/shops")
	if len(page) != 1 || page[0].Name != "Mugs" {
		t.Errorf("the console shows %+v", page)
	}
	doctored := localWith(t, p.getenv, "", "doctor", "-data", p.data)
	doctored.check(t, "the doctor asks the server", exitOK, "shop Mugs: connected since ")
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("the server ended with %d", code)
	}
	printed := denied.stdout + denied.stderr + wrong.stdout + wrong.stderr + got.stdout + got.stderr + doctored.stdout + doctored.stderr + logged.String()
	p.hushed(printed, authCode, "TTP_wrong")
}

// getJSON asks as a program does.
func getJSON[T any](t testing.TB, url string) (v T) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.UnmarshalRead(res.Body, &v); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, res.Status, err)
	}
	return v
}

// TestConnectWithoutAnApp: TikTok itself is not asked with the development key.
func TestConnectWithoutAnApp(t *testing.T) {
	got := local(t, "a-code\n", "connect", "tiktokshop", "-data", t.TempDir())
	if got.code != exitFailed || !strings.Contains(got.stderr, "does not know the development key") {
		t.Errorf("ended with %d:\n%s", got.code, got.stderr)
	}
}
