package segment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Sizes of batches.
const (
	maxBatchRows   = 65536
	minBatchRows   = 256
	wantBatchBytes = 32 << 20
)

// Column names what to read of a column.
type Column struct {
	// Path leads from a top-level column through structs to a field of any type.
	Path []string
	// Key, for a map with utf8 values only, reads the value of this key instead:
	// a utf8 column that is NULL where the key is absent.
	Key *string
	// Test reads whether it holds for the texts of a utf8 field: a boolean column
	// that is NULL where the text is. The path may lead into a list or map, by
	// "element", "key" or "value": then it is whether the test holds for any text
	// of the row; NULL where it holds for none and one is NULL, or the list is.
	Test TextTest
}

// name is what the column is called in records.
func (c Column) name() string {
	name := strings.Join(c.Path, ".")
	if c.Key != nil {
		name += "[" + *c.Key + "]"
	}
	return name
}

// ReadRequest says what to read of a segment.
type ReadRequest struct {
	RowGroup int
	// Columns may be empty: then records have rows and no columns.
	Columns []Column
	// BatchRows bounds the rows of a record; 0 means 65536, fewer when rows are large.
	BatchRows int
	// Plain gives utf8 columns as they are written, never as dictionaries.
	Plain bool
	// Folded gives rows that are alike in all columns, and follow each other, once, and
	// how many they are in one column more, TimesColumn. Records without that column
	// have rows as they are: where folding does not pay, or the columns cannot be read
	// so. Rows that may come folded can be neither skipped nor picked.
	Folded bool
	// Mem allocates the records; nil is the default allocator.
	Mem memory.Allocator
}

// resolve finds the node a column names.
func (r *Reader) resolve(c Column) (*node, error) {
	n := r.tree.find(c.Path)
	if c.Test != nil {
		if n == nil || n.kind != kindUTF8 || n.rep > 1 || c.Key != nil {
			return nil, fmt.Errorf("%w: %s: not utf8 in at most one list", ErrNoColumn, c.name())
		}
		return n, nil
	}
	if n == nil || n.rep > 0 {
		return nil, fmt.Errorf("%w: %s", ErrNoColumn, c.name())
	}
	if c.Key != nil && (n.kind != kindMap || n.children[1].kind != kindUTF8) {
		return nil, fmt.Errorf("%w: %s: not a map of utf8 to utf8", ErrNoColumn, c.name())
	}
	return n, nil
}

// columnReader reads one requested column.
type columnReader interface {
	// next reads n rows on from the position.
	next(n int) error
	// skip passes n rows.
	skip(n int64)
	// flush returns what was read since the last flush. The caller releases it.
	flush() (arrow.Array, error)
	release()
}

// columnReader starts reading a column of a row group, beside others. Without
// codes, utf8 columns never come as dictionaries.
func (r *Reader) columnReader(rowGroup int, c Column, others []columnReader, codes bool, mem memory.Allocator, read *int64) (columnReader, arrow.DataType, error) {
	n, err := r.resolve(c)
	if err != nil {
		return nil, nil, err
	}
	if c.Test != nil {
		return r.testColumn(rowGroup, c, n, mem, read, others), arrow.FixedWidthTypes.Boolean, nil
	}
	if c.Key != nil {
		return r.keyReader(rowGroup, n, *c.Key, codes, mem, read)
	}
	t := &treeReader{node: n, typ: n.typ, build: assembler{mem: mem, batches: map[*node]*leafBatch{}}}
	asCodes := codes && n.kind == kindUTF8 && hasDictionary(&r.meta.RowGroups[rowGroup].Columns[n.index].MetaData)
	if asCodes {
		t.typ = dictionaryType
	}
	for _, leaf := range n.leaves {
		t.cursors = append(t.cursors, r.cursor(rowGroup, leaf, read))
		b := newLeafBatch(leaf, asCodes, mem)
		t.batches = append(t.batches, b)
		t.build.batches[leaf] = b
	}
	return t, t.typ, nil
}

var dictionaryType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// treeReader reads a node with all its leaves.
type treeReader struct {
	node    *node
	typ     arrow.DataType
	cursors []*cursor
	batches []*leafBatch
	build   assembler
	dict    arrow.Array // of asCodes, made once
}

