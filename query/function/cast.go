package function

import (
	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// Cast returns the kernel of CAST(from AS to): one argument, values that cannot
// be converted are errors. A pair of types without a cast is a TypeMismatch.
func Cast(from, to types.Type) (Kernel, error) {
	m, ok := castMaker(from, to)
	if !ok {
		return nil, ast.Errorf(ast.TypeMismatch, ast.Span{}, "Cannot cast %s to %s", TypeText(from), TypeText(to))
	}
	c := &call{args: []types.Type{from}, result: to}
	return overDictionaries(onceForConstants(m(c)), true), nil
}

type castPair struct{ from, to types.Kind }

// castMaker finds the conversion; it knows whether one exists without running it.
func castMaker(from, to types.Type) (maker, bool) {
	if from.Equal(to) {
		return sameArray, true
	}
	if from.Kind == types.Unknown {
		return func(c *call) Kernel {
			return func(ctx *Context, _ []Value, rows int) (arrow.Array, error) {
				return allNull(ctx, c.result, rows), nil
			}
		}, true
	}
	if to.Kind == types.JSON {
		return toJSONMaker(from)
	}
	if from.Kind == types.JSON {
		return fromJSONMaker(to)
	}
	switch {
	case from.Kind == types.Array && to.Kind == types.Array:
		return castArray(from, to)
	case from.Kind == types.Map && to.Kind == types.Map:
		return castMap(from, to)
	case from.Kind == types.Row && to.Kind == types.Row:
		return castRow(from, to)
	}
	if from.Kind == types.IPAddress && to.Kind == types.Varchar && to.Length != types.Unbounded {
		return nil, false
	}
	m, ok := scalarCasts[castPair{from.Kind, to.Kind}]
	if !ok && from.Kind == types.Char {
		return castOfChar(to)
	}
	return m, ok
}

// castOfChar reads a char as the varchar without its padding, except for its bytes.
func castOfChar(to types.Type) (maker, bool) {
	if to.Kind == types.Varbinary {
		return charToUTF8, true
	}
	m, ok := scalarCasts[castPair{types.Varchar, to.Kind}]
	switch to.Kind {
	case types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Real, types.Double,
		types.Date, types.Timestamp, types.TimestampTZ:
		return m, ok
	}
	return nil, false
}

// sameArray passes its argument through.
func sameArray(*call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		if args[0].Const && rows != 1 {
			return types.Take(ctx.Mem, args[0].Array, make([]int32, rows)), nil
		}
		args[0].Array.Retain()
		return args[0].Array, nil
	}
}

// scalarCasts are the conversions between types without elements.
var scalarCasts = joinCasts(numberCasts(), varcharCasts(), timeCasts(), binaryCasts())

func joinCasts(tables ...map[castPair]maker) map[castPair]maker {
	all := map[castPair]maker{}
	for _, t := range tables {
		for pair, m := range t {
			all[pair] = m
		}
	}
	return all
}
