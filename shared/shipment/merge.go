package shipment

import "slices"

// maxAliases bounds the other numbers of one parcel that are followed.
const maxAliases = 8

// Aliases returns the other numbers of the same parcel, sorted.
func (s *Set) Aliases() []string {
	var out []string
	for i := range s.Links {
		l := &s.Links[i]
		if l.Kind == AliasLink && !l.Withdrawn && l.Value != s.Number && len(out) < maxAliases && !slices.Contains(out, l.Value) {
			out = append(out, l.Value)
		}
	}
	return out
}

// Merge adds what is known of another number of the same parcel: all but who
// asked to follow it. Its carriers are partners in carrying this one.
func (s *Set) Merge(o *Set) {
	for i := range o.Versions {
		v := newVersion(s.Number, o.Versions[i].Event, o.Versions[i].AsOf)
		s.addVersion(&v)
	}
	for _, e := range o.Estimates {
		s.addEstimate(e)
	}
	for _, a := range o.Answers {
		s.addAnswer(a)
	}
	for _, c := range o.Coverages {
		s.cover(c)
	}
	for _, l := range o.Links {
		switch l.Kind {
		case OrderLink, RegistrationLink:
			continue
		case CarrierLink:
			l.Kind, l.Basis = PartnerLink, 0
		case AliasLink:
			if l.Value == s.Number {
				continue
			}
		case PartnerLink, OriginLink, DestinationLink:
		}
		s.addLink(l)
	}
}
