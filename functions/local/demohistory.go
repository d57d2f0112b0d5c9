package main

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"text/template"
	"time"
)

//go:embed demo17track.json
var historyJSON string

var historyTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("demo17track.json").Parse(historyJSON)
})

// historyEvent is a scan as 17TRACK tells it: in local time, without a zone.
type historyEvent struct{ Date, Time, Text, City, State, Country, SubStatus string }

// demoHistory is a push of 17TRACK that holds all scans so far, newest first.
func demoHistory(number string, first time.Time, scans []demoScan) ([]byte, error) {
	t, err := historyTemplate()
	if err != nil {
		return nil, err
	}
	var events []historyEvent
	for _, s := range slices.Backward(scans) {
		if s.track == "" {
			continue
		}
		local := first.Add(s.scanned + s.at.offset)
		events = append(events, historyEvent{
			local.Format(time.DateOnly), local.Format(time.TimeOnly), s.text, s.at.City, s.at.State, s.at.Country, s.track,
		})
	}
	newest := scans[len(scans)-1]
	status, _, _ := strings.Cut(newest.track, "_")
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"Number": number, "Status": status, "SubStatus": newest.track, "Events": events,
		"Synced": first.Add(newest.scanned + 10*time.Minute).Format(time.RFC3339),
	})
	return b.Bytes(), err
}
