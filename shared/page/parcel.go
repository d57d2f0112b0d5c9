package page

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/store"
)

// Parcels serves GET /t/{number}, for numbers that somebody registered.
type Parcels struct {
	Shipments store.Shipments
	Log       *slog.Logger
}

// Parcel is what anybody may know of a parcel who knows its number. Its JSON is a
// promise: members are added, never renamed.
type Parcel struct {
	Number    string             `json:"trackingNumber"`
	Carrier   string             `json:"carrier"`
	Status    shipment.Status    `json:"status"`
	SubStatus shipment.SubStatus `json:"subStatus"`
	// Expected is the last day of the estimate, at the destination.
	Expected string `json:"estimatedDelivery"`
	Scans    []Scan `json:"events"` // newest first
}

// Scan is one, however many sources tell of it.
type Scan struct {
	LocalTime string             `json:"localTime"` // as the carrier has it
	Zone      shipment.Zone      `json:"zone"`
	Precision shipment.Precision `json:"precision"` // of a day, the time is not known
	Status    shipment.Status    `json:"status"`
	SubStatus shipment.SubStatus `json:"subStatus"`
	City      string             `json:"city"`
	Region    string             `json:"region"`
	Country   string             `json:"country"`
}

// ServeHTTP implements [http.Handler].
func (p Parcels) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	w := writer{p.Log}
	rec, err := p.Shipments.Get(req.Context(), shipment.CleanNumber(req.PathValue("number")))
	if err == nil && rec.RegisteredAt.IsZero() {
		err = store.ErrNotFound // It is nobody's here.
	}
	if err != nil {
		w.refuse(res, req, err)
		return
	}
	w.write(res, req, view{0, "parcel", "Parcel " + rec.Number, parcelOf(&rec.Shipment)})
}

func parcelOf(s *shipment.Shipment) Parcel {
	p := Parcel{Number: s.Number, Carrier: s.Carrier, Status: s.Status, SubStatus: s.SubStatus, Scans: []Scan{}}
	if !s.Final() {
		p.Expected = s.Estimate.To
	}
	for _, l := range slices.Backward(s.Lines()) {
		if l.Status == "" || l.Status == shipment.Unknown || !l.WithdrawnAt.IsZero() {
			continue // Notes, and what was taken back, would only confuse.
		}
		p.Scans = append(p.Scans, Scan{
			LocalTime: l.LocalTime, Zone: l.Zone, Precision: l.Precision, Status: l.Status, SubStatus: l.SubStatus,
			City: l.Location.City, Region: l.Location.Region, Country: l.Location.Country,
		})
	}
	return p
}
