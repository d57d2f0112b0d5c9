package seventeentrack

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"
)

// compact takes the blanks and the members without a value out of a sample, as
// 17TRACK's shorter pushes have it.
func compact(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Fatal(err)
	}
	var root any
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	drop(root)
	body, err := json.Marshal(root, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func drop(v any) (empty bool) {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		for name, member := range v {
			if drop(member) {
				delete(v, name)
			}
		}
		return len(v) == 0
	case []any:
		for _, member := range v {
			drop(member)
		}
	}
	return false
}

// pushOf5KB tells of two carriers.
func pushOf5KB(t testing.TB) []byte {
	body := compact(t, "push-two-carriers.json")
	for len(body) > 5<<10 {
		// The oldest event stands before the next carrier.
		end := bytes.Index(body, []byte(`}],"events_hash"`)) + 1
		begin := bytes.LastIndex(body[:end], []byte(`,{"address":{"city"`))
		if begin < 0 || end == 0 {
			t.Fatal("the sample has another form")
		}
		body = append(body[:begin], body[end:]...)
	}
	return body
}

// pushOf40KB is the same parcel with a long way behind it.
func pushOf40KB(t testing.TB) []byte {
	body := pushOf5KB(t)
	at := bytes.Index(body, []byte(`"events":[`)) + len(`"events":[`)
	var more bytes.Buffer
	for i := 0; len(body)+more.Len() < 40<<10; i++ {
		fmt.Fprintf(&more, `{"address":{"city":"Guangzhou","country":"CN","state":"Guangdong"},"description":"Processed at sorting centre %d",`+
			`"location":"GUANGZHOU, Guangdong, CN","sub_status":"InTransit_Other","time_iso":"2026-11-0%dT%02d:%02d:00+08:00",`+
			`"time_raw":{"date":"2026-11-0%d","time":"%02d:%02d:00","timezone":"+08:00"},"time_utc":"2026-11-08T03:02:00Z"},`,
			i, 1+i%8, i%24, i%60, 1+i%8, i%24, i%60)
	}
	return append(append(bytes.Clone(body[:at]), more.Bytes()...), body[at:]...)
}

func TestVerifyAllocatesNothing(t *testing.T) {
	body := pushOf5KB(t)
	src, d := open(t, "another-s3cr3t", secretKey), signed(t, secretKey, body)
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		if _, err := src.Verify(ctx, d, now); err != nil {
			t.Fatal(err)
		}
	}); n != 0 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
}

// The figures that count are those against sha256, which hashes the same bytes.
// The bars are 1.15 times that for verify and 8 times for both together.
func BenchmarkPush(b *testing.B) {
	for name, body := range map[string][]byte{"5KB": pushOf5KB(b), "40KB": pushOf40KB(b)} {
		src, d := open(b, secretKey), signed(b, secretKey, body)
		run := func(what string, f func() error) {
			b.Run(name+"/"+what, func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		verify := func() error {
			_, err := src.Verify(b.Context(), d, now)
			return err
		}
		run("sha256", func() error {
			sha256.Sum256(body)
			return nil
		})
		run("verify", verify)
		run("verify+decode", func() error {
			if err := verify(); err != nil {
				return err
			}
			report, err := src.Receiver.Decode(body)
			if err == nil && len(report.Malformed) > 0 {
				b.Fatal(report.Malformed)
			}
			return err
		})
	}
}
