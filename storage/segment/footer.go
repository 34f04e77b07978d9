package segment

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Keys of the footer's key values.
const (
	keyFormat        = "traillake.format"
	keyFamily        = "traillake.family"
	keySchemaVersion = "traillake.schema_version"
	keyTimeColumn    = "traillake.time_column"
	keyPayloadColumn = "traillake.payload_column"
	keyIDColumn      = "traillake.id_column"
	keyMerkleRoot    = "traillake.merkle_root"
	keyTextFilters   = "traillake.text_filters" // of segments that have some
)

const magic = "PAR1"

// createdBy has the form that readers parse for workarounds.
const createdBy = "traillake version 1.0.0 (build 1)"

// footer collects what goes to the end of the file.
type footer struct {
	protocol thrift.CompactProtocol
	meta     format.FileMetaData
	columns  [][]*format.ColumnIndex
	offsets  [][]format.OffsetIndex
	texts    textFilters
}

func (f *footer) start(w *Writer) {
	f.texts = textFilters{}
	f.meta = format.FileMetaData{Version: 2, Schema: w.tree.elements(), CreatedBy: createdBy}
	for range w.tree.leaves {
		f.meta.ColumnOrders = append(f.meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
}

// rowGroup writes the chunks and their bloom filters.
func (f *footer) rowGroup(w *Writer, chunks []*chunk, rows int) error {
	if w.out.n == 0 {
		if _, err := w.out.Write([]byte(magic)); err != nil {
			return err
		}
	}
	rg := format.RowGroup{NumRows: int64(rows), FileOffset: w.out.n, Ordinal: int16(len(f.meta.RowGroups))}
	var indexes []*format.ColumnIndex
	var offsets []format.OffsetIndex
	for _, c := range chunks {
		base := w.out.n
		c.meta.DataPageOffset = base + c.offsetIndex.PageLocations[0].Offset
		if c.offsetIndex.PageLocations[0].Offset > 0 {
			c.meta.DictionaryPageOffset = base
		}
		for i := range c.offsetIndex.PageLocations {
			c.offsetIndex.PageLocations[i].Offset += base
		}
		if _, err := w.out.Write(c.body); err != nil {
			return err
		}
		rg.TotalByteSize += c.meta.TotalUncompressedSize
		rg.TotalCompressedSize += c.meta.TotalCompressedSize
		indexes, offsets = append(indexes, c.columnIndex), append(offsets, c.offsetIndex)
	}
	for i, c := range chunks {
		if c.bloom != nil {
			if err := f.bloom(w, c); err != nil {
				return err
			}
		}
		if c.text != nil {
			path := w.tree.leaves[i].path
			f.texts[path] = append(f.texts[path], filterPlace{w.out.n, int64(len(c.text))})
			if _, err := w.out.Write(c.text); err != nil {
				return err
			}
		}
		rg.Columns = append(rg.Columns, format.ColumnChunk{MetaData: c.meta})
	}
	f.meta.NumRows += rg.NumRows
	f.meta.RowGroups = append(f.meta.RowGroups, rg)
	f.columns, f.offsets = append(f.columns, indexes), append(f.offsets, offsets)
	return nil
}

func (f *footer) bloom(w *Writer, c *chunk) error {
	head, err := thrift.Marshal(&f.protocol, &format.BloomFilterHeader{
		NumBytes:    int32(len(c.bloom)),
		Algorithm:   format.BloomFilterAlgorithm{Value: &format.SplitBlockAlgorithm{}},
		Hash:        format.BloomFilterHash{Value: &format.XxHash{}},
		Compression: format.BloomFilterCompression{Value: &format.BloomFilterUncompressed{}},
	})
	if err != nil {
		return fmt.Errorf("bloom filter header: %w", err)
	}
	c.meta.BloomFilterOffset = w.out.n
	c.meta.BloomFilterLength = int32(len(head) + len(c.bloom))
	if _, err := w.out.Write(append(head, c.bloom...)); err != nil {
		return err
	}
	return nil
}

// finish writes the page indexes and the footer.
func (f *footer) finish(w *Writer) error {
	if w.out.n == 0 {
		if _, err := w.out.Write([]byte(magic)); err != nil {
			return err
		}
	}
	write := func(v any) (offset int64, length int32, err error) {
		b, err := thrift.Marshal(&f.protocol, v)
		if err != nil {
			return 0, 0, fmt.Errorf("page index: %w", err)
		}
		offset = w.out.n
		_, err = w.out.Write(b)
		return offset, int32(len(b)), err
	}
	for g := range f.columns {
		for i, ix := range f.columns[g] {
			if ix == nil {
				continue
			}
			c := &f.meta.RowGroups[g].Columns[i]
			var err error
			if c.ColumnIndexOffset, c.ColumnIndexLength, err = write(ix); err != nil {
				return err
			}
		}
	}
	for g := range f.offsets {
		for i := range f.offsets[g] {
			c := &f.meta.RowGroups[g].Columns[i]
			var err error
			if c.OffsetIndexOffset, c.OffsetIndexLength, err = write(&f.offsets[g][i]); err != nil {
				return err
			}
		}
	}
	f.keyValues(w)
	b, err := thrift.Marshal(&f.protocol, &f.meta)
	if err != nil {
		return fmt.Errorf("footer: %w", err)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(b)))
	_, err = w.out.Write(append(b, magic...))
	return err
}

func (f *footer) keyValues(w *Writer) {
	add := func(key, value string) {
		f.meta.KeyValueMetadata = append(f.meta.KeyValueMetadata, format.KeyValue{Key: key, Value: value})
	}
	add(keyFormat, strconv.Itoa(Version))
	add(keyFamily, w.layout.Family)
	add(keySchemaVersion, strconv.Itoa(w.layout.SchemaVersion))
	add(keyTimeColumn, w.layout.TimeColumn)
	add(keyPayloadColumn, w.layout.PayloadColumn)
	add(keyIDColumn, w.layout.IDColumn)
	add(keyMerkleRoot, w.sum.MerkleRoot)
	if len(f.texts) > 0 {
		add(keyTextFilters, f.texts.String())
	}
}
