package shipment

// addHeadline keeps a source's status of the whole parcel, of which newest is
// the newest event of the same body, the zero Version where it has none. A status that only
// repeats that event is no fact.
func (s *Set) addHeadline(from Origin, u *Update, newest *Version) bool {
	code := u.Headline
	switch {
	case !code.Known(), code == Code{Unknown, Unmapped}:
		return false
	case code.Status == Pending, code.Status == Expired, code.Status == Unknown:
		return s.addAnswer(Answer{Code: code, AsOf: seconds(u.AsOf), Source: from.Source, Kind: from.Kind})
	}
	var e Event
	switch asOf := seconds(u.AsOf); {
	case newest.row != nil && code.detail() > newest.detail():
		e = newest.Event // Its time and its place, and its identity with a mark.
	case newest.row != nil || asOf.IsZero():
		return false
	default:
		e = Event{
			OccurredAt: asOf, LocalTime: asOf.Format(LocalLayout), Zone: Assumed, Precision: Second,
			Carrier: u.Carrier, Source: from.Source, Kind: from.Kind,
		}
		e.normalise()
	}
	e.Code, e.Headline = code, true
	v := newVersion(s.Number, e, seconds(u.AsOf))
	return s.addVersion(&v)
}
