package lambdahttp

import (
	"errors"
	"net/http"
	"strings"
)

var (
	errVersion = errors.New("event is not of payload version 2.0")
	errContext = errors.New("event has no request context")
)

// envelope is what is read of an event.
type envelope struct {
	version     string
	path, query string
	header      http.Header
	cookies     []string
	body        []byte
	base64      bool
	context     *requestContext
}

type requestContext struct {
	stage, domain          string
	method, path, sourceIP string
}

// decode reads an event. Members that are not read are skipped.
func decode(event []byte) (*envelope, error) {
	d, e := newDecoder(event), new(envelope)
	d.object(func(name []byte) {
		switch string(name) {
		case "version":
			e.version = string(d.text())
		case "rawPath":
			e.path = string(d.text())
		case "rawQueryString":
			e.query = string(d.text())
		case "headers":
			e.header = readHeader(d)
		case "cookies":
			d.array(func() { e.cookies = append(e.cookies, string(d.text())) })
		case "body":
			e.body = d.ownText()
		case "isBase64Encoded":
			e.base64 = d.bool()
		case "requestContext":
			e.context = readContext(d)
		default:
			d.skip()
		}
	})
	switch err := d.close(); {
	case err != nil:
		return nil, err
	case e.version != "2.0":
		return nil, errVersion
	case e.context == nil:
		return nil, errContext
	}
	return e, nil
}

// readHeader reads the headers of a request. API Gateway lower-cases their names
// and joins repeated ones with commas; they stay joined, for a comma may be part
// of a value.
//
// All values are slices of one array, as net/http does it.
func readHeader(d *decoder) http.Header {
	const usual = 14 // A sender's half dozen and those that AWS adds.
	h := make(http.Header, usual)
	values := make([]string, 0, usual)
	d.object(func(name []byte) {
		key := http.CanonicalHeaderKey(string(name))
		values = append(values, string(d.text()))
		last := len(values) - 1
		if have := h[key]; have != nil {
			h[key] = append(have, values[last])
		} else {
			h[key] = values[last : last+1 : last+1]
		}
	})
	return h
}

// readContext reads the request context, nil if there is none.
func readContext(d *decoder) *requestContext {
	c := new(requestContext)
	ok := d.object(func(name []byte) {
		switch string(name) {
		case "stage":
			c.stage = string(d.text())
		case "domainName":
			c.domain = string(d.text())
		case "http":
			c.readHTTP(d)
		default:
			d.skip()
		}
	})
	if !ok {
		return nil
	}
	return c
}

func (c *requestContext) readHTTP(d *decoder) {
	d.object(func(name []byte) {
		switch string(name) {
		case "method":
			c.method = string(d.text())
		case "path":
			c.path = string(d.text())
		case "sourceIp":
			c.sourceIP = string(d.text())
		default:
			d.skip()
		}
	})
}

// rawPath returns the path without the stage. In front of a named stage API
// Gateway leaves its name as the first element of the path, behind a custom
// domain as well (from memory); a path that does not begin with it is left
// alone.
func (e *envelope) rawPath() string {
	raw, stage := e.path, e.context.stage
	if raw == "" {
		raw = e.context.path
	}
	if stage == "" || stage == "$default" {
		return raw
	}
	rest, ok := strings.CutPrefix(raw, "/"+stage)
	switch {
	case ok && rest == "":
		return "/"
	case ok && rest[0] == '/':
		return rest
	}
	return raw
}
