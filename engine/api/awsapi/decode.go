package awsapi

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/traillake/traillake/engine"
)

// object is a JSON object of a request. Its methods read members by their exact
// names (encoding/json would take any case) and note the first that has the
// wrong type; null is the same as absent, and a member nobody reads is ignored,
// all as AWS does.
type object struct {
	path    string // of the object in the request: "" or ending in "."
	members map[string]json.RawMessage
	fault   *error // the first wrong type of the request
}

// parse reads a request's body; an empty one is an empty object.
func parse(body []byte) (object, error) {
	o := object{fault: new(error)}
	if len(body) == 0 {
		return o, nil
	}
	if !utf8.Valid(body) {
		return o, serialization("request body: must be UTF-8")
	}
	if !json.Valid(body) {
		return o, serialization("request body: must be JSON: %v", json.Unmarshal(body, new(any)))
	}
	if k := kind(body); k != "an object" {
		return o, serialization("request body: must be a JSON object, not %s", k)
	}
	if err := json.Unmarshal(body, &o.members); err != nil {
		return o, serialization("request body: %v", err)
	}
	return o, nil
}

// err is the first wrong type that the reads so far have met.
func (o object) err() error { return *o.fault }

func (o object) wrong(name, want string, raw json.RawMessage) {
	if *o.fault == nil {
		*o.fault = serialization("%s%s: must be %s, not %s", o.path, name, want, shown(raw))
	}
}

func (o object) raw(name string) (json.RawMessage, bool) {
	raw, ok := o.members[name]
	return raw, ok && string(raw) != "null"
}

func (o object) text(name string) *string { return read[string](o, name, "a string") }

func (o object) boolean(name string) *bool { return read[bool](o, name, "a boolean") }

func (o object) integer(name string) *int32 {
	return read[int32](o, name, "an integer of 32 bits")
}

// plainText is text for members whose absence the engine sees as the empty string.
func (o object) plainText(name string) string {
	if s := o.text(name); s != nil {
		return *s
	}
	return ""
}

func read[T any](o object, name, want string) *T {
	raw, ok := o.raw(name)
	if !ok {
		return nil
	}
	var v T
	if json.Unmarshal(raw, &v) != nil {
		o.wrong(name, want, raw)
		return nil
	}
	return &v
}

// list returns an array's elements: nil when it is absent, not nil when it is empty.
func (o object) list(name string) []json.RawMessage {
	raw, ok := o.raw(name)
	if !ok {
		return nil
	}
	elements := []json.RawMessage{}
	if json.Unmarshal(raw, &elements) != nil {
		o.wrong(name, "an array", raw)
		return nil
	}
	return elements
}

func (o object) texts(name string) []string {
	elements := o.list(name)
	if elements == nil {
		return nil
	}
	texts := make([]string, len(elements))
	for i, raw := range elements {
		if kind(raw) != "a string" || json.Unmarshal(raw, &texts[i]) != nil {
			o.wrong(fmt.Sprintf("%s[%d]", name, i), "a string", raw)
			return nil
		}
	}
	return texts
}

// object returns a member object, and false when it is absent.
func (o object) object(name string) (object, bool) {
	raw, ok := o.raw(name)
	if !ok {
		return object{}, false
	}
	return o.nested(name, raw)
}

func (o object) objects(name string) []object {
	elements := o.list(name)
	if elements == nil {
		return nil
	}
	objects := make([]object, 0, len(elements))
	for i, raw := range elements {
		e, ok := o.nested(fmt.Sprintf("%s[%d]", name, i), raw)
		if !ok {
			return nil
		}
		objects = append(objects, e)
	}
	return objects
}

func (o object) nested(name string, raw json.RawMessage) (object, bool) {
	n := object{path: o.path + name + ".", fault: o.fault}
	if kind(raw) != "an object" || json.Unmarshal(raw, &n.members) != nil {
		o.wrong(name, "an object", raw)
		return object{}, false
	}
	return n, true
}

// seconds outside these bounds are no date of the years 1 to 9999.
const minSeconds, maxSeconds = -62135596800, 253402300799

// time reads epoch seconds, with a fraction of which milliseconds are kept.
func (o object) time(name string) *time.Time {
	raw, ok := o.raw(name)
	if !ok {
		return nil
	}
	if kind(raw) != "a number" {
		o.wrong(name, "a number (seconds since 1970)", raw)
		return nil
	}
	s, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || s < minSeconds || s > maxSeconds {
		if *o.fault == nil {
			*o.fault = serialization("%s%s: %s seconds since 1970 is outside the years 1 to 9999", o.path, name, raw)
		}
		return nil
	}
	t := time.UnixMilli(int64(math.Round(s * 1000))).UTC()
	return &t
}

func (o object) page(maxResults string) engine.Page {
	return engine.Page{MaxResults: o.integer(maxResults), NextToken: o.text("NextToken")}
}

// shown is a number itself where it is short, and otherwise the kind of the value.
func shown(raw []byte) string {
	if k := kind(raw); k != "a number" || len(raw) > 24 {
		return k
	}
	return string(raw)
}

// kind names the type of a JSON value for messages.
func kind(raw []byte) string {
	for _, c := range raw {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '{':
			return "an object"
		case '[':
			return "an array"
		case '"':
			return "a string"
		case 't', 'f':
			return "a boolean"
		case 'n':
			return "null"
		default:
			return "a number"
		}
	}
	return "nothing"
}
