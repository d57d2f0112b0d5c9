package lambdahttp

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// maxAnswer is the largest answer of a synchronous invocation: 6 MB.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxAnswer = 6 << 20

var errTooLarge = errors.New("answer is larger than Lambda carries")

// answer is what a handler answers. Status and header are written as JSON when
// they are fixed, as later changes of the header do not count; the body is kept
// until its end, as its form depends on all of it.
type answer struct {
	header http.Header
	status int    // 0 until it is fixed
	out    []byte // all before the body but the end of "headers"
	body   []byte
	size   int  // of the body, kept or not
	sniff  bool // the handler named no type
	text   bool // the body may be text
}

func (w *answer) Header() http.Header {
	if w.header == nil {
		w.header = make(http.Header)
	}
	return w.header
}

func (w *answer) WriteHeader(status int) {
	if w.status != 0 || status >= 100 && status < 200 {
		return
	}
	w.status = status
	w.out = append(make([]byte, 0, 256), `{"statusCode":`...)
	w.out = strconv.AppendInt(w.out, int64(status), 10)
	w.appendCookies()
	w.out = append(w.out, `,"headers":{`...)
	for name, values := range w.header {
		if carried(name) && len(values) > 0 {
			w.appendHeader(name, strings.Join(values, ","))
		}
	}
	_, typed := w.header["Content-Type"]
	packed := w.header.Get("Content-Encoding") != ""
	w.sniff = !typed && !packed
	w.text = !packed && isText(w.header.Get("Content-Type"))
}

// Write refuses what goes beyond the largest answer, so that a handler that
// never ends does not fill the memory.
func (w *answer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.status == http.StatusNoContent || w.status == http.StatusNotModified {
		return 0, http.ErrBodyNotAllowed
	}
	w.size += len(p)
	if w.size > maxAnswer {
		return 0, errTooLarge
	}
	w.body = append(w.body, p...)
	return len(p), nil
}
