package snssender

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAlphabet(t *testing.T) {
	if n := utf8.RuneCountInString(gsmBasic); n != 127 { // 128 places, of which one is the escape.
		t.Errorf("%d characters in the basic alphabet, want 127", n)
	}
	tests := []struct {
		name string
		text string
		want int
	}{
		{"each basic character takes one", "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n\r Az09!\"#%&'()*+,-./:;<=>?", 1},
		{"each extension takes two", "^{}\\[~]|€\f", 2},
		{"Polish, Vietnamese, Czech, Cyrillic, Chinese, emoji have none", "ąćęłńśźżĄŁạảấầđĐơưčřžПр包🚚", 0},
		{"nor have these neighbours", "çáíóúâêîôûãõÁÀÈÊËÏ`\t“”‘’–—…\u00a0αβ", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, r := range tt.text {
				if got := gsmUnits(r); got != tt.want {
					t.Errorf("%q takes %d, want %d", r, got, tt.want)
				}
			}
		})
	}
}

func TestParts(t *testing.T) {
	rep := strings.Repeat
	tests := []struct {
		name string
		text string
		want int
	}{
		{"nothing is one all the same", "", 1},
		{"160 fill one", rep("a", 160), 1},
		{"161 do not", rep("a", 161), 2},
		{"306 fill two", rep("a", 306), 2},
		{"307 do not", rep("a", 307), 3},
		{"80 euro signs fill one", rep("€", 80), 1},
		{"a letter more does not fit", rep("€", 80) + "a", 2},
		{"a euro sign is not divided: 152 of the first part are used", rep("€", 76+76), 2},
		{"so there is no room for a third half", rep("€", 76+76+1), 3},
		{"behind a letter 153 fit", "a" + rep("€", 76) + "a" + rep("€", 76), 2},
		{"70 of Polish fill one", rep("ł", 70), 1},
		{"71 do not", rep("ł", 71), 2},
		{"134 of Polish fill two", rep("ł", 134), 2},
		{"135 do not", rep("ł", 135), 3},
		{"one Vietnamese letter makes all of it wide", rep("a", 70) + "ạ", 2},
		{"35 emoji fill one", rep("🚚", 35), 1},
		{"36 do not", rep("🚚", 36), 2},
		{"an emoji is not divided: 33 a part", rep("🚚", 66), 2},
		{"so 67 are three", rep("🚚", 67), 3},
		{"wide, a euro sign takes one", "ł" + rep("€", 69), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parts(tt.text); got != tt.want {
				t.Errorf("%d parts, want %d", got, tt.want)
			}
		})
	}
}
