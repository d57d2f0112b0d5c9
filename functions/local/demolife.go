package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
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

// demoScan is what was scanned, where and when, and how it is told. Times are
// from the midnight UTC of the first day.
type demoScan struct {
	name        string
	scanned     time.Duration
	at          demoPlace
	kind, code  string // UPS's type and code
	description string // its three digits
	text        string
	expected    int    // days after the first that UPS promises then; 0: it says nothing
	track       string // 17TRACK's sub_status
}

type demoPlace struct {
	City, State, Country string
	offset               time.Duration
}

var (
	shenzhen   = demoPlace{"SHENZHEN", "GUANGDONG", "CN", 8 * time.Hour}
	anchorage  = demoPlace{"ANCHORAGE", "AK", "US", -9 * time.Hour}
	louisville = demoPlace{"LOUISVILLE", "KY", "US", -5 * time.Hour}
	columbus   = demoPlace{"COLUMBUS", "OH", "US", -5 * time.Hour}
)

func at(day, hour, minute int) time.Duration {
	return time.Duration(day)*24*time.Hour + time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// demoLife is the way of the parcel from Shenzhen to Ohio.
var demoLife = []demoScan{
	{"label created", at(0, 2, 0), shenzhen, "M", "MP", "003", "Shipper created a label, UPS has not received the package yet.", 4, "InfoReceived"},
	{"origin scan", at(0, 10, 30), shenzhen, "I", "OR", "005", "Origin Scan", 4, "InTransit_PickedUp"},
	{"departed", at(0, 15, 0), shenzhen, "I", "DP", "005", "Departed from Facility", 4, "InTransit_Departure"},
	{"export scan", at(0, 18, 40), shenzhen, "I", "EP", "005", "Export Scan", 4, ""},
	{"import scan", at(1, 6, 10), anchorage, "I", "IP", "005", "Import Scan", 4, ""},
	{"customs wants papers", at(1, 7, 30), anchorage, "X", "OT", "058", "Clearance information is required.", 0, "InTransit_CustomsRequiringInformation"},
	{"cleared", at(2, 1, 15), anchorage, "I", "CC", "084", "Cleared Import Customs", 4, "InTransit_CustomsReleased"},
	{"arrived", at(2, 9, 0), louisville, "I", "AR", "005", "Arrived at Facility", 0, "InTransit_Arrival"},
	{"weather delay", at(2, 18, 0), louisville, "X", "DJ", "052", "Severe weather conditions have delayed delivery.", 5, "Exception_Delayed"},
	{"departed again", at(3, 9, 0), louisville, "I", "DP", "005", "Departed from Facility", 5, "InTransit_Departure"},
	{"out for delivery", at(4, 13, 0), columbus, "I", "OT", "021", "Out For Delivery Today", 5, "OutForDelivery_Other"},
	{"missed attempt", at(4, 19, 30), columbus, "D", "CI", "022", "The receiver was not available for delivery.", 5, "DeliveryFailure_NoBody"},
	{"out for delivery again", at(5, 13, 5), columbus, "I", "OT", "021", "Out For Delivery Today", 5, "OutForDelivery_Other"},
	{"delivered", at(5, 17, 45), columbus, "D", "FS", "011", "DELIVERED", 0, "Delivered_Other"},
}

// demoPush is a push on its way: one scan from UPS, or from 17TRACK the whole
// history up to one.
type demoPush struct {
	arrives time.Duration
	source  string
	scan    string
	note    string
}

// demoPushes is what comes, in the order of arrival: the arrival in Louisville
// after the delay, the second "out for delivery" after the delivery, three
// pushes twice, and 17TRACK hours behind.
var demoPushes = []demoPush{
	{at(0, 2, 5), "ups", "label created", ""},
	{at(0, 10, 35), "ups", "origin scan", ""},
	{at(0, 10, 37), "ups", "origin scan", "again"},
	{at(0, 15, 5), "ups", "departed", ""},
	{at(0, 17, 0), "17track", "departed", "the history so far"},
	{at(0, 18, 45), "ups", "export scan", ""},
	{at(1, 6, 15), "ups", "import scan", ""},
	{at(1, 7, 35), "ups", "customs wants papers", ""},
	{at(1, 16, 0), "17track", "customs wants papers", "the history, hours behind"},
	{at(2, 1, 20), "ups", "cleared", ""},
	{at(2, 18, 5), "ups", "weather delay", ""},
	{at(2, 18, 40), "ups", "arrived", "nine hours late"},
	{at(2, 20, 0), "ups", "weather delay", "again"},
	{at(3, 2, 0), "17track", "weather delay", "the history, hours behind"},
	{at(3, 9, 5), "ups", "departed again", ""},
	{at(4, 13, 2), "ups", "out for delivery", ""},
	{at(4, 19, 35), "ups", "missed attempt", ""},
	{at(5, 17, 50), "ups", "delivered", ""},
	{at(5, 18, 30), "ups", "out for delivery again", "five hours late"},
	{at(5, 19, 0), "ups", "delivered", "again"},
	{at(5, 20, 0), "17track", "delivered", "the whole history"},
}

// demoLasts is how long it is until the delivery.
var demoLasts = at(5, 17, 45)

// demoIndex returns the place of a scan in the life.
func demoIndex(name string) int {
	return slices.IndexFunc(demoLife, func(s demoScan) bool { return s.name == name })
}

// body is the push as its source words it.
func (p *demoPush) body(number string, first time.Time) ([]byte, error) {
	i := demoIndex(p.scan)
	if p.source == "ups" {
		return demoLife[i].body(number, first)
	}
	return demoHistory(number, first, demoLife[:i+1])
}

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
		"Number": number, "City": s.at.City, "State": s.at.State, "Country": s.at.Country, "Type": s.kind, "Code": s.code,
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
