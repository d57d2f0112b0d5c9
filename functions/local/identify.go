package main

import (
	"context"

	"github.com/shiptide/shiptide/shared/trackingnumber"
)

// identify prints whose number it may be, and says what is probably wrong with
// one that is nobody's.
func identify(_ context.Context, e *env, args []string) int {
	rest, code, ok := parse(e.flags("identify"), args)
	if !ok {
		return code
	}
	if len(rest) != 1 {
		return e.usage("identify")
	}
	res := trackingnumber.Identify(rest[0])
	if err := e.print(res, indented()); err != nil {
		return e.fail(err)
	}
	if x := trackingnumber.Explain(rest[0], ""); x.Text != "" {
		e.say("%s", x.Text)
	}
	if !res.Valid {
		return exitFailed
	}
	return exitOK
}
