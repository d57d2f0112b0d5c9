package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/shiptide/shiptide/shared/order"
	"github.com/shiptide/shiptide/shared/shipment"
	"github.com/shiptide/shiptide/shared/source"
)

// explained is what a payload becomes, as if nothing else were known.
type explained struct {
	Source    string             `json:"source"`
	Kind      string             `json:"kind"`
	Shipments []shipment.Public  `json:"shipments"`
	Orders    []order.Change     `json:"orders"`
	Topic     string             `json:"topic"`
	Ignored   bool               `json:"ignored"`
	Malformed []source.Malformed `json:"malformed"`
	Error     *explainedError    `json:"error"`
}

type explainedError struct {
	Code    source.ErrorCode `json:"code"`
	Message string           `json:"message"`
}

func explain(_ context.Context, e *env, args []string) int {
	fs := e.flags("explain")
	name := fs.String("source", "", "who sent it")
	kind := fs.String("kind", "push", "push: a webhook; pull: an answer of its API")
	rest, code, ok := parse(fs, args)
	if !ok {
		return code
	}
	if len(rest) > 1 || *kind != "push" && *kind != "pull" {
		return e.usage("explain")
	}
	s, ok := findSource(keyring{}.sources(), *name)
	if !ok {
		return e.unknownSource(*name)
	}
	body, err := e.read(strings.Join(rest, ""))
	if err != nil {
		return e.fail(err)
	}
	x, code := explainBody(s, *kind, body)
	if err := e.print(x, indented()); err != nil {
		return e.fail(err)
	}
	return code
}

func explainBody(s source.Source, kind string, body []byte) (explained, int) {
	x := explained{
		Source: s.Name, Kind: kind, Shipments: []shipment.Public{}, Orders: []order.Change{}, Malformed: []source.Malformed{},
	}
	decode := func(body []byte) (source.Report, error) { return s.Decode(body) }
	if kind == "pull" {
		decode = func(body []byte) (source.Report, error) { return s.Answer(0, body) }
	}
	report, err := decode(body)
	x.Topic, x.Ignored = report.Topic, report.Ignored
	x.Orders = append(x.Orders, report.Orders...)
	x.Malformed = append(x.Malformed, report.Malformed...)
	x.Shipments = append(x.Shipments, foldAlone(s, report.Shipments)...)
	var coded *source.Error
	switch {
	case err == nil:
		return x, exitOK
	case errors.As(err, &coded):
		x.Error = &explainedError{coded.Code, coded.Message}
		if coded.Code != source.Undecodable {
			return x, exitOK
		}
	default:
		x.Error = &explainedError{source.Undecodable, err.Error()}
	}
	return x, exitFailed
}

// foldAlone folds what a body says, one shipment a number, in its order.
func foldAlone(s source.Source, updates []shipment.Update) []shipment.Public {
	var sets []*shipment.Set
	for i := range updates {
		number := shipment.CleanNumber(updates[i].Number)
		at := slices.IndexFunc(sets, func(set *shipment.Set) bool { return set.Number == number })
		if at < 0 {
			at = len(sets)
			sets = append(sets, &shipment.Set{Number: number})
		}
		sets[at].Add(shipment.Origin{Source: s.Name, Kind: s.Kind}, &updates[i])
	}
	var out []shipment.Public
	for _, set := range sets {
		set.Bound()
		sh := set.Fold()
		out = append(out, sh.Public())
	}
	return out
}

func findSource(all []source.Source, name string) (source.Source, bool) {
	i := slices.IndexFunc(all, func(s source.Source) bool { return s.Name == name })
	if i < 0 {
		return source.Source{}, false
	}
	return all[i], true
}

func (e *env) unknownSource(name string) int {
	e.say("local: no source %q; there are: %s", name, strings.Join(sourceNames(), " "))
	return exitUsage
}
