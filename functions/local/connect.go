package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
)

// connectCommand lets a seller authorise our app, and keeps up with the shops that
// this is for. The code stands in no history of commands: it is read from standard
// input, by itself or in the address to which TikTok leads the seller.
func connectCommand(ctx context.Context, e *env, args []string) int {
	fs := e.flags("connect")
	service := fs.String("service-id", "", "service id of the app, as Partner Center shows it")
	region := fs.String("region", "", "US, or rest for the rest of the world, or the address of the authorisation link in Partner Center")
	w, rest, code, ok := e.placed(fs, args)
	if !ok {
		return code
	}
	if len(rest) != 1 || rest[0] != tiktok || (*service == "") != (*region == "") {
		return e.usage("connect")
	}
	state := ""
	if *service != "" {
		state = base64.RawURLEncoding.EncodeToString(random(16))
		e.say("local: the seller opens, signed in to the shop, and agrees:\n\n  %s\n", tiktokshop.AuthorizeURL(*region, *service, state))
	} else {
		e.say("local: the seller opens the authorisation link of the app (Partner Center, App & Service), and agrees")
	}
	e.say("local: then paste the address to which TikTok leads, or the code in it, within 30 minutes, and press return:")
	line := bufio.NewScanner(e.stdin)
	if !line.Scan() {
		return e.fail(errors.Join(errors.New("nothing on standard input"), line.Err()))
	}
	pasted, err := authCode(line.Text(), state)
	if err != nil {
		return e.fail(err)
	}
	return ask(ctx, e, w, http.MethodPost, "/shops", url.Values{"code": {pasted}})
}

// authCode finds the code in what was pasted. An address must hold the state that the
// link held: else somebody else's shop would be connected.
func authCode(pasted, state string) (string, error) {
	pasted = strings.TrimSpace(pasted)
	if !strings.Contains(pasted, "://") {
		if pasted == "" || strings.ContainsAny(pasted, " \t?&=") {
			return "", errors.New("that is neither an address nor a code")
		}
		return pasted, nil
	}
	at, err := url.Parse(pasted)
	if err != nil { // Its text would quote the code.
		return "", errors.New("that is no address")
	}
	q := at.Query()
	switch {
	case q.Get("error") != "" || q.Get("code") == "null":
		return "", errors.New("the seller did not agree")
	case q.Get("code") == "":
		return "", errors.New("the address holds no code")
	case state != "" && q.Get("state") != state:
		return "", errors.New("the address belongs to another link than the one above: open that one")
	}
	return q.Get("code"), nil
}

// errOurKey says that there is no app to connect with.
var errOurKey = badRequest{errors.New("TikTok Shop does not know the development key: set " + webhookKeys + ` to {"tiktokshop":["APPKEY:SECRET"]}, both as Partner Center shows them`)}

// postShop connects the shops of an authorisation.
func (a *app) postShop(req *http.Request) (answer any, seeOther string, err error) {
	if apps, err := tiktokshop.Apps(a.seller)(req.Context()); err == nil && a.market.API == "" && len(apps) == 1 && apps[0].Key+":"+apps[0].Secret == developmentKey(tiktok) {
		return nil, "", errOurKey
	}
	_, err = a.client.Connect(req.Context(), strings.TrimSpace(req.PostFormValue("code")))
	var refused *source.Error
	if errors.As(err, &refused) {
		return nil, "", badRequest{refused}
	}
	if err != nil {
		return nil, "", err
	}
	shops, err := a.listShops(req.Context())
	return shops, "/shops", err
}
