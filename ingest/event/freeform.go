package event

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// entry is one member of a free-form object.
type entry struct {
	key   []byte // by value
	value span
}

// fewEntries is how many members are searched for duplicates one by one.
const fewEntries = 24

// freeform appends an object's top level as a map. A string that holds an object
// counts as that object; the string "null" is NULL.
func (a *appender) freeform(c *column, at span) {
	switch a.text[at.from] {
	case '{':
		a.pairs(c, a.index, at)
	case '"':
		a.embedded(c, at)
	default:
		a.misfit(c, at, "an object")
	}
}

// embedded appends the map of an object inside a string.
func (a *appender) embedded(c *column, at span) {
	inner, whole := unquote(nil, a.text[at.from:at.to])
	inner = bytes.Trim(inner, " \n\r\t")
	switch {
	case string(inner) == "null":
		c.pairs.AppendNull()
		return
	case len(inner) > 0 && inner[0] == '{' && validObject(inner):
		if !whole {
			a.note(c.path + ": unpaired surrogate replaced by U+FFFD")
		}
		a.pairs(c, indexed{b: inner}, span{0, len(inner)})
		return
	}
	c.pairs.AppendNull()
	a.note(c.path + ": string that holds no object: " + excerpt(a.text[at.from:at.to]))
}

func validObject(b []byte) bool {
	v := jsontext.Value(b)
	return v.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) && depth(b) <= MaxDepth
}

// pairs appends the members of the object at that place of t.
func (a *appender) pairs(c *column, t indexed, at span) {
	c.pairs.Append(true)
	for _, e := range a.collect(c, t, at) {
		c.key.BinaryBuilder.Append(e.key)
		a.bytes += int64(len(e.key)+e.value.to-e.value.from) + 12
		raw := t.b[e.value.from:e.value.to]
		switch raw[0] {
		case 'n':
			c.item.AppendNull()
		case '"':
			c.item.BinaryBuilder.Append(a.unquoted(c, e.key, raw))
		case '{', '[':
			a.scratch = appendCompact(a.scratch[:0], raw)
			c.item.BinaryBuilder.Append(a.scratch)
		default:
			c.item.BinaryBuilder.Append(raw)
		}
	}
	if cap(a.scratch) > keepBytes {
		a.scratch = nil
	}
}

// collect lists the members; of duplicates the last value in the first place.
func (a *appender) collect(c *column, t indexed, at span) []entry {
	a.entries = a.entries[:0]
	var seen map[string]int // once there are many
	w := t.walk(at)
	for {
		raw, value, ok := w.member()
		if !ok {
			return a.entries
		}
		key := raw[1 : len(raw)-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key, _ = unquote(nil, raw)
		}
		if len(a.entries) == fewEntries && seen == nil {
			seen = make(map[string]int, 4*fewEntries)
			for i, e := range a.entries {
				seen[string(e.key)] = i
			}
		}
		i := a.find(key, seen)
		if i < 0 {
			if seen != nil {
				seen[string(key)] = len(a.entries)
			}
			a.entries = append(a.entries, entry{key, value})
			continue
		}
		a.entries[i].value = value
		a.note(c.at(key) + ": duplicate key, the last value counts")
	}
}

// find returns the place of a key among the entries, or -1.
func (a *appender) find(key []byte, seen map[string]int) int {
	if seen != nil {
		if i, ok := seen[string(key)]; ok {
			return i
		}
		return -1
	}
	for i := range a.entries {
		if bytes.Equal(a.entries[i].key, key) {
			return i
		}
	}
	return -1
}
