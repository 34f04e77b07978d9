package types

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrNotSupported marks types that Trino has and we do not.
var ErrNotSupported = errors.New("is not supported")

// Limits on type parameters.
const (
	MaxDecimalPrecision   = 38
	MaxTimePrecision      = 9
	MaxTimestampPrecision = 6
	MaxTrinoPrecision     = 12 // of times and timestamps in Trino
)

// Parse reads a type as users write it in CAST and as Type.String prints it,
// case-insensitively: "varchar(10)", "MAP(varchar, JSON)", "row(a bigint)",
// "timestamp with time zone" (precision 3 when not given). "array<varchar>" is
// not Trino and is refused.
func Parse(text string) (Type, error) {
	p := typeParser{text: text}
	if err := p.lex(); err != nil {
		return Type{}, err
	}
	t, err := p.parseType()
	if err != nil {
		return Type{}, err
	}
	if p.pos < len(p.toks) {
		return Type{}, p.unknown()
	}
	return t, nil
}

type typeToken struct {
	text   string // lower case unless quoted
	quoted bool
}

type typeParser struct {
	text string
	toks []typeToken
	pos  int
}

// unknown is worded as Trino words it.
//
//lint:ignore ST1005 users see this text as it is
func (p *typeParser) unknown() error { return fmt.Errorf("Unknown type: %s", p.text) } //nolint:staticcheck // Trino's words

func (p *typeParser) lex() error {
	s := p.text
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '(' || c == ')' || c == ',':
			p.toks = append(p.toks, typeToken{text: s[i : i+1]})
			i++
		case c == '"':
			var name strings.Builder
			for i++; ; i++ {
				if i >= len(s) {
					return p.unknown()
				}
				if s[i] == '"' {
					if i+1 >= len(s) || s[i+1] != '"' {
						break
					}
					i++
				}
				name.WriteByte(s[i])
			}
			i++
			p.toks = append(p.toks, typeToken{text: name.String(), quoted: true})
		case isTypeWordByte(c):
			j := i
			for j < len(s) && isTypeWordByte(s[j]) {
				j++
			}
			p.toks = append(p.toks, typeToken{text: strings.ToLower(s[i:j])})
			i = j
		default:
			return p.unknown()
		}
	}
	return nil
}

func isTypeWordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// accept skips the given words when all of them come next.
func (p *typeParser) accept(words ...string) bool {
	if p.pos+len(words) > len(p.toks) {
		return false
	}
	for i, w := range words {
		if tok := p.toks[p.pos+i]; tok.quoted || tok.text != w {
			return false
		}
	}
	p.pos += len(words)
	return true
}

// maxTypeDepth bounds the nesting, so that hostile text cannot exhaust the stack.
const maxTypeDepth = 100

func (p *typeParser) parseType() (Type, error) { return p.parseNested(0) }

func (p *typeParser) parseNested(depth int) (Type, error) {
	if depth > maxTypeDepth {
		return Type{}, fmt.Errorf("type is nested more than %d levels deep", maxTypeDepth)
	}
	t, err := p.parseBase(depth)
	for err == nil && p.accept("array") {
		t = ArrayOf(t)
	}
	return t, err
}

var simpleTypes = map[string]Type{
	"unknown": UnknownType, "boolean": BooleanType, "tinyint": TinyIntType, "smallint": SmallIntType,
	"integer": IntegerType, "int": IntegerType, "bigint": BigIntType, "real": RealType,
	"varbinary": VarbinaryType, "date": DateType, "json": JSONType, "uuid": UUIDType, "ipaddress": IPAddressType,
}

// foreignTypes are types that Trino, or a plug-in of it, has and we do not: of
// sketches, places, colours, and values of any shape.
var foreignTypes = []string{
	"hyperloglog", "p4hyperloglog", "qdigest", "tdigest", "setdigest", "geometry", "sphericalgeography", "kdbtree",
	"bingtile", "color", "codepoints", "joniregexp", "jsonpath", "json2016", "objectid", "variant", "number",
}

func (p *typeParser) parseBase(depth int) (Type, error) {
	if p.pos >= len(p.toks) {
		return Type{}, p.unknown()
	}
	word := p.toks[p.pos]
	if word.quoted {
		return Type{}, p.unknown()
	}
	p.pos++
	if t, ok := simpleTypes[word.text]; ok {
		return t, nil
	}
	if slices.Contains(foreignTypes, word.text) {
		return Type{}, fmt.Errorf("the type %s %w", word.text, ErrNotSupported)
	}
	switch word.text {
	case "double":
		p.accept("precision")
		return DoubleType, nil
	case "varchar":
		return p.parseLength(Varchar, Unbounded)
	case "char":
		return p.parseLength(Char, 1)
	case "decimal":
		return p.parseDecimal()
	case "time", "timestamp":
		return p.parseTime(word.text)
	case "interval":
		switch {
		case p.accept("day", "to", "second"):
			return IntervalDaySecondType, nil
		case p.accept("year", "to", "month"):
			return IntervalYearMonthType, nil
		}
	case "array", "map", "row":
		if p.accept("(") {
			return p.parseNestedArgs(word.text, depth+1)
		}
	}
	return Type{}, p.unknown()
}

