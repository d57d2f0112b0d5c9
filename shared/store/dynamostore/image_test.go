package dynamostore

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/go-json-experiment/json"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/store"
)

// image is a stored item as Lambda hands it over.
func image(stored attributes) []byte {
	out := map[string]map[string]string{}
	for name, value := range stored {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			out[name] = map[string]string{"S": v.Value}
		case *types.AttributeValueMemberN:
			out[name] = map[string]string{"N": v.Value}
		case *types.AttributeValueMemberB:
			out[name] = map[string]string{"B": base64.StdEncoding.EncodeToString(v.Value)}
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return raw
}

// recorded is the NewImage of a parked row.
const recorded = `{
	"pk": {"S": "ups#5f2b"}, "sk": {"S": "-"}, "_v": {"N": "3"}, "_m": {"B": "AAECAwQFBgc="}, "_x": {"N": "1775034840"},
	"_s": {"S": "07"}, "_d": {"S": "2026-03-02T09:14:00.250Z 1775034840"}, "_n": {"N": "-2"}, "_b": {"B": "AGJvZHn/"},
	"reason": {"S": "malformed"}, "city": {"S": "Zürich"}, "empty": {"S": ""}, "__pk": {"S": "theirs"}, "___v": {"S": "theirs too"}`

func TestImage(t *testing.T) {
	whole := store.Item{
		Key: store.Key{Partition: "ups#5f2b", Sort: "-"}, Version: 3, Due: unix(1772442840).Add(250e6), Expires: unix(1775034840), Count: -2,
		Attrs: map[string]string{"reason": "malformed", "city": "Zürich", "empty": "", "pk": "theirs", "_v": "theirs too"}, Body: []byte("\x00body\xff"),
	}
	key := store.Item{Key: store.Key{Partition: "S#1Z", Sort: "META"}}
	tests := []struct {
		name, raw string
		want      store.Item
	}{
		{"a new image is the row", recorded + `}`, whole},
		{"types that are not ours are left out", recorded + `, "map": {"M": {"a": {"S": "b"}}}, "list": {"L": [{"N": "1"}]}, "yes": {"BOOL": true},
			"nothing": {"NULL": true}, "strings": {"SS": ["a"]}, "numbers": {"NS": ["1"]}, "bytes": {"BS": ["AA=="]}, "none": {}, "null": null}`, whole},
		{"keys alone are a key", `{"pk": {"S": "S#1Z"}, "sk": {"S": "META"}}`, key},
		{"keys with what is not ours are a key", `{"pk": {"S": "S#1Z"}, "sk": {"S": "META"}, "status": {"S": "in transit"}}`, key},
		{"a row of nothing but keys and a version", `{"pk":{"S":"p"},"sk":{"S":"s"},"_v":{"N":"1"}}`, store.Item{Key: store.Key{Partition: "p", Sort: "s"}, Version: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Image([]byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestImageRefusesWhatIsNoRow(t *testing.T) {
	const canary = "4915112345678"
	with := func(member string) string {
		return `{"pk": {"S": "` + canary + `"}, "sk": {"S": "` + canary + `"}, "_v": {"N": "1"}, ` + member + `}`
	}
	tests := []struct{ name, raw string }{
		{"nothing", ``},
		{"null", `null`},
		{"an empty object", `{}`},
		{"an array", `["` + canary + `"]`},
		{"a string", `"` + canary + `"`},
		{"a number", canary},
		{"no JSON", `pk=` + canary},
		{"a cut object", `{"pk": {"S": "` + canary},
		{"more than one object", with(`"a": {"S": "a"}`) + `{}`},
		{"a member twice", with(`"pk": {"S": "other"}`)},
		{"a type twice", with(`"a": {"S": "` + canary + `", "S": "b"}`)},
		{"a string that is a number", with(`"a": {"S": ` + canary + `}`)},
		{"a number that is no string", with(`"_n": {"N": ` + canary + `}`)},
		{"an attribute without a type", with(`"a": "` + canary + `"`)},
		{"no UTF-8", with("\"a\": {\"S\": \"" + canary + "\xff\"}")},
		{"no base64", with(`"_b": {"B": "` + canary + `!"}`)},
		{"base64 of URLs", with(`"_b": {"B": "` + canary + `-_8="}`)},
		{"base64 cut short", with(`"_b": {"B": "` + canary + `"}`)},
		{"an exponent", with(`"_n": {"N": "1e3"}`)},
		{"a count that is text", with(`"_n": {"N": "` + canary + `x"}`)},
		{"a due that is no time", with(`"_d": {"S": "` + canary + `"}`)},
		{"keys without a sort", `{"pk": {"S": "` + canary + `"}}`},
		{"a row without a partition", `{"sk": {"S": "` + canary + `"}, "_v": {"N": "1"}}`},
		{"version 0", `{"pk": {"S": "` + canary + `"}, "sk": {"S": "s"}, "_v": {"N": "0"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			it, err := Image([]byte(tt.raw))
			if err == nil {
				t.Fatalf("Image = %+v, want an error", it)
			}
			if diff := gocmp.Diff(store.Item{}, it); diff != "" {
				t.Errorf("an item beside the error:\n%s", diff)
			}
			if text := err.Error(); strings.Contains(text, canary) || !strings.HasPrefix(text, "dynamostore: ") {
				t.Errorf("error = %q, want one of dynamostore without the row's content", text)
			}
		})
	}
}

func TestImageOfWhatIsStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyItem().Draw(t, "item")
		sameImage(t, want)
	})
}

// sameImage checks that the image of an item is the item.
func sameImage(t interface{ Errorf(string, ...any) }, want store.Item) {
	stored, err := encode(&want, want.Version, make([]byte, 8))
	if err != nil {
		t.Errorf("encode = %v", err)
	}
	got, err := Image(image(stored))
	if err != nil {
		t.Errorf("Image = %v", err)
	}
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("differs (-want +got):\n%s", diff)
	}
}

func FuzzImage(f *testing.F) {
	f.Add([]byte(recorded + `}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		it, err := Image(raw)
		switch {
		case err != nil:
			if diff := gocmp.Diff(store.Item{}, it); diff != "" {
				t.Errorf("an item beside an error:\n%s", diff)
			}
		case it.Partition == "" || it.Sort == "" || it.Version < 0:
			t.Errorf("no row: %+v", it)
		case it.Version == 0:
			if diff := gocmp.Diff(store.Item{Key: it.Key}, it); diff != "" {
				t.Errorf("more than a key:\n%s", diff)
			}
		default:
			sameImage(t, it)
		}
	})
}
