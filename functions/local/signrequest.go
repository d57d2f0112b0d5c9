package main

import (
	"context"
	"os"

	"github.com/shiptide/shiptide/shared/source/tiktokshop"
)

// signRequest prints the signature of a call of a source's API, to compare with
// one that was refused.
func signRequest(_ context.Context, e *env, args []string) int {
	fs := e.flags("sign-request")
	name := fs.String("source", "", "whose API: tiktokshop")
	secret := fs.String("secret", "", "secret of the app")
	path := fs.String("path", "", "path, as /order/202309/orders")
	query := fs.String("query", "", "what stands behind the ? of the URL")
	contentType := fs.String("content-type", "application/json", "content type of the body")
	rest, code, ok := parse(fs, args)
	if !ok {
		return code
	}
	if *name != "tiktokshop" || *secret == "" || *path == "" || len(rest) > 1 {
		return e.usage("sign-request")
	}
	var body []byte
	if len(rest) == 1 {
		var err error
		if body, err = os.ReadFile(rest[0]); err != nil {
			return e.fail(err)
		}
	}
	sign, err := tiktokshop.SignRequest(*secret, *path, *query, body, *contentType)
	if err != nil {
		return e.fail(err)
	}
	if err := e.print(map[string]string{"sign": sign}); err != nil {
		return e.fail(err)
	}
	return exitOK
}
