package archive

import (
	"bytes"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/shiptide/shiptide/shared/store"
)

// FuzzRead imports any text, as it is and with SUM in its lines replaced by the
// checksum that belongs there.
func FuzzRead(f *testing.F) {
	f.Add([]byte(strings.Join(sole(soleRow, soleDone, soleEnd), "\n")))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, text := range [][]byte{text, seal(strings.Split(string(text), "\n")...)} {
			var puts atomic.Int64
			tables := []Table{{Name: "ledger", Rows: many{put: func(it store.Item) error {
				puts.Add(1)
				return it.Check()
			}}}}
			s, err := importBytes(t, text, tables)
			c := s.Tables["ledger"]
			if err != nil && puts.Load() > 0 {
				t.Errorf("%d rows written, and %v", puts.Load(), err)
			}
			if err == nil && (c.Rows != c.Written+c.Expired || int64(c.Written) != puts.Load()) {
				t.Errorf("%d rows written, counts %+v", puts.Load(), c)
			}
			if _, err2 := lastMark(t.Context(), bytes.NewReader(text), "here", []string{"ledger"}); err == nil && err2 == nil {
				t.Error("an export would go on in a complete archive")
			}
		}
	})
}
