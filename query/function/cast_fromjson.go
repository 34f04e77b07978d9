package function

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// fromJSONMaker casts JSON to scalars, arrays, maps and rows. A map or row that
// holds what JSON has no form for fails when it runs, as in Trino.
func fromJSONMaker(to types.Type) (maker, bool) {
	inner := to
	for inner.Kind == types.Array {
		inner = *inner.Elem
	}
	if !fromJSONType(to) && inner.Kind != types.Map && inner.Kind != types.Row {
		return nil, false
	}
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			if !fromJSONType(to) {
				return nil, badCast("Cannot cast JSON to %s", typeText(to, ", "))
			}
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
		types.Decimal, types.Varchar, types.JSON:
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
	switch {
	case whole.Kind == types.Array || whole.Kind == types.Map || whole.Kind == types.Row:
		return badCast("%s\n%s", strings.TrimRight("Cannot cast to "+typeText(whole, ", ")+". "+why, " "), text)
	case whole.Kind == types.Decimal:
		return badCast("Cannot cast '%s' to DECIMAL(%d,%d)", text, whole.Precision, whole.Scale)
	case whole.Kind == types.Varchar && whole.Length == types.Unbounded:
		return badCast("Cannot cast '%s' to varchar(%d)", text, math.MaxInt32)
	}
	return badCast("Cannot cast '%s' to %s", text, whole)
}

// token is the next token as the messages show it.
func (j *jsonReader) token() string {
	switch c := j.peek(); c {
	case '{', '[', ']', '}':
		return string(c)
	case '"':
		if s, ok := j.str(); ok {
			return s
		}
	}
	text, _ := j.text()
	return text
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
		return jsonCastFault(j, whole, "Expected a json array, but got "+j.token())
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
		return jsonCastFault(j, whole, "Expected a json object, but got "+j.token())
	}
	b.Append(true)
	seen := map[any]bool{}
	var err error
	ok := j.members(func(key string) bool {
		k, bad := scalarFromString(*t.Key, key)
		if bad != nil {
			err = nestedCastFault(j, whole, bad)
			return false
		}
		if seen[k] {
			err = jsonCastFault(j, whole, "Duplicate map keys are not allowed")
			return false
		}
		seen[k] = true
		unbox(b.KeyBuilder(), k)
		err = readJSON(b.ItemBuilder(), *t.Elem, j, whole)
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
		ok = j.elements(func(i int) bool {
			n++
			if i >= len(t.Fields) {
				err = jsonCastFault(j, whole, "Expected json array ending, but got "+j.token())
				return false
			}
			return take(i)
		})
		if err == nil && n < len(t.Fields) {
			err = jsonCastFault(j, whole, unexpectedToken(t.Fields[n].Type, "]"))
		}
	case '{':
		ok = j.members(func(key string) bool {
			f := slices.IndexFunc(t.Fields, func(f types.Field) bool { return f.Name == strings.ToLower(key) })
			if f < 0 {
				return j.skip(0)
			}
			return take(f)
		})
	default:
		err = jsonCastFault(j, whole, "Expected a json array or object, but got "+j.token())
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

func unexpectedToken(t types.Type, token string) string {
	return "Unexpected token when cast to " + typeText(t, ", ") + ": " + token
}

// errJSONValue is a scalar that has no value of the type, for which Trino has no further words.
var errJSONValue = errors.New("no value of the type")

// nestedCastFault puts the fault of a scalar into the words of the whole cast.
func nestedCastFault(j *jsonReader, whole types.Type, err error) error {
	var e *ast.Error
	switch {
	case !errors.As(err, &e):
		return jsonCastFault(j, whole, "")
	case whole.Kind == types.Array || whole.Kind == types.Map || whole.Kind == types.Row:
		return jsonCastFault(j, whole, e.Msg)
	}
	return err
}

// readJSONScalar returns a boxed scalar.
func readJSONScalar(t types.Type, j *jsonReader, whole types.Type) (any, error) {
	var v any
	err := errJSONValue
	switch c := j.peek(); c {
	case '"':
		if s, ok := j.str(); ok {
			v, err = scalarFromString(t, s)
		}
	case 't', 'f':
		if j.skip(0) {
			v, err = scalarFromBoolean(t, c == 't')
		}
	case '{', '[', ']', 0:
		return nil, jsonCastFault(j, whole, unexpectedToken(t, j.token()))
	default:
		if text, ok := j.number(); ok {
			v, err = scalarFromNumber(t, text)
		}
	}
	if err != nil {
		return nil, nestedCastFault(j, whole, err)
	}
	return v, nil
}

func scalarFromString(t types.Type, s string) (any, error) {
	switch t.Kind {
	case types.Varchar:
		return varcharOfJSON(t, s)
	case types.Boolean:
		return parseBoolean(s)
	case types.Real:
		v, err := parseFloat(s, 32)
		if err != nil {
			err = badCast("Cannot cast '%s' to REAL", s)
		}
		return v, err
	case types.Double:
		return parseDouble(s)
	case types.Decimal:
		return decimalOfText(t, s)
	}
	v, err := strconv.ParseInt(s, 10, integerBits(t))
	if err != nil {
		name := strings.ToUpper(t.String())
		if t.Kind == types.Integer {
			name = "INT"
		}
		return nil, badCast("Cannot cast '%s' to %s", s, name)
	}
	return v, nil
}

// varcharOfJSON does not cut: a text that is too long is an error here.
func varcharOfJSON(t types.Type, s string) (any, error) {
	if cut(s, t.Length) != s {
		return nil, errJSONValue
	}
	return s, nil
}

func integerBits(t types.Type) int { return 8 << (t.Kind - types.TinyInt) }

func decimalOfText(t types.Type, s string) (any, error) {
	if !decimalText.MatchString(s) {
		return nil, errJSONValue
	}
	r, _ := new(big.Rat).SetString(s)
	v := divideRounded(new(big.Int).Mul(r.Num(), pow10(t.Scale)), r.Denom())
	if v.CmpAbs(pow10(t.Precision)) >= 0 {
		return nil, outOfRange("Cannot cast input json to DECIMAL(%d,%d)", t.Precision, t.Scale)
	}
	return decimal128.FromBigInt(v), nil
}

func scalarFromBoolean(t types.Type, v bool) (any, error) {
	n := int64(0)
	if v {
		n = 1
	}
	switch t.Kind {
	case types.Boolean:
		return v, nil
	case types.Varchar:
		return varcharOfJSON(t, strconv.FormatBool(v))
	case types.Real, types.Double:
		return float64(n), nil
	case types.Decimal:
		return decimalOfText(t, strconv.FormatInt(n, 10))
	}
	return n, nil
}

func scalarFromNumber(t types.Type, text string) (any, error) {
	whole := !strings.ContainsAny(text, ".eE")
	f, _ := strconv.ParseFloat(text, 64)
	switch t.Kind {
	case types.Varchar:
		if whole {
			return varcharOfJSON(t, text)
		}
		return varcharOfJSON(t, string(appendCastFloat(nil, f, 64)))
	case types.Boolean:
		return f != 0, nil
	case types.Real, types.Double:
		return f, nil
	case types.Decimal:
		return decimalOfText(t, text)
	}
	if whole {
		v, err := strconv.ParseInt(text, 10, integerBits(t))
		if err != nil {
			err = errJSONValue
		}
		return v, err
	}
	r := math.Round(f)
	limit := math.Ldexp(1, integerBits(t)-1)
	if r < -limit || r >= limit {
		return nil, outOfRange("Out of range for %s: %s", t, types.AppendFloat(nil, f, 64))
	}
	return int64(r), nil
}
