package seventeentrack

import (
	"strings"

	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// answer reads what gettrackinfo says of the numbers that were asked for, or why
// it says nothing. Part of an answer may be refused; it is an error only if all
// of it is.
func answer(httpStatus int, body []byte) (source.Report, error) {
	var a trackAnswer
	read := func(r reader) { a = trackAnswer{}; a.read(r) }
	err := readObject(body, false, read)
	if err == nil && wantCopies(a.accepted) {
		err = readObject(body, true, read)
	}
	switch {
	case httpStatus >= 400, err == nil && (a.code != "" && a.code != "0" || len(a.errors) > 0):
		// An answer of another form comes from something before the API.
		return source.Report{}, refusal(httpStatus, append([]string{a.code}, a.errors...))
	case err != nil:
		return source.Report{}, &source.Error{Code: source.Undecodable, Message: err.Error()}
	case !a.hasData:
		return source.Report{}, &source.Error{Code: source.Undecodable, Message: "no data"}
	}
	return a.report()
}

// trackAnswer is an answer while it is read.
type trackAnswer struct {
	code     string
	errors   []string // codes
	accepted []parcel
	rejected []rejection
	hasData  bool
}

// rejection is a number of which nothing is told, and why.
type rejection struct {
	parcel
	code string
}

func (a *trackAnswer) read(r reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "code":
			a.code = strings.TrimSpace(r.Text())
		case "data":
			a.hasData = r.Kind() == '{'
			a.readData(r)
		default:
			r.Skip()
		}
	}
}

func (a *trackAnswer) readData(r reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "accepted":
			r.Each(func(i int) {
				a.accepted = append(a.accepted, parcel{list: "data.accepted", index: i, listed: true})
				a.accepted[i].read(r)
			})
		case "rejected":
			r.Each(func(i int) {
				a.rejected = append(a.rejected, rejection{parcel: parcel{list: "data.rejected", index: i, listed: true}})
				a.rejected[i].read(r)
			})
		case "errors":
			r.Each(func(int) { a.errors = append(a.errors, readCode(r)) })
		default:
			r.Skip()
		}
	}
}

func (j *rejection) read(r reader) {
	for ok := r.Enter('{'); ok && r.More(); {
		switch string(r.Name()) {
		case "number":
			j.number = r.Text()
		case "carrier":
			j.carrier = r.Text()
		case "error":
			j.code = readCode(r)
		default:
			r.Skip()
		}
	}
}

// readCode reads an error, of which only the code is of use.
func readCode(r reader) (code string) {
	for ok := r.Enter('{'); ok && r.More(); {
		if string(r.Name()) == "code" {
			code = strings.TrimSpace(r.Text())
		} else {
			r.Skip()
		}
	}
	return code
}

func (a *trackAnswer) report() (source.Report, error) {
	var report source.Report
	var first *source.Error
	told := false
	for i := range a.accepted {
		u := a.accepted[i].update()
		report.Malformed = append(report.Malformed, a.accepted[i].bad...)
		if u.Number != "" {
			report.Shipments = append(report.Shipments, u)
		}
		told = true
	}
	for i := range a.rejected {
		j := &a.rejected[i]
		u := j.update()
		report.Malformed = append(report.Malformed, j.bad...)
		c, refused := j.judge()
		if refused == nil {
			told = true
		} else if first == nil {
			first = refused
		}
		if u.Number == "" {
			continue
		}
		if c != (shipment.Code{}) {
			u.Answers = append(u.Answers, shipment.Answer{Code: c})
		}
		report.Shipments = append(report.Shipments, u)
	}
	switch {
	case told:
		return report, nil
	case first != nil:
		return source.Report{}, first
	}
	return source.Report{}, &source.Error{Code: source.NotFound, Message: "no number"}
}

// judge says what a rejection tells of the parcel, and returns an error if it
// tells of 17TRACK only.
func (j *rejection) judge() (shipment.Code, *source.Error) {
	if c, ok := rejections[j.code]; ok {
		return c, nil
	}
	if invalid[j.code] {
		return shipment.Code{Status: shipment.Pending, SubStatus: shipment.InvalidNumber},
			&source.Error{Code: source.InvalidNumber, Message: j.code}
	}
	return shipment.Code{Status: shipment.Unknown, SubStatus: shipment.SourceError}, refusal(0, []string{j.code})
}
