package memtable

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// FromJSON makes a table of rows that are JSON arrays of one value per column:
// numbers, strings, booleans and null for themselves; dates and timestamps as
// "2024-01-31" and "2024-01-31 10:00:00.000"; decimals and varbinary (base64) as
// strings; arrays and rows as JSON arrays; maps as objects, or as arrays of
// [key, value] when the order counts or a key is not varchar.
func FromJSON(name string, columns []plan.TableColumn, rows []json.RawMessage) (*Table, error) {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = types.ToField(c.Name, c.Type)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	for n, raw := range rows {
		var row []any
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&row); err != nil {
			return nil, fmt.Errorf("table %s row %d: %w", name, n+1, err)
		}
		if len(row) != len(columns) {
			return nil, fmt.Errorf("table %s row %d: %d values for %d columns", name, n+1, len(row), len(columns))
		}
		for i, v := range row {
			if err := appendValue(b.Field(i), columns[i].Type, v); err != nil {
				return nil, fmt.Errorf("table %s row %d, column %s: %w", name, n+1, columns[i].Name, err)
			}
		}
	}
	return New(name, columns, b.NewRecord()), nil
}

// appendValue appends a decoded JSON value of type t.
func appendValue(b array.Builder, t types.Type, v any) error {
	if v == nil {
		b.AppendNull()
		return nil
	}
	switch v := v.(type) {
	case bool:
		if bb, ok := b.(*array.BooleanBuilder); ok {
			bb.Append(v)
			return nil
		}
	case json.Number:
		return appendNumber(b, t, v)
	case string:
		return appendString(b, t, v)
	case []any:
		return appendList(b, t, v)
	case map[string]any:
		return appendObject(b, t, v)
	}
	return fmt.Errorf("%v is not a value of %s", v, t)
}

func appendNumber(b array.Builder, t types.Type, v json.Number) error {
	if t.Kind == types.Real || t.Kind == types.Double {
		f, err := v.Float64()
		if err != nil {
			return err
		}
		if t.Kind == types.Real {
			b.(*array.Float32Builder).Append(float32(f))
		} else {
			b.(*array.Float64Builder).Append(f)
		}
		return nil
	}
	n, err := v.Int64()
	if err != nil {
		return fmt.Errorf("%v is not a value of %s", v, t)
	}
	switch b := b.(type) {
	case *array.Int8Builder:
		b.Append(int8(n))
	case *array.Int16Builder:
		b.Append(int16(n))
	case *array.Int32Builder:
		b.Append(int32(n))
	case *array.Int64Builder:
		b.Append(n)
	default:
		return fmt.Errorf("%v is not a value of %s", v, t)
	}
	return nil
}

func appendString(b array.Builder, t types.Type, v string) error {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(v)
		return nil
	case *array.Float64Builder:
		return b.AppendValueFromString(v) // NaN, +Inf, -Inf
	case *array.BinaryBuilder:
		raw, err := base64.StdEncoding.DecodeString(v)
		b.Append(raw)
		return err
	case *array.Decimal128Builder:
		n, err := decimal128.FromString(v, int32(t.Precision), int32(t.Scale))
		b.Append(n)
		return err
	case *array.Date32Builder:
		at, err := time.Parse("2006-01-02", v)
		b.Append(arrow.Date32FromTime(at))
		return err
	case *array.TimestampBuilder:
		at, err := time.Parse("2006-01-02 15:04:05.999999", strings.Replace(v, "T", " ", 1))
		b.Append(arrow.Timestamp(at.UnixMicro()))
		return err
	}
	return fmt.Errorf("%q is not a value of %s", v, t)
}

func appendList(b array.Builder, t types.Type, v []any) error {
	switch b := b.(type) {
	case *array.MapBuilder:
		b.Append(true)
		for _, entry := range v {
			kv, ok := entry.([]any)
			if !ok || len(kv) != 2 {
				return fmt.Errorf("%v is not an entry of %s", entry, t)
			}
			if err := appendEntry(b, t, kv[0], kv[1]); err != nil {
				return err
			}
		}
		return nil
	case *array.ListBuilder:
		b.Append(true)
		for _, e := range v {
			if err := appendValue(b.ValueBuilder(), *t.Elem, e); err != nil {
				return err
			}
		}
		return nil
	case *array.StructBuilder:
		if len(v) != len(t.Fields) {
			return fmt.Errorf("%d values for %s", len(v), t)
		}
		b.Append(true)
		for i, f := range t.Fields {
			if err := appendValue(b.FieldBuilder(i), f.Type, v[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%v is not a value of %s", v, t)
}

func appendObject(b array.Builder, t types.Type, v map[string]any) error {
	m, ok := b.(*array.MapBuilder)
	if !ok {
		return fmt.Errorf("%v is not a value of %s", v, t)
	}
	m.Append(true)
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	// Objects have no order; a table must be the same at every run.
	slices.Sort(keys)
	for _, k := range keys {
		if err := appendEntry(m, t, k, v[k]); err != nil {
			return err
		}
	}
	return nil
}

func appendEntry(m *array.MapBuilder, t types.Type, key, value any) error {
	if err := appendValue(m.KeyBuilder(), *t.Key, key); err != nil {
		return err
	}
	return appendValue(m.ItemBuilder(), *t.Elem, value)
}
