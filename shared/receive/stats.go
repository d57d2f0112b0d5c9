package receive

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shiptide/shiptide/shared/metric"
)

// Stats counts deliveries by source and outcome since the process started, and
// sees when a source's pushes are refused only: a key that does not match.
type Stats struct {
	mu       sync.Mutex
	bySource map[string]*counts
}

type counts struct {
	kept     int
	refused  map[string]int // by reason
	lastKept time.Time
	recent   []time.Time          // the last refusals, at most alarmAfter
	logged   map[string]time.Time // by reason
}

// Five refused and none kept in a day: the key is wrong.
const (
	alarmAfter  = 5
	alarmWithin = 24 * time.Hour
)

// add counts an outcome ("" is kept) and reports whether it is the first of its
// reason within a minute.
func (s *Stats) add(name, reason string, now time.Time) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.bySource[name]
	if c == nil {
		c = &counts{refused: map[string]int{}, logged: map[string]time.Time{}}
		s.bySource[name] = c
	}
	if reason == "" {
		c.kept, c.lastKept = c.kept+1, now
		return false
	}
	c.refused[reason]++
	if outcome(reason) == metric.Refused {
		c.recent = append(c.recent, now)
		c.recent = c.recent[max(0, len(c.recent)-alarmAfter):]
	}
	if now.Sub(c.logged[reason]) < time.Minute {
		return false
	}
	c.logged[reason] = now
	return true
}

// SourceStats are the counts of one source.
type SourceStats struct {
	Source  string         `json:"source"`
	Kept    int            `json:"kept"`
	Refused map[string]int `json:"refused"`
	// KeyWrong: five deliveries or more were refused within a day and none kept.
	KeyWrong bool `json:"keyWrong"`
}

// Sources returns the counts by source name.
func (s *Stats) Sources(now time.Time) []SourceStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []SourceStats
	for _, name := range slices.Sorted(maps.Keys(s.bySource)) {
		c := s.bySource[name]
		out = append(out, SourceStats{
			Source: name, Kept: c.kept, Refused: maps.Clone(c.refused),
			KeyWrong: len(c.recent) == alarmAfter && now.Sub(c.recent[0]) < alarmWithin && now.Sub(c.lastKept) >= alarmWithin,
		})
	}
	return out
}
