package shipment

import "testing"

// FuzzMayName: the quick look at a text finds all that the expression finds.
func FuzzMayName(f *testing.F) {
	for _, s := range []string{
		"signed by", "SIGNED FOR BY", "signed:", "received by", "Accepted by", "collected by", "left with", "delivered to",
		"handed over to", "signatory", "signature of", "signee", "recipient name", "ſigned by", "arrived at facility", "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s = oneLine(s); takenBy.MatchString(s) && !mayName(s) {
			t.Errorf("%q may hold a name", s)
		}
	})
}
