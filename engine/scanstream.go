package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/compute"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
	"github.com/traillake/traillake/storage/segment"
)

// scanColumns says how each wanted column is had.
type scanColumns struct {
	wanted []scanColumn
	files  []segment.Column // what is read of the files for them
}

// scanColumn is a wanted column: a column of the files, or one that is made.
type scanColumn struct {
	field arrow.Field
	file  int    // index into files, or -1
	made  string // name of the made column when file is -1, or of the one made from file
	key   string // of the record's field whose text is made from file, or ""
}

// scanColumns plans the reading of a request's columns.
func (t *table) scanColumns(paths []plan.ColumnPath) (*scanColumns, error) {
	out := &scanColumns{}
	for _, p := range paths {
		c := scanColumn{field: types.ToField(p.Name, p.Type), file: -1}
		at := t.columns[p.Column]
		switch {
		case at.virtual && (at.Name == checksumColumn || at.key != ""):
			c.made, c.key = at.Name, at.key
			c.file = out.read(segment.Column{Path: []string{t.store.family.PayloadColumn}})
		case at.virtual:
			c.made = at.Name
		default:
			c.file = out.read(segment.Column{Path: t.path(p), Key: p.Key})
		}
		out.wanted = append(out.wanted, c)
	}
	return out, nil
}

// read adds a column to read and returns its index.
func (s *scanColumns) read(c segment.Column) int {
	for i, other := range s.files {
		if slices.Equal(other.Path, c.Path) && (other.Key == c.Key || other.Key != nil && c.Key != nil && *other.Key == *c.Key) {
			return i
		}
	}
	s.files = append(s.files, c)
	return len(s.files) - 1
}

// ageColumn is the column that decides whether a row of a segment is past its
// retention, or "" when all its rows are within.
func (t *table) ageColumn(s storageSegment) string {
	if s.Day == segment.NoDay || s.NullTimes == s.Rows {
		return ingestTimeColumn
	}
	if s.MinTime < t.cutoff {
		return t.store.family.TimeColumn
	}
	return ""
}

// reads returns what is read of the task's segment: the files' columns, then the
// age column when rows have to be checked one by one.
func (s *scanColumns) reads(t *table, task scanTask) []segment.Column {
	if age := t.ageColumn(task.segment); age != "" {
		return append(slices.Clip(s.files), segment.Column{Path: []string{age}})
	}
	return s.files
}

// scanStream is one partition of a scan.
type scanStream struct {
	work    *scanWork
	columns *scanColumns
	schema  *arrow.Schema

	task    scanTask
	reads   []segment.Column
	present []int // for each of reads, its index in the batches, or -1 when the segment is older than the column
	batches *segment.Batches
	counted int64 // bytes of batches that are counted
}

// Schema implements plan.Stream.
func (s *scanStream) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *scanStream) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.batches == nil {
			if err := s.open(ctx); err != nil {
				return nil, err
			}
		}
		rec, err := s.batches.Next()
		s.count()
		if err == io.EOF {
			if err := s.Close(); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read segment %s: %w", s.task.segment.ID, err)
		}
		out, err := s.assemble(ctx, rec)
		rec.Release()
		if err != nil {
			return nil, err
		}
		if out.NumRows() == 0 {
			out.Release()
			continue
		}
		s.work.req.Stats.Rows.Add(out.NumRows())
		return out, nil
	}
}

// open begins the next row group.
func (s *scanStream) open(ctx context.Context) error {
	task, err := s.work.next(ctx)
	if err != nil {
		return err
	}
	s.task, s.reads, s.counted = task, s.columns.reads(s.work.table, task), 0
	s.present = make([]int, len(s.reads))
	var wanted []segment.Column
	for i, c := range s.reads {
		s.present[i] = -1
		if task.reader.Has(c) {
			s.present[i] = len(wanted)
			wanted = append(wanted, c)
		}
	}
	s.batches, err = task.reader.Read(ctx, segment.ReadRequest{RowGroup: task.rowGroup, Columns: wanted, Mem: s.work.req.Mem})
	if err != nil {
		return fmt.Errorf("read segment %s: %w", task.segment.ID, err)
	}
	return nil
}

func (s *scanStream) count() {
	read := s.batches.BytesRead()
	s.work.req.Stats.Bytes.Add(read - s.counted)
	s.counted = read
}

// Close implements plan.Stream.
func (s *scanStream) Close() error {
	if s.batches == nil {
		return nil
	}
	err := s.batches.Close()
	s.batches = nil
	return err
}

