package segment

import (
	"cmp"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
)

// sortedRows returns the rows of the records ordered by the sort columns, NULL
// first, ties in the order of arrival. Values are replaced by ranks first, so
// that the sort compares integers only.
func sortedRows(t *tree, records []arrow.Record, sortColumns []string) []rowRef {
	var arrival []rowRef
	for i, rec := range records {
		for row := range int(rec.NumRows()) {
			arrival = append(arrival, rowRef{int32(i), int32(row)})
		}
	}
	if len(sortColumns) == 0 {
		return arrival
	}
	keys := make([][]int64, len(sortColumns))
	for i, path := range sortColumns {
		keys[i] = sortKeys(t, t.leafByPath(path), records, arrival)
	}
	index := make([]int32, len(arrival))
	for i := range index {
		index[i] = int32(i)
	}
	slices.SortFunc(index, func(a, b int32) int {
		for _, k := range keys {
			if x, y := k[a], k[b]; x != y {
				if x < y {
					return -1
				}
				return 1
			}
		}
		return int(a - b)
	})
	order := make([]rowRef, len(arrival))
	for i, j := range index {
		order[i] = arrival[j]
	}
	return order
}

// sortKeys returns an integer per row that orders as the leaf's values do.
func sortKeys(t *tree, leaf *node, records []arrow.Record, rows []rowRef) []int64 {
	var out shredded
	newShredder(t, leaf, &out).rows(records, rows)
	values := make([]int64, 0, len(out.def))
	switch leaf.kind {
	case kindUTF8, kindBinary:
		values = rank(out.strs)
	case kindFloat64:
		for _, f := range out.floats {
			bits := int64(math.Float64bits(f))
			if bits < 0 {
				bits ^= math.MaxInt64
			}
			values = append(values, bits)
		}
	case kindBool:
		for _, b := range out.bools {
			if b {
				values = append(values, 1)
			} else {
				values = append(values, 0)
			}
		}
	default:
		values = out.ints
	}
	keys := make([]int64, len(rows))
	next := 0
	for i, d := range out.def {
		keys[i] = math.MinInt64
		if int(d) == leaf.maxDef {
			keys[i] = values[next]
			next++
		}
	}
	return keys
}

// rank returns the place of each value among the distinct values.
func rank(values []string) []int64 {
	codes := make([]int64, len(values))
	var distinct []string
	seen := make(map[string]int64)
	for i, v := range values {
		if i > 0 && v == values[i-1] {
			codes[i] = codes[i-1]
			continue
		}
		code, ok := seen[v]
		if !ok {
			code = int64(len(distinct))
			seen[v] = code
			distinct = append(distinct, v)
		}
		codes[i] = code
	}
	byValue := make([]int64, len(distinct))
	for i := range byValue {
		byValue[i] = int64(i)
	}
	slices.SortFunc(byValue, func(a, b int64) int { return cmp.Compare(distinct[a], distinct[b]) })
	place := make([]int64, len(distinct))
	for i, code := range byValue {
		place[code] = int64(i)
	}
	for i := range codes {
		codes[i] = place[codes[i]]
	}
	return codes
}
