package types

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// IsComparable reports whether values of t can be compared with "=".
func (t Type) IsComparable() bool {
	switch t.Kind {
	case Function:
		return false
	case Array:
		return t.Elem.IsComparable()
	case Map:
		return t.Key.IsComparable() && t.Elem.IsComparable()
	case Row:
		for _, f := range t.Fields {
			if !f.Type.IsComparable() {
				return false
			}
		}
	}
	return true
}

// IsOrderable reports whether values of t can be compared with "<".
func (t Type) IsOrderable() bool {
	switch t.Kind {
	case Function, Map, JSON:
		return false
	case Array:
		return t.Elem.IsOrderable()
	case Row:
		for _, f := range t.Fields {
			if !f.Type.IsOrderable() {
				return false
			}
		}
	}
	return true
}

// IsNull reports whether element i is NULL. The Arrow library's own IsNull is
// false for the elements of a null array, the type of a bare NULL.
func IsNull(arr arrow.Array, i int) bool { return arr.DataType().ID() == arrow.NULL || arr.IsNull(i) }

// Distinct reports whether a[i] and b[j], of one type, are distinct in the
// sense of IS DISTINCT FROM: NULLs are alike, and so are NaNs.
func Distinct(t Type, a arrow.Array, i int, b arrow.Array, j int) bool {
	if an, bn := IsNull(a, i), IsNull(b, j); an || bn {
		return an != bn
	}
	switch t.Kind {
	case Double:
		return !sameFloat(a.(*array.Float64).Value(i), b.(*array.Float64).Value(j))
	case Real:
		return !sameFloat(float64(a.(*array.Float32).Value(i)), float64(b.(*array.Float32).Value(j)))
	case Array:
		la, lb := a.(*array.List), b.(*array.List)
		as, ae := la.ValueOffsets(i)
		bs, be := lb.ValueOffsets(j)
		if ae-as != be-bs {
			return true
		}
		for k := range ae - as {
			if Distinct(*t.Elem, la.ListValues(), int(as+k), lb.ListValues(), int(bs+k)) {
				return true
			}
		}
		return false
	case Row:
		sa, sb := a.(*array.Struct), b.(*array.Struct)
		for k, f := range t.Fields {
			if Distinct(f.Type, sa.Field(k), i, sb.Field(k), j) {
				return true
			}
		}
		return false
	case Map:
		ma, mb := a.(*array.Map), b.(*array.Map)
		as, ae := ma.ValueOffsets(i)
		bs, be := mb.ValueOffsets(j)
		if ae-as != be-bs {
			return true
		}
		for k := as; k < ae; k++ {
			at := FindKey(*t.Key, mb, j, ma.Keys(), int(k))
			if at < 0 || Distinct(*t.Elem, ma.Items(), int(k), mb.Items(), at) {
				return true
			}
		}
		return false
	}
	return compareScalar(t, a, i, b, j) != 0
}

func sameFloat(x, y float64) bool { return x == y || x != x && y != y }

// FindKey returns the place in m.Items() of the entry of map m[row] whose key
// is not distinct from keys[k], or -1.
func FindKey(key Type, m *array.Map, row int, keys arrow.Array, k int) int {
	start, end := m.ValueOffsets(row)
	for i := start; i < end; i++ {
		if !Distinct(key, m.Keys(), int(i), keys, k) {
			return int(i)
		}
	}
	return -1
}

// Equal is "=" on non-NULL a[i] and b[j] of one type: three-valued, because
// arrays, rows and maps may hold NULLs. known is false for an unknown result.
func Equal(t Type, a arrow.Array, i int, b arrow.Array, j int) (equal, known bool) {
	switch t.Kind {
	case Double:
		return a.(*array.Float64).Value(i) == b.(*array.Float64).Value(j), true
	case Real:
		return a.(*array.Float32).Value(i) == b.(*array.Float32).Value(j), true
	case Array:
		la, lb := a.(*array.List), b.(*array.List)
		as, ae := la.ValueOffsets(i)
		bs, be := lb.ValueOffsets(j)
		if ae-as != be-bs {
			return false, true
		}
		return equalAll(int(ae-as), func(k int) (Type, arrow.Array, int, arrow.Array, int) {
			return *t.Elem, la.ListValues(), int(as) + k, lb.ListValues(), int(bs) + k
		})
	case Row:
		sa, sb := a.(*array.Struct), b.(*array.Struct)
		return equalAll(len(t.Fields), func(k int) (Type, arrow.Array, int, arrow.Array, int) {
			return t.Fields[k].Type, sa.Field(k), i, sb.Field(k), j
		})
	case Map:
		ma, mb := a.(*array.Map), b.(*array.Map)
		as, ae := ma.ValueOffsets(i)
		bs, be := mb.ValueOffsets(j)
		if ae-as != be-bs {
			return false, true
		}
		at := make([]int, ae-as)
		for k := range at {
			if at[k] = FindKey(*t.Key, mb, j, ma.Keys(), int(as)+k); at[k] < 0 {
				return false, true
			}
		}
		return equalAll(len(at), func(k int) (Type, arrow.Array, int, arrow.Array, int) {
			return *t.Elem, ma.Items(), int(as) + k, mb.Items(), at[k]
		})
	}
	return compareScalar(t, a, i, b, j) == 0, true
}

