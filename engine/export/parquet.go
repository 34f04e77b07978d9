package export

import (
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
	"github.com/traillake/traillake/storage/segment"
)

// parquetWriter writes a Parquet file. Types that segments have no column for
// (dates, decimals, intervals, times with a zone, …) are written as the lake's text.
type parquetWriter struct {
	w      *segment.Writer
	schema *arrow.Schema
	types  []types.Type
}

func newParquet(w io.Writer, schema *arrow.Schema) (Writer, error) {
	t, err := columnTypes(schema)
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(t))
	for i, name := range uniqueNames(schema) {
		fields[i] = arrow.Field{Name: name, Type: schema.Field(i).Type, Nullable: true}
		if !storable(t[i]) {
			fields[i].Type = arrow.BinaryTypes.String
		}
	}
	p := &parquetWriter{schema: arrow.NewSchema(fields, nil), types: t}
	p.w, err = segment.NewWriter(w, segment.Layout{Schema: p.schema}, segment.WriterOptions{Fast: true})
	return p, err
}

// storable reports whether segments have a column for a type.
func storable(t types.Type) bool {
	switch t.Kind {
	case types.Boolean, types.Integer, types.BigInt, types.Double, types.Varchar, types.Char, types.JSON, types.Varbinary, types.Timestamp:
		return true
	case types.Array:
		return storable(*t.Elem)
	case types.Map:
		return t.Key.IsString() && storable(*t.Elem)
	case types.Row:
		for _, f := range t.Fields {
			if !storable(f.Type) {
				return false
			}
		}
		return len(t.Fields) > 0
	}
	return false
}

// Write implements Writer.
func (p *parquetWriter) Write(rec arrow.Record) error {
	columns := make([]arrow.Array, len(p.types))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i, t := range p.types {
		columns[i] = rec.Column(i)
		if storable(t) {
			columns[i].Retain()
		} else {
			columns[i] = textColumn(t, columns[i])
		}
	}
	out := array.NewRecord(p.schema, columns, rec.NumRows())
	defer out.Release()
	return p.w.Append(out, make([]uint64, rec.NumRows()))
}

// Close implements Writer.
func (p *parquetWriter) Close() error {
	_, err := p.w.Close()
	return err
}

// textColumn is a column of the lake's text.
func textColumn(t types.Type, column arrow.Array) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range column.Len() {
		if t.Kind == types.Unknown || column.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Append(string(types.AppendText(nil, t, column, i)))
	}
	return b.NewArray()
}
