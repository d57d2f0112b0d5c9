package secret_test

import (
	"bytes"
	"encoding/base64"
	stdjson "encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/secret"
)

// shown are the forms in which a key of canaries could show.
func shown(raw []byte) []string {
	var forms []string
	for _, format := range []string{"%s", "%x", "%X", "%d", "%v", "%o", "%b", "%#v", "%q"} {
		forms = append(forms, strings.Trim(fmt.Sprintf(format, raw), "[]"))
	}
	return append(forms, base64.StdEncoding.EncodeToString(raw)[:8])
}

func TestNothingThatIsFormattedShowsAKey(t *testing.T) {
	raw := []byte(strings.Repeat("CANARY-!", 4))
	own := base64.StdEncoding.EncodeToString(raw)
	f := holding(`["` + string(raw) + `","CANARY"]`)
	for _, name := range []string{secret.Pepper, secret.Page, secret.Data} {
		f.values[secret.OwnPath("prod", name)] = own
	}
	s := secret.New(f, "prod", time.Now)
	keys, err := s.Source("ups")(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	three, err := s.Own(t.Context())
	if err != nil || !bytes.Equal(three.Data, raw) {
		t.Fatalf("Own: %v", err)
	}
	values := map[string]any{
		"Own": three, "*Own": &three, "Own in a struct": struct{ Keys secret.Own }{three}, "Owns": []secret.Own{three},
		"*Store": s, "*Store in a struct": struct{ Store *secret.Store }{s}, "Source": s.Source("ups"), "Keys": keys,
	}
	if v := slog.AnyValue(three).Resolve(); v.Kind() != slog.KindString {
		t.Errorf("a log handler is given %s, want text", v.Kind())
	}
	f.values = nil // It is within the Store, and no part of it.
	for name, value := range values {
		texts := map[string]string{}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b"} {
			texts[verb] = fmt.Sprintf(verb, value)
		}
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var b bytes.Buffer
			slog.New(handler(&b)).Info("x", "value", value)
			texts[fmt.Sprintf("%T", handler(&b))] = b.String()
		}
		if strings.Contains(name, "Own") {
			std, err1 := stdjson.Marshal(value)
			exp, err2 := json.Marshal(value)
			if err1 != nil || err2 != nil {
				t.Errorf("%s in JSON: %v, %v", name, err1, err2)
			}
			texts["JSON"], texts["JSON v2"] = string(std), string(exp)
		}
		for how, text := range texts {
			for _, form := range append(shown(raw), canary) {
				if text == "" || strings.Contains(text, form) {
					t.Errorf("%s as %s shows a key: %s", name, how, text)
				}
			}
		}
	}
}