// equalAll is the three-valued AND of the equality of n pairs.
func equalAll(n int, pair func(k int) (Type, arrow.Array, int, arrow.Array, int)) (equal, known bool) {
	known = true
	for k := range n {
		t, a, i, b, j := pair(k)
		if IsNull(a, i) || IsNull(b, j) {
			known = false
			continue
		}
		eq, kn := Equal(t, a, i, b, j)
		if kn && !eq {
			return false, true
		}
		known = known && kn
	}
	return known, known
}

// Compare orders two non-NULL values a[i] and b[j] of one orderable type as
// ORDER BY does: NaN is above every other number. Inside arrays and rows NULL
// sorts last; ok is false when that decided, so that operators can be unknown.
func Compare(t Type, a arrow.Array, i int, b arrow.Array, j int) (c int, ok bool) {
	switch t.Kind {
	case Array:
		la, lb := a.(*array.List), b.(*array.List)
		as, ae := la.ValueOffsets(i)
		bs, be := lb.ValueOffsets(j)
		for k := range min(ae-as, be-bs) {
			c, ok := compareNullable(*t.Elem, la.ListValues(), int(as+k), lb.ListValues(), int(bs+k))
			if c != 0 || !ok {
				return c, ok
			}
		}
		return cmp.Compare(ae-as, be-bs), true
	case Row:
		sa, sb := a.(*array.Struct), b.(*array.Struct)
		for k, f := range t.Fields {
			c, ok := compareNullable(f.Type, sa.Field(k), i, sb.Field(k), j)
			if c != 0 || !ok {
				return c, ok
			}
		}
		return 0, true
	}
	return compareScalar(t, a, i, b, j), true
}

func compareNullable(t Type, a arrow.Array, i int, b arrow.Array, j int) (int, bool) {
	switch an, bn := IsNull(a, i), IsNull(b, j); {
	case an && bn:
		return 0, false
	case an:
		return 1, false
	case bn:
		return -1, false
	}
	return Compare(t, a, i, b, j)
}

// CompareAll orders two non-NULL values of one orderable type where every pair
// has an order: a NaN, and a NULL inside, are above all others, as ORDER BY has
// them; with lowest they are below, so that a maximum does not choose them.
func CompareAll(t Type, a arrow.Array, i int, b arrow.Array, j int, lowest bool) int {
	switch t.Kind {
	case Array:
		la, lb := a.(*array.List), b.(*array.List)
		as, ae := la.ValueOffsets(i)
		bs, be := lb.ValueOffsets(j)
		for k := range min(ae-as, be-bs) {
			if c := compareAllNullable(*t.Elem, la.ListValues(), int(as+k), lb.ListValues(), int(bs+k), lowest); c != 0 {
				return c
			}
		}
		return cmp.Compare(ae-as, be-bs)
	case Row:
		sa, sb := a.(*array.Struct), b.(*array.Struct)
		for k, f := range t.Fields {
			if c := compareAllNullable(f.Type, sa.Field(k), i, sb.Field(k), j, lowest); c != 0 {
				return c
			}
		}
		return 0
	case Real, Double:
		if an, bn := isNaN(a, i), isNaN(b, j); an != bn {
			if an == lowest {
				return -1
			}
			return 1
		}
	}
	return compareScalar(t, a, i, b, j)
}

func compareAllNullable(t Type, a arrow.Array, i int, b arrow.Array, j int, lowest bool) int {
	an, bn := IsNull(a, i), IsNull(b, j)
	switch {
	case an && bn:
		return 0
	case an || bn:
		if an == lowest {
			return -1
		}
		return 1
	}
	return CompareAll(t, a, i, b, j, lowest)
}

