package lambdahttp

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

var (
	errMethod = errors.New("event has no method")
	errPath   = errors.New("event has no absolute path")
	errClient = errors.New("bad request") // answered, not returned
)

// request makes the request as a net/http server would hand it to a handler.
func (e *envelope) request(ctx context.Context) (*http.Request, error) {
	if !isToken(e.context.method) {
		return nil, errMethod
	}
	raw := e.rawPath()
	if !strings.HasPrefix(raw, "/") {
		return nil, errPath
	}
	u, err := target(raw, e.query)
	if err != nil {
		return nil, err
	}
	req := &http.Request{
		Method:     e.context.method,
		URL:        u,
		Proto:      "HTTP/1.1", // Whatever the client spoke to the platform.
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     e.header,
		Body:       http.NoBody,
		Host:       e.context.domain,
		RemoteAddr: remoteAddr(e.context.sourceIP),
		RequestURI: raw,
	}
	if e.query != "" {
		req.RequestURI += "?" + e.query
	}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	delete(req.Header, "Host")
	if len(e.cookies) > 0 { // They are cut out of the headers.
		req.Header["Cookie"] = []string{strings.Join(e.cookies, "; ")}
	}
	body, err := e.content()
	if err != nil {
		return nil, err
	}
	if len(body) > 0 {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	return req.WithContext(ctx), nil
}

// target reads a path and query as [url.ParseRequestURI] would, except that a "?"
// in the path belongs to it: HTTP APIs are said to decode rawPath, Function URLs
// not to (from memory). One that came decoded is decoded twice, which only
// matters to a route that has a percent sign.
func target(raw, query string) (*url.URL, error) {
	path, err := url.PathUnescape(raw)
	if err != nil || hasControl(raw) || hasControl(query) {
		return nil, errClient
	}
	u := &url.URL{Path: path, RawQuery: query}
	if u.EscapedPath() != raw {
		u.RawPath = raw
	}
	return u, nil
}

// remoteAddr returns the peer in the form of net/http, "" if it is no address.
// It is the one that API Gateway saw: X-Forwarded-For is the client's to write.
func remoteAddr(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	return netip.AddrPortFrom(addr.Unmap(), 0).String()
}

func (e *envelope) content() ([]byte, error) {
	if !e.base64 {
		return e.body, nil
	}
	body := make([]byte, base64.StdEncoding.DecodedLen(len(e.body)))
	n, err := base64.StdEncoding.Decode(body, e.body)
	if err != nil {
		return nil, errClient
	}
	return body[:n], nil
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// isToken reports whether s may be a method or the name of a header (RFC 9110,
// 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0:
			return false
		}
	}
	return s != ""
}
