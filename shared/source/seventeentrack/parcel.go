package seventeentrack

import (
	"fmt"
	"strings"
	"time"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// parcel is one number with all that is known of it: the data of a push, or an
// accepted item of an answer.
type parcel struct {
	list   string // its place in the body
	index  int
	listed bool

	number, carrier string
	origin, target  shipment.Location
	main, sub       string // latest_status
	hasCopies       bool   // of events: a latest one, or stages
	latest          *event
	milestones      []event
	from, to        string // estimated delivery
	localNumber     string
	events          []shipment.Event
	words           []words // of the events
	unsynced        bool    // the last look at a carrier failed
	asOf            time.Time
	bad             []source.Malformed
}

// words are what 17TRACK says of an event: what they mean may depend on where
// the parcel comes from and goes to.
type words struct{ sub, stage string }

func (p *parcel) fault(f fault) {
	path := p.list
	if p.listed {
		path = fmt.Sprintf("%s[%d]", path, p.index)
	}
	p.bad = append(p.bad, source.Malformed{Path: path + "." + f.path, Reason: f.reason})
}

// wantCopies tells whether the copies of events must be read, since of some
// parcel there are no events.
func wantCopies(parcels []parcel) bool {
	for i := range parcels {
		if parcels[i].hasCopies && len(parcels[i].events) == 0 {
			return true
		}
	}
	return false
}

func (p *parcel) read(r reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "number":
			p.number = r.Text()
		case "carrier":
			p.carrier = r.Text()
		case "track_info":
			p.readInfo(r)
		default:
			r.Skip()
		}
	}
}

func (p *parcel) readInfo(r reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "shipping_info":
			p.readShipping(r)
		case "latest_status":
			for ok := r.Enter('{'); ok && r.More(); {
				switch string(r.Name()) {
				case "status":
					p.main = strings.TrimSpace(r.Text())
				case "sub_status":
					p.sub = strings.TrimSpace(r.Text())
				default:
					r.Skip()
				}
			}
		case "latest_event":
			if p.copies(r) {
				p.latest = &event{}
				p.latest.read(r)
			}
		case "milestone":
			if p.copies(r) {
				r.Each(func(int) { p.readMilestone(r) })
			}
		case "time_metrics":
			p.readMetrics(r)
		case "misc_info":
			for ok := r.Enter('{'); ok && r.More(); {
				if string(r.Name()) == "local_number" {
					p.localNumber = r.Text()
				} else {
					r.Skip()
				}
			}
		case "tracking":
			for ok := r.Enter('{'); ok && r.More(); {
				if string(r.Name()) == "providers" {
					r.Each(func(i int) { p.readProvider(r, i) })
				} else {
					r.Skip()
				}
			}
		default:
			r.Skip()
		}
	}
}

// copies tells whether to read what comes before the events and repeats some of
// them; if not, it is skipped.
func (p *parcel) copies(r reader) bool {
	if r.Kind() != '{' && r.Kind() != '[' {
		r.Skip()
		return false
	}
	p.hasCopies = true
	if !r.copies {
		r.Skip()
	}
	return r.copies
}

func (p *parcel) readShipping(r reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "shipper_address":
			readAddress(r, &p.origin)
		case "recipient_address":
			readAddress(r, &p.target)
		default:
			r.Skip()
		}
	}
}

// readMilestone reads a stage and when it was reached. Those to come have no
// time.
func (p *parcel) readMilestone(r reader) {
	var e event
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "key_stage":
			e.stage = strings.TrimSpace(r.Text())
		case "time_iso":
			e.clock.readISO(r.Text())
		case "time_utc":
			e.clock.readUTC(r)
		case "time_raw":
			e.clock.readRaw(r)
		default:
			r.Skip()
		}
	}
	p.milestones = append(p.milestones, e)
}

func (p *parcel) readMetrics(r reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		if string(r.Name()) != "estimated_delivery_date" {
			r.Skip()
			continue
		}
		for ok := r.Enter('{'); ok && r.More(); {
			switch string(r.Name()) {
			case "from":
				p.from = r.Text()
			case "to":
				p.to = r.Text()
			default:
				r.Skip()
			}
		}
	}
}

// readProvider reads what one carrier of the parcel says.
func (p *parcel) readProvider(r reader, index int) {
	var key, called string
	first := len(p.events)
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "provider":
			for ok := r.Enter('{'); ok && r.More(); {
				switch string(r.Name()) {
				case "key":
					key = r.Text()
				case "name":
					called = r.Text()
				default:
					r.Skip()
				}
			}
		case "latest_sync_status":
			if s := strings.TrimSpace(r.Text()); s != "" && s != "Success" {
				p.unsynced = true
			}
		case "latest_sync_time":
			if t := parseStamp(r.Text()); t.zoned && t.instant().After(p.asOf) {
				p.asOf = t.instant()
			}
		case "events":
			if p.events == nil {
				p.makeRoom(r)
			}
			r.Each(func(i int) {
				var e event
				e.read(r)
				if f, ok := p.add(&e); !ok {
					p.fault(fault{fmt.Sprintf("track_info.tracking.providers[%d].events[%d].%s", index, i, f.path), f.reason})
				}
			})
		default:
			r.Skip()
		}
	}
	carrier := carrierOf(key, called)
	for i := first; i < len(p.events); i++ {
		p.events[i].Carrier = carrier
	}
}

// makeRoom makes lists that need not grow in a push. An answer tells of many
// parcels: of those after the first, few events are expected.
func (p *parcel) makeRoom(r reader) {
	n := r.events
	if p.index > 0 {
		n = min(n, 8)
	}
	p.events, p.words = make([]shipment.Event, 0, n), make([]words, 0, n)
}

// add makes a scan of an event, or says what is wrong with it.
func (p *parcel) add(e *event) (fault, bool) {
	p.events = append(p.events, shipment.Event{})
	if !e.set(&p.events[len(p.events)-1]) {
		p.events = p.events[:len(p.events)-1]
		return e.clock.fault(), false
	}
	p.words = append(p.words, words{e.sub, e.stage})
	return fault{}, true
}
