package segment

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// PickRows reads single rows of a row group, by their numbers in it, which must
// ascend, and returns the bytes it read. Text comes as utf8. It is for few rows: where
// Batches.Pick keeps every column open for what comes next, this one reads several
// columns at a time, workers of them, and no dictionary that none of the rows has a
// value of. BatchRows of the request means nothing here.
func (r *Reader) PickRows(ctx context.Context, req ReadRequest, rows []int64, workers int) (rec arrow.Record, read int64, err error) {
	if req.RowGroup < 0 || req.RowGroup >= len(r.meta.RowGroups) {
		return nil, 0, fmt.Errorf("pick rows: row group %d of %d", req.RowGroup, len(r.meta.RowGroups))
	}
	for i, row := range rows {
		if n := r.meta.RowGroups[req.RowGroup].NumRows; row < 0 || row >= n || i > 0 && row <= rows[i-1] {
			return nil, 0, fmt.Errorf("pick rows: row %d of a row group of %d: must ascend and be inside", row, n)
		}
	}
	if req.Mem == nil {
		req.Mem = memory.DefaultAllocator
	}
	picked := make([]pickedColumn, len(req.Columns))
	defer func() {
		for i := range picked {
			if c := picked[i].array; c != nil {
				c.Release()
			}
		}
	}()
	var next atomic.Int64
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(picked) || ctx.Err() != nil {
				return
			}
			picked[i].pick(r, req, i, rows)
		}
	}
	var group sync.WaitGroup
	for range min(workers, len(picked)) - 1 {
		group.Go(work)
	}
	work()
	group.Wait()
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	fields := make([]arrow.Field, len(picked))
	columns := make([]arrow.Array, len(picked))
	for i := range picked {
		p := &picked[i]
		read += p.read
		if p.panicked != nil {
			panic(p.panicked) // of an allocator with a ceiling: the caller's to recover
		}
		if p.err != nil && err == nil {
			err = p.err
		}
		if p.array != nil {
			fields[i] = arrow.Field{Name: req.Columns[i].name(), Type: p.array.DataType(), Nullable: true}
			columns[i] = p.array
		}
	}
	if err != nil {
		return nil, read, err
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(len(rows))), read, nil
}

// pickedColumn is what became of reading a column.
type pickedColumn struct {
	array    arrow.Array
	read     int64
	err      error
	panicked any
}

// pick reads column i of the request.
func (p *pickedColumn) pick(r *Reader, req ReadRequest, i int, rows []int64) {
	defer func() {
		if fault := recover(); fault != nil {
			if wrong, ok := fault.(runtime.Error); ok {
				p.err = corrupt("read segment: %v", wrong)
			} else {
				p.panicked = fault
			}
		}
	}()
	c, _, err := r.columnReader(req.RowGroup, req.Columns[i], nil, false, req.Mem, &p.read)
	if err != nil {
		p.err = err
		return
	}
	defer c.release()
	if t, ok := c.(*treeReader); ok {
		for _, leaf := range t.cursors {
			leaf.chunk.delayDictionary()
		}
	}
	if p.err = readRuns(c, 0, rows); p.err != nil {
		return
	}
	column, err := c.flush()
	if err != nil {
		p.err = err
		return
	}
	p.array = column
	if column.Len() != len(rows) {
		p.err = corrupt("read segment: a column has %d rows, want %d", column.Len(), len(rows))
	}
}

// delayDictionary has the dictionary read when a value of it is wanted.
func (c *chunkReader) delayDictionary() {
	c.delayed = true
	c.pos = c.meta.DataPageOffset
}

// codesIn reads the dictionary, of text no more than its values will need, and makes
// sure that codes whose page was read before are in it.
func (c *chunkReader) codesIn(codes []int32) error {
	var err error
	if c.leaf.kind != kindUTF8 {
		err = c.readDictionary()
	} else if c.texts == nil {
		c.texts, err = c.lazyDictionary()
	}
	if err != nil {
		return err
	}
	for _, code := range codes {
		if uint(code) >= uint(c.dictCount) {
			return corrupt("column %s: code %d outside a dictionary of %d", c.leaf.path, code, c.dictCount)
		}
	}
	return nil
}
