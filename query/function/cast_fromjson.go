package function

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/types"
)

// fromJSONMaker casts JSON to scalars, arrays, maps and rows.
func fromJSONMaker(to types.Type) (maker, bool) {
	if !fromJSONType(to) {
		return nil, false
	}
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			in := columnOf[string](args[0])
			b := array.NewBuilder(ctx.Mem, to.Arrow())
			defer b.Release()
			b.Reserve(rows)
			for i := range rows {
				if in.null(i) {
					b.AppendNull()
					continue
				}
				j := &jsonReader{s: in.at(i)}
				if err := readJSON(b, to, j, to); err != nil {
					return nil, err
				}
				if !j.end() {
					return nil, jsonCastFault(j, to, "")
				}
			}
			return b.NewArray(), nil
		}
	}, true
}

func fromJSONType(t types.Type) bool {
	switch t.Kind {
	case types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Real, types.Double,
		types.Decimal, types.Varchar, types.JSON, types.Date, types.Timestamp:
		return true
	case types.Array:
		return fromJSONType(*t.Elem)
	case types.Map:
		return isJSONKey(*t.Key) && fromJSONType(*t.Elem)
	case types.Row:
		return !slices.ContainsFunc(t.Fields, func(f types.Field) bool { return !fromJSONType(f.Type) })
	}
	return false
}

// jsonCastFault words a failed cast; whole is the type that the user asked for.
func jsonCastFault(j *jsonReader, whole types.Type, why string) error {
	text := j.s
	if len(text) > 1000 {
		text = text[:1000] + "...(truncated)"
	}
	if why == "" {
		return badCast("Cannot cast '%s' to %s", text, whole)
	}
	return badCast("Cannot cast to %s. %s\n%s", whole, why, text)
}

// readJSON appends one JSON value as type t.
func readJSON(b array.Builder, t types.Type, j *jsonReader, whole types.Type) error {
	c := j.peek()
	if t.Kind == types.JSON {
		out, ok := j.canonical(nil, false, 0)
		if !ok {
			return jsonCastFault(j, whole, "")
		}
		b.(*array.StringBuilder).Append(string(out))
		return nil
	}
	if c == 'n' && j.word("null") {
		b.AppendNull()
		return nil
	}
	switch t.Kind {
	case types.Array:
		return readJSONArray(b.(*array.ListBuilder), t, j, whole)
	case types.Map:
		return readJSONMap(b.(*array.MapBuilder), t, j, whole)
	case types.Row:
		return readJSONRow(b.(*array.StructBuilder), t, j, whole)
	}
	v, err := readJSONScalar(t, j, whole)
	if err != nil {
		return err
	}
	unbox(b, v)
	return nil
}

func readJSONArray(b *array.ListBuilder, t types.Type, j *jsonReader, whole types.Type) error {
	if j.peek() != '[' {
		return jsonCastFault(j, whole, "Expected a json array")
	}
	b.Append(true)
	var err error
	ok := j.elements(func(int) bool {
		err = readJSON(b.ValueBuilder(), *t.Elem, j, whole)
		return err == nil
	})
	if err == nil && !ok {
		err = jsonCastFault(j, whole, "")
	}
	return err
}

func readJSONMap(b *array.MapBuilder, t types.Type, j *jsonReader, whole types.Type) error {
	if j.peek() != '{' {
		return jsonCastFault(j, whole, "Expected a json object")
	}
	b.Append(true)
	seen := map[string]bool{}
	var err error
	ok := j.members(func(key string) bool {
		if seen[key] {
			err = jsonCastFault(j, whole, "Duplicate keys are not allowed")
			return false
		}
		seen[key] = true
		name := &jsonReader{s: string(appendJSONString(nil, key))}
		if err = readJSON(b.KeyBuilder(), *t.Key, name, whole); err == nil {
			err = readJSON(b.ItemBuilder(), *t.Elem, j, whole)
		}
		return err == nil
	})
	if err == nil && !ok {
		err = jsonCastFault(j, whole, "")
	}
	return err
}

