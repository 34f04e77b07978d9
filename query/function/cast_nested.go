package function

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// elementKernel is the cast of one part of a nested type.
func elementKernel(from, to types.Type) (Kernel, bool) {
	m, ok := castMaker(from, to)
	if !ok {
		return nil, false
	}
	return overDictionaries(m(&call{args: []types.Type{from}, result: to}), true), true
}

// plainValue returns the argument as an array with one element per row.
func plainValue(ctx *Context, v Value, rows int) arrow.Array {
	if v.Const {
		return types.Take(ctx.Mem, v.Array, make([]int32, rows))
	}
	v.Array.Retain()
	return v.Array
}

func castArray(from, to types.Type) (maker, bool) {
	elem, ok := elementKernel(*from.Elem, *to.Elem)
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			l, err := flatten(ctx, args[0], rows)
			if err != nil {
				return nil, err
			}
			defer l.release()
			out, err := elem(ctx, []Value{{Array: l.elements[0]}}, l.elements[0].Len())
			if err != nil {
				return nil, err
			}
			defer out.Release()
			return l.build(ctx.Mem, c.result, out), nil
		}
	}, ok
}

func castMap(from, to types.Type) (maker, bool) {
	key, ok := elementKernel(*from.Key, *to.Key)
	if !ok {
		return nil, false
	}
	value, ok := elementKernel(*from.Elem, *to.Elem)
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			l, err := flatten(ctx, args[0], rows)
			if err != nil {
				return nil, err
			}
			defer l.release()
			n := l.elements[0].Len()
			keys, err := key(ctx, []Value{{Array: l.elements[0]}}, n)
			if err != nil {
				return nil, err
			}
			defer keys.Release()
			items, err := value(ctx, []Value{{Array: l.elements[1]}}, n)
			if err != nil {
				return nil, err
			}
			defer items.Release()
			if keys.NullN() > 0 {
				return nil, badCast("map key is null")
			}
			if err := l.uniqueKeys(*to.Key, keys); err != nil {
				return nil, badCast("duplicate keys")
			}
			return l.build(ctx.Mem, c.result, keys, items), nil
		}
	}, ok
}

func castRow(from, to types.Type) (maker, bool) {
	if len(from.Fields) != len(to.Fields) {
		return nil, false
	}
	kernels := make([]Kernel, len(from.Fields))
	for i := range kernels {
		k, ok := elementKernel(from.Fields[i].Type, to.Fields[i].Type)
		if !ok {
			return nil, false
		}
		kernels[i] = k
	}
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			whole := plainValue(ctx, args[0], rows)
			defer whole.Release()
			s := whole.(*array.Struct)
			fields := make([]arrow.Array, len(kernels))
			defer releaseAll(fields)
			for i, k := range kernels {
				f := validField(ctx, s, i)
				out, err := k(ctx, []Value{{Array: f}}, rows)
				f.Release()
				if err != nil {
					return nil, err
				}
				fields[i] = out
			}
			return buildStruct(ctx.Mem, c.result, fields, s), nil
		}
	}, true
}

func releaseAll(arrs []arrow.Array) {
	for _, a := range arrs {
		if a != nil {
			a.Release()
		}
	}
}

// validField returns a field with NULL where the whole row is NULL, so that
// what lies under a NULL row cannot fail a cast.
func validField(ctx *Context, s *array.Struct, field int) arrow.Array {
	f := s.Field(field)
	if s.NullN() == 0 {
		f.Retain()
		return f
	}
	idx := make([]int32, s.Len())
	for i := range idx {
		idx[i] = int32(i)
		if s.IsNull(i) {
			idx[i] = -1
		}
	}
	return types.Take(ctx.Mem, f, idx)
}

// buildStruct makes a row array of type t from its fields, NULL where like is.
func buildStruct(mem memory.Allocator, t types.Type, fields []arrow.Array, like arrow.Array) arrow.Array {
	valid, nulls := validity(mem, like.Len(), like.IsNull)
	children := make([]arrow.ArrayData, len(fields))
	for i, f := range fields {
		children[i] = f.Data()
	}
	data := array.NewData(t.Arrow(), like.Len(), []*memory.Buffer{valid}, children, nulls, 0)
	defer data.Release()
	if valid != nil {
		defer valid.Release()
	}
	return array.NewStructData(data)
}
