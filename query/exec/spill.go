package exec

import (
	"bytes"
	"container/heap"
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/vector"
)

// At a merge, one batch of every file is in memory; these bound it.
const (
	spillRows       = 1024
	spillBatchBytes = 256 << 10
)

// encoder gives a batch, which it keeps, the sort key of each row.
type encoder func(rec arrow.Record) (*sorted, error)

// spills are sorted runs in temporary files, and the merge of them.
type spills struct {
	env    *Env
	stats  *OperatorStats
	schema *arrow.Schema
	encode encoder
	files  []*spillFile
	heap   cursors
}

func newSpills(env *Env, stats *OperatorStats, schema *arrow.Schema, encode encoder) *spills {
	return &spills{env: env, stats: stats, schema: schema, encode: encode}
}

// write writes rows of a run, which are in order, to a file of their own.
func (s *spills) write(r gathered, refs []vector.Ref) error {
	file, err := newSpillFile(s.env, s.stats, s.schema)
	if err != nil {
		return err
	}
	s.files = append(s.files, file)
	held, size := r.size()
	rows := min(spillRows, max(16, int(spillBatchBytes*int64(held)/max(1, size))))
	for len(refs) > 0 {
		if err := s.env.stopped(); err != nil {
			return err
		}
		n := min(len(refs), rows)
		rec, err := r.gather(s.schema, refs[:n])
		if err != nil {
			return err
		}
		refs = refs[n:]
		err = file.write(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return file.finish()
}

// stopped is the error of a query that has to end: cancelled, or out of memory.
func (e *Env) stopped() error {
	if e.Context.Stop == nil {
		return e.Budget.Err()
	}
	return e.Context.Stop()
}

// open starts the merge.
func (s *spills) open() error {
	for i, f := range s.files {
		r, err := f.open()
		if err != nil {
			return err
		}
		c := &cursor{encode: s.encode, number: i, reader: r}
		s.heap = append(s.heap, c)
		if err := c.load(); err != nil {
			return err
		}
	}
	heap.Init(&s.heap)
	return nil
}

// next merges one batch.
func (s *spills) next(ctx context.Context) (arrow.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	merged, err := s.merge()
	if err != nil {
		return nil, err
	}
	return merged.rec, nil
}

// merge merges one batch, whose keys come with it; the caller releases its record.
func (s *spills) merge() (*sorted, error) {
	var out run
	out.env = s.env
	defer out.release()
	index := map[*sorted]int32{}
	var refs []vector.Ref
	merged := &sorted{}
	for len(refs) < batchRows && len(s.heap) > 0 {
		c := s.heap[0]
		if c.batch == nil {
			break
		}
		b, ok := index[c.batch]
		if !ok {
			b = int32(len(out.batches))
			index[c.batch] = b
			c.batch.rec.Retain()
			out.batches = append(out.batches, c.batch)
		}
		refs = append(refs, vector.Ref{Batch: b, Row: c.row})
		merged.keys = append(merged.keys, c.batch.key(c.row)...)
		merged.ends = append(merged.ends, int32(len(merged.keys)))
		if err := c.advance(); err != nil {
			return nil, err
		}
		heap.Fix(&s.heap, 0)
	}
	if len(refs) == 0 {
		return nil, io.EOF
	}
	var err error
	merged.rec, err = out.gather(s.schema, refs)
	return merged, err
}

func (s *spills) close() error {
	var errs []error
	for _, c := range s.heap {
		errs = append(errs, c.close())
	}
	errs = append(errs, removeAll(s.files))
	s.heap, s.files = nil, nil
	return errors.Join(errs...)
}

// cursor is the place of the merge in one file; batch is nil at its end.
type cursor struct {
	encode encoder
	number int
	reader *spillReader
	batch  *sorted
	row    int32
}

// load reads the next batch.
func (c *cursor) load() error {
	if c.batch != nil {
		c.batch.rec.Release()
		c.batch = nil
	}
	rec, err := c.reader.next()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	defer rec.Release()
	c.row = 0
	c.batch, err = c.encode(rec)
	return err
}

func (c *cursor) advance() error {
	c.row++
	if int(c.row) < len(c.batch.ends) {
		return nil
	}
	return c.load()
}

func (c *cursor) close() error {
	if c.batch != nil {
		c.batch.rec.Release()
		c.batch = nil
	}
	return c.reader.close()
}

// cursors is a heap of cursors by the key of their row; those at their end are last.
type cursors []*cursor

// Len implements heap.Interface.
func (h cursors) Len() int { return len(h) }

// Less implements heap.Interface.
func (h cursors) Less(i, j int) bool {
	a, b := h[i], h[j]
	if a.batch == nil || b.batch == nil {
		return b.batch == nil && a.batch != nil
	}
	if c := bytes.Compare(a.batch.key(a.row), b.batch.key(b.row)); c != 0 {
		return c < 0
	}
	return a.number < b.number
}

// Swap implements heap.Interface.
func (h cursors) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *cursors) Push(x any) { *h = append(*h, x.(*cursor)) }

// Pop implements heap.Interface.
func (h *cursors) Pop() any {
	old := *h
	c := old[len(old)-1]
	*h = old[:len(old)-1]
	return c
}
