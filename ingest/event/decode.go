package event

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrRecord is wrapped by every error about a record that cannot become a row.
var ErrRecord = errors.New("not an event record")

// Decoder takes records apart: validates the text, finds the values of the top
// level and the identity. A Builder then makes a row of what the Decoder holds,
// so that the caller can decide in between whether and where. Not safe for
// concurrent use.
type Decoder struct {
	family *Family
	raw    []byte // the record as it came; nil when text is the same
	text   []byte // the record in valid UTF-8
	slots  []span // values of the family's fields
	issues []string
	row    Row
	canon  canon
	places indexer
	index  indexed // text
	quoted []byte
	second []byte // beside quoted
	found  found
	source bytes.Buffer
	json   *jsontext.Decoder
}

// NewDecoder returns a decoder of a family's records.
func NewDecoder(f *Family) *Decoder {
	return &Decoder{family: f, slots: make([]span, len(f.fields)), json: jsontext.NewDecoder(new(bytes.Buffer))}
}

// Decode takes the record apart. The decoder refers to record's bytes until the
// next call. White space around the object is not part of it. The returned row's
// Issues is 0: only building the row finds them.
func (d *Decoder) Decode(record []byte) (Row, error) { return d.take(record, false) }

// DecodeValid is Decode of a record that is known to be valid JSON, though perhaps
// not valid UTF-8.
func (d *Decoder) DecodeValid(record []byte) (Row, error) { return d.take(record, true) }

func (d *Decoder) take(record []byte, valid bool) (Row, error) {
	d.row = Row{Day: NoDay}
	d.issues = d.issues[:0]
	clear(d.slots)
	d.found.forget()
	d.raw, d.text = nil, bytes.Trim(record, " \n\r\t")
	if !utf8.Valid(d.text) {
		d.raw = d.text
		var n int
		d.text, n = repairUTF8(d.raw)
		d.issues = append(d.issues, fmt.Sprintf("%s: %d bytes of invalid UTF-8 replaced by U+FFFD", d.family.PayloadColumn, n))
	}
	if err := d.validate(valid); err != nil {
		return Row{}, err
	}
	d.issues = d.family.top.split(d.index, span{0, len(d.text)}, d.slots, d.issues)
	if at := d.slots[d.family.timSlot]; at.present() && d.text[at.from] == '"' {
		d.quoted, _ = unquote(d.quoted[:0], d.text[at.from:at.to])
		if t, ok := parseTime(d.quoted); ok {
			d.row.Time, d.row.HasTime, d.row.Day = t, true, dayOf(t)
		}
	}
	if at := d.slots[d.family.idSlot]; at.present() && d.text[at.from] == '"' {
		d.quoted, _ = unquote(d.quoted[:0], d.text[at.from:at.to])
		if len(d.quoted) > 0 {
			d.row.ID = string(d.quoted)
			d.row.Identity, d.row.HasIdentity = d.canon.sum(d.index, d.family.apart), true
		}
	}
	return d.row, nil
}

// Text is the text of the record the Decoder holds, as eventjson has it. It is valid
// until the next call of Decode.
func (d *Decoder) Text() []byte { return d.text }

// validate reports whether the text is one JSON object within the limits, and
// indexes it. Text that is known to be valid JSON is not read for that again.
func (d *Decoder) validate(valid bool) error {
	if len(d.text) == 0 || d.text[0] != '{' {
		return fmt.Errorf("%w: no JSON object", ErrRecord)
	}
	if !valid {
		d.source = *bytes.NewBuffer(d.text)
		d.json.Reset(&d.source, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		if _, err := d.json.ReadValue(); err != nil {
			return fmt.Errorf("%w: %w", ErrRecord, err)
		}
		if n := d.json.InputOffset(); n != int64(len(d.text)) {
			return fmt.Errorf("%w: more text at byte %d, after the object", ErrRecord, n)
		}
	}
	var n int
	if d.index, n = d.places.index(d.text); n > MaxDepth {
		return fmt.Errorf("%w: nested %d deep, more than %d", ErrRecord, n, MaxDepth)
	}
	return nil
}

// repairUTF8 replaces every byte that belongs to no valid encoding by U+FFFD.
func repairUTF8(b []byte) (out []byte, replaced int) {
	out = make([]byte, 0, len(b)+16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			replaced++
		}
		out = utf8.AppendRune(out, r)
		b = b[n:]
	}
	return out, replaced
}

