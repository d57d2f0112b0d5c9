package payload

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/shipment"
)

// Removed stands where a text was cut: a decoder can still see that there was
// one ("signed by somebody"). Cut objects, arrays and numbers become null.
const Removed = "-"

// maxString is the longest string that is kept: longer ones are images.
const maxString = 32 << 10

// personal lists members that are cut wherever they stand, in the form of
// [plain].
var personal = words(`receivedby receivedbyname signedby signedforby signedforbyname signature signatures signatureimage signatureurl
	signaturename signer signername signatory photo photos photourl deliveryphoto deliveryphotos image images imageurl pod podurl proofofdelivery
	firstname lastname middlename fullname recipientname receivername consigneename customername buyername sendername shippername
	leftat releasedto contactname personname attentionname attention companyname phone phones phonenumber phonenumbers mobile mobilenumber telephone tel fax
	email emails emailaddress mail mailaddress smses addressline addressline1 addressline2 addressline3 addresslines
	address1 address2 address3 street street1 street2 street3 streetlines streetaddress streetname housenumber buildingname
	fulladdress formattedaddress latitude longitude coordinates gpspodcoordinates idnumber taxid passport`)

// owners lists objects that describe somebody: of their texts only those named
// in public stay.
var owners = words(`recipient receiver consignee addressee customer buyer shipper sender contact person deliveredto shipto shipfrom`)

// public lists what may be known of an address or a person.
var public = []string{"city", "locality", "state", "province", "region", "country", "postal", "zip", "type", "code", "language"}

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// Cutter cuts personal data out of the bodies of one source.
type Cutter struct{ also map[string]bool }

// NewCutter returns a Cutter that cuts these members beside the shared list.
// Case, dashes and underscores do not matter.
func NewCutter(also ...string) *Cutter {
	c := &Cutter{also: map[string]bool{}}
	for _, name := range also {
		var buf [64]byte
		c.also[string(plain(buf[:0], []byte(name)))] = true
	}
	return c
}

// Cut returns the body without names, signatures, photos, streets, phone
// numbers and mail addresses: their members by name, the other texts of an
// address or a person, and any text over 32 KB. Postal codes keep 3 characters.
// Where nothing is cut it returns body itself. A body that is not JSON cannot
// be cut: that is an error.
func (c *Cutter) Cut(body []byte) ([]byte, error) {
	k, _ := knives.Get().(*knife)
	k.Cutter, k.body, k.out, k.done = c, body, nil, 0
	k.buf = *bytes.NewBuffer(body)
	k.dec.Reset(&k.buf)
	err := k.value(nil, false)
	if err == nil {
		if _, end := k.dec.ReadToken(); end != io.EOF { //nolint:errorlint // jsontext returns io.EOF itself
			err = errTail
		}
	}
	out := body
	if k.done > 0 {
		out = append(k.out, body[k.done:]...)
	}
	k.body, k.out, k.buf = nil, nil, bytes.Buffer{}
	k.dec.Reset(&k.buf)
	knives.Put(k)
	if err != nil {
		return nil, fmt.Errorf("payload: cut: %w", reason(err))
	}
	return out, nil
}

var knives = sync.Pool{New: func() any {
	k := new(knife)
	k.dec = jsontext.NewDecoder(&k.buf)
	return k
}}

// knife is one cut in progress: out holds body[:done], edited.
type knife struct {
	*Cutter
	dec  *jsontext.Decoder
	buf  bytes.Buffer
	body []byte
	out  []byte
	done int
}

// value passes over one value, which is the member name (plain) of an object
// that describes somebody, if owned.
func (k *knife) value(name []byte, owned bool) error {
	owned = owned || describes(name)
	switch k.dec.PeekKind() {
	case '{':
		if postal(name) {
			return k.remove()
		}
		return k.object(owned)
	case '[':
		return k.array(name, owned)
	case '"':
		return k.text(name, owned)
	case '0':
		return k.number(name, owned)
	}
	return k.dec.SkipValue()
}

// number cuts numbers of a person, and all but the first three digits of a
// postal code.
func (k *knife) number(name []byte, owned bool) error {
	switch {
	case postal(name):
		v, err := k.dec.ReadValue()
		if err == nil && len(v) > 3 {
			k.replace(len(v), `"`+string(v[:3])+`"`)
		}
		return err
	case owned && !mayStay(name):
		return k.remove()
	}
	return k.dec.SkipValue()
}

