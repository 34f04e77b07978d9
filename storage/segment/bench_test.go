package segment

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// wideSchema has 35 leaves of the kinds that audit events have.
func wideSchema() *arrow.Schema {
	fields := []arrow.Field{field("time", timestampUS), field("id", arrow.BinaryTypes.String), field("request", arrow.BinaryTypes.String)}
	for i := range 26 {
		fields = append(fields, field(fmt.Sprintf("s%02d", i), arrow.BinaryTypes.String))
	}
	return arrow.NewSchema(append(fields,
		field("flag", arrow.FixedWidthTypes.Boolean),
		field("params", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)),
		field("answer", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)),
		field("body", arrow.BinaryTypes.String)), nil)
}

func wideRecord(n int) arrow.Record {
	r := rand.New(rand.NewPCG(1, 2))
	b := array.NewRecordBuilder(memory.DefaultAllocator, wideSchema())
	defer b.Release()
	uuid := func() string {
		return fmt.Sprintf("%08x-%04x-%04x-%012x", r.Uint32(), r.Uint32()>>16, r.Uint32()>>16, r.Uint64()>>16)
	}
	for row := range n {
		b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(row * 1000))
		id := uuid()
		b.Field(1).(*array.StringBuilder).Append(id)
		b.Field(2).(*array.StringBuilder).Append(uuid())
		for i := range 26 {
			if i%4 == 3 && r.IntN(10) > 0 {
				b.Field(3 + i).AppendNull()
				continue
			}
			b.Field(3 + i).(*array.StringBuilder).Append(fmt.Sprintf("value-%d-of-column", r.IntN(5<<(i%8))))
		}
		b.Field(29).(*array.BooleanBuilder).Append(row%3 == 0)
		for k := range 2 {
			m := b.Field(30 + k).(*array.MapBuilder)
			if k == 1 && row%2 == 0 {
				m.AppendNull()
				continue
			}
			m.Append(true)
			for j := range 4 {
				m.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprintf("parameter%d", j*5+r.IntN(5)))
				m.ItemBuilder().(*array.StringBuilder).Append(fmt.Sprintf("value %d", r.IntN(100000)))
			}
		}
		body := fmt.Sprintf(`{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA%d","arn":"arn:aws:sts::123456789012:assumed-role/role-%d"},"eventID":"%s","x":"%s"}`, r.IntN(1000), r.IntN(100), id, bytes.Repeat([]byte("some text that repeats "), 40))
		b.Field(32).(*array.StringBuilder).Append(body)
	}
	return b.NewRecord()
}

var wideLayout = Layout{
	Schema: wideSchema(), TimeColumn: "time", IDColumn: "id", PayloadColumn: "body",
	SortColumns: []string{"s03", "s04", "time"}, BloomColumns: []string{"id", "request", "s05"},
}

func BenchmarkWrite(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			rec := wideRecord(40000)
			defer rec.Release()
			b.ReportAllocs()
			for b.Loop() {
				w, err := NewWriter(io.Discard, wideLayout, WriterOptions{Workers: workers})
				if err != nil {
					b.Fatal(err)
				}
				if err := w.Append(rec, nil); err != nil {
					b.Fatal(err)
				}
				if _, err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rec.NumRows())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func BenchmarkReadBack(b *testing.B) {
	rec := wideRecord(40000)
	defer rec.Release()
	src, sum := write(b, wideLayout, rec)
	for b.Loop() {
		if err := ReadBack(src, wideLayout, sum); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rec.NumRows())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkRead(b *testing.B) {
	rec := wideRecord(100000)
	defer rec.Release()
	src, _ := write(b, wideLayout, rec)
	r := open(b, src)
	key := "parameter7"
	for _, c := range []Column{
		{Path: []string{"s05"}}, {Path: []string{"s03"}}, {Path: []string{"request"}}, {Path: []string{"body"}},
		{Path: []string{"params"}}, {Path: []string{"params"}, Key: &key}, {Path: []string{"time"}},
	} {
		b.Run(c.name(), func(b *testing.B) {
			for b.Loop() {
				for g := range r.NumRowGroups() {
					batches, err := r.Read(context.Background(), ReadRequest{RowGroup: g, Columns: []Column{c}})
					if err != nil {
						b.Fatal(err)
					}
					for {
						rec, err := batches.Next()
						if err == io.EOF {
							break
						}
						if err != nil {
							b.Fatal(err)
						}
						rec.Release()
					}
					batches.Close()
				}
			}
			b.ReportMetric(float64(rec.NumRows())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
