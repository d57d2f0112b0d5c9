package tiktokshoptest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"
)

const longestBody = 1 << 20

// call is a call while it is answered.
type call struct {
	*http.Request
	query url.Values
	body  []byte
	now   time.Time
	route *route
	id    string // in the path
	pair  *pair
	shop  *shop
}

// envelope is what every answer comes in.
type envelope struct {
	Code      int    `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
	Data      any    `json:"data"`
}

// ServeHTTP answers a call, and keeps a record of it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
	if err != nil {
		http.Error(w, "", http.StatusRequestEntityTooLarge) // Or the caller is gone.
		return
	}
	c := &call{Request: r, body: body}
	n := s.begin(c)
	var fail *Failure
	if s.Fail != nil {
		fail = s.Fail(n, r)
	}
	out := envelope{Message: "Success", RequestID: fmt.Sprintf("%s%020X", c.now.UTC().Format("20060102150405"), n)}
	status := http.StatusOK
	if fail == nil || fail.After {
		data, refused := s.answer(c)
		out.Data = data
		if refused != nil {
			out.Code, out.Message, status = refused.code, refused.message, refused.status()
		}
	}
	if fail != nil {
		out.Code, out.Message, out.Data, status = fail.Code, fail.Message, nil, fail.Status
	}
	s.record(c, status, out.Code, fail)
	if fail != nil && fail.write(w) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.MarshalWrite(w, out, json.Deterministic(true)) // The caller is gone.
}

// begin takes the time of a call, and counts it.
func (s *Server) begin(c *call) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served++
	c.now = s.now()
	return s.served
}

func (s *Server) answer(c *call) (any, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return nil, bad("the query cannot be decoded")
	}
	c.query = query
	if token := s.tokenCall(c.URL.Path); token != nil {
		return token(c)
	}
	if refused := s.check(c); refused != nil {
		return nil, refused
	}
	return c.route.answer(s, c)
}
