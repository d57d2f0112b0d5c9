package tiktokshoptest

import (
	"io"
	"net/http"
)

// Failure is what goes wrong with a call.
type Failure struct {
	// Status, Code and Message are what is answered. Without a Code the answer is
	// Body, as of a proxy that stands before the API.
	Status  int
	Code    int
	Message string
	Body    string
	// Drop ends the connection without an answer.
	Drop bool
	// After lets the call take its effect first: a refresh is done, and only its
	// answer is lost.
	After bool
}

// write answers what is no envelope, and tells whether it did.
func (f *Failure) write(w http.ResponseWriter) bool {
	if f.Drop {
		panic(http.ErrAbortHandler) // As net/http wants it.
	}
	if f.Code != 0 {
		return false
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body) // The caller is gone.
	return true
}
