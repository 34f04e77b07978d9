package ingest

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Keep returns the rows of a record for which keep is true.
func Keep(rec arrow.Record, keep []bool) (arrow.Record, error) {
	n := 0
	for _, k := range keep {
		if k {
			n++
		}
	}
	if n == len(keep) {
		rec.Retain()
		return rec, nil
	}
	return concatRuns(rec, keep, n)
}

// Concat returns the rows of records of one schema, of which there is at least one.
func Concat(recs []arrow.Record) (arrow.Record, error) {
	if len(recs) == 1 {
		recs[0].Retain()
		return recs[0], nil
	}
	columns := make([]arrow.Array, 0, recs[0].NumCols())
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	parts, rows := make([]arrow.Array, len(recs)), int64(0)
	for _, r := range recs {
		rows += r.NumRows()
	}
	for i := range int(recs[0].NumCols()) {
		for j, r := range recs {
			parts[j] = r.Column(i)
		}
		out, err := array.Concatenate(parts, memory.DefaultAllocator)
		if err != nil {
			return nil, err
		}
		columns = append(columns, out)
	}
	return array.NewRecord(recs[0].Schema(), columns, rows), nil
}

// concatRuns copies the runs of kept rows of a record, n rows together.
func concatRuns(rec arrow.Record, keep []bool, n int) (arrow.Record, error) {
	type run struct{ from, to int64 }
	var runs []run
	for i, k := range keep {
		switch {
		case !k:
		case i > 0 && keep[i-1]:
			runs[len(runs)-1].to++
		default:
			runs = append(runs, run{int64(i), int64(i) + 1})
		}
	}
	columns := make([]arrow.Array, 0, rec.NumCols())
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	parts := make([]arrow.Array, len(runs))
	for _, c := range rec.Columns() {
		for i, r := range runs {
			parts[i] = array.NewSlice(c, r.from, r.to)
		}
		out, err := array.Concatenate(parts, memory.DefaultAllocator)
		for _, p := range parts {
			p.Release()
		}
		if err != nil {
			return nil, err
		}
		columns = append(columns, out)
	}
	return array.NewRecord(rec.Schema(), columns, int64(n)), nil
}
