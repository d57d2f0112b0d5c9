package dynamostore

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/shiptide/shiptide/shared/store"
)

// ours are the names of a stored item that are not a row's own.
var ours = []string{attrPartition, attrSort, attrVersion, attrMark, attrExpires, attrShard, attrDue, attrCount, attrBody}

// attributeName is often one that could be taken for another.
func attributeName() *rapid.Generator[string] {
	odd := append(slices.Clone(ours), "", "_", "__", "___", "__x", "___v", "__pk", "____pk", "x", "PK", "pk_")
	return rapid.OneOf(rapid.SampledFrom(odd), rapid.String())
}

// The first and the last moment that can be due.
var (
	firstDue = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDue  = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)
)

// dueMoment is near 2026 or anywhere between the years 0 and 9999.
func dueMoment() *rapid.Generator[time.Time] {
	near := rapid.Int64Range(1767225600000-5, 1767225600000+5)
	any := rapid.Int64Range(firstDue.UnixMilli(), lastDue.UnixMilli())
	return rapid.Map(rapid.OneOf(near, any), func(ms int64) time.Time { return time.UnixMilli(ms).UTC() })
}

// expiry is no time or one before or after 1970.
func expiry() *rapid.Generator[time.Time] {
	some := rapid.Map(rapid.Int64Range(-1e12, 1e12), unix)
	return rapid.OneOf(rapid.Just(time.Time{}), some)
}

// anyItem is what a table may be asked to store.
func anyItem() *rapid.Generator[store.Item] {
	part := rapid.StringMatching(`[^\x00]{1,20}`)
	return rapid.Custom(func(t *rapid.T) store.Item {
		it := store.Item{
			Key:     store.Key{Partition: part.Draw(t, "partition"), Sort: part.Draw(t, "sort")},
			Version: rapid.Int64Min(1).Draw(t, "version"), Count: rapid.Int64().Draw(t, "count"), Expires: expiry().Draw(t, "expires"),
			Attrs: rapid.MapOf(attributeName(), rapid.String()).Draw(t, "attrs"), Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
		}
		if rapid.Bool().Draw(t, "is due") {
			it.Due = dueMoment().Draw(t, "due")
		}
		return it
	})
}

func TestItemsSurviveTheirEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, mark := anyItem().Draw(t, "item"), rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "mark")
		stored, err := encode(&want, want.Version, mark)
		if err != nil {
			t.Fatal(err)
		}
		got, gotMark, err := decode(stored)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("differs (-want +got):\n%s", diff)
		}
		if !slices.Equal(gotMark, mark) {
			t.Errorf("mark = %x, want %x", gotMark, mark)
		}
	})
}

func TestWhatIsNotSetIsNotStored(t *testing.T) {
	stored, err := encode(&store.Item{Key: store.Key{Partition: "p", Sort: "s"}}, 1, make([]byte, 8))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{attrMark, attrVersion, attrPartition, attrSort}
	if diff := gocmp.Diff(want, slices.Sorted(maps.Keys(stored))); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestNoTwoNamesAreStoredAsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := attributeName().Draw(t, "a"), attributeName().Draw(t, "b")
		if a != b && attrName(a) == attrName(b) {
			t.Errorf("%q and %q are both stored as %q", a, b, attrName(a))
		}
		if slices.Contains(ours, attrName(a)) {
			t.Errorf("%q is stored as %q, which is ours", a, attrName(a))
		}
	})
}

func TestDueTextsSortAsTheirTimes(t *testing.T) {
	text := func(t *rapid.T, due, expires time.Time) string {
		s, err := dueText(due, expires)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := dueMoment().Draw(t, "a"), dueMoment().Draw(t, "b")
		one, other := text(t, a, expiry().Draw(t, "one expires")), text(t, b, expiry().Draw(t, "other expires"))
		if want := a.Compare(b); want != 0 && cmp.Compare(one, other) != want {
			t.Errorf("%q and %q are ordered %d, want %d", one, other, cmp.Compare(one, other), want)
		}
	})
}

