package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/storage/segment"
)

// scanRead reads wanted columns of one row group.
type scanRead struct {
	work    *scanWork
	task    scanTask
	columns *scanColumns
	reads   []segment.Column
	present []int // for each of reads, its index in the batches, or -1 when the segment is older than the column
	batches taskBatches
	counted int64 // bytes of batches that are counted
}

// newScanRead begins to read a row group, or of it the rows picks, if they are few;
// fold says that like rows may come once.
func newScanRead(ctx context.Context, work *scanWork, task scanTask, columns *scanColumns, picks []int64, fold bool) (*scanRead, error) {
	s := &scanRead{work: work, task: task, columns: columns, reads: columns.reads(work.table, task)}
	s.present = make([]int, len(s.reads))
	var wanted []segment.Column
	for i, c := range s.reads {
		s.present[i] = -1
		if task.live != nil || task.reader.Has(c) {
			s.present[i] = len(wanted)
			wanted = append(wanted, c)
		}
	}
	if task.live != nil {
		s.batches = newLiveBatches(work.req.Mem, task.live, wanted)
		return s, nil
	}
	req := segment.ReadRequest{RowGroup: task.rowGroup, Columns: wanted, Folded: fold, Mem: work.req.Mem}
	if 0 < len(picks) && len(picks) <= fewPicks {
		s.batches = &pickBatches{ctx: ctx, reader: task.reader, req: req, workers: work.req.Partitions}
		return s, nil
	}
	if limit := work.req.Limit; limit > 0 {
		req.BatchRows = int(min(limit, math.MaxInt32))
	}
	batches, err := task.reader.Read(ctx, req)
	if err != nil {
		return nil, s.failed(err)
	}
	s.batches = batches
	return s, nil
}

// fewPicks is how many rows of a row group are read column by column: as many as
// segment.Batches return at once however long they are.
const fewPicks = 256

// pickBatches are few rows of a row group, read once, several columns at a time.
type pickBatches struct {
	ctx     context.Context
	reader  *segment.Reader
	req     segment.ReadRequest
	workers int
	read    int64
}

// Next implements taskBatches: there is nothing but what is picked.
func (*pickBatches) Next() (arrow.Record, error) { return nil, io.EOF }

// Pick implements taskBatches.
func (b *pickBatches) Pick(rows []int64) (arrow.Record, error) {
	rec, read, err := b.reader.PickRows(b.ctx, b.req, rows, b.workers)
	b.read += read
	return rec, err
}

// BatchRows implements taskBatches.
func (*pickBatches) BatchRows() int { return fewPicks }

// BytesRead implements taskBatches.
func (b *pickBatches) BytesRead() int64 { return b.read }

// Close implements taskBatches.
func (*pickBatches) Close() error { return nil }

func (s *scanRead) failed(err error) error {
	if s.task.live != nil {
		return fmt.Errorf("read rows in memory: %w", err)
	}
	return fmt.Errorf("read segment %s: %w", s.task.segment.ID, err)
}

// next returns the next batch, which may be empty, or io.EOF.
func (s *scanRead) next() (arrow.Record, error) {
	return s.finish(func() (arrow.Record, error) { return s.batches.Next() })
}

// pick returns a batch of some of the rows ahead, which may be empty.
func (s *scanRead) pick(rows []int64) (arrow.Record, error) {
	return s.finish(func() (arrow.Record, error) { return s.batches.Pick(rows) })
}

func (s *scanRead) finish(read func() (arrow.Record, error)) (arrow.Record, error) {
	rec, err := read()
	total := s.batches.BytesRead()
	s.work.req.Stats.Bytes.Add(total - s.counted)
	s.counted = total
	if err == io.EOF {
		return nil, err
	}
	if err != nil {
		return nil, s.failed(err)
	}
	defer rec.Release()
	return s.assemble(rec)
}

func (s *scanRead) close() error { return s.batches.Close() }

// assemble turns a batch of the segment into one of the scan: columns in order,
// made ones added, rows past their retention left out.
func (s *scanRead) assemble(rec arrow.Record) (arrow.Record, error) {
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
	if times, ok := timesOf(rec); ok {
		times.Retain()
		columns, fields = append(columns, times), append(fields, timesField)
	}
	out := array.NewRecord(arrow.NewSchema(fields, nil), columns, rec.NumRows())
	if !s.work.table.checksRows(s.task) {
		return out, nil
	}
	defer out.Release()
	return s.checked(out, rec)
}

func (s *scanRead) fileColumn(mem memory.Allocator, w scanColumn, rec arrow.Record) arrow.Array {
	at := s.present[w.file]
	if at < 0 {
		return array.MakeArrayOfNull(mem, w.field.Type, int(rec.NumRows()))
	}
	c := rec.Column(at)
	c.Retain()
	return c
}

// make builds a column that the files do not hold.
func (s *scanRead) make(mem memory.Allocator, w scanColumn, rec arrow.Record) arrow.Array {
	n := int(rec.NumRows())
	if s.task.live != nil && w.key == "" && w.made != checksumColumn {
		return array.MakeArrayOfNull(mem, w.field.Type, n) // it is in no segment and no commit
	}
	switch w.made {
	case commitColumn:
		b := array.NewInt64Builder(mem)
		defer b.Release()
		b.Reserve(n)
		var own *array.Int64
		if at := s.present[w.file]; at >= 0 {
			own, _ = rec.Column(at).(*array.Int64)
		}
		for i := range n {
			if own != nil && own.IsValid(i) {
				b.UnsafeAppend(own.Value(i))
			} else {
				b.UnsafeAppend(s.task.segment.Version)
			}
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

// checked leaves out the rows whose time is before the cut-off, and those that came
// after the table's version: the columns that tell were read last.
func (s *scanRead) checked(out, rec arrow.Record) (arrow.Record, error) {
	keep, err := s.rowChecks(rec)
	if err != nil {
		return nil, err
	}
	n := int(rec.NumRows())
	rows := make([]int32, 0, n)
	for i := range n {
		in := true
		for _, check := range keep {
			in = in && check(i)
		}
		if in {
			rows = append(rows, int32(i))
		}
	}
	if len(rows) == n {
		out.Retain()
		return out, nil
	}
	columns := make([]arrow.Array, out.NumCols())
	for i, c := range out.Columns() {
		columns[i] = vector.TakeSorted(s.work.req.Mem, c, rows)
	}
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	return array.NewRecord(out.Schema(), columns, int64(len(rows))), nil
}

// rowChecks are the conditions on the rows of a batch.
func (s *scanRead) rowChecks(rec arrow.Record) ([]func(int) bool, error) {
	var checks []func(int) bool
	last := len(s.reads) - 1
	if version, later := s.work.table.until(s.task); later {
		if at := s.present[last]; at >= 0 {
			commits, ok := rec.Column(at).(*array.Int64)
			if !ok {
				return nil, fmt.Errorf("segment %s: its commit column is %s", s.task.segment.ID, rec.Column(at).DataType())
			}
			checks = append(checks, func(i int) bool { return commits.IsValid(i) && commits.Value(i) <= version })
		}
		last--
	}
	if s.work.table.ageColumn(s.task.segment) != "" {
		if at := s.present[last]; at >= 0 {
			times, ok := rec.Column(at).(*array.Timestamp)
			if !ok {
				return nil, fmt.Errorf("segment %s: its time column is %s", s.task.segment.ID, rec.Column(at).DataType())
			}
			checks = append(checks, func(i int) bool { return times.IsNull(i) || int64(times.Value(i)) >= s.work.table.cutoff })
		}
	}
	return checks, nil
}
