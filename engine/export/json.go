package export

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// jsonWriter writes one object per row: as an array, or one on each line.
// Numbers, booleans, arrays, maps and rows are JSON's own; every other type is
// its text. A column name that occurs twice gets a number.
type jsonWriter struct {
	w     io.Writer
	array bool
	types []types.Type
	names [][]byte
	rows  int64
	buf   []byte
}

func newJSON(w io.Writer, schema *arrow.Schema) (Writer, error) { return openJSON(w, schema, true) }
func newJSONLines(w io.Writer, schema *arrow.Schema) (Writer, error) {
	return openJSON(w, schema, false)
}

func openJSON(w io.Writer, schema *arrow.Schema, asArray bool) (Writer, error) {
	t, err := columnTypes(schema)
	if err != nil {
		return nil, err
	}
	j := &jsonWriter{w: w, array: asArray, types: t}
	for _, name := range uniqueNames(schema) {
		j.names = append(j.names, appendString(nil, name))
	}
	return j, nil
}

// Write implements Writer.
func (j *jsonWriter) Write(rec arrow.Record) error {
	j.buf = j.buf[:0]
	for i := range int(rec.NumRows()) {
		switch {
		case j.array && j.rows == 0:
			j.buf = append(j.buf, "[\n"...)
		case j.array:
			j.buf = append(j.buf, ",\n"...)
		}
		j.buf = append(j.buf, '{')
		for c, t := range j.types {
			if c > 0 {
				j.buf = append(j.buf, ',')
			}
			j.buf = append(append(j.buf, j.names[c]...), ':')
			j.buf = appendJSON(j.buf, t, rec.Column(c), i)
		}
		j.buf = append(j.buf, '}')
		if !j.array {
			j.buf = append(j.buf, '\n')
		}
		j.rows++
	}
	_, err := j.w.Write(j.buf)
	return err
}

// Close implements Writer.
func (j *jsonWriter) Close() error {
	if !j.array {
		return nil
	}
	end := "\n]\n"
	if j.rows == 0 {
		end = "[]\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// appendJSON appends a value as JSON.
func appendJSON(dst []byte, t types.Type, column arrow.Array, row int) []byte {
	if t.Kind == types.Unknown || column.IsNull(row) {
		return append(dst, "null"...)
	}
	switch t.Kind {
	case types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Decimal:
		return types.AppendText(dst, t, column, row)
	case types.Real:
		return appendFloat(dst, float64(column.(*array.Float32).Value(row)), t, column, row)
	case types.Double:
		return appendFloat(dst, column.(*array.Float64).Value(row), t, column, row)
	case types.JSON:
		return append(dst, column.(*array.String).Value(row)...)
	case types.Array:
		return appendList(dst, t, column.(*array.List), row)
	case types.Map:
		return appendMap(dst, t, column.(*array.Map), row)
	case types.Row:
		return appendRow(dst, t, column.(*array.Struct), row)
	}
	return appendString(dst, string(types.AppendText(nil, t, column, row)))
}

// appendFloat appends a number; what JSON has no number for is its text.
func appendFloat(dst []byte, v float64, t types.Type, column arrow.Array, row int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return appendString(dst, string(types.AppendText(nil, t, column, row)))
	}
	raw, _ := json.Marshal(v) // a finite number cannot fail
	return append(dst, raw...)
}

func appendList(dst []byte, t types.Type, list *array.List, row int) []byte {
	from, to := list.ValueOffsets(row)
	dst = append(dst, '[')
	for i := from; i < to; i++ {
		if i > from {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, *t.Elem, list.ListValues(), int(i))
	}
	return append(dst, ']')
}

func appendMap(dst []byte, t types.Type, m *array.Map, row int) []byte {
	from, to := m.ValueOffsets(row)
	dst = append(dst, '{')
	for i := from; i < to; i++ {
		if i > from {
			dst = append(dst, ',')
		}
		dst = appendString(dst, string(types.AppendText(nil, *t.Key, m.Keys(), int(i))))
		dst = append(dst, ':')
		dst = appendJSON(dst, *t.Elem, m.Items(), int(i))
	}
	return append(dst, '}')
}

func appendRow(dst []byte, t types.Type, s *array.Struct, row int) []byte {
	dst = append(dst, '{')
	for i, f := range t.Fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		name := f.Name
		if name == "" {
			name = s.DataType().(*arrow.StructType).Field(i).Name
		}
		dst = append(appendString(dst, name), ':')
		dst = appendJSON(dst, f.Type, s.Field(i), row)
	}
	return append(dst, '}')
}

// appendString appends a JSON string without escaping <, > and &.
func appendString(dst []byte, s string) []byte {
	if plain(s) {
		return append(append(append(dst, '"'), s...), '"')
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string cannot fail
	return append(dst, bytes.TrimRight(buf.Bytes(), "\n")...)
}

// plain reports whether a text stands in JSON as it is. Most do, and the encoder
// takes three times as long.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
