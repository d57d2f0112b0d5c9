package trackingnumber_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/trackingnumber"
)

func BenchmarkIdentify(b *testing.B) {
	for name, number := range map[string]string{
		"ups": "1Z5R89390357567127", "usps": "9400100000000000000006", "20digits": "02931503799192766595",
		"spelled": "1z 5r8 939 03 5756 7127", "none": "QQ12QQ34QQ56",
	} {
		b.Run(name, func(b *testing.B) {
			trackingnumber.Identify(number) // reads the tables
			b.ReportAllocs()
			for b.Loop() {
				trackingnumber.Identify(number)
			}
		})
	}
}

// BenchmarkExplain shows that the worst input is bounded, too.
func BenchmarkExplain(b *testing.B) {
	for name, number := range map[string]string{
		"swapped": "1Z5R89390357561727", "34digits": "9400100000000000000000000000000007", "words": strings.Repeat("1 ", 30), "letters": strings.Repeat("O", 46),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				trackingnumber.Explain(number, "")
			}
		})
	}
}

// BenchmarkSHA256 is the measure beside them: the hash of a push of 5 KB.
func BenchmarkSHA256(b *testing.B) {
	body := make([]byte, 5<<10)
	for b.Loop() {
		sha256.Sum256(body)
	}
}