func (t *treeReader) next(n int) error {
	for i, c := range t.cursors {
		t.batches[i].expect(n, c.chunk)
		if err := c.take(n, t.batches[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *treeReader) skip(n int64) {
	for _, c := range t.cursors {
		c.skip(n)
	}
}

func (t *treeReader) flush() (arrow.Array, error) {
	data := t.build.build(t.node, slots{})
	defer data.Release()
	for _, b := range t.batches {
		b.reset(t.build.mem)
	}
	if t.typ != dictionaryType {
		return array.MakeFromData(data), nil
	}
	if t.dict == nil {
		t.dict = stringArray(t.cursors[0].chunk.dict, t.build.mem)
	}
	codes := array.MakeFromData(data)
	defer codes.Release()
	return array.NewDictionaryArray(dictionaryType, codes, t.dict), nil
}

func (t *treeReader) release() {
	for _, b := range t.batches {
		b.free()
	}
	for _, c := range t.cursors {
		c.chunk.release()
	}
	t.batches, t.cursors = nil, nil
	if t.dict != nil {
		t.dict.Release()
		t.dict = nil
	}
}

func stringArray(values []string, mem memory.Allocator) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	size := 0
	for _, v := range values {
		size += len(v)
	}
	b.Reserve(len(values))
	b.ReserveData(size)
	for _, v := range values {
		b.Append(v)
	}
	return b.NewArray()
}

// Batches yields the rows of a row group. Not safe for concurrent use.
type Batches struct {
	ctx     context.Context
	reader  *Reader
	req     ReadRequest
	schema  *arrow.Schema
	columns []columnReader
	folder  *folder // in place of columns while rows are folded
	rows    int64   // left
	at      int64   // rows of the row group that are behind
	batch   int64
	read    int64
	closed  bool
}

// Read reads a row group. The context ends the reading when it is cancelled.
func (r *Reader) Read(ctx context.Context, req ReadRequest) (*Batches, error) {
	if req.RowGroup < 0 || req.RowGroup >= len(r.meta.RowGroups) {
		return nil, fmt.Errorf("read segment: row group %d of %d", req.RowGroup, len(r.meta.RowGroups))
	}
	if req.Mem == nil {
		req.Mem = memory.DefaultAllocator
	}
	rg := &r.meta.RowGroups[req.RowGroup]
	b := &Batches{ctx: ctx, reader: r, req: req, rows: rg.NumRows}
	if req.Folded && r.folds(req) {
		b.folder, b.schema, b.batch = r.folder(req, &b.read), foldedSchema(req.Columns), batchRows(req, 0)
		return b, nil
	}
	if err := b.unfolded(); err != nil {
		_ = b.Close() // err says more
		return nil, err
	}
	return b, nil
}

// unfolded begins to read rows one by one.
func (b *Batches) unfolded() error {
	r, req := b.reader, b.req
	rg := &r.meta.RowGroups[req.RowGroup]
	var fields []arrow.Field
	raw := int64(0)
	for _, c := range req.Columns {
		reader, typ, err := r.columnReader(req.RowGroup, c, b.columns, !req.Plain, req.Mem, &b.read)
		if err != nil {
			return err
		}
		b.columns = append(b.columns, reader)
		fields = append(fields, arrow.Field{Name: c.name(), Type: typ, Nullable: true})
		n, _ := r.resolve(c)
		if c.Test != nil {
			continue // an answer takes next to nothing
		}
		for _, leaf := range n.leaves {
			raw += rg.Columns[leaf.index].MetaData.TotalUncompressedSize
		}
	}
	b.schema = arrow.NewSchema(fields, nil)
	b.batch = batchRows(req, raw/rg.NumRows)
	return nil
}

// batchRows is the most rows of a record, each of which takes so many bytes.
func batchRows(req ReadRequest, bytes int64) int64 {
	n := int64(maxBatchRows)
	if req.BatchRows > 0 {
		n = min(n, int64(req.BatchRows))
	}
	if bytes > 0 {
		n = min(n, max(minBatchRows, wantBatchBytes/bytes))
	}
	return n
}

// Schema is the schema of the records. A utf8 column that is stored with a
// dictionary comes as dictionary<int32, utf8>.
func (b *Batches) Schema() *arrow.Schema { return b.schema }

// BytesRead is the number of compressed bytes read so far.
func (b *Batches) BytesRead() int64 { return b.read }

// Next returns the next record, which the caller releases, or io.EOF.
func (b *Batches) Next() (rec arrow.Record, err error) {
	if b.closed || b.rows == 0 {
		return nil, io.EOF
	}
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	if b.folder != nil && b.folder.gaveUp {
		b.folder.release()
		b.folder = nil
		if err := b.unfolded(); err != nil {
			return nil, err
		}
		for _, c := range b.columns {
			c.skip(b.at)
		}
	}
	if b.folder != nil {
		rec, n, err := b.folder.record(b.schema, int(b.batch), b.rows)
		b.pass(n)
		return rec, err
	}
	n := min(b.batch, b.rows)
	b.pass(n)
	return readRecord(b.schema, b.columns, n, func(c columnReader) error { return c.next(int(n)) })
}

// Skip passes n rows of the row group without reading what need not be read.
func (b *Batches) Skip(n int64) {
	n = min(n, b.rows)
	b.pass(n)
	for _, c := range b.columns {
		c.skip(n)
	}
}

func (b *Batches) pass(n int64) {
	b.rows -= n
	b.at += n
}

// BatchRows is the most rows that Next returns at once.
func (b *Batches) BatchRows() int { return int(b.batch) }

// Pick reads single rows, by their numbers in the row group, and skips those
// before them. They must ascend and lie ahead of what was read and skipped.
func (b *Batches) Pick(rows []int64) (arrow.Record, error) {
	for i, row := range rows {
		if row < b.at || row >= b.at+b.rows || i > 0 && row <= rows[i-1] {
			return nil, fmt.Errorf("pick rows: row %d, %d of %d are ahead: must ascend and be among them", row, b.rows, b.at+b.rows)
		}
	}
	if b.folder != nil {
		return nil, errors.New("pick rows: they are folded")
	}
	if len(rows) == 0 || b.closed {
		return nil, io.EOF
	}
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	at := b.at
	b.pass(rows[len(rows)-1] + 1 - at)
	return readRecord(b.schema, b.columns, int64(len(rows)), func(c columnReader) error { return readRuns(c, at, rows) })
}

// readRuns reads rows that ascend, from row at on, and skips those between them.
func readRuns(c columnReader, at int64, rows []int64) error {
	for i := 0; i < len(rows); {
		run := 1
		for i+run < len(rows) && rows[i+run] == rows[i]+int64(run) {
			run++
		}
		c.skip(rows[i] - at)
		if err := c.next(run); err != nil {
			return err
		}
		at = rows[i] + int64(run)
		i += run
	}
	return nil
}

// readRecord runs fill on every column and puts their arrays together. What the
// file has wrong may show as a fault of an index here; other panics, such as
// those of an allocator with a ceiling, pass.
func readRecord(schema *arrow.Schema, columns []columnReader, rows int64, fill func(columnReader) error) (rec arrow.Record, err error) {
	var cols []arrow.Array
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	defer faults(&err)
	for _, c := range columns {
		if err := fill(c); err != nil {
			return nil, err
		}
		col, err := c.flush()
		if err != nil {
			return nil, err
		}
		cols = append(cols, col)
		if int64(col.Len()) != rows {
			return nil, corrupt("read segment: a column has %d rows, want %d", col.Len(), rows)
		}
	}
	return array.NewRecord(schema, cols, rows), nil
}

// faults turns a fault of an index into an error.
func faults(err *error) {
	if p := recover(); p != nil {
		fault, ok := p.(runtime.Error)
		if !ok {
			panic(p)
		}
		*err = corrupt("read segment: %v", fault)
	}
}

// Close releases what the batches hold. It is idempotent.
func (b *Batches) Close() error {
	b.closed = true
	if b.folder != nil {
		b.folder.release()
		b.folder = nil
	}
	for _, c := range b.columns {
		c.release()
	}
	b.columns = nil
	return nil
}
