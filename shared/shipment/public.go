package shipment

import "time"

// Public is a shipment as the API, the events topic and `local explain` give
// it. Its JSON is a promise: members are added, never renamed.
type Public struct {
	TrackingNumber    string         `json:"trackingNumber"`
	Carrier           string         `json:"carrier"`
	Status            Status         `json:"status"`
	SubStatus         SubStatus      `json:"subStatus"`
	StatusAt          time.Time      `json:"statusAt,omitzero"`
	EstimatedDelivery PublicEstimate `json:"estimatedDelivery,omitzero"`
	DeliveredAt       time.Time      `json:"deliveredAt,omitzero"`
	Flags             []Flag         `json:"flags"`
	Events            []PublicEvent  `json:"events"`
}

// PublicEstimate holds local dates at the destination: First is the last day of
// the first promise.
type PublicEstimate struct {
	From  string `json:"from"`
	To    string `json:"to"`
	First string `json:"first"`
}

// PublicEvent is one event of one source.
type PublicEvent struct {
	ID          string    `json:"id"`
	OccurredAt  time.Time `json:"occurredAt"`
	LocalTime   string    `json:"localTime"`
	Zone        Zone      `json:"zone"`
	Precision   Precision `json:"precision"`
	Status      Status    `json:"status"`
	SubStatus   SubStatus `json:"subStatus"`
	Location    Location  `json:"location"`
	Description string    `json:"description"`
	Code        string    `json:"code"`
	Source      string    `json:"source"`
	// Withdrawn: its source does not list it any more, so it changes nothing.
	Withdrawn bool `json:"withdrawn,omitzero"`
}

// Public returns what may be shown of s, with the flags given.
func (s *Shipment) Public(flags ...Flag) Public {
	p := Public{
		TrackingNumber: s.Number, Carrier: s.Carrier, Status: s.Status, SubStatus: s.SubStatus,
		StatusAt: s.StatusAt, DeliveredAt: s.DeliveredAt, Flags: flags,
		Events: make([]PublicEvent, 0, len(s.Events)),
	}
	if p.Flags == nil {
		p.Flags = []Flag{}
	}
	if e := s.Estimate; e.To != "" {
		p.EstimatedDelivery = PublicEstimate{From: e.From, To: e.To, First: e.First}
	}
	for i := range s.Events {
		e := &s.Events[i]
		p.Events = append(p.Events, PublicEvent{
			ID: e.ID.String(), OccurredAt: e.OccurredAt, LocalTime: e.LocalTime, Zone: e.Zone, Precision: e.Precision,
			Status: e.Status, SubStatus: e.SubStatus, Location: e.Location,
			Description: e.Description, Code: e.RawCode, Source: e.Source, Withdrawn: !e.WithdrawnAt.IsZero(),
		})
	}
	return p
}
