package types

import (
	"encoding/binary"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/array"
)

// appendMapKey is AppendKey for a map: entries in the order of their keys'
// bytes, because maps are equal whatever order their entries lie in.
func appendMapKey(dst []byte, t Type, m *array.Map, row int) []byte {
	start, end := m.ValueOffsets(row)
	entries := make([]string, 0, end-start)
	for k := start; k < end; k++ {
		entry := AppendKey(nil, *t.Key, m.Keys(), int(k))
		entries = append(entries, string(AppendKey(entry, *t.Elem, m.Items(), int(k))))
	}
	slices.Sort(entries)
	dst = binary.AppendUvarint(dst, uint64(len(entries)))
	for _, e := range entries {
		dst = append(dst, e...)
	}
	return dst
}
