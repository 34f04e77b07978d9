package function

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/cespare/xxhash/v2"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// checksumPrime is what a NULL adds, and what each value's hash is multiplied
// with: xxHash's first 64-bit prime, as in Trino.
const checksumPrime uint64 = 0x9E3779B185EBCA87

// checksum adds up hashes, so that the order of rows does not matter.
func checksum(c *call) func(*Context) Accumulator {
	t := c.args[0]
	return func(ctx *Context) Accumulator {
		var buf []byte
		return &folder[settled[uint64]]{
			ctx: ctx, c: c, fixed: 16,
			add: func(s *settled[uint64], args []Value, row int) error {
				s.ok = true
				arr, at := args[0].Array, args[0].Row(row)
				if types.IsNull(arr, at) {
					s.v += checksumPrime
					return nil
				}
				buf = appendHashed(buf[:0], t, args[0], row)
				s.v += xxhash.Sum64(buf) * checksumPrime
				return nil
			},
			merge: func(s, o *settled[uint64]) error { s.v += o.v; s.ok = s.ok || o.ok; return nil },
			emit: func(b array.Builder, s *settled[uint64]) error {
				if s.ok {
					b.(*array.BinaryBuilder).Append(binary.LittleEndian.AppendUint64(nil, s.v))
				} else {
					b.AppendNull()
				}
				return nil
			},
		}
	}
}

// appendHashed appends the bytes of a value that Trino hashes: text and bytes as
// they are, all others as a 64-bit number.
func appendHashed(dst []byte, t types.Type, v Value, row int) []byte {
	switch t.Kind {
	case types.Varchar:
		return append(dst, columnOf[string](v).at(row)...)
	case types.Varbinary:
		return append(dst, columnOf[[]byte](v).at(row)...)
	case types.Boolean:
		n := uint64(0)
		if columnOf[bool](v).at(row) {
			n = 1
		}
		return binary.LittleEndian.AppendUint64(dst, n)
	case types.Double:
		f := floatAt(v, row)
		switch {
		case f == 0:
			f = 0 // one hash for both zeros
		case math.IsNaN(f):
			return binary.LittleEndian.AppendUint64(dst, 0x7ff8000000000000)
		}
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(types.Int64At(v.Array, v.Row(row))))
}

// hashable refuses types whose hash is not known to be Trino's.
func hashable(args []types.Type) (types.Type, error) {
	switch t := args[0]; t.Kind {
	case types.Unknown, types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Double,
		types.Varchar, types.Varbinary, types.Date, types.Timestamp:
		return types.VarbinaryType, nil
	default:
		return types.Type{}, fault(ast.NotSupported, "checksum of %s is not supported", t)
	}
}
