package jsonpath

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Item is a value in a path: nil (JSON null), bool, string, int64, float64,
// Decimal, []Item or Object.
type Item any

// Decimal is a decimal number: Unscaled × 10^-Scale.
type Decimal struct {
	Unscaled *big.Int
	Scale    int
}

// Member is a member of an object.
type Member struct {
	Key   string
	Value Item
}

// Object is an object with its members in the order of the text; of members
// with equal keys there is the last, in the place of the first.
type Object []Member

// large is a number that has no SQL type: an integer beyond bigint.
type large string

// maxDepth bounds the nesting of values and of paths.
const maxDepth = 1000

var errDepth = errors.New("nested too deeply")

// ParseJSON reads the value that text begins with; blank text is null. As in Trino,
// which reads no further, what follows the value may be anything, but for what
// would make a number or a word longer.
func ParseJSON(text string) (Item, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := read(d, 0)
	if errors.Is(err, io.EOF) && strings.Trim(text, " \t\r\n") == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !ends(v, text[d.InputOffset():]) {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

// ends reports whether a value ends before the text that follows it.
func ends(v Item, rest string) bool {
	if rest == "" {
		return true
	}
	r, _ := utf8.DecodeRuneInString(rest)
	switch v.(type) {
	case int64, float64, large:
		return strings.ContainsRune(" \t\r\n", r)
	case bool, nil:
		return r < '0' || r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return true
}

func read(d *json.Decoder, depth int) (Item, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return readArray(d, depth)
		}
		return readObject(d, depth)
	case json.Number:
		return number(string(t)), nil
	default:
		return t, nil // nil, bool, string
	}
}

func readArray(d *json.Decoder, depth int) (Item, error) {
	out := []Item{}
	for d.More() {
		v, err := read(d, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := d.Token()
	return out, err
}

func readObject(d *json.Decoder, depth int) (Item, error) {
	out, at := Object{}, map[string]int{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := read(d, depth+1)
		if err != nil {
			return nil, err
		}
		out = keep(out, at, Member{key.(string), v})
	}
	_, err := d.Token()
	return out, err
}

// keep adds a member, or puts it in the place of one with its key. Behind the
// first few, at tells where keys are.
func keep(o Object, at map[string]int, m Member) Object {
	const few = 16
	i := -1
	if len(o) <= few {
		i = slices.IndexFunc(o, func(other Member) bool { return other.Key == m.Key })
	} else {
		for len(at) < len(o) {
			at[o[len(at)].Key] = len(at)
		}
		if known, ok := at[m.Key]; ok {
			i = known
		}
	}
	if i < 0 {
		return append(o, m)
	}
	o[i] = m
	return o
}

// number is a bigint if it is whole, else a double, as Trino reads JSON.
func number(text string) Item {
	if strings.ContainsAny(text, ".eE") {
		v, _ := strconv.ParseFloat(text, 64) // too large is Infinity
		return v
	}
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		return v
	}
	return large(text)
}

// Append writes an item as JSON text. quote writes a string, double a double.
func Append(dst []byte, v Item, quote func([]byte, string) []byte, double func([]byte, float64) []byte) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		return quote(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return double(dst, v)
	case Decimal:
		return append(dst, v.String()...)
	case large:
		return append(dst, v...)
	case []Item:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = Append(dst, e, quote, double)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, m := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(quote(dst, m.Key), ':')
			dst = Append(dst, m.Value, quote, double)
		}
		return append(dst, '}')
	}
	return dst
}

// String is the number with all its digits.
func (d Decimal) String() string {
	digits, negative := new(big.Int).Abs(d.Unscaled).String(), d.Unscaled.Sign() < 0
	if len(digits) <= d.Scale {
		digits = strings.Repeat("0", d.Scale-len(digits)+1) + digits
	}
	var b bytes.Buffer
	if negative {
		b.WriteByte('-')
	}
	b.WriteString(digits[:len(digits)-d.Scale])
	if d.Scale > 0 {
		b.WriteString("." + digits[len(digits)-d.Scale:])
	}
	return b.String()
}

func (d Decimal) float() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

func (d Decimal) rescaled(scale int) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-d.Scale)), nil)
	return unit.Mul(unit, d.Unscaled)
}

// typeName is what the method type() says of an item.
func typeName(v Item) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []Item:
		return "array"
	case Object:
		return "object"
	}
	return "number"
}
