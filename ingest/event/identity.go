package event

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// canon writes the canonical text of a record (see the package comment). Its
// buffers are kept between records.
type canon struct {
	out   []byte
	stack []member
	arena []byte // unescaped keys
}

// member is one member of an object, its key by value.
type member struct {
	key     []byte
	raw     []byte // the key as written, with quotes
	escaped bool
	value   span
}

// sum returns the SHA-256 of the canonical form of the valid text b.
func (c *canon) sum(b []byte) [32]byte {
	c.out, c.arena = c.out[:0], c.arena[:0]
	c.value(b, span{0, len(b)})
	sum := sha256.Sum256(c.out)
	if cap(c.out) > keepBytes {
		c.out = nil
	}
	return sum
}

// keepBytes is the largest scratch buffer that is kept for the next record.
const keepBytes = 1 << 20

func (c *canon) value(b []byte, at span) {
	switch b[at.from] {
	case '{':
		c.object(b, at)
	case '[':
		c.out = append(c.out, '[')
		first := true
		for w := walk(b, at); ; first = false {
			v, ok := w.element()
			if !ok {
				break
			}
			if !first {
				c.out = append(c.out, ',')
			}
			c.value(b, v)
		}
		c.out = append(c.out, ']')
	case '"':
		c.out = appendCanonicalString(c.out, b[at.from:at.to])
	default:
		c.out = append(c.out, b[at.from:at.to]...)
	}
}

func (c *canon) object(b []byte, at span) {
	base := len(c.stack)
	for w := walk(b, at); ; {
		raw, v, ok := w.member()
		if !ok {
			break
		}
		c.stack = append(c.stack, c.member(raw, v))
	}
	own := c.stack[base:]
	slices.SortStableFunc(own, func(x, y member) int { return bytes.Compare(x.key, y.key) })
	c.out = append(c.out, '{')
	for i, n := 0, len(own); i < n; i++ {
		m := c.stack[base+i]
		if i+1 < n && bytes.Equal(m.key, c.stack[base+i+1].key) {
			continue // a duplicate: the last counts
		}
		if c.out[len(c.out)-1] != '{' {
			c.out = append(c.out, ',')
		}
		if m.escaped {
			c.out = appendCanonicalString(c.out, m.raw)
		} else {
			c.out = append(c.out, m.raw...)
		}
		c.out = append(c.out, ':')
		c.value(b, m.value)
	}
	c.out = append(c.out, '}')
	c.stack = c.stack[:base]
}

// member unescapes a key if it must.
func (c *canon) member(raw []byte, v span) member {
	m := member{key: raw[1 : len(raw)-1], raw: raw, value: v}
	if bytes.IndexByte(m.key, '\\') < 0 {
		return m
	}
	m.escaped = true
	from := len(c.arena)
	var err error
	if c.arena, err = jsontext.AppendUnquote(c.arena, raw); err != nil {
		c.arena = appendSurrogates(c.arena[:from], raw)
	}
	m.key = c.arena[from:len(c.arena):len(c.arena)]
	return m
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