// unquote appends the value of the JSON string raw. It reports false when the
// string has an unpaired surrogate, which becomes U+FFFD.
func unquote(dst, raw []byte) ([]byte, bool) {
	if isPlain(raw) {
		return append(dst, raw[1:len(raw)-1]...), true
	}
	dst, err := jsontext.AppendUnquote(dst, raw)
	return dst, err == nil
}

// isPlain reports whether the JSON string raw is what it holds, but for the quotes.
func isPlain(raw []byte) bool { return bytes.IndexByte(raw, '\\') < 0 }

// split finds the values of the level's fields in the object at that place, the
// last of duplicates, and notes duplicates and other spellings.
func (l *level) split(t indexed, at span, slots []span, issues []string) []string {
	last := -1
	w := t.walk(at)
	for {
		raw, value, ok := w.member()
		if !ok {
			return issues
		}
		key := raw[1 : len(raw)-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key, _ = unquote(nil, raw)
		}
		i, known := l.after(last, key)
		if !known {
			issues = l.noteSpelling(key, issues)
			continue
		}
		if slots[i].present() {
			issues = append(issues, l.path+l.keys[i]+": duplicate key, the last value counts")
		}
		slots[i], last = value, i
	}
}

// after returns the index of a key. Records mostly have their keys in the order of
// the schema, some left out, so those behind the last one are looked at first.
func (l *level) after(last int, key []byte) (int, bool) {
	for i := last + 1; i < min(last+5, len(l.keys)); i++ {
		if len(key) > 0 && string(key) == l.keys[i] { // fields that are made have no key
			return i, true
		}
	}
	i, known := l.index[string(key)]
	return i, known
}

// noteSpelling adds an issue when key is a known one but for its case.
func (l *level) noteSpelling(key []byte, issues []string) []string {
	if len(key) > 64 {
		return issues
	}
	var lower [64]byte
	i, ok := l.folded[string(appendLower(lower[:0], key))]
	if !ok {
		return issues
	}
	return append(issues, l.path+string(key)+": unknown key, "+l.keys[i]+" is the known spelling")
}

func appendLower(dst, s []byte) []byte {
	for _, c := range s {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// Identity returns the id and the identity of a record of the family; ok is false
// when the record has no id and so no identity.
func (f *Family) Identity(record []byte) (id string, sum [32]byte, ok bool, err error) {
	d, pooled := f.decoders.Get().(*Decoder)
	if !pooled {
		d = NewDecoder(f)
	}
	defer f.decoders.Put(d)
	row, err := d.Decode(record)
	d.raw, d.text, d.index.b = nil, nil, nil
	return row.ID, row.Identity, row.HasIdentity, err
}

// recordKeys are keys of which a CloudTrail record has at least one.
var recordKeys = map[string]bool{
	"eventVersion": true, "eventTime": true, "eventName": true, "eventSource": true, "eventID": true, "userIdentity": true,
}

// LooksLikeRecord reports whether the valid JSON object has one of the keys that
// make a CloudTrail record, spelled exactly; or, of the family of configuration
// items, a configuration item.
func (f *Family) LooksLikeRecord(object []byte) bool {
	w := walk(object, span{skipSpace(object, 0), len(object)})
	for {
		raw, _, ok := w.member()
		if !ok {
			return false
		}
		key := raw[1 : len(raw)-1]
		if recordKeys[string(key)] || f == ConfigurationItem && itemMarks[string(key)] {
			return true
		}
	}
}

// Container is the key under which the files that AWS delivers have their array.
func (f *Family) Container() string {
	if f == ConfigurationItem {
		return "configurationItems"
	}
	return "Records"
}