// readJSONRow takes fields by place from an array and by name from an object.
func readJSONRow(b *array.StructBuilder, t types.Type, j *jsonReader, whole types.Type) error {
	b.Append(true)
	filled := make([]bool, len(t.Fields))
	var err error
	take := func(f int) bool {
		if filled[f] {
			err = jsonCastFault(j, whole, "Duplicate field: "+t.Fields[f].Name)
			return false
		}
		filled[f] = true
		err = readJSON(b.FieldBuilder(f), t.Fields[f].Type, j, whole)
		return err == nil
	}
	ok := false
	switch j.peek() {
	case '[':
		n := 0
		ok = j.elements(func(i int) bool { n++; return i < len(t.Fields) && take(i) })
		if err == nil && n != len(t.Fields) {
			err = jsonCastFault(j, whole, "Expected json array with "+strconv.Itoa(len(t.Fields))+" elements")
		}
	case '{':
		ok = j.members(func(key string) bool {
			f := slices.IndexFunc(t.Fields, func(f types.Field) bool { return strings.EqualFold(f.Name, key) })
			if f < 0 {
				return j.skip(0)
			}
			return take(f)
		})
	default:
		err = jsonCastFault(j, whole, "Expected a json array or object")
	}
	if err == nil && !ok {
		err = jsonCastFault(j, whole, "")
	}
	for f, done := range filled {
		if !done {
			b.FieldBuilder(f).AppendNull()
		}
	}
	return err
}

// readJSONScalar returns a boxed scalar.
func readJSONScalar(t types.Type, j *jsonReader, whole types.Type) (any, error) {
	var v any
	ok := false
	switch c := j.peek(); c {
	case '"':
		var s string
		if s, ok = j.str(); ok {
			v, ok = scalarFromString(t, s)
		}
	case 't', 'f':
		if ok = j.skip(0); ok {
			v, ok = scalarFromBoolean(t, c == 't')
		}
	case '{', '[', 0:
	default:
		var text string
		if text, ok = j.number(); ok {
			v, ok = scalarFromNumber(t, text)
		}
	}
	if !ok {
		return nil, jsonCastFault(j, whole, "")
	}
	return v, nil
}

func scalarFromString(t types.Type, s string) (any, bool) {
	switch t.Kind {
	case types.Varchar:
		return cut(s, t.Length), true
	case types.Boolean:
		v, err := parseBoolean(s)
		return v, err == nil
	case types.Real:
		v, err := parseFloat(s, 32)
		return v, err == nil
	case types.Double:
		v, err := parseFloat(s, 64)
		return v, err == nil
	case types.Decimal:
		return decimalOfText(t, s)
	case types.Date:
		v, err := parseDate(s)
		return int64(v), err == nil
	case types.Timestamp:
		v, ok := readTimestamp(s)
		return roundMicros(v.micros, t.Precision), ok && v.zone == ""
	}
	v, err := strconv.ParseInt(s, 10, integerBits(t))
	return v, err == nil
}

func integerBits(t types.Type) int { return 8 << (t.Kind - types.TinyInt) }

func decimalOfText(t types.Type, s string) (any, bool) {
	if !decimalText.MatchString(s) {
		return nil, false
	}
	r, _ := new(big.Rat).SetString(s)
	v := divideRounded(new(big.Int).Mul(r.Num(), pow10(t.Scale)), r.Denom())
	if v.CmpAbs(pow10(t.Precision)) >= 0 {
		return nil, false
	}
	return decimal128.FromBigInt(v), true
}

func scalarFromBoolean(t types.Type, v bool) (any, bool) {
	n := int64(0)
	if v {
		n = 1
	}
	switch t.Kind {
	case types.Boolean:
		return v, true
	case types.Varchar:
		return cut(strconv.FormatBool(v), t.Length), true
	case types.Real, types.Double:
		return float64(n), true
	case types.Decimal:
		return decimalOfText(t, strconv.FormatInt(n, 10))
	}
	return n, t.IsInteger()
}

func scalarFromNumber(t types.Type, text string) (any, bool) {
	whole := !strings.ContainsAny(text, ".eE")
	f, _ := strconv.ParseFloat(text, 64)
	switch t.Kind {
	case types.Varchar:
		if whole {
			return cut(text, t.Length), true
		}
		return cut(string(appendCastFloat(nil, f, 64)), t.Length), true
	case types.Boolean:
		return f != 0, true
	case types.Real, types.Double:
		return f, true
	case types.Decimal:
		return decimalOfText(t, text)
	}
	if !t.IsInteger() {
		return nil, false
	}
	if whole {
		v, err := strconv.ParseInt(text, 10, integerBits(t))
		return v, err == nil
	}
	r := math.Round(f)
	limit := math.Ldexp(1, integerBits(t)-1)
	return int64(r), r >= -limit && r < limit
}
