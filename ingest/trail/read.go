package trail

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"

	"github.com/traillake/traillake/ingest/event"
)

// Reader reads objects one after the other and keeps its buffers in between. The
// zero value is ready; it is not safe for concurrent use.
type Reader struct {
	// Family is what the objects hold; nil is event.CloudTrail.
	Family *event.Family

	limits limits
	raw    *bufio.Reader
	text   *bufio.Reader
	gzip   *gzip.Reader
	json   *jsontext.Decoder
	whole  bytes.Buffer // text of a loose object
}

// keepWhole is the largest text of a loose object whose room is kept for the next.
const keepWhole = 32 << 20

// notRecord is why an element is no record.
const notRecord = "not an object"

// Read calls fn with every element of the object's records, in order. An error fn
// returns ends the walk and comes back as it is; every other error is an *Error.
// What fn was given before an error must be thrown away: a fault at the end, such
// as a wrong checksum, makes the whole object unfit.
func (r *Reader) Read(from io.Reader, strict bool, fn func(Element) error) error {
	if r.raw == nil {
		r.raw, r.text = bufio.NewReaderSize(nil, 64<<10), bufio.NewReaderSize(nil, 64<<10)
	}
	if r.limits == (limits{}) {
		r.limits = defaultLimits
	}
	in, err := r.open(from, strict)
	if err != nil {
		return err
	}
	w := &walk{in: in, fn: fn, family: r.Family}
	if w.family == nil {
		w.family = event.CloudTrail
	}
	if strict {
		w.json = r.decoder(in)
		err = w.container()
	} else {
		err = w.loose(r)
	}
	if own, ok := unstop(err); ok {
		return own
	}
	if err == nil {
		return nil
	}
	if fault := in.fault(); fault != nil {
		return fault // the cause of whatever the JSON decoder says
	}
	return jsonFault(err)
}

func (r *Reader) decoder(in io.Reader) *jsontext.Decoder {
	options := []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	if r.json == nil {
		r.json = jsontext.NewDecoder(in, options...)
	} else {
		r.json.Reset(in, options...)
	}
	return r.json
}

// jsonFault makes an *Error of what the JSON decoder returned.
func jsonFault(err error) error {
	var fault *Error
	if errors.As(err, &fault) {
		return fault
	}
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return faultf(InvalidJSON, err, "JSON text is cut off")
	case errors.As(err, &syntax):
		return faultf(InvalidJSON, err, "JSON: %v at byte %d", syntax.Err, syntax.ByteOffset)
	}
	return faultf(InvalidJSON, err, "JSON: %v", err)
}

// walk is the reading of one object.
type walk struct {
	in   *input
	json *jsontext.Decoder
	fn   func(Element) error
	next int64 // number of the next element

	family *event.Family
}

// strange is the fault of an object that is JSON but not what is looked for.
func (w *walk) strange(format string, args ...any) *Error {
	kind := NotCloudTrail
	if w.family == event.ConfigurationItem {
		kind = NotConfigurationItems
	}
	return faultf(kind, nil, format, args...)
}

// container walks the strict form to the end of the text.
func (w *walk) container() error {
	if kind := w.json.PeekKind(); kind != '{' {
		if kind == 0 {
			return w.noText()
		}
		return w.strange("JSON %s where an object with %s belongs", kindName(kind), w.family.Container())
	}
	if _, err := w.json.ReadToken(); err != nil {
		return err
	}
	found := false
	for w.json.PeekKind() == '"' {
		name, err := w.json.ReadToken()
		if err != nil {
			return err
		}
		if name.String() != w.family.Container() {
			if err := w.json.SkipValue(); err != nil {
				return err
			}
			w.in.mark()
			continue
		}
		if found {
			return w.strange("two %s arrays in one object", w.family.Container())
		}
		found = true
		if err := w.array(w.family.Container()); err != nil {
			return err
		}
	}
	if _, err := w.json.ReadToken(); err != nil { // the brace, or what is wrong in its place
		return err
	}
	if !found {
		return w.strange("JSON object without %s", w.family.Container())
	}
	switch _, err := w.json.ReadToken(); {
	case err == nil:
		return faultf(InvalidJSON, nil, "more JSON after the object with %s, before byte %d", w.family.Container(), w.json.InputOffset())
	case err != io.EOF:
		return err
	}
	return nil
}

