package shipment

import "slices"

// carrier is the best founded carrier link; of equals the newest.
func (s *Set) carrier() string {
	var best *Link
	for i := range s.Links {
		l := &s.Links[i]
		if l.Kind == CarrierLink && !l.Withdrawn && (best == nil || betterCarrier(l, best)) {
			best = l
		}
	}
	if best == nil {
		return ""
	}
	return best.Value
}

func betterCarrier(a, b *Link) bool {
	if a.Basis != b.Basis {
		return a.Basis > b.Basis
	}
	if c := a.AsOf.Compare(b.AsOf); c != 0 {
		return c > 0
	}
	return compareLinkKey(a, b) > 0
}

// foreign tells whether a fact speaks of the network of a carrier that has
// nothing to do with the parcel: another parcel may have the same number.
func (s *Set) foreign(carrier, of string) bool {
	if carrier == "" || of == "" || of == carrier {
		return false
	}
	return !slices.ContainsFunc(s.Links, func(l Link) bool {
		return l.Kind == PartnerLink && (l.Value == of || l.Value == carrier+" "+of) && !l.Withdrawn
	})
}