func postal(name []byte) bool { return contains(name, "postal") || contains(name, "zip") }

func (k *knife) object(owned bool) error {
	if _, err := k.dec.ReadToken(); err != nil {
		return err
	}
	for k.dec.PeekKind() != '}' {
		v, err := k.dec.ReadValue()
		if err != nil {
			return err
		}
		var buf, raw [64]byte
		inside := v[1 : len(v)-1]
		if bytes.IndexByte(inside, '\\') >= 0 { // "receivedB\u0079" is a name like any other.
			if inside, err = jsontext.AppendUnquote(raw[:0], v); err != nil {
				return err
			}
		}
		name := plain(buf[:0], inside)
		if personal[string(name)] || k.also[string(name)] {
			err = k.remove()
		} else {
			err = k.value(name, owned)
		}
		if err != nil {
			return err
		}
	}
	_, err := k.dec.ReadToken()
	return err
}

func (k *knife) array(name []byte, owned bool) error {
	if _, err := k.dec.ReadToken(); err != nil {
		return err
	}
	for k.dec.PeekKind() != ']' {
		if err := k.value(name, owned); err != nil {
			return err
		}
	}
	_, err := k.dec.ReadToken()
	return err
}

// remove cuts the next value, whatever it is.
func (k *knife) remove() error {
	v, err := k.dec.ReadValue()
	if err != nil {
		return err
	}
	switch {
	case v.Kind() == 'n', len(v) == 2 && v.Kind() == '"': // Nothing there.
	case v.Kind() == '"':
		k.replace(len(v), `"`+Removed+`"`)
	default:
		k.replace(len(v), "null")
	}
	return nil
}

func (k *knife) text(name []byte, owned bool) error {
	v, err := k.dec.ReadValue()
	if err != nil {
		return err
	}
	switch {
	case len(v) == 2:
	case len(v) > maxString, owned && !postal(name) && !mayStay(name):
		k.replace(len(v), `"`+Removed+`"`)
	case !postal(name):
		return k.prose(v)
	default:
		if short := firstThree(v[1 : len(v)-1]); len(short)+2 < len(v) {
			k.replace(len(v), `"`+string(short)+`"`)
		}
	}
	return nil
}

// prose cuts names, phone numbers and mail addresses out of a text that stays.
func (k *knife) prose(v jsontext.Value) error {
	if bytes.IndexByte(v, ' ') < 0 && bytes.IndexByte(v, '@') < 0 && bytes.IndexByte(v, '\\') < 0 {
		return nil
	}
	raw, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return err
	}
	text := string(raw)
	cut := shipment.CutPersonal(text)
	if cut == text {
		return nil
	}
	quoted, err := jsontext.AppendQuote(nil, cut)
	if err != nil {
		return err
	}
	k.replace(len(v), string(quoted))
	return nil
}

// replace puts text in the place of the value of n bytes that was just read.
func (k *knife) replace(n int, text string) {
	end := int(k.dec.InputOffset())
	k.out = append(append(k.out, k.body[k.done:end-n]...), text...)
	k.done = end
}

// describes tells whether a member speaks of somebody: "consignee", and
// "consigneeDetails" too.
func describes(name []byte) bool {
	if contains(name, "address") || owners[string(name)] {
		return true
	}
	for _, suffix := range []string{"details", "detail", "information", "info", "data", "party"} {
		if base, ok := bytes.CutSuffix(name, []byte(suffix)); ok && owners[string(base)] {
			return true
		}
	}
	return false
}

func mayStay(name []byte) bool {
	for _, word := range public {
		if contains(name, word) {
			return true
		}
	}
	return false
}

func contains(name []byte, word string) bool { return bytes.Contains(name, []byte(word)) }

// plain appends the letters and digits of a member name to buf, in lower case.
func plain(buf, name []byte) []byte {
	for _, c := range name {
		switch {
		case 'A' <= c && c <= 'Z':
			buf = append(buf, c-'A'+'a')
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c >= utf8.RuneSelf:
			buf = append(buf, c)
		}
	}
	return buf
}

// firstThree returns the first three characters of a JSON string's inside, at
// most up to its first escape.
func firstThree(s []byte) []byte {
	n := 0
	for i := 0; i < len(s); {
		if n == 3 || s[i] == '\\' {
			return s[:i]
		}
		_, size := utf8.DecodeRune(s[i:])
		i += size
		n++
	}
	return s
}
