package archive

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

func TestAnImportRefusesADamagedArchive(t *testing.T) {
	text := exported(t, smallStore(t))
	w := storetest.NewWorld()
	target := wrap(w, openStore(t))
	refused := func(text []byte) error {
		_, err := importBytes(t, text, target)
		if w.Calls() != 0 {
			t.Fatal("something was written")
		}
		return err
	}
	for n := range text {
		if err := refused(text[:n]); !errors.Is(err, ErrIncomplete) {
			t.Errorf("cut at byte %d: %v, want ErrIncomplete", n, err)
		}
		for _, bits := range []byte{0x01, 0x20} {
			flipped := bytes.Clone(text)
			flipped[n] ^= bits
			if refused(flipped) == nil {
				t.Errorf("byte %d flipped by %#x was imported", n, bits)
			}
		}
		if refused(append(bytes.Clone(text[:n]), text[n+1:]...)) == nil {
			t.Errorf("byte %d left out was imported", n)
		}
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	for n := range lines[:len(lines)-1] {
		twice := bytes.Join([][]byte{bytes.Join(lines[:n+1], nil), bytes.Join(lines[n:], nil)}, nil)
		if refused(twice) == nil {
			t.Errorf("line %d twice was imported", n+1)
		}
		none := append(bytes.Join(lines[:n], nil), bytes.Join(lines[n+1:], nil)...)
		if refused(none) == nil {
			t.Errorf("without line %d was imported", n+1)
		}
	}
}

// TestAnImportRefusesWhatIsNoArchive: the checksums are right, the rest is not.
func TestAnImportRefusesWhatIsNoArchive(t *testing.T) {
	secret := "1Z999AA10123456784"
	large := strings.Repeat("QUFB", store.MaxBody/3+1)
	tests := []struct {
		name  string
		lines []string
		want  string // part of the error; empty: it is imported
	}{
		{"an archive", sole(soleRow, soleDone, soleEnd), ""},
		{"no header", []string{soleRow, soleDone, soleEnd}, ErrNoArchive.Error()},
		{"a later format", []string{`{"archive":2}`}, "archive of format 2, want 1"},
		{"other tables", []string{`{"archive":1,"from":"here","tables":["ledger","inbox"]}`}, "archive of the tables"},
		{"a header with more in it", []string{`{"archive":1,"from":"here","tables":["ledger"],"x":1}`, soleRow, soleDone, soleEnd}, "line 1: "},
		{"a row of an unknown table", sole(`{"t":"inbox","p":"A","s":"1","v":1}`, soleDone, soleEnd), "line 2: "},
		{"a row of no table", sole(`{"p":"A","s":"1","v":1}`, soleDone, soleEnd), "line 2: "},
		{"a row with an unknown member", sole(`{"t":"ledger","p":"A","s":"1","x":"`+secret+`"}`, soleDone, soleEnd), "line 2: "},
		{"a member of an unknown name", sole(`{"t":"ledger","p":"A","s":"1","`+secret+`":1}`, soleDone, soleEnd), "line 2: "},
		{"an attribute of another type", sole(`{"t":"ledger","p":"A","s":"1","a":{"`+secret+`":1}}`, soleDone, soleEnd), "line 2: "},
		{"a member twice", sole(`{"t":"ledger","p":"A","s":"1","t":"inbox"}`, soleDone, soleEnd), "line 2: "},
		{"a member of another type", sole(`{"t":"ledger","p":"A","s":"1","n":"`+secret+`"}`, soleDone, soleEnd), "line 2: "},
		{"an empty key", sole(`{"t":"ledger","p":"A","s":""}`, soleDone, soleEnd), "line 2: archive is damaged: bad key"},
		{"a key with a NUL", sole(`{"t":"ledger","p":"A","s":"`+secret+`\u0000"}`, soleDone, soleEnd), "bad key"},
		{"a key that is too long", sole(`{"t":"ledger","p":"A","s":"`+strings.Repeat("s", 1024)+`"}`, soleDone, soleEnd), "bad key"},
		{"a body that is too large", sole(`{"t":"ledger","p":"A","s":"1","b":"`+large+`"}`, soleDone, soleEnd), "row too large"},
		{"a body that is not base64", sole(`{"t":"ledger","p":"A","s":"1","b":"`+secret+`"}`, soleDone, soleEnd), "line 2: "},
		{"a due time without milliseconds", sole(`{"t":"ledger","p":"A","s":"1","due":"2026-03-02T09:14:00Z"}`, soleDone, soleEnd), "time malformed"},
		{"an expiry that is none", sole(`{"t":"ledger","p":"A","s":"1","exp":"`+secret+`"}`, soleDone, soleEnd), "time malformed"},
		{"a line that is too long", sole(soleRow+strings.Repeat(" ", maxLine), soleDone, soleEnd), "line 2: archive is damaged: too long"},
		{"an empty line", sole("", soleRow, soleDone, soleEnd), "line 2: "},
		{"fewer rows than the checkpoint says", sole(soleDone, soleEnd), "line 2: "},
		{"more rows than the checkpoint says", sole(soleRow, soleRow, soleDone, soleEnd), "line 4: "},
		{"rows without a checkpoint", sole(soleRow, soleEnd), "line 3: "},
		{"a checkpoint that is done and goes on", sole(soleRow, strings.Replace(soleDone, `""`, `"x"`, 1), soleEnd), "line 3: "},
		{"a checkpoint that neither is done nor goes on", sole(soleRow, strings.Replace(soleDone, `"done":true,`, "", 1), soleEnd), "line 3: "},
		{"a checkpoint with spaces", sole(soleRow, strings.Replace(soleDone, ",", ", ", 1), soleEnd), "line 3: "},
		{"a checkpoint with another sum", sole(soleRow, strings.Replace(soleDone, "SUM", "0", 1), soleEnd), "line 3: "},
		{"a row after the table is done", sole(soleRow, soleDone, soleRow, soleEnd), "line 4: "},
		{"an end with other numbers", sole(soleRow, soleDone, strings.Replace(soleEnd, "1", "2", 1)), "line 4: "},
		{"an end with another sum", sole(soleRow, soleDone, strings.Replace(soleEnd, "SUM", "0", 1)), "line 4: "},
		{"an end that is none", sole(soleRow, soleDone, strings.Replace(soleEnd, "true", "false", 1)), "line 4: "},
		{"an end with spaces", sole(soleRow, soleDone, soleEnd+" "), "line 4: "},
		{"more after the end", sole(soleRow, soleDone, soleEnd, soleEnd), "line 4: archive is damaged: it goes on after its end"},
		{"no end", sole(soleRow, soleDone), "line 4: archive is incomplete"},
		{"only a header", sole(), "line 2: archive is incomplete"},
		{"nothing", nil, "line 1: archive is incomplete"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			puts := 0
			tables := []Table{{Name: "ledger", Rows: many{put: func(store.Item) error { puts++; return nil }}}}
			_, err := importBytes(t, seal(tt.lines...), tables)
			if tt.want == "" {
				if err != nil || puts != 1 {
					t.Errorf("import = %v, %d rows written", err, puts)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), secret) {
				t.Errorf("import = %v, want %q", err, tt.want)
			}
			if puts != 0 {
				t.Errorf("%d rows written", puts)
			}
		})
	}
}
