package tiktokshop

import (
	"context"

	"github.com/shiptide/shiptide/shared/source"
)

// Apps returns the apps whose secrets verify the pushes of a source that [New]
// made, as [NewClient] takes them. Another source has none.
func Apps(s source.Source) func(context.Context) ([]App, error) {
	return func(ctx context.Context) ([]App, error) {
		r, ok := s.Receiver.(*Receiver)
		if !ok {
			return nil, nil
		}
		k, err := r.keys(ctx)
		if err != nil {
			return nil, err
		}
		var apps []App
		for _, p := range pairs(k) {
			apps = append(apps, App{p.User, p.Reveal()})
		}
		return apps, nil
	}
}
