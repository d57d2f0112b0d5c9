package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"text/template"
	"time"
)

// demoNumber is the demo's parcel on a store of its own. It has a right check
// digit and belongs to nobody.
const demoNumber = "1ZE40F710345678121"

// numberOf gives a demo on a server that runs a parcel of its own: the same
// number a second time would be a parcel that comes back.
func numberOf(first time.Time) string {
	serial := fmt.Sprintf("E40F71%09d", first.Unix()/60%1_000_000_000)
	sum := 0
	for i, c := range serial { // UPS counts A as 2, and every second place twice.
		value := int(c - '0')
		if c >= 'A' {
			value = int(c-'A'+2) % 10
		}
		sum += value * (1 + i%2)
	}
	return "1Z" + serial + string(rune('0'+(10-sum%10)%10))
}

// demoScan is one push: what was scanned, and when it reaches us. Times are
// from the midnight UTC of the first day.
type demoScan struct {
	name             string
	arrives, scanned time.Duration
	at               demoPlace
	kind, code       string // UPS's type and code
	description      string // its three digits
	text             string
	expected         int // days after the first that it is promised for; 0: it says nothing
}

type demoPlace struct {
	City, State string
	offset      time.Duration
}

var (
	reno     = demoPlace{"RENO", "NV", -8 * time.Hour}
	denver   = demoPlace{"DENVER", "CO", -7 * time.Hour}
	columbus = demoPlace{"COLUMBUS", "OH", -5 * time.Hour}
)

func at(day, hour, minute int) time.Duration {
	return time.Duration(day)*24*time.Hour + time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// demoLife is what UPS sends, in the order of arrival: the arrival in Denver
// comes after the delay, the second "out for delivery" after the delivery, and
// three pushes come twice.
var demoLife = []demoScan{
	{"label created", at(0, 17, 0), at(0, 16, 55), reno, "M", "MP", "003", "Shipper created a label, UPS has not received the package yet.", 2},
	{"origin scan", at(1, 0, 10), at(1, 0, 5), reno, "I", "OR", "005", "Origin Scan", 2},
	{"origin scan, again", at(1, 0, 12), at(1, 0, 5), reno, "I", "OR", "005", "Origin Scan", 2},
	{"departed", at(1, 5, 20), at(1, 5, 15), reno, "I", "DP", "005", "Departed from Facility", 2},
	{"weather delay", at(1, 18, 5), at(1, 18, 0), denver, "X", "DJ", "052", "Severe weather conditions have delayed delivery.", 3},
	{"arrived, an hour late", at(1, 18, 40), at(1, 17, 20), denver, "I", "AR", "005", "Arrived at Facility", 0},
	{"weather delay, again", at(1, 20, 0), at(1, 18, 0), denver, "X", "DJ", "052", "Severe weather conditions have delayed delivery.", 3},
	{"departed", at(2, 9, 5), at(2, 9, 0), denver, "I", "DP", "005", "Departed from Facility", 3},
	{"arrived", at(3, 4, 10), at(3, 4, 5), columbus, "I", "AR", "005", "Arrived at Facility", 3},
	{"out for delivery", at(3, 13, 2), at(3, 13, 0), columbus, "I", "OT", "021", "Out For Delivery Today", 3},
	{"missed attempt", at(3, 19, 35), at(3, 19, 30), columbus, "D", "CI", "022", "The receiver was not available for delivery.", 4},
	{"delivered", at(4, 17, 50), at(4, 17, 45), columbus, "D", "FS", "011", "DELIVERED", 0},
	{"out for delivery, hours late", at(4, 18, 30), at(4, 13, 5), columbus, "I", "OT", "021", "Out For Delivery Today", 4},
	{"delivered, again", at(4, 19, 0), at(4, 17, 45), columbus, "D", "FS", "011", "DELIVERED", 0},
}

// demoLasts is how long it is until the delivery.
var demoLasts = at(4, 17, 45)

//go:embed demo.json
var demoJSON string

var demoTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("demo.json").Parse(demoJSON)
})

// body is the push as UPS words it.
func (s *demoScan) body(number string, first time.Time) ([]byte, error) {
	t, err := demoTemplate()
	if err != nil {
		return nil, err
	}
	gmt := first.Add(s.scanned)
	local := gmt.Add(s.at.offset)
	day := func(t time.Time) string { return t.Format("20060102") }
	clock := func(t time.Time) string { return t.Format("150405") }
	fields := map[string]string{
		"Number": number, "City": s.at.City, "State": s.at.State, "Type": s.kind, "Code": s.code,
		"Description": s.description, "Text": s.text,
		"LocalDate": day(local), "LocalTime": clock(local), "Date": day(gmt), "Time": clock(gmt),
		"Offset":   strings.Replace(gmt.In(time.FixedZone("", int(s.at.offset.Seconds()))).Format("-07:00"), ":", ".", 1),
		"Expected": "", "DeliveredDate": "", "DeliveredTime": "", "ReceivedBy": "",
	}
	if s.expected > 0 {
		fields["Expected"] = day(first.AddDate(0, 0, s.expected))
	}
	if s.code == "FS" {
		// UPS sends a name with a delivery. It never gets further than the cut.
		fields["DeliveredDate"], fields["DeliveredTime"], fields["ReceivedBy"] = day(local), clock(local), "DOE"
	}
	var b bytes.Buffer
	err = t.Execute(&b, fields)
	return b.Bytes(), err
}
