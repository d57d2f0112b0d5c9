package notify

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/shiptide/shiptide/shared/carrier"
	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/sender"
	"github.com/shiptide/shiptide/shared/shipment"
)

// The texts of a language are a folder: one template per kind for customers and
// one per kind for the seller (line 1: subject, line 2: SMS, from line 4: text),
// one for machines, and why things happen in a few words by sub-status.
//
//go:embed texts
var files embed.FS

// language is the one there is so far.
const language = "en"

type texts struct {
	templates map[string]*template.Template // by "customer/delivered", "machine"
	reasons   map[shipment.SubStatus]string
}

var english = sync.OnceValues(func() (texts, error) { return readTexts(language) })

func readTexts(lang string) (texts, error) {
	t := texts{templates: map[string]*template.Template{}, reasons: map[shipment.SubStatus]string{}}
	root, err := fs.Sub(files, path.Join("texts", lang))
	if err != nil {
		return texts{}, err
	}
	table, err := fs.ReadFile(root, "reasons.tsv")
	if err != nil {
		return texts{}, err
	}
	for line := range strings.Lines(string(table)) {
		sub, reason, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		t.reasons[shipment.SubStatus(sub)] = reason
	}
	err = fs.WalkDir(root, ".", func(file string, _ fs.DirEntry, err error) error {
		name, isText := strings.CutSuffix(file, ".txt")
		if err != nil || !isText {
			return err
		}
		raw, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		t.templates[name], err = template.New(name).Option("missingkey=error").Parse(string(raw))
		return err
	})
	return t, err
}

// news is what a template may use. Dates are as the carrier prints them.
type news struct {
	Kind             notice.Kind
	Number           string
	Before           string // the number that it is instead of, or nothing
	Carrier          string // "UPS"
	Source           string // who says so
	Status           shipment.Status
	SubStatus        shipment.SubStatus // or the flag or change that speaks
	Place            string             // "Reno, NV", or nothing
	Date, Time       string             // "Tuesday, 3 March"; "15:04", or nothing where only a date is known
	Expected         string             // the latest estimate
	NewDate, OldDate string             // of a delay
	Reason           string             // ", because …", or nothing
	NextStep         string             // what the reader shall do
	CustomerStep     string             // to the seller: what the customer is asked to do
	Scans            []string           // what each source says, as evidence
}

// render writes the message of a candidate. Its ID is the same for the same
// news to the same recipient.
func render(sh *shipment.Shipment, c *notice.Candidate, t *notice.Thread, now time.Time) (sender.Message, error) {
	name := string(t.Audience) + "/" + string(c.Kind)
	if t.Audience == notice.Machine {
		name = string(notice.Machine)
	}
	n, err := newsOf(sh, c, t)
	if err != nil {
		return sender.Message{}, err
	}
	m, err := write(name, &n)
	if err != nil {
		return sender.Message{}, err
	}
	m.ID, m.Kind = messageID(c, t), string(c.Kind)
	m.Attrs = map[string]string{
		"kind": m.Kind, "carrier": sh.Carrier, "country": sh.Destination, "severity": strconv.Itoa(c.Rule.Severity),
	}
	m.Event = sh.Public(shipment.Flags(sh, now)...)
	return m, nil
}

// write makes a message of a template. What it is about, its caller says.
func write(name string, data any) (sender.Message, error) {
	txt, err := english()
	if err != nil {
		return sender.Message{}, fmt.Errorf("notify: texts: %w", err)
	}
	tmpl := txt.templates[name]
	if tmpl == nil {
		return sender.Message{}, fmt.Errorf("notify: no text for %s", name)
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, data); err != nil {
		return sender.Message{}, fmt.Errorf("notify: text: %w", err)
	}
	subject, rest, _ := strings.Cut(b.String(), "\n")
	sms, text, _ := strings.Cut(rest, "\n")
	return sender.Message{Subject: subject, SMS: sms, Text: strings.Trim(text, "\n") + "\n"}, nil
}

func messageID(c *notice.Candidate, t *notice.Thread) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{t.Number, t.Recipient, string(c.Kind), string(c.SubStatus), c.Date}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func newsOf(sh *shipment.Shipment, c *notice.Candidate, thread *notice.Thread) (news, error) {
	t, err := english()
	if err != nil {
		return news{}, fmt.Errorf("notify: texts: %w", err)
	}
	to := thread.Audience
	n := news{
		Before: thread.Instead,
		Kind:   c.Kind, Number: sh.Number, Carrier: displayName(sh.Carrier), Source: displayName(sh.Carrier),
		Status: c.Code.Status, SubStatus: c.Code.SubStatus, Reason: t.reasons[c.Code.SubStatus],
		Date: longDate(c.At.Format(time.DateOnly)), Expected: longDate(sh.Estimate.To),
	}
	switch acts := c.Rule.WhoActs; {
	case acts == to, acts == "" && to == notice.Customer:
		n.NextStep = c.Rule.NextStep
	case acts != notice.Seller:
		n.CustomerStep = c.Rule.NextStep
	}
	if n.Reason != "" && !strings.HasPrefix(n.Reason, ":") {
		n.Reason = " " + n.Reason
	}
	if c.Code.SubStatus == shipment.SubStatus(shipment.TikTokMismatch) {
		n.Scans = scansOf(sh)
	}
	if c.Rule.Occurrence == notice.PerETA {
		n.NewDate, n.OldDate = longDate(c.Date), longDate(sh.Estimate.First)
	}
	if e := c.Event; e != nil {
		n.Source = displayName(e.Source)
		n.Date = longDate(e.LocalDate())
		if e.Precision == shipment.Second && len(e.LocalTime) >= len("2006-01-02T15:04") {
			n.Time = e.LocalTime[len("2006-01-02T"):len("2006-01-02T15:04")]
		}
		n.Place = e.Location.City
		if n.Place != "" && e.Location.Region != "" {
			n.Place += ", " + e.Location.Region
		}
	}
	return n, nil
}

// longDate writes 2026-03-03 as "Tuesday, 3 March"; what is no date is nothing.
func longDate(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return t.Format("Monday, 2 January")
}

// displayName is the name of a carrier or source as people write it.
func displayName(name string) string {
	if name == "" {
		return "The carrier"
	}
	return carrier.Name(name)
}