func TestDueTextsReadBack(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, due, expires time.Time) {
		s, err := dueText(due.Add(999_999).In(time.FixedZone("", -3600)), expires)
		if err != nil {
			t.Errorf("dueText %v = %v", due, err)
		}
		gotDue, gotExpires, err := parseDue(s)
		if err != nil || !gotDue.Equal(due) || !gotExpires.Equal(expires) {
			t.Errorf("%q reads as %v, %v, %v, want %v, %v", s, gotDue, gotExpires, err, due, expires)
		}
	}
	for _, due := range []time.Time{firstDue, lastDue} {
		check(t, due, time.Time{})
		check(t, due, unix(1))
	}
	rapid.Check(t, func(t *rapid.T) { check(t, dueMoment().Draw(t, "due"), expiry().Draw(t, "expires")) })
}

func TestDueBeyondFourDigitsIsAnError(t *testing.T) {
	for _, due := range []time.Time{
		firstDue.Add(-time.Nanosecond), lastDue.Add(time.Millisecond),
		time.Date(9999, 12, 31, 23, 30, 0, 0, time.FixedZone("", -3600)), // It is 10000 in UTC.
	} {
		it := store.Item{Key: store.Key{Partition: "p", Sort: "s"}, Due: due}
		if stored, err := encode(&it, 1, nil); err == nil {
			t.Errorf("due %v is stored as %+v", due, stored[attrDue])
		}
	}
}

func TestDamagedItemsAreErrorsWithoutTheirContent(t *testing.T) {
	const canary = "canary"
	binary := &types.AttributeValueMemberB{Value: []byte(canary)}
	tests := []struct {
		name, attribute string
		value           types.AttributeValue // nil: missing
	}{
		{"no partition", attrPartition, nil},
		{"no sort", attrSort, nil},
		{"an empty partition", attrPartition, text("")},
		{"an empty sort", attrSort, text("")},
		{"a partition that is a number", attrPartition, number(7)},
		{"a sort of bytes", attrSort, binary},
		{"no version", attrVersion, nil},
		{"version 0", attrVersion, number(0)},
		{"a negative version", attrVersion, number(-1)},
		{"a version that is text", attrVersion, text("1")},
		{"a version that is no number", attrVersion, &types.AttributeValueMemberN{Value: canary}},
		{"a version with a fraction", attrVersion, &types.AttributeValueMemberN{Value: "1.5"}},
		{"a version with an exponent", attrVersion, &types.AttributeValueMemberN{Value: "1e3"}},
		{"a version beyond the integers", attrVersion, &types.AttributeValueMemberN{Value: "9223372036854775808"}},
		{"a count that is no number", attrCount, &types.AttributeValueMemberN{Value: canary}},
		{"an expiry that is no number", attrExpires, &types.AttributeValueMemberN{Value: ""}},
		{"a due that is no time", attrDue, text(canary)},
		{"a due of the 30th of February", attrDue, text("2026-02-30T00:00:00.000Z")},
		{"a due of whole seconds", attrDue, text("2026-03-02T09:14:00Z")},
		{"a due with an expiry that is no number", attrDue, text("2026-03-02T09:14:00.000Z " + canary)},
		{"a due with nothing after its blank", attrDue, text("2026-03-02T09:14:00.000Z ")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			whole := store.Item{
				Key: store.Key{Partition: canary, Sort: canary}, Due: unix(1), Expires: unix(2), Count: 3,
				Attrs: map[string]string{canary: canary}, Body: []byte(canary),
			}
			stored, err := encode(&whole, 1, []byte(canary))
			if err != nil {
				t.Fatal(err)
			}
			if stored[tt.attribute] = tt.value; tt.value == nil {
				delete(stored, tt.attribute)
			}
			it, mark, err := decode(stored)
			if !errors.Is(err, errBadItem) || strings.Contains(err.Error(), canary) {
				t.Errorf("error = %v, want that the item is damaged and no more", err)
			}
			if diff := gocmp.Diff(store.Item{}, it); diff != "" || mark != nil {
				t.Errorf("mark %q and an item beside the error:\n%s", mark, diff)
			}
		})
	}
}