// parseNumbers reads "(n)" or "(n, m)"; none when there is no parenthesis.
func (p *typeParser) parseNumbers(most int) ([]int, error) {
	if !p.accept("(") {
		return nil, nil
	}
	var nums []int
	for {
		if p.pos >= len(p.toks) || len(nums) == most {
			return nil, p.unknown()
		}
		n, err := strconv.Atoi(p.toks[p.pos].text)
		if err != nil || n < 0 {
			return nil, p.unknown()
		}
		nums = append(nums, n)
		p.pos++
		if p.accept(")") {
			return nums, nil
		}
		if !p.accept(",") {
			return nil, p.unknown()
		}
	}
}

func (p *typeParser) parseLength(kind Kind, length int) (Type, error) {
	nums, err := p.parseNumbers(1)
	if err != nil {
		return Type{}, err
	}
	if len(nums) == 1 {
		length = nums[0]
	}
	const maxVarchar, maxChar = 1<<31 - 2, MaxCharLength
	switch {
	case kind == Char && length > maxChar:
		return Type{}, p.unknown()
	case length > maxVarchar+1:
		return Type{}, p.unknown()
	case length > maxVarchar:
		length = Unbounded
	}
	return Type{Kind: kind, Length: length}, nil
}

func (p *typeParser) parseDecimal() (Type, error) {
	nums, err := p.parseNumbers(2)
	if err != nil {
		return Type{}, err
	}
	t := DecimalOf(MaxDecimalPrecision, 0)
	if len(nums) > 0 {
		t.Precision = nums[0]
	}
	if len(nums) > 1 {
		t.Scale = nums[1]
	}
	if t.Precision < 1 || t.Precision > MaxDecimalPrecision {
		return Type{}, fmt.Errorf("DECIMAL precision must be in range [1, %d]: %d", MaxDecimalPrecision, t.Precision)
	}
	if t.Scale > t.Precision {
		return Type{}, fmt.Errorf("DECIMAL scale must be in range [0, precision (%d)]: %d", t.Precision, t.Scale)
	}
	return t, nil
}

func (p *typeParser) parseTime(word string) (Type, error) {
	nums, err := p.parseNumbers(1)
	if err != nil {
		return Type{}, err
	}
	precision := 3
	if len(nums) == 1 {
		precision = nums[0]
	}
	zoned := p.accept("with", "time", "zone")
	if !zoned {
		p.accept("without", "time", "zone")
	}
	kind, most, suffix := Timestamp, MaxTimestampPrecision, ""
	switch {
	case word == "time" && zoned:
		return Type{}, fmt.Errorf("time with time zone %w", ErrNotSupported)
	case word == "time":
		kind, most = Time, MaxTimePrecision
	case zoned:
		kind, suffix = TimestampTZ, " with time zone"
	}
	switch {
	case precision > MaxTrinoPrecision:
		return Type{}, p.unknown()
	case precision > most:
		return Type{}, fmt.Errorf("%s(%d)%s %w: a second has at most %d digits", word, precision, suffix, ErrNotSupported, most)
	}
	return Type{Kind: kind, Precision: precision}, nil
}

func (p *typeParser) parseNestedArgs(word string, depth int) (Type, error) {
	var fields []Field
	for {
		f, err := p.parseField(word == "row", depth)
		if err != nil {
			return Type{}, err
		}
		fields = append(fields, f)
		if p.accept(")") {
			break
		}
		if !p.accept(",") {
			return Type{}, p.unknown()
		}
	}
	switch {
	case word == "row":
		return RowOf(fields...), nil
	case word == "array" && len(fields) == 1:
		return ArrayOf(fields[0].Type), nil
	case word == "map" && len(fields) == 2:
		return MapOf(fields[0].Type, fields[1].Type), nil
	}
	return Type{}, p.unknown()
}

// parseField reads "type", or in a row "name type". A name may be spelt like a
// type ("date date"), so what follows decides.
func (p *typeParser) parseField(inRow bool, depth int) (Field, error) {
	start := p.pos
	t, err := p.parseNested(depth)
	if err == nil && p.pos < len(p.toks) && (p.toks[p.pos].text == "," || p.toks[p.pos].text == ")") {
		return Field{Type: t}, nil
	}
	if !inRow || start >= len(p.toks) {
		return Field{}, p.unknown()
	}
	name := p.toks[start]
	if !name.quoted && (name.text == "(" || name.text == ")" || name.text == ",") {
		return Field{}, p.unknown()
	}
	p.pos = start + 1
	t, err = p.parseNested(depth)
	return Field{Name: name.text, Type: t}, err
}
