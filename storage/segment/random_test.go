package segment

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

var seedFlag = flag.Uint64("seed", 1, "seed of the random tests")

// memSource is a file in memory.
type memSource []byte

func (m memSource) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(m).ReadAt(p, off) }
func (m memSource) Size() int64                             { return int64(len(m)) }

var _ io.ReaderAt = memSource(nil)

var timestampUS = &arrow.TimestampType{Unit: arrow.Microsecond}

func field(name string, t arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: true}
}

// everyType is a schema with every type, nested in every way that is used.
var everyType = arrow.NewSchema([]arrow.Field{
	field("id", arrow.BinaryTypes.String),
	field("time", timestampUS),
	field("zone", arrow.BinaryTypes.String),
	field("who", arrow.StructOf(
		field("name", arrow.BinaryTypes.String),
		field("session", arrow.StructOf(
			field("created", timestampUS),
			field("attributes", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)),
			field("mfa", arrow.FixedWidthTypes.Boolean))),
		field("level", arrow.PrimitiveTypes.Int32))),
	field("params", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)),
	field("resources", arrow.ListOf(arrow.StructOf(
		field("arn", arrow.BinaryTypes.String),
		field("tags", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)),
		field("sizes", arrow.ListOf(arrow.PrimitiveTypes.Int64))))),
	field("notes", arrow.ListOf(arrow.BinaryTypes.String)),
	field("count", arrow.PrimitiveTypes.Int64),
	field("small", arrow.PrimitiveTypes.Int32),
	field("ratio", arrow.PrimitiveTypes.Float64),
	field("flag", arrow.FixedWidthTypes.Boolean),
	field("raw", arrow.BinaryTypes.Binary),
	field("grid", arrow.ListOf(arrow.ListOf(arrow.FixedWidthTypes.Boolean))),
	field("body", arrow.BinaryTypes.String),
}, nil)

var everyLayout = Layout{
	Schema: everyType, TimeColumn: "time", PayloadColumn: "body", IDColumn: "id",
	SortColumns:  []string{"zone", "who.name", "time"},
	BloomColumns: []string{"id", "who.name", "count", "small", "resources.element.arn", "params.value", "raw"},
	FieldIDs:     map[string]int{"id": 1, "time": 2, "who": 3, "who.name": 4, "params": 5, "params.key": 6, "params.value": 7, "resources.element.arn": 8},
	Family:       "test", SchemaVersion: 3,
}

// filler appends random values to builders.
type filler struct {
	*rand.Rand
	words []string
}

func newFiller(seed uint64) *filler {
	f := &filler{Rand: rand.New(rand.NewPCG(seed, 7))}
	for i := range 40 {
		f.words = append(f.words, fmt.Sprintf("word-%d-é", i))
	}
	f.words = append(f.words, "", "\x00", "\U0010FFFF\U0010FFFF", string(bytes.Repeat([]byte("long "), 100)))
	return f
}

func (f *filler) text(high bool) string {
	if high && f.IntN(4) > 0 {
		return fmt.Sprintf("%016x-%d", f.Uint64(), f.IntN(1000))
	}
	return f.words[f.IntN(len(f.words))]
}

func (f *filler) fill(b array.Builder, nulls bool, high bool) {
	if nulls && f.IntN(4) == 0 {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(f.text(high))
	case *array.BinaryBuilder:
		raw := make([]byte, f.IntN(20))
		for i := range raw {
			raw[i] = byte(f.Uint32())
		}
		b.Append(raw)
	case *array.BooleanBuilder:
		b.Append(f.IntN(2) == 0)
	case *array.Int32Builder:
		b.Append([]int32{math.MinInt32, math.MaxInt32, 0, int32(f.IntN(100))}[f.IntN(4)])
	case *array.Int64Builder:
		b.Append([]int64{math.MinInt64, math.MaxInt64, -1, f.Int64()}[f.IntN(4)])
	case *array.Float64Builder:
		b.Append([]float64{math.Inf(1), math.Inf(-1), math.Copysign(0, -1), f.NormFloat64()}[f.IntN(4)])
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(1_600_000_000_000_000 + f.Int64N(1_000_000_000)))
	case *array.StructBuilder:
		b.Append(true)
		for i := range b.NumField() {
			f.fill(b.FieldBuilder(i), true, high)
		}
	case *array.MapBuilder:
		b.Append(true)
		for i := range f.IntN(4) {
			b.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprintf("key%d", (i*7+f.IntN(7))%20+i*20))
			f.fill(b.ItemBuilder(), true, high)
		}
	case *array.ListBuilder:
		b.Append(true)
		for range f.IntN(4) {
			f.fill(b.ValueBuilder(), true, high)
		}
	default:
		panic(fmt.Sprintf("%T", b))
	}
}

// record makes n rows. Every second column has mostly different strings.
func (f *filler) record(mem memory.Allocator, schema *arrow.Schema, n int) arrow.Record {
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for range n {
		for i, fb := range b.Fields() {
			f.fill(fb, true, i%2 == 0)
		}
	}
	return b.NewRecord()
}

// write makes a segment of the records.
func write(t testing.TB, layout Layout, records ...arrow.Record) (memSource, Summary) {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, layout, WriterOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Append(r, nil); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), sum
}

func open(t testing.TB, src Source) *Reader {
	t.Helper()
	r, err := Open(src)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
