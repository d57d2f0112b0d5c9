package tiktokshoptest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
)

// Push is a push as TikTok Shop sends it.
type Push struct {
	Topic         int
	Shop          string // its ID
	Body          []byte
	Authorization string // the signature
}

// message is what every push comes in.
type message struct {
	Topic int    `json:"type"`
	ID    string `json:"tts_notification_id,omitempty"`
	Shop  string `json:"shop_id"`
	Time  int64  `json:"timestamp"`
	Data  any    `json:"data"`
}

// push makes a push, unless the app may hear nothing of the shop. One that was
// never authorised is heard of, so that a test of pushes needs no tokens.
func (c *change) push(topic int, sh *shop, data any) {
	if sh.revoked {
		return
	}
	m := message{Topic: topic, Shop: sh.ID, Time: second(c.now), Data: data}
	if topic != 3 { // The documented sample of topic 3 has none.
		m.ID = fmt.Sprintf("74%017d", c.server.next("push"))
	}
	body, err := json.Marshal(m, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("tiktokshoptest: push: %v", err))
	}
	c.pushes = append(c.pushes, Push{topic, sh.ID, body, pushSign(c.server.app, body)})
}

// Push pushes something of a topic that the world does not play.
func (s *Server) Push(topic int, shopID string, data any) {
	s.change(func(c *change) { c.push(topic, s.mustShop(shopID), data) })
}

// Pushes returns the pushes since it was called last.
func (s *Server) Pushes() []Push {
	s.mu.Lock()
	defer s.mu.Unlock()
	pushes := s.pushes
	s.pushes = nil
	return pushes
}

// Post sends a push to url, and returns the HTTP status of the answer. Of those
// TikTok Shop takes 200 and 401.
func Post(ctx context.Context, client *http.Client, url string, p Push) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(p.Body))
	if err != nil {
		return 0, fmt.Errorf("tiktokshoptest: post: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", p.Authorization)
	resp, err := client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("tiktokshoptest: post: %w", err)
	}
	return resp.StatusCode, resp.Body.Close()
}
