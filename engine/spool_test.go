package engine

import (
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// TestSpoolOnAFullDisk reads rows back of which some are on disk and the others,
// after the disk was full, in memory.
func TestSpoolOnAFullDisk(t *testing.T) {
	var full atomic.Bool
	fs := faultfs.Wrap(vfs.OS(), func(op faultfs.Op) error {
		if op.Kind == faultfs.Write && full.Load() {
			return syscall.ENOSPC
		}
		return nil
	})
	var held atomic.Int64
	s, err := createSpool(fs, t.TempDir()+"/rows.arrows", 0, &held)
	if err != nil {
		t.Fatal(err)
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
	const chunks, rows = 6, 100
	for c := range chunks {
		full.Store(c >= 2)
		b := array.NewInt64Builder(memory.DefaultAllocator)
		for i := range rows {
			b.Append(int64(c*rows + i))
		}
		rec := array.NewRecord(schema, []arrow.Array{b.NewArray()}, rows)
		if err := s.write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.finish(); err != nil {
		t.Fatal(err)
	}
	if held.Load() == 0 || !s.inMemory() {
		t.Error("no chunk was held in memory")
	}
	all, _, _ := s.state()
	row := int64(0)
	for _, c := range all {
		rec, err := s.read(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range rec.Column(0).(*array.Int64).Int64Values() {
			if v != row {
				t.Fatalf("row %d is %d", row, v)
			}
			row++
		}
		rec.Release()
	}
	if row != chunks*rows {
		t.Errorf("%d rows, want %d", row, chunks*rows)
	}
}
