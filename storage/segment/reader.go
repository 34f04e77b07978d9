package segment

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Reader reads a segment. It holds the footer only and is safe for concurrent use.
type Reader struct {
	src       Source
	size      int64
	tree      *tree
	meta      format.FileMetaData
	firstRows []int64 // of each row group
	keys      map[string]string
	version   int
	texts     textFilters
	blooms    sync.Map // of bloomKey: filterPlace, of the filters that were asked
}

// RowGroup describes a row group.
type RowGroup struct {
	Rows     int64
	FirstRow int64 // number of its first row in the segment
	Bytes    int64 // compressed bytes of all its columns
}

// Open reads the footer of a segment. The caller closes src after the reader's last use.
func Open(src Source) (r *Reader, err error) {
	defer guard(&err, "read footer")
	r = &Reader{src: src, size: src.Size(), keys: map[string]string{}}
	footer, err := r.footer()
	if err != nil {
		return nil, err
	}
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), footer, &r.meta); err != nil {
		return nil, corrupt("read footer: %w", err)
	}
	for _, kv := range r.meta.KeyValueMetadata {
		r.keys[kv.Key] = kv.Value
	}
	if v, err := strconv.Atoi(r.keys[keyFormat]); err != nil || v < 1 || v > Version {
		return nil, corrupt("read footer: segment format %q, this program reads 1 to %d", r.keys[keyFormat], Version)
	}
	if r.version, err = strconv.Atoi(r.keys[keySchemaVersion]); err != nil {
		return nil, corrupt("read footer: schema version %q is no number", r.keys[keySchemaVersion])
	}
	if r.tree, err = treeOf(r.meta.Schema); err != nil {
		return nil, corrupt("read footer: %w", err)
	}
	if err := r.checkRowGroups(); err != nil {
		return r, err
	}
	return r, r.readTextFilters()
}

// footer returns the bytes of the footer.
func (r *Reader) footer() ([]byte, error) {
	const tail = 8
	if r.size < int64(len(magic))+tail {
		return nil, corrupt("read footer: the file has %d bytes", r.size)
	}
	// Most footers come with the first read.
	n := min(r.size, 64<<10)
	buf := make([]byte, n)
	if _, err := r.src.ReadAt(buf, r.size-n); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read footer: %w", err)
	}
	if string(buf[n-4:]) != magic {
		return nil, corrupt("read footer: the file ends with %q, not %q", buf[n-4:], magic)
	}
	length := int64(binary.LittleEndian.Uint32(buf[n-tail:]))
	if length > r.size-tail-int64(len(magic)) {
		return nil, corrupt("read footer: footer of %d bytes in a file of %d", length, r.size)
	}
	if length > n-tail {
		buf = make([]byte, length)
		if _, err := r.src.ReadAt(buf, r.size-tail-length); err != nil && err != io.EOF {
			return nil, fmt.Errorf("read footer: %w", err)
		}
		return buf, nil
	}
	return buf[n-tail-length : n-tail], nil
}

// checkRowGroups makes sure that what reading relies on holds.
func (r *Reader) checkRowGroups() error {
	rows := int64(0)
	for g := range r.meta.RowGroups {
		rg := &r.meta.RowGroups[g]
		r.firstRows = append(r.firstRows, rows)
		if rg.NumRows <= 0 || len(rg.Columns) != len(r.tree.leaves) {
			return corrupt("read footer: row group %d has %d rows and %d columns, want some and %d", g, rg.NumRows, len(rg.Columns), len(r.tree.leaves))
		}
		rows += rg.NumRows
		for i, leaf := range r.tree.leaves {
			m := &rg.Columns[i].MetaData
			start := chunkStart(m)
			switch {
			case m.Type != leaf.kind.physical() || m.Codec != format.Zstd:
				return corrupt("read footer: row group %d, column %s: type %v, codec %v", g, leaf.path, m.Type, m.Codec)
			case m.NumValues < rg.NumRows || leaf.maxRep == 0 && m.NumValues != rg.NumRows:
				return corrupt("read footer: row group %d, column %s: %d entries for %d rows", g, leaf.path, m.NumValues, rg.NumRows)
			case start < int64(len(magic)) || m.TotalCompressedSize <= 0 || start > r.size-m.TotalCompressedSize ||
				m.DataPageOffset < start || m.DataPageOffset >= start+m.TotalCompressedSize:
				return corrupt("read footer: row group %d, column %s: bytes %d+%d outside the file", g, leaf.path, start, m.TotalCompressedSize)
			}
		}
	}
	if rows != r.meta.NumRows {
		return corrupt("read footer: %d rows, the row groups have %d", r.meta.NumRows, rows)
	}
	return nil
}

// chunkStart is the offset of the first page of a chunk.
func chunkStart(m *format.ColumnMetaData) int64 {
	if m.DictionaryPageOffset != 0 {
		return m.DictionaryPageOffset
	}
	return m.DataPageOffset
}

// Schema is the schema of the file.
func (r *Reader) Schema() *arrow.Schema { return r.tree.schema }

// SchemaVersion is what the Layout said when the segment was written.
func (r *Reader) SchemaVersion() int { return r.version }

// Family is what the Layout said when the segment was written.
func (r *Reader) Family() string { return r.keys[keyFamily] }

// MerkleRoot is the root over the payloads that the writer noted, hex.
func (r *Reader) MerkleRoot() string { return r.keys[keyMerkleRoot] }

// Layout returns the names of the time, payload and id columns of the Layout
// that wrote the segment; the other fields but Schema are not kept in the file.
func (r *Reader) Layout() Layout {
	return Layout{
		Schema: r.tree.schema, TimeColumn: r.keys[keyTimeColumn], PayloadColumn: r.keys[keyPayloadColumn],
		IDColumn: r.keys[keyIDColumn], SchemaVersion: r.version, Family: r.keys[keyFamily],
	}
}

// KeyValues are the key values of the footer.
func (r *Reader) KeyValues() map[string]string { return r.keys }

// Leaves lists the paths of the leaves in file order.
func (r *Reader) Leaves() []string {
	out := make([]string, len(r.tree.leaves))
	for i, n := range r.tree.leaves {
		out[i] = n.path
	}
	return out
}

// NumRows is the number of rows of the segment.
func (r *Reader) NumRows() int64 { return r.meta.NumRows }

// NumRowGroups is the number of row groups.
func (r *Reader) NumRowGroups() int { return len(r.meta.RowGroups) }

// RowGroup describes row group i.
func (r *Reader) RowGroup(i int) RowGroup {
	rg := &r.meta.RowGroups[i]
	return RowGroup{Rows: rg.NumRows, FirstRow: r.firstRows[i], Bytes: rg.TotalCompressedSize}
}

// Has tells whether the segment has what the column names.
func (r *Reader) Has(c Column) bool {
	_, err := r.resolve(c)
	return err == nil
}

// ColumnBytes is the number of compressed bytes of the columns' chunks in a row
// group. Columns that the segment does not have count nothing.
func (r *Reader) ColumnBytes(rowGroup int, columns []Column) int64 {
	n := int64(0)
	for _, c := range columns {
		node, err := r.resolve(c)
		if err != nil {
			continue
		}
		for _, leaf := range node.leaves {
			n += r.meta.RowGroups[rowGroup].Columns[leaf.index].MetaData.TotalCompressedSize
		}
	}
	return n
}
