// Package receive takes webhooks in: verified over the bytes as they came, cut
// of personal data, kept, and only then answered.
//
// What it answers 200 to is durable. Whether it can be understood is not asked
// here: a mapping of ours that is wrong shall never make a sender switch the
// endpoint off.
package receive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/shiptide/shiptide/shared/metric"
	"github.com/shiptide/shiptide/shared/payload"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/webhook"
)

// maxBody is the largest body of a source that does not ask for more.
const maxBody = 1 << 20

// maxInFlight bounds the bodies that are in memory at once, verified or not.
const maxInFlight = 64 << 20

// Inbox keeps pushes. Put is safe to call twice: it reports whether the push is
// new, and makes one that waits for another try due at once.
type Inbox interface {
	Put(ctx context.Context, p *store.Push, now time.Time) (fresh bool, err error)
}

// Receiver answers POST /webhooks/{source} and /webhooks/{source}/{name}.
type Receiver struct {
	sources map[string]*endpoint
	inbox   Inbox
	now     func() time.Time
	log     *slog.Logger
	// Metrics counts deliveries, if set before the first.
	Metrics *metric.Recorder
	stats   Stats
	room    atomic.Int64 // bytes of bodies that may still come in
}

type endpoint struct {
	source.Source
	cutter *payload.Cutter
	limit  int64
	types  []string
}

// New makes a Receiver of the sources that have one.
func New(sources []source.Source, inbox Inbox, now func() time.Time, log *slog.Logger) *Receiver {
	r := &Receiver{sources: map[string]*endpoint{}, inbox: inbox, now: now, log: log}
	for _, s := range sources {
		if s.Receiver == nil {
			continue
		}
		e := &endpoint{Source: s, cutter: payload.NewCutter(s.Personal...), limit: s.Limits.BodySize, types: s.Limits.ContentTypes}
		if e.limit == 0 {
			e.limit = maxBody
		}
		if len(e.types) == 0 {
			e.types = []string{"application/json"}
		}
		r.sources[s.Name] = e
	}
	r.stats.bySource = map[string]*counts{}
	r.room.Store(maxInFlight)
	return r
}

// Stats returns what was taken and refused since the start.
func (r *Receiver) Stats() *Stats { return &r.stats }

// ServeHTTP verifies, keeps and answers one delivery.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/webhooks/"), "/")
	e := r.sources[name]
	reply, err := r.answer(w, req, e, rest)
	if err != nil || reply.Status == 0 { // What an endpoint answers is no push.
		r.note(req.Context(), name, e, err)
	}
	switch {
	case e != nil && e.Reply != nil && reply.Status == 0:
		reply = e.Reply(err)
	case reply.Status == 0:
		reply.Status = webhook.StatusCode(err)
	}
	maps.Copy(w.Header(), reply.Header)
	switch reply.Status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "30")
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body) // The sender is gone: it comes again.
}

// answer returns the reply of an endpoint that has one of its own, else only
// whether the delivery was kept.
func (r *Receiver) answer(w http.ResponseWriter, req *http.Request, e *endpoint, rest string) (source.Reply, error) {
	if e == nil {
		return source.Reply{}, webhook.ErrNotConfigured
	}
	if req.Method != http.MethodPost {
		return source.Reply{}, webhook.ErrMethod
	}
	own := e.Endpoints[rest]
	if own == nil && !e.allows(req.Header.Get("Content-Type")) {
		return source.Reply{}, webhook.ErrContentType
	}
	if req.ContentLength > e.limit {
		return source.Reply{}, webhook.ErrTooLarge
	}
	// What may come has to fit beside what is here already.
	size := req.ContentLength
	if size < 0 {
		size = e.limit
	}
	defer r.room.Add(size)
	if r.room.Add(-size) < 0 {
		return source.Reply{}, webhook.ErrInterrupted
	}
	body, err := readBody(http.MaxBytesReader(w, req.Body, e.limit), req.ContentLength)
	if err != nil {
		return source.Reply{}, err
	}
	d := source.Delivery{Method: req.Method, Path: req.URL.Path, Header: req.Header, Body: body, RemoteIP: remoteIP(req)}
	if own != nil {
		return own(req.Context(), d, r.now())
	}
	return source.Reply{}, r.keep(req.Context(), e, d)
}

// readBody reads a body of that many bytes, or of unknown length (-1).
func readBody(r io.Reader, length int64) ([]byte, error) {
	var body []byte
	var err error
	if length >= 0 {
		body = make([]byte, length)
		_, err = io.ReadFull(r, body)
	} else {
		body, err = io.ReadAll(r)
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, webhook.ErrTooLarge
	}
	if err != nil {
		return nil, webhook.ErrInterrupted
	}
	return body, nil
}

// keep verifies a delivery and writes it to the inbox.
func (r *Receiver) keep(ctx context.Context, e *endpoint, d source.Delivery) error {
	now := r.now()
	keyID, err := e.Verify(ctx, d, now)
	if err != nil {
		return err
	}
	p := store.NewPush(e.Name, d.Body)
	p.KeyID, p.VerifiedAt = keyID, now
	if p.Body, err = e.cutter.Cut(d.Body); err != nil {
		p.Body, p.Whole = d.Body, true // Not JSON: nothing can be cut, or decoded.
	}
	_, err = r.inbox.Put(ctx, &p, now)
	if errors.Is(err, store.ErrTooLarge) {
		return webhook.ErrTooLarge
	}
	if err != nil {
		return fmt.Errorf("receive: keep push: %w", err)
	}
	return nil
}

func (e *endpoint) allows(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && slices.Contains(e.types, media)
}

func remoteIP(req *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(req.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr()
}

// note counts an outcome and logs a refusal without anything of what was sent.
func (r *Receiver) note(ctx context.Context, name string, e *endpoint, err error) {
	if e == nil {
		name = "unknown" // The path is the sender's: it may hold a token.
	}
	reason := ""
	if err != nil {
		reason = webhook.Reason(err)
	}
	what := outcome(reason)
	if e != nil && errors.Is(err, webhook.ErrNotConfigured) {
		what = metric.Refused // Who pushes here is known: the key is missing.
	}
	r.count(name, what)
	first := r.stats.add(name, reason, r.now())
	switch {
	case err == nil:
	case !first: // Once a minute and reason is enough; the rest is counted.
	case reason == "unavailable":
		r.log.ErrorContext(ctx, "webhook not kept", "source", name, "err", err)
	default:
		r.log.WarnContext(ctx, "webhook refused", "source", name, "reason", reason)
	}
}

// count counts a delivery. With one that is refused it says that none was kept:
// an alarm on both cannot go by a metric that has never been there.
func (r *Receiver) count(name, outcome string) {
	r.Metrics.Count(metric.Series{Name: metric.Pushes, Source: name, Outcome: outcome}, 1)
	if outcome == metric.Refused {
		r.Metrics.Count(metric.Series{Name: metric.Pushes, Source: name, Outcome: metric.Kept}, 0)
	}
}

// outcome is what is counted of a reason: each word more is a metric more, which
// is paid for.
func outcome(reason string) string {
	switch reason {
	case "":
		return metric.Kept
	case "unavailable", "interrupted":
		return metric.Unavailable
	case "unsigned", "bad_signature", "stale":
		return metric.Refused
	}
	return metric.Rejected
}
