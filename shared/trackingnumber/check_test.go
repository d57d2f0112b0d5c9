package trackingnumber

import "testing"

// TestChecks runs each rule on the part of a number that it reads.
func TestChecks(t *testing.T) {
	tests := []struct {
		name, check string
		good, bad   []string
	}{
		{
			"UPS: letters count, products are added whole", "ups",
			[]string{"5R89390357567127", "879E930346834440", "XX3150YW44070023", "CIETST0111111114", "023E2X0214323462"},
			[]string{"1111111111111111", "5R89390357567128"},
		},
		{"UPS waybills: the letter takes no part", "ups", []string{"1506235620", "4603636537"}, []string{"1506235622"}},
		{"UPS: a place of weight 2 does not see a change by 5", "ups", []string{"1506235620", "1006235620"}, nil},
		{"OnTrac: C counts as 4, D as 5", "ups", []string{"C10000000000012", "410000000000012", "D10000000000011", "510000000000011"}, []string{"C10000000000013"}},
		{
			"GS1 of odd and even length, with leading zeros", "gs1",
			[]string{"9400100000000000000006", "041441760228964", "122816215025810", "7012345678901230", "0123450000000027", "00340434161094000007"},
			[]string{"9400100000000000000007", "568283610012732", "00340434161094000001"},
		},
		{"GS1: neighbours that differ by 5 may change places", "gs1", []string{"0500000000000005", "5000000000000005"}, nil},
		{"92 in front", "gs1:92", []string{"61299998620341515252", "74899992242124855076"}, []string{"02931503799192766595"}},
		{"91 in front", "gs1:91", []string{"02931503799192766595"}, []string{"61299998620341515252", "02931503799192766597"}},
		{"FedEx of 12", "fedex", []string{"986578788855", "477179081230", "776094337676", "123456789012"}, []string{"996578788855"}},
		{"FedEx of 14", "fedex", []string{"00779017972697", "00776632517510"}, []string{"00779017972698"}},
		{"FedEx: remainders 0 and 10 are both written 0", "fedex", []string{"000000000180", "000000000170"}, []string{"000000000171"}},
		{"mod 7", "mod7", []string{"1234567891", "9876543213", "12345678903", "0000000000"}, []string{"1234567892", "1234567898"}},
		{"mod 7 does not see a change by 7", "mod7", []string{"8234567891"}, nil},
		{"Luhn", "luhn", []string{"330123456783", "321000000174", "79927398713"}, []string{"330123456784"}},
		{"S10", "s10", []string{"000000014", "473124829", "123456785"}, []string{"000000015"}},
		{"S10: 10 is written 0, 11 and 5 are written 5", "s10", []string{"000000080", "000000155", "000000045"}, []string{"000000081", "000000150"}},
		{"ISO 7064 mod 37,36", "mod37-36", []string{"012345678901233", "150000000000014", "00000000000000U", "000000000000000000000000123L"}, []string{"012345678901234", "01234567890123A"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check := checkOf(tt.check)
			for _, s := range tt.good {
				if !check(s) {
					t.Errorf("%s is refused", s)
				}
			}
			for _, s := range tt.bad {
				if check(s) {
					t.Errorf("%s passes", s)
				}
			}
		})
	}
}

// TestChecksAgree compares the rules with what the carriers write where we say
// that it is the same.
func TestChecksAgree(t *testing.T) {
	left := func(s string, weights ...int) (sum int) {
		for i := range len(s) - 1 {
			sum += int(s[i]-'0') * weights[i%len(weights)]
		}
		return sum
	}
	for n := range 5000 {
		s := fmtDigits(n, 12)
		if want := left(s, 3, 1, 7)%11%10 == int(s[11]-'0'); checkFedEx(s) != want {
			t.Errorf("FedEx of 12: %s, want %v", s, want)
		}
		s = fmtDigits(n, 14)
		if want := left(s, 1, 7, 3)%11%10 == int(s[13]-'0'); checkFedEx(s) != want {
			t.Errorf("FedEx of 14: %s, want %v", s, want)
		}
		s = fmtDigits(n, 15)
		if want := fill10(left(s, 1, 3)) == int(s[14]-'0'); checkGS1(s) != want {
			t.Errorf("FedEx of 15: %s, want %v", s, want)
		}
		s = fmtDigits(n, 20)
		if want := fill10(left(s, 3, 1)) == int(s[19]-'0'); checkGS1(s) != want {
			t.Errorf("USPS of 20: %s, want %v", s, want)
		}
	}
}

// fmtDigits returns digits that look random, the same for the same n.
func fmtDigits(n, length int) string {
	b, x := make([]byte, length), uint64(n)*2654435761+88172645463325252
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = '0' + byte(x%10)
	}
	return string(b)
}
