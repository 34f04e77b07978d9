package segment

import (
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// ReadRows reads single rows by their numbers in the segment, which must ascend.
// utf8 columns come as utf8.
func (r *Reader) ReadRows(ctx context.Context, mem memory.Allocator, columns []Column, rows []int64) (arrow.Record, error) {
	if mem == nil {
		mem = memory.DefaultAllocator
	}
	for i, row := range rows {
		if row < 0 || row >= r.meta.NumRows || i > 0 && row <= rows[i-1] {
			return nil, fmt.Errorf("read rows: row %d of a segment of %d: must ascend and be inside", row, r.meta.NumRows)
		}
	}
	var parts []arrow.Record
	var read int64
	defer func() {
		for _, p := range parts {
			p.Release()
		}
	}()
	for len(rows) > 0 || len(parts) == 0 {
		g := 0
		var inside []int64
		if len(rows) > 0 {
			g = r.rowGroupOf(rows[0])
			end := r.firstRows[g] + r.meta.RowGroups[g].NumRows
			n, _ := slices.BinarySearch(rows, end)
			inside, rows = rows[:n], rows[n:]
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part, err := r.rowsOf(g, mem, columns, inside, &read)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if len(parts) == 1 {
		parts[0].Retain()
		return parts[0], nil
	}
	return concatenate(parts, mem)
}

func (r *Reader) rowGroupOf(row int64) int {
	g, found := slices.BinarySearch(r.firstRows, row)
	if !found {
		g--
	}
	return g
}

// rowsOf reads rows of one row group.
func (r *Reader) rowsOf(g int, mem memory.Allocator, columns []Column, rows []int64, read *int64) (arrow.Record, error) {
	var readers []columnReader
	defer func() {
		for _, c := range readers {
			c.release()
		}
	}()
	var fields []arrow.Field
	for _, c := range columns {
		n, err := r.resolve(c)
		if err != nil {
			return nil, err
		}
		typ := n.typ
		switch {
		case c.Test != nil:
			typ = arrow.FixedWidthTypes.Boolean
		case c.Key != nil:
			typ = arrow.BinaryTypes.String
		}
		fields = append(fields, arrow.Field{Name: c.name(), Type: typ, Nullable: true})
		if len(r.meta.RowGroups) == 0 {
			continue
		}
		reader, _, err := r.columnReader(g, c, readers, false, mem, read)
		if err != nil {
			return nil, err
		}
		readers = append(readers, reader)
	}
	schema := arrow.NewSchema(fields, nil)
	if len(r.meta.RowGroups) == 0 {
		return emptyRecord(schema, mem), nil
	}
	first := r.firstRows[g]
	return readRecord(schema, readers, int64(len(rows)), func(c columnReader) error { return readRuns(c, first, rows) })
}

func emptyRecord(schema *arrow.Schema, mem memory.Allocator) arrow.Record {
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	return b.NewRecord()
}

func concatenate(parts []arrow.Record, mem memory.Allocator) (arrow.Record, error) {
	var cols []arrow.Array
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	rows := int64(0)
	for _, p := range parts {
		rows += p.NumRows()
	}
	for i := range int(parts[0].NumCols()) {
		pieces := make([]arrow.Array, len(parts))
		for k, p := range parts {
			pieces[k] = p.Column(i)
		}
		col, err := array.Concatenate(pieces, mem)
		if err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		cols = append(cols, col)
	}
	return array.NewRecord(parts[0].Schema(), cols, rows), nil
}
