package segment

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go/format"
)

// statistics describes the whole chunk.
func (e *chunkEncoder) statistics() ColumnStats {
	values := len(e.vals.strs) + len(e.vals.ints) + len(e.vals.floats) + len(e.vals.bools)
	s := ColumnStats{Values: int64(values), Nulls: int64(len(e.vals.def) - values)}
	if !e.hasBounds() {
		return s
	}
	if e.dict != nil {
		s.Min, s.Max, s.Exact = stringBounds(e.dict)
		if len(e.dict) <= maxSetValues {
			set := slices.Clone(e.dict)
			slices.Sort(set)
			if s.Set = boundedSet(set); s.Set != nil {
				for i, v := range s.Set {
					s.Set[i] = strings.Clone(v) // the records go
				}
			}
		}
		return s
	}
	s.Min, s.Max, s.Exact = e.bounds(0, values)
	return s
}

// bounds returns bounds of the values, nil when there are none to give.
func (e *chunkEncoder) bounds(from, to int) (lo, hi any, exact bool) {
	if from == to {
		return nil, nil, false
	}
	switch e.leaf.kind {
	case kindUTF8:
		if e.dict == nil {
			return stringBounds(e.vals.strs[from:to])
		}
		return boundsBetween(e.outermost(e.codes[from:to]))
	case kindBool:
		v := e.vals.bools[from:to]
		return !slices.Contains(v, false), slices.Contains(v, true), true
	case kindFloat64:
		return floatBounds(e.vals.floats[from:to])
	}
	v := e.vals.ints[from:to]
	return slices.Min(v), slices.Max(v), true
}

// outermost returns the least and the greatest of the dictionary's values that the
// codes stand for. It looks at each value once.
func (e *chunkEncoder) outermost(codes []int32) (low, high string) {
	if e.asked == nil {
		e.asked = make([]int32, len(e.dict))
	}
	e.asks++
	low, high = e.dict[codes[0]], e.dict[codes[0]]
	for _, c := range codes {
		if e.asked[c] != e.asks {
			e.asked[c] = e.asks
			low, high = min(low, e.dict[c]), max(high, e.dict[c])
		}
	}
	return low, high
}

func stringBounds(values []string) (lo, hi any, exact bool) {
	return boundsBetween(slices.Min(values), slices.Max(values))
}

// boundsBetween returns bounds of values of which low and high are the outermost.
func boundsBetween(low, high string) (lo, hi any, exact bool) {
	short, ok := shortMax(high, maxBoundBytes)
	if !ok {
		return nil, nil, false
	}
	exact = len(low) <= maxBoundBytes && len(high) <= maxBoundBytes
	// Copies: the values point into records that go.
	return strings.Clone(shortMin(low, maxBoundBytes)), strings.Clone(short), exact
}

// floatBounds gives none when a value is not a number, and lets a zero bound
// cover both zeros, as the Parquet format asks.
func floatBounds(values []float64) (lo, hi any, exact bool) {
	low, high := values[0], values[0]
	for _, v := range values {
		if math.IsNaN(v) {
			return nil, nil, false
		}
		low, high = min(low, v), max(high, v)
	}
	exact = true
	if low == 0 {
		low = math.Copysign(0, -1)
	}
	if high == 0 {
		high = 0
	}
	return low, high, exact
}

// indexPage adds a page to the column index.
func (e *chunkEncoder) indexPage(p pageSpan, nulls int64) {
	ix := e.out.columnIndex
	if ix == nil {
		return
	}
	lo, hi, _ := e.bounds(p.values, p.valueEnd)
	empty := p.values == p.valueEnd
	if lo == nil && !empty {
		e.out.columnIndex = nil // a page without bounds: the index must have all or none
		return
	}
	ix.NullPages = append(ix.NullPages, empty)
	ix.NullCounts = append(ix.NullCounts, nulls)
	ix.MinValues = append(ix.MinValues, plainBound(e.leaf.kind, lo))
	ix.MaxValues = append(ix.MaxValues, plainBound(e.leaf.kind, hi))
	ix.BoundaryOrder = format.Unordered
}

// plainBound encodes a bound as Parquet's statistics have it.
func plainBound(k kind, v any) []byte {
	switch x := v.(type) {
	case string:
		return append([]byte{}, x...)
	case bool:
		if x {
			return []byte{1}
		}
		return []byte{0}
	case float64:
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(x))
	case int64:
		if k == kindInt32 {
			return binary.LittleEndian.AppendUint32(nil, uint32(x))
		}
		return binary.LittleEndian.AppendUint64(nil, uint64(x))
	}
	return []byte{}
}

// readBound is the inverse of plainBound; nil when the bytes do not fit the kind.
func readBound(k kind, b []byte) any {
	switch {
	case k == kindUTF8:
		return string(b)
	case k == kindBool && len(b) == 1:
		return b[0] != 0
	case k == kindInt32 && len(b) == 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	case k == kindFloat64 && len(b) == 8:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case (k == kindInt64 || k == kindTimestamp) && len(b) == 8:
		return int64(binary.LittleEndian.Uint64(b))
	}
	return nil
}