// noText tells an end before any JSON from JSON that does not begin well.
func (w *walk) noText() error {
	_, err := w.json.ReadToken()
	if err == io.EOF {
		return faultf(InvalidJSON, nil, "no JSON text")
	}
	return err
}

// array walks the elements of the array that is next.
func (w *walk) array(what string) error {
	if kind := w.json.PeekKind(); kind != '[' {
		if kind == 0 {
			_, err := w.json.ReadToken()
			return err
		}
		return w.strange("%s is a JSON %s, not an array", what, kindName(kind))
	}
	if _, err := w.json.ReadToken(); err != nil {
		return err
	}
	for {
		w.in.mark()
		kind := w.json.PeekKind()
		if kind == ']' {
			_, err := w.json.ReadToken()
			return err
		}
		value, err := w.json.ReadValue()
		if err != nil {
			return err
		}
		reason := ""
		if kind != '{' {
			reason = notRecord
		}
		if err := w.emit(value, reason); err != nil {
			return err
		}
	}
}

// emit hands an element to the caller.
func (w *walk) emit(value []byte, reason string) error {
	if int64(len(value)) > w.in.record {
		return faultf(ObjectTooLarge, nil, "record %d has %d bytes, more than %d", w.next, len(value), w.in.record)
	}
	if w.next >= w.in.records {
		return faultf(ObjectTooLarge, nil, "more than %d records", w.in.records)
	}
	e := Element{Number: w.next, JSON: value, Reason: reason}
	w.next++
	if err := w.fn(e); err != nil {
		return &errStop{err}
	}
	return nil
}

// loose walks one or more JSON values of any of the loose forms. It holds the
// whole text: which form an object is shows only at its end.
func (w *walk) loose(r *Reader) error {
	w.in.whole = true
	if r.whole.Cap() > keepWhole {
		r.whole = bytes.Buffer{}
	}
	r.whole.Reset()
	if _, err := r.whole.ReadFrom(w.in); err != nil {
		return err
	}
	w.json = r.decoder(&r.whole)
	for n := 0; ; n++ {
		kind := w.json.PeekKind()
		if kind == '[' {
			if err := w.looseArray(); err != nil {
				return err
			}
			continue
		}
		value, err := w.json.ReadValue()
		switch {
		case err == io.EOF && n == 0:
			return faultf(InvalidJSON, nil, "no JSON text")
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case kind != '{':
			return w.strange("JSON %s before byte %d, not an object or array", kindName(kind), w.json.InputOffset())
		}
		if err := w.looseObject(value); err != nil {
			return err
		}
	}
}

// looseArray walks an array of records.
func (w *walk) looseArray() error {
	if _, err := w.json.ReadToken(); err != nil {
		return err
	}
	for {
		kind := w.json.PeekKind()
		if kind == ']' {
			_, err := w.json.ReadToken()
			return err
		}
		value, err := w.json.ReadValue()
		if err != nil {
			return err
		}
		reason := ""
		switch {
		case kind != '{':
			reason = notRecord
		case !w.family.LooksLikeRecord(value):
			reason = "an object with none of a record's keys"
		}
		if err := w.emit(value, reason); err != nil {
			return err
		}
	}
}

// looseObject takes one object: a container with Records, or a record.
func (w *walk) looseObject(value []byte) error {
	if w.family.LooksLikeRecord(value) {
		return w.emit(value, "")
	}
	inner := &walk{
		in:   w.in,
		json: jsontext.NewDecoder(bytes.NewBuffer(value), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		fn:   w.fn, next: w.next, family: w.family,
	}
	err := inner.container()
	w.next = inner.next
	var fault *Error
	if errors.As(err, &fault) && (fault.Type == NotCloudTrail || fault.Type == NotConfigurationItems) && fault.Err == nil {
		return w.strange("JSON object before byte %d is no record and no container: %s", w.json.InputOffset(), fault.Message)
	}
	return err
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '"':
		return "string"
	case '0':
		return "number"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "text"
}
