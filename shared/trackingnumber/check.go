package trackingnumber

// A check reports whether the last character of s agrees with those before it.
// It is called only with characters that the form of its format allows.
type check func(s string) bool

// checkOf returns a check by its name in formats.tsv, nil for an unknown one.
func checkOf(name string) check {
	switch name {
	case "ups":
		return checkUPS
	case "gs1":
		return checkGS1
	case "gs1:91":
		return func(s string) bool { return checkGS1("91" + s) }
	case "gs1:92":
		return func(s string) bool { return checkGS1("92" + s) }
	case "fedex":
		return checkFedEx
	case "mod7":
		return checkMod7
	case "luhn":
		return checkLuhn
	case "s10":
		return checkS10
	case "mod37-36":
		return checkMod3736
	}
	return nil
}

// checkUPS is the rule of UPS's 1Z numbers and waybills, and of OnTrac: weights
// 1, 2, 1, 2 … from the left, letters count as (ASCII − 3) mod 10, products are
// added whole, and the check digit fills the sum up to the next ten. A place of
// weight 2 does not see a change by 5.
func checkUPS(s string) bool {
	sum, last := 0, len(s)-1
	for i := range last {
		sum += value(s[i]) * (1 + i%2)
	}
	return fill10(sum) == value(s[last])
}

// value is a digit itself, and for a letter what UPS counts it as: A is 2, H is
// 9, I is 0 again.
func value(c byte) int {
	if c >= 'A' {
		return int(c-3) % 10
	}
	return int(c - '0')
}

// checkGS1 is the mod 10 rule of GS1: weights 3, 1, 3, 1 … from the right, the
// place beside the check digit has 3. USPS and Canada Post give it as "3, 1 from
// the left" for serials of odd length and FedEx Ground as "1, 3 from the left"
// for those of even length, which is the same. It sees every wrong digit, but
// not two neighbours that differ by 5 and changed places.
func checkGS1(s string) bool {
	sum, weight, last := 0, 3, len(s)-1
	for i := last - 1; i >= 0; i-- {
		sum += int(s[i]-'0') * weight
		weight = 4 - weight
	}
	return fill10(sum) == int(s[last]-'0')
}

// checkFedEx is the rule of FedEx Express: weights 1, 3, 7, 1, 3, 7 … from the
// right, the sum mod 11 and that mod 10. FedEx gives them from the left, as 3,
// 1, 7 for its 11 digits and as 1, 7, 3 for the 13 of its long barcodes. The
// remainders 0 and 10 share a digit, so some wrong digits pass.
func checkFedEx(s string) bool {
	weights, sum, last := [...]int{1, 3, 7}, 0, len(s)-1
	for i := range last {
		sum += int(s[last-1-i]-'0') * weights[i%3]
	}
	return sum%11%10 == int(s[last]-'0')
}

// checkMod7 is the rule of DHL Express: the digits before the last, read as one
// number, mod 7. It does not see a digit that changed by 7.
func checkMod7(s string) bool {
	rest, last := 0, len(s)-1
	for i := range last {
		rest = (rest*10 + int(s[i]-'0')) % 7
	}
	return rest == int(s[last]-'0')
}

// checkLuhn is the rule of Purolator, and of credit cards: every second digit
// from the right is doubled, beginning beside the check digit, and the digits of
// the products are added.
func checkLuhn(s string) bool {
	sum, last := 0, len(s)-1
	for i := range last {
		d := int(s[last-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return fill10(sum) == int(s[last]-'0')
}

// checkS10 is the rule of UPU standard S10 over its nine digits: weights 8, 6,
// 4, 2, 3, 5, 9, 7, and 11 minus the sum mod 11, where 10 is written 0 and 11
// is written 5. So two remainders share the 5, and a few wrong digits pass.
func checkS10(s string) bool {
	sum, last := 0, len(s)-1
	for i, w := range [...]int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(s[i]-'0') * w
	}
	c := 11 - sum%11
	switch c {
	case 10:
		c = 0
	case 11:
		c = 5
	}
	return c == int(s[last]-'0')
}

// checkMod3736 is ISO 7064 mod 37,36, as DPD uses it over its digits; the check
// character may be a letter, A is 10.
func checkMod3736(s string) bool {
	p, last := 36, len(s)-1
	for i := range last {
		sum := (p + int(s[i]-'0')) % 36
		if sum == 0 {
			sum = 36
		}
		p = 2 * sum % 37
	}
	return (37-p)%36 == symbolOf(s[last])
}

// fill10 is what is missing from sum to the next multiple of ten.
func fill10(sum int) int { return (10 - sum%10) % 10 }
