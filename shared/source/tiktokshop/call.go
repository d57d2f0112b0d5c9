package tiktokshop

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/store"
)

const (
	patience   = 10 * time.Second // with one call
	maxAnswer  = 8 << 20          // bytes; a page of 100 orders has some 300 KB
	tries      = 4
	gap        = 500 * time.Millisecond // before the second try, then twice as long
	gapToYield = 2 * time.Second        // the same where they have too many calls
	jsonType   = "application/json"
)

// request is a call of the Open API, before it is signed.
type request struct {
	method, path string
	query        url.Values // beside what every call has
	body         []byte     // nil: none
	cipher       string     // of the shop; "": the call is of none
	pace         string     // whose calls are kept apart
}

// reads reads an answer into data of its own, from its beginning.
type reads func(body []byte) (envelope, error)

// send makes one call. It says what to do about it if it failed; the errors are
// coded or faults of ours.
func (c *Client) send(ctx context.Context, q *request, app App, token string, read reads) (action, error) {
	if err := c.yield(ctx, q.pace); err != nil {
		return never, err
	}
	query := url.Values{"app_key": {app.Key}, "timestamp": {strconv.FormatInt(c.now().Unix(), 10)}}
	for name, values := range q.query {
		query[name] = values
	}
	if q.cipher != "" {
		query.Set("shop_cipher", q.cipher)
	}
	text := query.Encode()
	sign, err := SignRequest(app.Secret, q.path, text, q.body, jsonType)
	if err != nil {
		return never, err
	}
	r, err := http.NewRequest(q.method, c.settings.API+q.path+"?"+text+"&sign="+sign, bytes.NewReader(q.body))
	if err != nil { // Its text would quote the address.
		return never, errors.New("tiktokshop: the address of the API is none")
	}
	r.Header.Set("Content-Type", jsonType)
	r.Header.Set("X-Tts-Access-Token", token)
	_, do, err := c.do(ctx, r, read)
	return do, err
}

// yield waits until a call may be made.
func (c *Client) yield(ctx context.Context, whose string) error {
	if c.pace == nil {
		return nil
	}
	at, err := c.pace.Reserve(ctx, name+"#"+whose)
	if errors.Is(err, store.ErrLimit) {
		return &source.Error{Code: source.RateLimited, Message: "too many calls of ours wait already"}
	}
	if err != nil {
		return err
	}
	if d := at.Sub(c.now()); d > 0 {
		return c.Sleep(ctx, d)
	}
	return nil
}

// do makes one call as it is, and reads its answer. The status is 0 where there
// is none.
func (c *Client) do(ctx context.Context, r *http.Request, read reads) (status int, do action, err error) {
	once, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	res, err := c.http.Do(r.WithContext(once))
	if err != nil {
		do, err = unanswered(ctx, err)
		return 0, do, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < 200 || res.StatusCode >= 300 && res.StatusCode < 400 { // To nowhere that we know.
		return res.StatusCode, never, &source.Error{Code: source.Unavailable, Message: "HTTP " + strconv.Itoa(res.StatusCode)}
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if len(body) > maxAnswer {
		return res.StatusCode, never, &source.Error{Code: source.Undecodable, Message: "an answer of more than 8 MiB"}
	}
	if err != nil {
		do, err = unanswered(ctx, err)
		return 0, do, err
	}
	a, err := read(body)
	if refused, do := a.judge(res.StatusCode, err); refused != nil {
		return res.StatusCode, do, refused
	}
	return res.StatusCode, done, nil
}

// unanswered makes a coded error of a fault of the network. Its own text may quote
// the address, with what is secret in it, or what came over the line.
func unanswered(ctx context.Context, err error) (action, error) {
	if ctx.Err() != nil {
		return never, ctx.Err()
	}
	var unknown *net.DNSError
	var certificate *tls.CertificateVerificationError
	var slow net.Error
	why := "no connection, or a broken one"
	switch {
	case errors.As(err, &unknown):
		why = "the host is not found"
	case errors.As(err, &certificate):
		why = "the certificate is not good"
	case errors.As(err, &slow) && slow.Timeout():
		why = "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		why = "the connection was refused"
	}
	return again, &source.Error{Code: source.Unavailable, Message: why}
}

// atOnce is what persist is told when there is nothing to wait for: the next try
// differs from the one before. Whoever says it keeps count.
const atOnce action = "at once"

// persist repeats a call until it is answered or there is no use in it, with
// growing gaps.
func (c *Client) persist(ctx context.Context, once func() (action, error)) error {
	for n := 0; ; {
		do, err := once()
		wants := gap
		switch do {
		case atOnce:
			continue
		case again:
		case wait:
			wants = gapToYield
		default:
			return err
		}
		if n++; n == tries {
			return later(do, err)
		}
		wants <<= n - 1
		wants = wants/2 + rand.N(wants) // Not all at once.
		if err := c.Sleep(ctx, wants); err != nil {
			return err
		}
	}
}

// later makes an error of one that has gone on for long: where they said to wait,
// all there is to do is to wait for longer.
func later(do action, err error) error {
	var refused *source.Error
	if do == wait && errors.As(err, &refused) {
		return &source.Error{Code: source.RateLimited, Message: refused.Message}
	}
	return err
}
