package event

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// column is a field with the builder that takes its values.
type column struct {
	field *field
	path  string // the record's keys, with dots
	text  *array.StringBuilder
	flag  *array.BooleanBuilder
	time  *array.TimestampBuilder
	real  *array.Float64Builder
	whole *array.Int32Builder
	pairs *array.MapBuilder
	key   *array.StringBuilder
	item  *array.StringBuilder
	group *array.StructBuilder
	list  *array.ListBuilder
	level *level
	sub   []column
}

func newColumn(f *field, parent string, b array.Builder) column {
	c := column{field: f, path: parent + f.key}
	switch f.kind {
	case text, anyText:
		c.text = b.(*array.StringBuilder)
	case boolean:
		c.flag = b.(*array.BooleanBuilder)
	case moment:
		c.time = b.(*array.TimestampBuilder)
	case double:
		c.real = b.(*array.Float64Builder)
	case integer:
		c.whole = b.(*array.Int32Builder)
	case freeform:
		c.pairs = b.(*array.MapBuilder)
		c.key = c.pairs.KeyBuilder().(*array.StringBuilder)
		c.item = c.pairs.ItemBuilder().(*array.StringBuilder)
	case object:
		c.group = b.(*array.StructBuilder)
	case objects:
		c.list = b.(*array.ListBuilder)
		c.group = c.list.ValueBuilder().(*array.StructBuilder)
	}
	if c.group != nil {
		c.level = newLevel(c.path+".", f.sub)
		for i := range f.sub {
			c.sub = append(c.sub, newColumn(&f.sub[i], c.path+".", c.group.FieldBuilder(i)))
		}
	}
	return c
}

// appender moves the values of one record into columns.
type appender struct {
	text    []byte
	index   indexed // text
	issues  []string
	bytes   int64 // of text appended
	slots   []span
	scratch []byte
	entries []entry
}

// value appends the value at that place, or NULL.
func (a *appender) value(c *column, at span) {
	if !at.present() || a.text[at.from] == 'n' {
		a.null(c)
		return
	}
	switch c.field.kind {
	case text:
		a.string(c, at)
	case boolean:
		a.boolean(c, at)
	case moment:
		a.moment(c, at)
	case double:
		a.double(c, at)
	case integer:
		a.integer(c, at)
	case anyText:
		a.anyText(c, at)
	case freeform:
		a.freeform(c, at)
	case object:
		a.object(c, at)
	case objects:
		a.objects(c, at)
	}
}

func (a *appender) null(c *column) {
	switch c.field.kind {
	case text, anyText:
		c.text.AppendNull()
	case boolean:
		c.flag.AppendNull()
	case moment:
		c.time.AppendNull()
	case double:
		c.real.AppendNull()
	case integer:
		c.whole.AppendNull()
	case freeform:
		c.pairs.AppendNull()
	case object:
		c.group.AppendNull()
	case objects:
		c.list.AppendNull()
	}
}

func (a *appender) string(c *column, at span) {
	raw := a.text[at.from:at.to]
	if raw[0] != '"' {
		a.misfit(c, at, "a string")
		return
	}
	a.bytes += int64(len(raw))
	c.text.BinaryBuilder.Append(a.unquoted(c, nil, raw))
}

// unquoted returns the value of a string of column c, there under key if that is
// not nil. It is good until the next call.
func (a *appender) unquoted(c *column, key, raw []byte) []byte {
	body := raw[1 : len(raw)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		return body
	}
	var whole bool
	if a.scratch, whole = unquote(a.scratch[:0], raw); !whole {
		a.note(c.at(key) + ": unpaired surrogate replaced by U+FFFD")
	}
	return a.scratch
}

func (a *appender) boolean(c *column, at span) {
	switch string(a.text[at.from:at.to]) {
	case "true", `"true"`:
		c.flag.Append(true)
	case "false", `"false"`:
		c.flag.Append(false)
	default:
		c.flag.AppendNull()
		a.note(c.path + ": not a boolean: " + excerpt(a.text[at.from:at.to]))
	}
}

