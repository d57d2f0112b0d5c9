package snssender

import (
	"strings"
	"unicode/utf16"
)

// The default alphabet of SMS (3GPP TS 23.038, 6.2.1) and its extension, whose
// characters take two places.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// Units of a message that fits in one part, and of each part of a longer one,
// whose header takes some.
const (
	gsmAlone, gsmJoined = 160, 153
	ucsAlone, ucsJoined = 70, 67
)

// gsmUnits is how many places a character takes, or 0 if it has none.
func gsmUnits(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtension, r):
		return 2
	}
	return 0
}

func isGSM(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return gsmUnits(r) == 0 })
}

// parts is how many SMS a text takes. One character outside the alphabet makes
// all of it UCS-2. What takes two units is never divided between two parts. That
// SNS says it parts at words cannot be relied on: it may then be one more.
func parts(text string) int {
	units, alone, joined := gsmUnits, gsmAlone, gsmJoined
	if !isGSM(text) {
		units, alone, joined = utf16.RuneLen, ucsAlone, ucsJoined
	}
	sum, used, n := 0, 0, 1
	for _, r := range text {
		u := units(r)
		sum += u
		if used += u; used > joined {
			n++
			used = u
		}
	}
	if sum <= alone {
		return 1
	}
	return n
}