// assemble turns a batch of the segment into one of the scan: columns in order,
// made ones added, rows past their retention left out.
func (s *scanStream) assemble(ctx context.Context, rec arrow.Record) (arrow.Record, error) {
	mem := s.work.req.Mem
	columns := make([]arrow.Array, 0, len(s.columns.wanted))
	fields := make([]arrow.Field, 0, len(s.columns.wanted))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for _, w := range s.columns.wanted {
		var c arrow.Array
		if w.made != "" {
			c = s.make(mem, w, rec)
		} else {
			c = s.fileColumn(mem, w, rec)
		}
		field := w.field
		field.Type = c.DataType() // a dictionary, perhaps
		columns, fields = append(columns, c), append(fields, field)
	}
	out := array.NewRecord(arrow.NewSchema(fields, nil), columns, rec.NumRows())
	age := s.work.table.ageColumn(s.task.segment)
	if age == "" {
		return out, nil
	}
	defer out.Release()
	return s.withinRetention(ctx, out, rec)
}

func (s *scanStream) fileColumn(mem memory.Allocator, w scanColumn, rec arrow.Record) arrow.Array {
	at := s.present[w.file]
	if at < 0 {
		return array.MakeArrayOfNull(mem, w.field.Type, int(rec.NumRows()))
	}
	c := rec.Column(at)
	c.Retain()
	return c
}

// make builds a column that the files do not hold.
func (s *scanStream) make(mem memory.Allocator, w scanColumn, rec arrow.Record) arrow.Array {
	n := int(rec.NumRows())
	switch w.made {
	case commitColumn:
		b := array.NewInt64Builder(mem)
		defer b.Release()
		b.Reserve(n)
		for range n {
			b.UnsafeAppend(s.task.segment.Version)
		}
		return b.NewArray()
	case segmentColumn:
		b := array.NewStringBuilder(mem)
		defer b.Release()
		for range n {
			b.Append(s.task.segment.ID)
		}
		return b.NewArray()
	}
	if w.key != "" {
		return fieldTexts(mem, rec.Column(s.present[w.file]), w.key)
	}
	return checksums(mem, rec.Column(s.present[w.file]))
}

// fieldTexts is the JSON text of one field of each payload.
func fieldTexts(mem memory.Allocator, payloads arrow.Array, key string) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Reserve(payloads.Len())
	text := payloads.(array.StringLike)
	var buf []byte
	for i := range payloads.Len() {
		var ok bool
		if !payloads.IsNull(i) {
			buf, ok = event.FieldText(buf[:0], []byte(text.Value(i)), key)
		}
		if !ok {
			b.AppendNull()
			continue
		}
		b.Append(string(buf))
	}
	return b.NewArray()
}

// checksums is the SHA-256 of each payload in lower-case hex.
func checksums(mem memory.Allocator, payloads arrow.Array) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	text := payloads.(array.StringLike)
	for i := range payloads.Len() {
		if payloads.IsNull(i) {
			b.AppendNull()
			continue
		}
		sum := sha256.Sum256([]byte(text.Value(i)))
		b.Append(hex.EncodeToString(sum[:]))
	}
	return b.NewArray()
}

// withinRetention leaves out the rows whose time, the last column read, is before the cut-off.
func (s *scanStream) withinRetention(ctx context.Context, out, rec arrow.Record) (arrow.Record, error) {
	at := s.present[len(s.reads)-1]
	if at < 0 {
		out.Retain()
		return out, nil
	}
	times, ok := rec.Column(at).(*array.Timestamp)
	if !ok {
		return nil, fmt.Errorf("segment %s: its time column is %s", s.task.segment.ID, rec.Column(at).DataType())
	}
	mem := s.work.req.Mem
	b := array.NewBooleanBuilder(mem)
	defer b.Release()
	b.Reserve(times.Len())
	dropped := false
	for i := range times.Len() {
		keep := times.IsNull(i) || int64(times.Value(i)) >= s.work.table.cutoff
		dropped = dropped || !keep
		b.UnsafeAppend(keep)
	}
	if !dropped {
		out.Retain()
		return out, nil
	}
	mask := b.NewBooleanArray()
	defer mask.Release()
	if out.NumCols() == 0 {
		return array.NewRecord(out.Schema(), nil, int64(countTrue(mask))), nil
	}
	filtered, err := compute.FilterRecordBatch(compute.WithAllocator(ctx, mem), out, mask, compute.DefaultFilterOptions())
	if err != nil {
		return nil, fmt.Errorf("leave out rows past their retention: %w", err)
	}
	return filtered, nil
}

func countTrue(mask *array.Boolean) int {
	n := 0
	for i := range mask.Len() {
		if mask.Value(i) {
			n++
		}
	}
	return n
}
