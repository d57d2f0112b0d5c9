package page

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/shiptide/shiptide/shared/contact"
	"github.com/shiptide/shiptide/shared/store"
)

// Consent is what a contact may say. Each method returns the contact as it is
// then, and store.ErrNotFound if there is none of that ID.
type Consent interface {
	Get(ctx context.Context, id string) (contact.Contact, error)
	Confirm(ctx context.Context, id string) (contact.Contact, error)
	End(ctx context.Context, id string) (contact.Contact, error)
}

// Subscriptions serves /subscriptions/{recipient}/{token}: GET shows whether
// messages go, POST with do=confirm or do=end, and DELETE, change that.
type Subscriptions struct {
	// Open returns what the keys are needed for. Its error is ours: 503.
	Open func(ctx context.Context) (Consent, *contact.Signer, error)
	Log  *slog.Logger
}

// Subscription is what a contact sees of itself.
type Subscription struct {
	To    string        `json:"to"` // masked
	State contact.State `json:"state"`
}

// ServeHTTP implements [http.Handler].
func (s Subscriptions) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	w := writer{s.Log}
	to, err := s.do(res, req)
	if err != nil {
		w.refuse(res, req, err)
		return
	}
	w.write(res, req, view{0, "subscription", "Messages about your parcel", Subscription{contact.Mask(to), to.State}})
}

func (s Subscriptions) do(res http.ResponseWriter, req *http.Request) (contact.Contact, error) {
	consent, signer, err := s.Open(req.Context())
	if err != nil {
		return contact.Contact{}, err
	}
	id := req.PathValue("recipient")
	if !signer.Opens(req.PathValue("token"), id) {
		return contact.Contact{}, store.ErrNotFound
	}
	do := consent.Get
	switch req.Method {
	case http.MethodDelete:
		do = consent.End
	case http.MethodPost:
		req.Body = http.MaxBytesReader(res, req.Body, maxForm)
		switch req.PostFormValue("do") {
		case "confirm":
			do = consent.Confirm
		case "end":
			do = consent.End
		}
	}
	return do(req.Context(), id)
}

// maxForm bounds what a form of ours may hold.
const maxForm = 4 << 10
