package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/shiptide/shiptide/shared/contact"
)

// consoleOf serves the console of a stage on a loopback address.
func consoleOf(t testing.TB, s *stage) (url string) {
	t.Helper()
	srv := httptest.NewServer(s.handler(public, operator))
	t.Cleanup(srv.Close)
	return srv.URL
}

// pushOf is the path of a push's page, picked by whether its body may be shown.
func (s *stage) pushOf(unshown bool) string {
	s.t.Helper()
	parked, err := s.inbox.ParkedPushes(s.t.Context(), 100)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range parked {
		if p.Whole == unshown {
			return "/pushes/" + strings.Replace(p.Key(), "#", "/", 1)
		}
	}
	s.t.Fatal("no such push")
	return ""
}

// linkOf is the link of a recipient of mail to its own page.
func (s *stage) linkOf(address string) string {
	return s.signer.LinkOf(s.contacts.Vault.ID(contact.Email, address))
}

// TestConsoleInABrowser looks at every page as people do: on a phone and on a
// desk, by day and by night. The screenshots are artifacts of the test.
func TestConsoleInABrowser(t *testing.T) {
	script := axe(t)
	browser := newChromium(t)
	full := stocked(t)
	seller := newSelling(t)
	console, empty, shops := consoleOf(t, full), consoleOf(t, bare(t)), consoleOf(t, seller.stage)
	order := "/orders/" + mugsID + "/"
	dir := t.ArtifactDir()
	pages := []struct{ name, server, path, heading, text string }{
		{"parcels", console, "/", "Parcels", longNumber},
		{"parcel told by two", console, "/shipments/" + lifeNumber, lifeNumber, "The sources do not agree"},
		{"parcel taken back", console, "/shipments/" + backNumber, backNumber, "taken back"},
		{"parcel of another carrier", console, "/shipments/" + movingNumber, movingNumber, "Another parcel with this number?"},
		{"parcel abroad", console, "/shipments/" + abroadNumber, abroadNumber, "customs released"},
		{"parcel silent", console, "/shipments/" + silentNumber, silentNumber, "No scan yet."},
		{"parcel of a long number", console, "/shipments/" + longNumber, longNumber, "Nobody watches"},
		{"quarantine", console, "/quarantine", "Quarantine", "malformed"},
		{"outbox", console, "/outbox", "Outbox", "Your parcel was delivered"},
		{"push", console, full.pushOf(false), "Push of ups", "personal data are cut"},
		{"push that nobody may read", console, full.pushOf(true), "Push of ups", "shown nowhere"},
		{"page of a parcel", console, "/t/" + lifeNumber, "Parcel " + lifeNumber, "Its way"},
		{"page of a parcel delivered", console, "/t/" + backNumber, "Parcel " + backNumber, "Times are local"},
		{"page of a recipient", console, full.linkOf("two@example.com"), "Messages about your parcel", "t…@example.com"},
		{"shops", shops, "/shops", "Shops", "no package could be judged in the last 7 days"},
		{"order whose number was replaced", shops, order + seller.replaced, "Order " + seller.replaced, "Not the newest"},
		{"order in two packages", shops, order + seller.split, "Order " + seller.split, longNumber},
		{"order that is to be cancelled", shops, order + seller.unshipped, "Order " + seller.unshipped, "The buyer asks to cancel it"},
		{"parcel of an order", shops, "/shipments/" + delayedNumber, delayedNumber, seller.replaced},
		{"no shops", empty, "/shops", "Shops", "No shop is connected"},
		{"no parcels", empty, "/", "Parcels", "No parcel yet"},
		{"no outbox", empty, "/outbox", "Outbox", "No message yet"},
	}
	for _, p := range pages {
		for _, width := range []int{360, 1280} {
			t.Run(fmt.Sprintf("%s at %d px", p.name, width), func(t *testing.T) {
				b := browser.newTab(t)
				b.resize(width)
				b.open(p.server + p.path)
				b.sees("main//h1", p.heading)
				b.sees("main", p.text)
				b.fits(width)
				b.load(script)
				for _, theme := range []string{"light", "dark"} {
					b.turn(theme)
					file := fmt.Sprintf("%s-%d-%s.png", strings.ReplaceAll(p.name, " ", "-"), width, theme)
					b.picture(width, theme, filepath.Join(dir, file))
					b.accessible(theme)
				}
				if evaluate[bool](b, unfold) {
					b.fits(width)
					b.accessible("unfolded")
				}
				b.quiet(p.server)
			})
		}
	}
}

