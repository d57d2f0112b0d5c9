package tiktokshop

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/source"
)

// The figures that count are those against sha256, which hashes the same bytes.
func run(b *testing.B, body []byte, f func() error) {
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sha256", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			sha256.Sum256(body)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for name, text := range map[string]string{"push": body, "5KB": body[:len(body)-1] + strings.Repeat(" ", 5<<10) + "}"} {
		b.Run(name, func(b *testing.B) {
			src := open(b, key(app, secret))
			d := source.Delivery{Header: http.Header{"Authorization": {signature(app, secret, text)}}, Body: []byte(text)}
			run(b, d.Body, func() error {
				_, err := src.Verify(b.Context(), d, now)
				return err
			})
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	src := open(b)
	run(b, []byte(body), func() error {
		_, err := src.Receiver.Decode([]byte(body))
		return err
	})
}
