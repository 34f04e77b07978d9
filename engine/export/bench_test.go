package export

import (
	"fmt"
	"io"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// BenchmarkWrite writes batches of events' usual columns.
func BenchmarkWrite(b *testing.B) {
	fields := []arrow.Field{types.ToField("eventid", types.VarcharType), types.ToField("eventtime", types.Type{Kind: types.Timestamp, Precision: 3}), types.ToField("eventname", types.VarcharType), types.ToField("n", types.BigIntType)}
	schema := arrow.NewSchema(fields, nil)
	rows := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer rows.Release()
	for i := range 2048 {
		rows.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("a9369cdb-4985-4346-b4e0-%012d", i))
		rows.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(1_770_000_000_000_000 + i*1_000_000))
		rows.Field(2).(*array.StringBuilder).Append("GetParameters")
		rows.Field(3).(*array.Int64Builder).Append(int64(i))
	}
	rec := rows.NewRecord()
	defer rec.Release()
	for _, format := range []string{"csv", "jsonl", "parquet", "arrow"} {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			w, err := New(format, io.Discard, schema)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := w.Write(rec); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*2048/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