// unfold opens what a click would, if there is anything.
const unfold = `[...document.querySelectorAll("details")].map(d => d.open = true).length > 0`

// resize makes the tab a phone or a desk.
func (b *tab) resize(width int) {
	b.t.Helper()
	var options []chromedp.EmulateViewportOption
	if width < 600 {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do(chromedp.EmulateViewport(int64(width), 800, options...))
}

// turn makes day or night.
func (b *tab) turn(theme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// wide names what sticks out of a page of a width. The window of a phone grows
// with it, so the width that was asked for is what counts.
const wide = `[...document.querySelectorAll("body *")]
	.filter(e => e.getBoundingClientRect().right > %d + 1 && !e.closest(".unseen"))
	.map(e => e.outerHTML.slice(0, 120)).slice(-3).join("\n")`

// fits checks that nobody must scroll sideways.
func (b *tab) fits(width int) {
	b.t.Helper()
	if got := evaluate[int](b, "document.documentElement.scrollWidth"); got > width {
		b.t.Errorf("the page is %d px wide:\n%s", got, evaluate[string](b, fmt.Sprintf(wide, width)))
	}
}

// picture takes the whole page, and checks of the part in the window that
// something is on it, on the ground of the theme.
func (b *tab) picture(width int, theme, file string) {
	b.t.Helper()
	whole, window := b.shot(chromedp.FullScreenshot(100)), b.shot(chromedp.CaptureScreenshot())
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		b.t.Fatal(err)
	}
	page, err := png.DecodeConfig(bytes.NewReader(whole))
	if err != nil {
		b.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(window))
	if err != nil {
		b.t.Fatal(err)
	}
	size := img.Bounds().Size()
	if page.Width != width || size.X != width || page.Height < size.Y {
		b.t.Errorf("the picture has %d × %d px of a window of %d × %d", page.Width, page.Height, size.X, size.Y)
	}
	ground := brightness(img, 0, size.Y-1)
	if (theme == "dark") != (ground < 128) {
		b.t.Errorf("by %s the ground has a brightness of %d of 255", theme, ground)
	}
	marks := 0 // points that stand out from it
	for y := 0; y < size.Y; y += 4 {
		for x := 0; x < size.X; x += 4 {
			if d := brightness(img, x, y) - ground; d > 60 || d < -60 {
				marks++
			}
		}
	}
	if marks < 100 {
		b.t.Errorf("the picture is blank: %d of its points stand out", marks)
	}
}

func (b *tab) shot(take chromedp.Action[[]byte]) []byte {
	b.t.Helper()
	raw, err := chromedp.Run(b.ctx, take)
	if err != nil {
		b.t.Fatal(err)
	}
	return raw
}

// brightness is 0 for black, 255 for white.
func brightness(img image.Image, x, y int) int {
	r, g, b, _ := img.At(x, y).RGBA()
	return int(r+g+b) / 3 >> 8
}

// focus is where the keyboard is.
type focus struct {
	Element string `json:"element"`
	Outline string `json:"outline"`
	Seen    bool   `json:"seen"`
}

const focused = `(e => {
	const at = e.getBoundingClientRect(), style = getComputedStyle(e)
	return {
		element: e.outerHTML.slice(0, 120),
		outline: style.outlineStyle == "none" ? "" : style.outlineWidth,
		seen: style.clipPath == "none" && at.width > 0 && at.bottom > 0 && at.top < innerHeight,
	}
})(document.activeElement)`

// TestKeyboardInABrowser goes through a page with the keyboard alone: it gets to
// everything there is, and can be seen all the way.
func TestKeyboardInABrowser(t *testing.T) {
	b := newChromium(t).newTab(t)
	console := consoleOf(t, stocked(t))
	seller := newSelling(t)
	shops := consoleOf(t, seller.stage)
	for _, page := range []string{console + "/", console + "/shipments/" + lifeNumber, shops + "/shops", shops + "/orders/" + mugsID + "/" + seller.replaced} {
		b.open(page)
		n := evaluate[int](b, `[...document.querySelectorAll("a, button, input, select, summary")].filter(e => e.checkVisibility()).length`)
		reached := map[int]bool{}
		for range n {
			b.do(chromedp.KeyEvent(kb.Tab))
			reached[evaluate[int](b, `[...document.querySelectorAll("*")].indexOf(document.activeElement)`)] = true
			if at := evaluate[focus](b, focused); at.Outline != "3px" || !at.Seen {
				t.Errorf("%s: the focus cannot be seen on %s", page, at.Element)
			}
		}
		if len(reached) != n || n < 10 {
			t.Errorf("%s: the keyboard gets to %d of %d", page, len(reached), n)
		}
	}
}

// TestFormsInABrowser fills the forms in and sends them, as a person does.
func TestFormsInABrowser(t *testing.T) {
	browser := newChromium(t)
	s := stocked(t)
	console := consoleOf(t, s)
	const number = "1Z999AA10555000476"

	t.Run("watch a parcel", func(t *testing.T) {
		b := browser.newTab(t)
		b.open(console + "/")
		b.do(chromedp.SendKeys(chromedp.CSS("#add"), " 1z 999aa1 0555000476 "))
		b.leads(chromedp.Click(chromedp.Search("//button[.='Watch this parcel']")))
		b.sees("h1", number)
		b.sees("main", "No scan yet.")
		b.open(console + "/")
		b.sees("main//li", number)
		b.quiet(console)
	})
	t.Run("subscribe an address", func(t *testing.T) {
		b := browser.newTab(t)
		b.open(console + "/shipments/" + number)
		if strings.Contains(evaluate[string](b, "document.body.innerText"), "@example.com") {
			t.Fatal("the address is there already")
		}
		b.do(chromedp.SendKeys(chromedp.CSS("#address"), "person@example.com"))
		b.leads(chromedp.Click(chromedp.Search("//button[.='Subscribe']")))
		b.sees("h1", number)
		b.sees("section//h3", "p…@example.com")
		b.do(chromedp.SendKeys(chromedp.CSS("select"), "by SMS"), chromedp.SendKeys(chromedp.CSS("#address"), "+12025550147"+kb.Enter))
		b.sees("section//h3", "47")
		b.quiet(console)
	})
	t.Run("try the quarantine again", func(t *testing.T) {
		b := browser.newTab(t)
		b.open(console + "/quarantine")
		b.sees("li", "try 1")
		b.leads(chromedp.Click(chromedp.Search("//button[.='Try all again now']")))
		b.sees("h1", "Quarantine")
		b.sees("li", "try 2")
		b.quiet(console)
	})
	t.Run("end all messages", func(t *testing.T) {
		b := browser.newTab(t)
		b.open(console + s.linkOf("one@example.com"))
		b.sees("main", "Messages go to o…@example.com.")
		b.leads(chromedp.Click(chromedp.Search("//button[.='Send me no more messages']")))
		b.sees("main", "No messages go to o…@example.com.")
		b.quiet(console)
	})
	t.Run("find a parcel", func(t *testing.T) {
		b := browser.newTab(t)
		b.open(console + "/outbox")
		b.leads(chromedp.SendKeys(chromedp.CSS("#number"), strings.ToLower(lifeNumber)+kb.Enter))
		b.sees("h1", lifeNumber)
		b.quiet(console)
	})
}
