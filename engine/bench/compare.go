package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// same reports how two answers differ as bags of rows. With ties, the first column
// orders the rows and a limit may cut among equals: what is not equal to the last is
// compared, and how many rows there are.
func same(ours, theirs []arrow.Record, ties bool) error {
	a, err := texts(ours)
	if err != nil {
		return err
	}
	b, err := texts(theirs)
	if err != nil {
		return err
	}
	if len(a) != len(b) {
		return fmt.Errorf("%d rows, DuckDB has %d", len(a), len(b))
	}
	if ties && len(a) > 0 {
		key := func(row string) string { k, _, _ := strings.Cut(row, "\x00"); return k }
		if x, y := key(a[len(a)-1]), key(b[len(b)-1]); x != y {
			return fmt.Errorf("the last row is of %s, DuckDB's of %s", x, y)
		}
		last := key(a[len(a)-1])
		other := func(row string) bool { return key(row) == last }
		a, b = slices.DeleteFunc(a, other), slices.DeleteFunc(b, other)
	}
	slices.Sort(a)
	slices.Sort(b)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Errorf("row %.300q, DuckDB has %.300q", a[i], b[i])
		}
	}
	if len(a) != len(b) {
		return fmt.Errorf("%d rows before the last ones, DuckDB has %d", len(a), len(b))
	}
	return nil
}

// texts are the rows as text, the same for equal values of either side.
func texts(records []arrow.Record) ([]string, error) {
	var out []string
	for _, r := range records {
		for i := range int(r.NumRows()) {
			var b strings.Builder
			for c, col := range r.Columns() {
				if r.ColumnName(c) == "eventjsonchecksum" {
					continue // computed when read; no column of the files
				}
				if b.Len() > 0 {
					b.WriteByte(0)
				}
				if err := write(&b, col, i); err != nil {
					return nil, fmt.Errorf("column %s: %w", r.ColumnName(c), err)
				}
			}
			out = append(out, b.String())
		}
	}
	return out, nil
}

// write writes a value: whole numbers of any width alike, times in milliseconds,
// members of structs in order, entries of maps by key.
func write(b *strings.Builder, a arrow.Array, i int) error {
	if a.IsNull(i) {
		b.WriteString("NULL")
		return nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		b.WriteString(strconv.FormatBool(a.Value(i)))
	case *array.Int64:
		b.WriteString(strconv.FormatInt(a.Value(i), 10))
	case *array.Int32:
		b.WriteString(strconv.FormatInt(int64(a.Value(i)), 10))
	case *array.Float64:
		b.WriteString(strconv.FormatFloat(a.Value(i), 'g', -1, 64))
	case *array.String:
		b.WriteString(strconv.Quote(a.Value(i)))
	case *array.LargeString:
		b.WriteString(strconv.Quote(a.Value(i)))
	case *array.Timestamp:
		b.WriteString(strconv.FormatInt(a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit).UnixMilli(), 10))
	case *array.Dictionary:
		return write(b, a.Dictionary(), a.GetValueIndex(i))
	case *array.Map:
		return writeMap(b, a, i)
	case *array.List:
		from, to := a.ValueOffsets(i)
		b.WriteByte('[')
		for j := from; j < to; j++ {
			if err := write(b, a.ListValues(), int(j)); err != nil {
				return err
			}
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case *array.Struct:
		b.WriteByte('{')
		for f := range a.NumField() {
			if err := write(b, a.Field(f), i); err != nil {
				return err
			}
			b.WriteByte(',')
		}
		b.WriteByte('}')
	default:
		return fmt.Errorf("no text for %s", a.DataType())
	}
	return nil
}

func writeMap(b *strings.Builder, a *array.Map, i int) error {
	from, to := a.ValueOffsets(i)
	var entries []string
	for j := from; j < to; j++ {
		var e strings.Builder
		if err := write(&e, a.Keys(), int(j)); err != nil {
			return err
		}
		e.WriteByte(':')
		if err := write(&e, a.Items(), int(j)); err != nil {
			return err
		}
		entries = append(entries, e.String())
	}
	slices.Sort(entries)
	b.WriteString("<" + strings.Join(entries, ",") + ">")
	return nil
}
