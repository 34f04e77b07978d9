package event

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// canon writes the canonical text of a record (see the package comment). Its
// buffers are kept between records.
type canon struct {
	out   []byte
	stack []member
	arena []byte // unescaped keys
	seen  [1 << shapeBits]shape
}

const (
	fewMembers = 40 // as many as nearly every object has
	shapeBits  = 6
)

// places are the members of an object in order of their keys, by their numbers.
type places [fewMembers]uint8

// shape is the order of objects with certain keys, given by their prefixes, of which
// no two are the same. Objects of a few shapes make up a trail.
type shape struct {
	prefixes []uint64
	order    places
}

// member is one member of an object, its key by value.
type member struct {
	prefix  uint64 // the key's first bytes, so that most comparisons are of numbers
	key     []byte
	raw     span // the key as written, with quotes
	value   span
	escaped bool
}

// before orders members by the bytes of their keys.
func (m *member) before(o *member) bool {
	if m.prefix != o.prefix {
		return m.prefix < o.prefix
	}
	return bytes.Compare(m.key, o.key) < 0
}

// sum returns the SHA-256 of the canonical form of the valid text of an object,
// without its member apart.
func (c *canon) sum(t indexed, apart string) [32]byte {
	c.out, c.arena = c.out[:0], c.arena[:0]
	c.object(t, span{0, len(t.b)}, apart)
	sum := sha256.Sum256(c.out)
	if cap(c.out) > keepBytes {
		c.out = nil
	}
	return sum
}

// keepBytes is the largest scratch buffer that is kept for the next record.
const keepBytes = 1 << 20

func (c *canon) value(t indexed, at span) {
	b := t.b
	switch b[at.from] {
	case '{':
		c.object(t, at, "")
	case '[':
		c.out = append(c.out, '[')
		w := t.walk(at)
		for first := true; ; first = false {
			v, ok := w.element()
			if !ok {
				break
			}
			if !first {
				c.out = append(c.out, ',')
			}
			c.value(t, v)
		}
		c.out = append(c.out, ']')
	case '"':
		c.out = appendCanonicalString(c.out, b[at.from:at.to])
	default:
		c.out = append(c.out, b[at.from:at.to]...)
	}
}

func (c *canon) object(t indexed, at span, apart string) {
	base := len(c.stack)
	w := t.walk(at)
	for {
		from := w.i
		raw, v, ok := w.member()
		if !ok {
			break
		}
		m := member{key: raw[1 : len(raw)-1], raw: span{from, from + len(raw)}, value: v}
		if bytes.IndexByte(m.key, '\\') >= 0 {
			m.escaped, m.key = true, c.unescape(raw)
		}
		m.prefix = prefix(m.key)
		c.stack = append(c.stack, m)
	}
	own := c.stack[base:]
	var order places
	few := len(own) <= fewMembers
	if few {
		c.order(own, &order)
	} else {
		slices.SortStableFunc(own, func(x, y member) int { return bytes.Compare(x.key, y.key) })
	}
	sorted := func(i int) *member {
		if few {
			i = int(order[i])
		}
		return &c.stack[base+i]
	}
	c.out = append(c.out, '{')
	for i, n := 0, len(own); i < n; i++ {
		m := sorted(i)
		if apart != "" && string(m.key) == apart {
			continue
		}
		if i+1 < n && bytes.Equal(m.key, sorted(i+1).key) {
			continue // a duplicate: the last counts
		}
		if c.out[len(c.out)-1] != '{' {
			c.out = append(c.out, ',')
		}
		raw := t.b[m.raw.from:m.raw.to]
		if m.escaped {
			c.out = appendCanonicalString(c.out, raw)
		} else {
			c.out = append(c.out, raw...)
		}
		c.out = append(c.out, ':')
		c.value(t, m.value)
	}
	c.out = append(c.out, '}')
	c.stack = c.stack[:base]
}

// unescape returns the value of a key with escapes.
func (c *canon) unescape(raw []byte) []byte {
	from := len(c.arena)
	var err error
	if c.arena, err = jsontext.AppendUnquote(c.arena, raw); err != nil {
		c.arena = appendSurrogates(c.arena[:from], raw)
	}
	return c.arena[from:len(c.arena):len(c.arena)]
}

// prefix returns the first eight bytes of a key, as a number that orders alike.
func prefix(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var b [8]byte
	copy(b[:], key)
	return binary.BigEndian.Uint64(b[:])
}

// order finds the order of few members by key; equal keys keep theirs.
func (c *canon) order(list []member, order *places) {
	hash := uint64(len(list))
	for i := range list {
		hash = (hash ^ list[i].prefix) * 0x9E3779B97F4A7C15
	}
	known := &c.seen[hash>>(64-shapeBits)]
	if known.fits(list) {
		*order = known.order
		return
	}
	distinct := true
	for i := range list {
		j := i
		for ; j > 0 && list[i].before(&list[order[j-1]]); j-- {
			order[j] = order[j-1]
		}
		order[j] = uint8(i)
	}
	for i := 1; i < len(list); i++ {
		distinct = distinct && list[order[i]].prefix != list[order[i-1]].prefix
	}
	if !distinct {
		return // more than the prefixes decides
	}
	known.order, known.prefixes = *order, known.prefixes[:0]
	for i := range list {
		known.prefixes = append(known.prefixes, list[i].prefix)
	}
}

func (s *shape) fits(list []member) bool {
	if len(s.prefixes) != len(list) {
		return false
	}
	for i, p := range s.prefixes {
		if list[i].prefix != p {
			return false
		}
	}
	return true
}

// appendCanonicalString appends the string written as raw in its shortest form.
// An unpaired surrogate, which no text can hold, stays an escape, so that two
// that differ stay different.
func appendCanonicalString(dst, raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return append(dst, raw...)
	}
	var scratch [256]byte
	value, err := jsontext.AppendUnquote(scratch[:0], raw)
	if err == nil {
		dst, _ = jsontext.AppendQuote(dst, value)
		return dst
	}
	return appendSurrogates(dst, raw)
}

// appendSurrogates is appendCanonicalString for a string with unpaired surrogates:
// what lies between them is quoted piece by piece.
func appendSurrogates(dst, raw []byte) []byte {
	dst = append(dst, '"')
	body := raw[1 : len(raw)-1]
	from := 0
	flush := func(to int) {
		piece := append(append([]byte{'"'}, body[from:to]...), '"')
		value, _ := jsontext.AppendUnquote(nil, piece)
		quoted, _ := jsontext.AppendQuote(nil, value)
		dst = append(dst, quoted[1:len(quoted)-1]...)
	}
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if body[i+1] != 'u' {
			i++
			continue
		}
		code := bytes.ToLower(body[i+2 : i+6])
		switch {
		case !isSurrogate(code):
			i += 5
		case isHigh(code) && i+12 <= len(body) && body[i+6] == '\\' && body[i+7] == 'u' && isLow(bytes.ToLower(body[i+8:i+12])):
			i += 11
		default:
			flush(i)
			dst = append(append(dst, `\u`...), code...)
			i += 5
			from = i + 1
		}
	}
	flush(len(body))
	return append(dst, '"')
}

// A code is four lower-case hexadecimal digits of an escape.
func isSurrogate(code []byte) bool { return isHigh(code) || isLow(code) }
func isHigh(code []byte) bool {
	return code[0] == 'd' && (code[1] == '8' || code[1] == '9' || code[1] == 'a' || code[1] == 'b')
}
func isLow(code []byte) bool { return code[0] == 'd' && code[1] >= 'c' && code[1] <= 'f' }
