package tiktokshop

import (
	"context"
	"errors"
	"slices"

	"github.com/shiptide/shiptide/shared/source"
)

// ask makes a call for a shop: with its token, and in its name.
func (c *Client) ask(ctx context.Context, shop string, q request, read reads) error {
	s, err := c.shop(ctx, shop)
	if err != nil {
		return err
	}
	t, err := c.token(ctx, s.Grant)
	if err != nil {
		return err
	}
	q.cipher, q.pace = s.Cipher, s.ID
	return c.insist(ctx, &q, t, read)
}

// insist makes a call until it is answered, and does what each refusal asks for.
func (c *Client) insist(ctx context.Context, q *request, t *token, read reads) error {
	apps, err := c.apps(ctx, t.grant.ID)
	if err != nil {
		return err
	}
	restamped := false
	return c.persist(ctx, func() (action, error) {
		do, err := c.send(ctx, q, apps[0], t.access, read)
		switch {
		case do == done:
			c.signedBy(t.grant.ID, apps[0])
			c.worked(ctx, t)
		case do == restamp && !restamped:
			restamped = true
			return atOnce, nil
		case do == another && len(apps) > 1:
			apps = apps[1:]
			return atOnce, nil
		case do == refresh && !t.alone:
			next, fault := c.next(ctx, t)
			if fault != nil {
				return never, fault
			}
			if next != nil {
				t = next
				return atOnce, nil
			}
		}
		return do, err
	})
}

// refusedAs tells whether an error is a refusal by the API with that code, which
// those of a shop that we do not know are not.
func refusedAs(err error, code source.ErrorCode) bool {
	var refused *source.Error
	return errors.As(err, &refused) && refused.Code == code && refused != errUnknownShop
}

// unique returns the ids that may be ids, each once.
func unique(ids []string) []string {
	var out []string
	for _, id := range ids {
		if isID(id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