func (a *appender) moment(c *column, at span) {
	raw := a.text[at.from:at.to]
	if raw[0] == '"' {
		a.scratch, _ = unquote(a.scratch[:0], raw)
		if t, ok := parseTime(a.scratch); ok {
			c.time.Append(arrow.Timestamp(t))
			return
		}
	}
	c.time.AppendNull()
	a.note(c.path + ": not a time: " + excerpt(raw))
}

func (a *appender) double(c *column, at span) {
	raw := a.text[at.from:at.to]
	if typeName(raw[0]) != "number" {
		a.misfit(c, at, "a number")
		return
	}
	v, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		c.real.AppendNull()
		a.note(c.path + ": number out of range: " + excerpt(raw))
		return
	}
	c.real.Append(v)
}

func (a *appender) integer(c *column, at span) {
	raw := a.text[at.from:at.to]
	if typeName(raw[0]) != "number" {
		a.misfit(c, at, "a number")
		return
	}
	v, err := strconv.ParseInt(string(raw), 10, 32)
	if err != nil {
		c.whole.AppendNull()
		a.note(c.path + ": not an integer of 32 bits: " + excerpt(raw))
		return
	}
	c.whole.Append(int32(v))
}

// anyText appends what a string holds, or the text of another value without the
// white space outside strings.
func (a *appender) anyText(c *column, at span) {
	raw := a.text[at.from:at.to]
	if raw[0] == '"' {
		a.string(c, at)
		return
	}
	a.bytes += int64(len(raw))
	a.scratch = appendCompact(a.scratch[:0], raw)
	c.text.BinaryBuilder.Append(a.scratch)
}

func (a *appender) object(c *column, at span) {
	if a.text[at.from] != '{' {
		a.misfit(c, at, "an object")
		return
	}
	c.group.Append(true)
	base := len(a.slots)
	for range c.sub {
		a.slots = append(a.slots, span{})
	}
	a.issues = c.level.split(a.index, at, a.slots[base:], a.issues)
	for i := range c.sub {
		a.value(&c.sub[i], a.slots[base+i])
	}
	a.slots = a.slots[:base]
}

func (a *appender) objects(c *column, at span) {
	switch a.text[at.from] {
	case '{': // one object given without its array
		c.list.Append(true)
		a.object(c, at)
		return
	case '[':
	default:
		a.misfit(c, at, "an array")
		return
	}
	c.list.Append(true)
	w := a.index.walk(at)
	for {
		v, ok := w.element()
		switch {
		case !ok:
			return
		case a.text[v.from] == '{':
			a.object(c, v)
		default:
			c.group.AppendNull()
			if a.text[v.from] != 'n' {
				a.noteMisfit(c, v, "an object")
			}
		}
	}
}

// misfit appends NULL for a value of the wrong type and notes it.
func (a *appender) misfit(c *column, at span, want string) {
	a.null(c)
	a.noteMisfit(c, at, want)
}

func (a *appender) noteMisfit(c *column, at span, want string) {
	raw := a.text[at.from:at.to]
	a.note(c.path + ": " + typeName(raw[0]) + " where " + want + " belongs: " + excerpt(raw))
}

func (a *appender) note(issue string) { a.issues = append(a.issues, issue) }

// at is the path of a key inside a free-form column.
func (c *column) at(key []byte) string {
	if key == nil {
		return c.path
	}
	return c.path + "." + excerpt(key)
}

// typeName names the JSON type of a value by its first byte.
func typeName(c byte) string {
	switch c {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

// excerpt returns at most 64 bytes of JSON text for an issue.
func excerpt(raw []byte) string {
	const most = 64
	if len(raw) <= most {
		return string(raw)
	}
	n := most
	for !utf8.RuneStart(raw[n]) {
		n--
	}
	return strings.TrimRight(string(raw[:n]), " \t\r\n") + "…"
}

// maxIssues is how many issues of one record are told one by one.
const maxIssues = 64

// limitIssues keeps a hostile record from having more issues than text.
func (a *appender) limitIssues() {
	if n := len(a.issues); n > maxIssues {
		a.issues = append(a.issues[:maxIssues], strconv.Itoa(n-maxIssues)+" more issues left out")
	}
}
