package seventeentrack

import (
	"fmt"
	"strings"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/webhook"
)

// The events of a push. TRACKING_STOPPED is about the tracking, not the parcel.
const (
	updated = "TRACKING_UPDATED"
	stopped = "TRACKING_STOPPED"
)

// Decode reads a push. An event that came later than this package is ignored.
func (r *Receiver) Decode(body []byte) (source.Report, error) {
	var event string
	var parcels []parcel
	read := func(r reader) {
		event, parcels = "", parcels[:0]
		for ok := r.Enter('{'); ok && r.More(); {
			switch string(r.Name()) {
			case "event":
				event = strings.TrimSpace(r.Text())
			case "data":
				isList := r.Kind() == '['
				r.Each(func(i int) {
					parcels = append(parcels, parcel{list: "data", index: i, listed: isList})
					parcels[len(parcels)-1].read(r)
				})
			default:
				r.Skip()
			}
		}
	}
	err := readObject(body, false, read)
	if err == nil && wantCopies(parcels) {
		err = readObject(body, true, read)
	}
	if err != nil {
		return source.Report{}, malformed(err)
	}
	switch event {
	case updated, stopped:
	case "":
		return source.Report{}, malformed(fault{"event", "missing"})
	default:
		return source.Report{Topic: topic(event), Ignored: true}, nil
	}
	report := source.Report{Topic: event}
	for i := range parcels {
		u := parcels[i].update()
		report.Malformed = append(report.Malformed, parcels[i].bad...)
		if u.Number == "" {
			continue
		}
		if event == stopped {
			u.Answers = append(u.Answers, shipment.Answer{Code: shipment.Code{Status: shipment.Expired, SubStatus: shipment.TrackingStopped}})
		}
		report.Shipments = append(report.Shipments, u)
	}
	if len(report.Shipments) == 0 {
		if len(report.Malformed) == 0 {
			return source.Report{}, malformed(fault{"data", "missing"})
		}
		return source.Report{}, malformed(fault{report.Malformed[0].Path, report.Malformed[0].Reason})
	}
	return report, nil
}

// topic keeps of an event's name what looks like one: it may be anything.
func topic(event string) string {
	for _, c := range []byte(event) {
		if c != '_' && (c < 'A' || c > 'Z') {
			return "unknown"
		}
	}
	return event[:min(len(event), 40)]
}

// fault names a member and what is wrong with it, and never its value.
type fault struct{ path, reason string }

func (f fault) Error() string { return f.path + ": " + f.reason }

func malformed(err error) error {
	return fmt.Errorf("seventeentrack: decode push: %w: %w", webhook.ErrMalformed, err)
}
