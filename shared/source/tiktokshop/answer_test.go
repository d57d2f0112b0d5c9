package tiktokshop

import (
	"errors"
	"testing"

	"github.com/shiptide/shiptide/shared/source"
)

func TestAnswerSays(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   source.Error
	}{
		{"a code under a good status", 200, `{"code":105002,"message":"x"}`, source.Error{Code: source.Auth, Message: "105002"}},
		{"a code under another status", 401, `{"code":106001}`, source.Error{Code: source.Auth, Message: "106001"}},
		{"a code as a text", 0, `{"code":" 36009002 "}`, source.Error{Code: source.RateLimited, Message: "36009002"}},
		{"a code behind the data", 200, `{"data":{"orders":[{"id":"1"}]},"code":36009003}`, source.Error{Code: source.Unavailable, Message: "36009003"}},
		{"with the request", 200, `{"code":36009003,"request_id":"2026AB"}`, source.Error{Code: source.Unavailable, Message: "36009003, request 2026AB"}},
		{"with a request that is none", 200, `{"code":36009003,"request_id":"jane roe"}`, source.Error{Code: source.Unavailable, Message: "36009003"}},
		{"a text where the code should be", 200, `{"code":"jane.roe@example.com"}`, source.Error{Code: source.Unavailable, Message: "HTTP 200"}},
		{"the same without a status", 0, `{"code":"jane.roe@example.com"}`, source.Error{Code: source.Unavailable, Message: "error without a known code"}},
		{"a page of a proxy", 503, `<html>`, source.Error{Code: source.Unavailable, Message: "HTTP 503"}},
		{"a page of a proxy that throttles", 429, `<html>`, source.Error{Code: source.RateLimited, Message: "HTTP 429"}},
		{"a page of a proxy that asks who we are", 403, `<html>`, source.Error{Code: source.Auth, Message: "HTTP 403"}},
		{"a good body under a bad status", 500, `{"code":0,"data":{"orders":[]}}`, source.Error{Code: source.Unavailable, Message: "HTTP 500"}},
		{"a page in place of an answer", 200, `<html>`, source.Error{Code: source.Undecodable, Message: "at byte 0: not JSON"}},
		{"no code", 200, `{"data":{"orders":[]}}`, source.Error{Code: source.Undecodable, Message: "no code"}},
		{"no data", 200, `{"code":0}`, source.Error{Code: source.NotFound, Message: "no data"}},
		{"data that is null", 200, `{"code":0,"data":null}`, source.Error{Code: source.NotFound, Message: "no data"}},
		{"empty data", 200, `{"code":0,"data":{}}`, source.Error{Code: source.NotFound, Message: "no data"}},
		{"data that is a text", 200, `{"code":0,"data":"{}"}`, source.Error{Code: source.NotFound, Message: "no data"}},
		{"data of another call", 200, `{"code":0,"data":{"webhooks":[],"total_count":3}}`, source.Error{Code: source.Undecodable, Message: "neither orders nor packages"}},
		{"something with an id", 200, `{"code":0,"data":{"id":"1152000000000000042"}}`, source.Error{Code: source.Undecodable, Message: "neither orders nor packages"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := answer(tt.status, []byte(tt.body))
			got := (*source.Error)(nil)
			if !errors.As(err, &got) || got.Code != tt.want.Code || got.Message != tt.want.Message {
				t.Errorf("answer = %v, want %v", err, &tt.want)
			}
		})
	}
}

// What common-errors lists, and what the caller does about it.
func TestRefusal(t *testing.T) {
	tests := []struct {
		status        int
		code, message string
		want          source.ErrorCode
		do            action
	}{
		{200, "105002", "", source.Auth, refresh},
		{401, "105002", "", source.Auth, refresh},
		{200, "105005", "", source.Auth, never},
		{200, "101000", "", source.Auth, never},
		{401, "106001", "", source.Auth, another},
		{200, "106013", "", source.Unavailable, never},
		{429, "36009002", "", source.RateLimited, wait},
		{200, "36009003", "", source.Unavailable, again},
		{200, "36009007", "", source.Unavailable, again},
		{200, "36009009", "", source.Unavailable, never},
		{200, "36009010", "", source.Unavailable, never},
		{200, "36009014", "", source.Unavailable, never},
		{200, "36009022", "", source.Unavailable, never},
		{200, "36009023", "", source.Unavailable, never},
		{200, "36009033", "", source.Auth, never},
		{200, "10006402", "", source.NotFound, never},
		{200, "21008111", "", source.NotFound, never},
		{200, "21011028", "", source.NotFound, never},
		{200, "10002014", "", source.Unavailable, again},
		{200, "10002015", "", source.Unavailable, again},
		{200, "10037002", "", source.Unavailable, again},
		{200, "10037003", "", source.Unavailable, again},
		{200, "10037004", "", source.Unavailable, again},

		{400, "36009004", "The Timestamp is invalid", source.Unavailable, restamp},
		{400, "36009004", "access_token is missing", source.Auth, refresh},
		{400, "36009004", "sign is invalid", source.Auth, another},
		{400, "36009004", "app_key is unknown", source.Auth, another},
		{400, "36009004", "unexpected identifier shop_cipher", source.Unavailable, never},
		{400, "36009004", "words that nobody has seen", source.Unavailable, never},
		{500, "36009004", "", source.Unavailable, never},

		{200, "36009999", "", source.Unavailable, again},
		{0, "36009999", "", source.Unavailable, again},
		{404, "36009999", "", source.Unavailable, never},
		{401, "", "", source.Auth, refresh},
		{403, "", "", source.Auth, never},
		{404, "", "", source.Unavailable, never},
		{408, "", "", source.Unavailable, again},
		{429, "", "", source.RateLimited, wait},
		{500, "", "", source.Unavailable, again},
		{502, "0", "", source.Unavailable, again},
		{503, "", "", source.Unavailable, wait},
	}
	listed := map[string]bool{}
	for _, tt := range tests {
		listed[tt.code] = true
		err, do := refusal(tt.status, tt.code, tt.message)
		if err.Code != tt.want || do != tt.do || err.Message == "" || err.RetryAfter != 0 {
			t.Errorf("%d %s %q: %v, %s, want %s, %s", tt.status, tt.code, tt.message, err, do, tt.want, tt.do)
		}
	}
	for code := range refusals {
		if !listed[code] {
			t.Errorf("code %s is not tested", code)
		}
	}
}
