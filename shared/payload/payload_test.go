package payload_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/shiptide/shiptide/shared/payload"
)

func TestCut(t *testing.T) {
	tests := []struct {
		name, body, want string
	}{
		{"nothing personal stays as it is", `{"trackingNumber": "1Z", "city":"Reno"}`, `{"trackingNumber": "1Z", "city":"Reno"}`},
		{"a name is cut by its member, however it is spelled", `{"receivedBy":"CANARY","Signed_By":"CANARY","signed-for-by":"CANARY"}`, `{"receivedBy":"-","Signed_By":"-","signed-for-by":"-"}`},
		{"an escaped name is a name", `{"received\u0042y":"CANARY"}`, `{"received\u0042y":"-"}`},
		{"a person as a text, a list or details", `{"recipient":"CANARY","consignee":["CANARY"],"consigneeDetails":{"name":"CANARY"},"contact":"CANARY"}`, `{"recipient":"-","consignee":["-"],"consigneeDetails":{"name":"-"},"contact":"-"}`},
		{"numbers of a person", `{"recipient":{"id":123456,"zip":89501}}`, `{"recipient":{"id":null,"zip":"895"}}`},
		{"postal codes of other kinds", `{"postalCode":89501,"zip":{"code":"89501"}}`, `{"postalCode":"895","zip":null}`},
		{"a sentence loses names, phones and mails", `{"description":"DELIVERED, SIGNED BY: JOHN CANARY","note":"call +1 202 555 0199 or write to john@canary.example"}`, `{"description":"DELIVERED, SIGNED BY …","note":"call … or write to …"}`},
		{"numbers that parcels are known by stay", `{"number":"9261290100130739204135","time":"2026-03-02 10:15:00","text":"Arrived at Facility"}`, `{"number":"9261290100130739204135","time":"2026-03-02 10:15:00","text":"Arrived at Facility"}`},
		{"nothing there is not something", `{"receivedBy":"","signature":null}`, `{"receivedBy":"","signature":null}`},
		{"objects and numbers become null", `{"signature":{"image":"CANARY"},"phone":123456,"emails":["CANARY"]}`, `{"signature":null,"phone":null,"emails":null}`},
		{
			"of an address the region stays", `{"deliveryAddress":{"city":"Reno","street":"CANARY","line":"CANARY","stateProvince":"NV","postalCode":"89501","countryCode":"US"}}`,
			`{"deliveryAddress":{"city":"Reno","street":"-","line":"-","stateProvince":"NV","postalCode":"895","countryCode":"US"}}`,
		},
		{"an address in an array, and deeper", `{"packageAddress":[{"type":"ORIGIN","name":"CANARY","x":{"y":"CANARY"}}]}`, `{"packageAddress":[{"type":"ORIGIN","name":"-","x":{"y":"-"}}]}`},
		{"a person's company", `{"consignee":{"company":"CANARY","country":"US"}}`, `{"consignee":{"company":"-","country":"US"}}`},
		{"an address written in one line", `{"address":"CANARY","addressLocality":"Bonn"}`, `{"address":"-","addressLocality":"Bonn"}`},
		{"the source's own list", `{"remark":"CANARY","text":"kept"}`, `{"remark":"-","text":"kept"}`},
		{"a postal code anywhere", `{"to":{"zip":"10115","x":"y"}}`, `{"to":{"zip":"101","x":"y"}}`},
		{"an image under any name", `{"x":"` + strings.Repeat("A", 40<<10) + `"}`, `{"x":"-"}`},
	}
	c := payload.NewCutter("Remark")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := []byte(tt.body)
			got, err := c.Cut(body)
			if err != nil || string(got) != tt.want {
				t.Errorf("Cut = %s, %v, want %s", got, err, tt.want)
			}
			if string(body) != tt.body {
				t.Error("Cut changed its input")
			}
		})
	}
	for _, bad := range []string{"", "x", `{"a":1`, `{"a":1,"a":2}`, `{} {}`, "{\"a\":\"\xff\"}", strings.Repeat("[", 20000)} {
		if got, err := c.Cut([]byte(bad)); err == nil {
			t.Errorf("Cut(%.20q) = %.20q, want an error", bad, got)
		} else if strings.Contains(err.Error(), "a") && strings.Contains(err.Error(), `"`) {
			t.Errorf("error quotes the body: %v", err)
		}
	}
}

func TestReader(t *testing.T) {
	r := payload.Read([]byte(` {"s":"a\"b","n":11,"z":null,"b":true,"list":[{"x":"1"},{"x":"2"}],"skip":{"deep":[1,{}]},"odd":[1]} `))
	var got []string
	for ok := r.Enter('{'); ok && r.More(); {
		switch name := string(r.Name()); name {
		case "s", "n", "z":
			got = append(got, name+"="+r.Text())
		case "b":
			if r.Bool() {
				got = append(got, "b")
			}
		case "list":
			for ok := r.Enter('['); ok && r.More(); {
				for ok := r.Enter('{'); ok && r.More(); {
					got = append(got, string(r.Name())+r.Text())
				}
			}
		case "odd":
			if r.Enter('{') {
				t.Error("entered an array as an object")
			}
		default:
			r.Skip()
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if want := []string{`s=a"b`, "n=11", "z=", "b", "x1", "x2"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestReaderRefuses(t *testing.T) {
	for _, bad := range []string{``, `{"a":"x"`, `{"a":1}{`, `{"a":1,"a":2}`, `{"a":[}`, "{\"a\":\"\xff\"}", `{"a":{}}`, `{"a":"x"} 1`} {
		r := payload.Read([]byte(bad))
		for ok := r.Enter('{'); ok && r.More(); {
			r.Name()
			_ = r.Text()
		}
		if err := r.Close(); err == nil {
			t.Errorf("%q was read without an error", bad)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add([]byte(`{"address":{"city":"x","line":"y","zip":"12345"},"n":[1,2,{"name":"z"}]}`))
	c := payload.NewCutter()
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := c.Cut(body)
		if err != nil {
			return
		}
		if !jsontext.Value(got).IsValid() {
			t.Fatalf("cut %q to invalid %q", body, got)
		}
		again, err := c.Cut(got)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("cutting twice: %q, then %q, %v", got, again, err)
		}
	})
}