func isNaN(arr arrow.Array, i int) bool {
	switch a := arr.(type) {
	case *array.Float64:
		return a.Value(i) != a.Value(i)
	case *array.Float32:
		return a.Value(i) != a.Value(i)
	}
	return false
}

// CompareFloats orders floating-point numbers with NaN above all others.
func CompareFloats(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case x == y:
		return 0
	}
	return -cmp.Compare(x, y) // cmp has NaN below all others
}

func compareScalar(t Type, a arrow.Array, i int, b arrow.Array, j int) int {
	switch t.Kind {
	case Boolean:
		x, y := a.(*array.Boolean).Value(i), b.(*array.Boolean).Value(j)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	case Real:
		return CompareFloats(float64(a.(*array.Float32).Value(i)), float64(b.(*array.Float32).Value(j)))
	case Double:
		return CompareFloats(a.(*array.Float64).Value(i), b.(*array.Float64).Value(j))
	case Decimal:
		return a.(*array.Decimal128).Value(i).Cmp(b.(*array.Decimal128).Value(j))
	case Varchar, Char, JSON:
		return cmp.Compare(stringAt(a, i), stringAt(b, j))
	case Varbinary:
		return bytes.Compare(a.(*array.Binary).Value(i), b.(*array.Binary).Value(j))
	case UUID, IPAddress:
		return bytes.Compare(a.(*array.FixedSizeBinary).Value(i), b.(*array.FixedSizeBinary).Value(j))
	case TimestampTZ:
		return cmp.Compare(a.(*array.Struct).Field(0).(*array.Timestamp).Value(i), b.(*array.Struct).Field(0).(*array.Timestamp).Value(j))
	case Unknown:
		return 0
	}
	return cmp.Compare(Int64At(a, i), Int64At(b, j))
}

// Int64At reads an element of any array that lies as one integer: integers,
// dates, times, timestamps and intervals.
func Int64At(arr arrow.Array, i int) int64 {
	switch a := arr.(type) {
	case *array.Int64:
		return a.Value(i)
	case *array.Int32:
		return int64(a.Value(i))
	case *array.Int16:
		return int64(a.Value(i))
	case *array.Int8:
		return int64(a.Value(i))
	case *array.Timestamp:
		return int64(a.Value(i))
	case *array.Date32:
		return int64(a.Value(i))
	case *array.Time64:
		return int64(a.Value(i))
	case *array.Duration:
		return int64(a.Value(i))
	case *array.MonthInterval:
		return int64(a.Value(i))
	}
	panic("types: " + arr.DataType().String() + " does not lie as an integer")
}

// AppendKey appends bytes that are equal for two elements of t exactly when
// they are not distinct: a key for hash tables.
func AppendKey(dst []byte, t Type, arr arrow.Array, i int) []byte {
	if IsNull(arr, i) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	switch t.Kind {
	case Unknown:
		return dst
	case Boolean:
		if arr.(*array.Boolean).Value(i) {
			return append(dst, 1)
		}
		return append(dst, 0)
	case Real:
		return appendFloatKey(dst, float64(arr.(*array.Float32).Value(i)))
	case Double:
		return appendFloatKey(dst, arr.(*array.Float64).Value(i))
	case Decimal:
		v := arr.(*array.Decimal128).Value(i)
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst, v.LowBits()), uint64(v.HighBits()))
	case Varchar, Char, JSON:
		s := stringAt(arr, i)
		return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	case Varbinary:
		s := arr.(*array.Binary).Value(i)
		return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	case UUID, IPAddress:
		return append(dst, arr.(*array.FixedSizeBinary).Value(i)...)
	case TimestampTZ:
		return binary.LittleEndian.AppendUint64(dst, uint64(arr.(*array.Struct).Field(0).(*array.Timestamp).Value(i)))
	case Array:
		list := arr.(*array.List)
		start, end := list.ValueOffsets(i)
		dst = binary.AppendUvarint(dst, uint64(end-start))
		for k := start; k < end; k++ {
			dst = AppendKey(dst, *t.Elem, list.ListValues(), int(k))
		}
		return dst
	case Row:
		for k, f := range t.Fields {
			dst = AppendKey(dst, f.Type, arr.(*array.Struct).Field(k), i)
		}
		return dst
	case Map:
		return appendMapKey(dst, t, arr.(*array.Map), i)
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(Int64At(arr, i)))
}

func appendFloatKey(dst []byte, v float64) []byte {
	switch {
	case v == 0:
		v = math.Abs(v) // minus zero is not distinct from zero
	case v != v:
		v = math.NaN()
	}
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}
