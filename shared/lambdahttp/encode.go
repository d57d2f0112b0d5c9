package lambdahttp

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// encode returns the answer as the platform expects it, without a body if it
// answers HEAD.
func (w *answer) encode(head bool) ([]byte, error) {
	w.WriteHeader(http.StatusOK)
	if w.status < 200 || w.status > 999 {
		return nil, fmt.Errorf("handler answered with status %d", w.status)
	}
	if w.sniff && len(w.body) > 0 {
		contentType := http.DetectContentType(w.body)
		w.appendHeader("Content-Type", contentType)
		w.text = isText(contentType)
	}
	w.out = append(w.out, '}')
	switch {
	case head:
		w.size = 0
	case w.size > maxAnswer || len(w.body) == 0:
	case w.text && utf8.Valid(w.body):
		w.out = append(w.out, `,"body":`...)
		w.out = appendText(w.out, w.body)
	default:
		w.out = append(w.out, `,"isBase64Encoded":true,"body":"`...)
		w.out = base64.StdEncoding.AppendEncode(w.out, w.body)
		w.out = append(w.out, '"')
	}
	w.out = append(w.out, '}')
	if size := max(w.size, len(w.out)); size > maxAnswer {
		return nil, fmt.Errorf("answer of %d bytes is larger than Lambda carries", size)
	}
	return w.out, nil
}

// appendCookies appends the cookies, which are no headers here: joined with
// commas they would be broken.
func (w *answer) appendCookies() {
	for i, c := range w.header["Set-Cookie"] {
		if i == 0 {
			w.out = append(w.out, `,"cookies":[`...)
		} else {
			w.out = append(w.out, ',')
		}
		w.out = appendText(w.out, oneLine(c))
	}
	if len(w.header["Set-Cookie"]) > 0 {
		w.out = append(w.out, ']')
	}
}

func (w *answer) appendHeader(name, value string) {
	if w.out[len(w.out)-1] != '{' {
		w.out = append(w.out, ',')
	}
	w.out = append(appendText(w.out, name), ':')
	w.out = appendText(w.out, oneLine(value))
}

// carried reports whether a header goes out: not the framing, which is the
// platform's, nor what is no name.
func carried(name string) bool {
	switch name {
	case "Set-Cookie", "Content-Length", "Transfer-Encoding", "Connection":
		return false
	}
	return isToken(name)
}

// oneLine takes line ends out of a header's value, as net/http does.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	return strings.NewReplacer("\r", " ", "\n", " ").Replace(s)
}

// appendText appends a JSON string. What is not UTF-8 becomes U+FFFD: the error
// that says so is not ours to report.
func appendText[T ~[]byte | ~string](dst []byte, s T) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

// isText reports whether a media type is sent as text.
func isText(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch media {
	case "application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}
