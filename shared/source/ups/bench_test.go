package ups

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// The figures that count are those against sha256, which hashes the same bytes.
func benchmarkSHA256(b *testing.B, body []byte) {
	b.Run("sha256", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			sha256.Sum256(body)
		}
	})
}

func sample(b *testing.B, name string) []byte {
	b.Helper()
	body, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		b.Fatal(err)
	}
	return body
}

func BenchmarkVerify(b *testing.B) {
	for name, key := range map[string]string{"credential": secretKey, "bearer": basicKey, "path": pathKey} {
		b.Run(name, func(b *testing.B) {
			src, d := open(b, key), signed(b, key, now)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := src.Verify(b.Context(), d, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	benchmarkSHA256(b, make([]byte, 5<<10))
}

func BenchmarkDecode(b *testing.B) {
	b.Run("push", func(b *testing.B) {
		body := sample(b, "push-life-06-weather-delay.json")
		src, d := open(b, secretKey), signed(b, secretKey, now)
		d.Body = body
		run(b, body, func() error {
			if _, err := src.Verify(b.Context(), d, now); err != nil {
				return err
			}
			_, err := src.Receiver.Decode(body)
			return err
		})
	})
	b.Run("answer12", func(b *testing.B) {
		body := compact(b, sample(b, "pull-history.json"))
		src := open(b, secretKey)
		run(b, body, func() error {
			_, err := src.Answer(200, body)
			return err
		})
	})
}

func run(b *testing.B, body []byte, f func() error) {
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
	})
	benchmarkSHA256(b, body)
}

// compact takes the blanks out, as UPS sends it.
func compact(b *testing.B, body []byte) []byte {
	b.Helper()
	v := jsontext.Value(body)
	if err := v.Compact(); err != nil {
		b.Fatal(err)
	}
	return v
}
