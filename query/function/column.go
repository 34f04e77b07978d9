package function

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// zoned is the Go value of a timestamp with time zone.
type zoned struct {
	micros int64
	zone   string
}

// values is what the arrays of one Go type have in common.
type values[T any] interface {
	Value(int) T
	IsNull(int) bool
}

// column reads an argument by batch row, whether constant or not.
type column[T any] struct {
	values[T]
	mask int // 0 for a constant
}

func (c column[T]) at(row int) T      { return c.Value(row & c.mask) }
func (c column[T]) null(row int) bool { return c.IsNull(row & c.mask) }
func (c column[T]) constant() bool    { return c.mask == 0 }
func columnOf[T any](v Value) column[T] {
	c := column[T]{values: valuesOf[T](v.Array), mask: -1}
	if v.Const {
		c.mask = 0
	}
	return c
}

// valuesOf views an array as values of T. The types were settled when the
// function was resolved, so another array is a bug in the caller.
func valuesOf[T any](arr arrow.Array) values[T] {
	if a, ok := arr.(values[T]); ok {
		return a
	}
	switch a := arr.(type) {
	case *array.Null:
		return nulls[T]{}
	case *array.Dictionary:
		if d, ok := any(dictionaryValues{a, a.Dictionary().(*array.String)}).(values[T]); ok {
			return d
		}
	case *array.Struct:
		if a.NumField() == 2 {
			if instants, ok := a.Field(0).(*array.Timestamp); ok {
				if z, ok := any(zonedValues{a, instants, valuesOf[string](a.Field(1))}).(values[T]); ok {
					return z
				}
			}
		}
	}
	panic(fmt.Sprintf("function: %s array where %T was settled", arr.DataType(), *new(T)))
}

// nulls stands for an array of the unknown type.
type nulls[T any] struct{}

func (nulls[T]) Value(int) (zero T) { return }
func (nulls[T]) IsNull(int) bool    { return true }

type dictionaryValues struct {
	*array.Dictionary
	words *array.String
}

func (d dictionaryValues) Value(i int) string { return d.words.Value(d.GetValueIndex(i)) }

type zonedValues struct {
	*array.Struct
	instants *array.Timestamp
	zones    values[string]
}

func (z zonedValues) Value(i int) zoned { return zoned{int64(z.instants.Value(i)), z.zones.Value(i)} }

// output builds a result of one Go type.
type output[T any] interface {
	Append(T)
	AppendNull()
	Reserve(int)
	NewArray() arrow.Array
	Release()
}

func outputOf[T any](mem memory.Allocator, t types.Type, rows int) output[T] {
	b := array.NewBuilder(mem, t.Arrow())
	b.Reserve(rows)
	return asOutput[T](b)
}

func asOutput[T any](b array.Builder) output[T] {
	if o, ok := b.(output[T]); ok {
		return o
	}
	switch b := b.(type) {
	case *array.StructBuilder:
		if o, ok := any(zonedOutput{b}).(output[T]); ok {
			return o
		}
	case *array.NullBuilder:
		return nullOutput[T]{b}
	}
	panic(fmt.Sprintf("function: %s builder where %T was settled", b.Type(), *new(T)))
}

type zonedOutput struct{ *array.StructBuilder }

func (o zonedOutput) Append(v zoned) {
	o.StructBuilder.Append(true)
	o.FieldBuilder(0).(*array.TimestampBuilder).Append(arrow.Timestamp(v.micros))
	o.FieldBuilder(1).(*array.StringBuilder).Append(v.zone)
}

type nullOutput[T any] struct{ *array.NullBuilder }

func (o nullOutput[T]) Append(T) { o.AppendNull() }

// errNull is what a row function returns for a NULL result.
var errNull = errors.New("null")

// constants makes an array that repeats NULL.
func allNull(ctx *Context, t types.Type, rows int) arrow.Array {
	b := array.NewBuilder(ctx.Mem, t.Arrow())
	defer b.Release()
	b.AppendNulls(rows)
	return b.NewArray()
}
