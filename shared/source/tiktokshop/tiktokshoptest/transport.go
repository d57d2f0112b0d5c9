package tiktokshoptest

import (
	"io"
	"net/http"
	"net/http/httptest"
)

// Transport returns a RoundTripper that takes every call to the server, whatever
// its host, without a network: so a client keeps the hosts of TikTok Shop, and
// runs in a bubble of testing/synctest.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

// RoundTrip answers a call. One that is dropped ends as it does when a
// connection breaks.
func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context()) // A RoundTripper changes nothing.
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() { _ = in.Body.Close() }()
	defer func() {
		switch broken := recover(); broken {
		case nil:
		case http.ErrAbortHandler:
			resp, err = nil, io.ErrUnexpectedEOF
		default:
			panic(broken)
		}
	}()
	w := httptest.NewRecorder()
	t.server.ServeHTTP(w, in)
	resp = w.Result()
	resp.Request = r
	return resp, nil
}
