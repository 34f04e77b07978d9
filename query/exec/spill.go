package exec

import (
	"bytes"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// TempFile is a file a sort writes once, reads once, and removes.
type TempFile interface {
	io.Writer
	// Open reads the file from its start, after the last Write.
	Open() (io.ReadCloser, error)
	Remove() error
}

// spillRows is how many rows a batch in a spill file has: at the merge, one
// batch of every file is in memory.
const spillRows = 1024

// spills are sorted runs in temporary files, as Arrow IPC streams, and the merge of them.
type spills struct {
	env    *Env
	schema *arrow.Schema
	exprs  []*eval.Expr
	keys   []plan.SortKey
	files  []TempFile
	heap   cursors
}

func newSpills(env *Env, schema *arrow.Schema, exprs []*eval.Expr, keys []plan.SortKey) *spills {
	return &spills{env: env, schema: schema, exprs: exprs, keys: keys}
}

// write sorts a run and writes it to a file of its own.
func (s *spills) write(r *run) error {
	file, err := s.env.CreateTemp()
	if err != nil {
		return fmt.Errorf("spill sort: %w", err)
	}
	s.files = append(s.files, file)
	w := ipc.NewWriter(file, ipc.WithSchema(s.schema), ipc.WithAllocator(s.env.Context.Mem))
	for refs := r.order(); len(refs) > 0; {
		n := min(len(refs), spillRows)
		rec, err := r.gather(s.schema, refs[:n])
		if err != nil {
			return errors.Join(err, w.Close())
		}
		refs = refs[n:]
		plain := decodeRecord(s.env, rec, s.schema)
		rec.Release()
		err = w.Write(plain)
		plain.Release()
		if err != nil {
			return fmt.Errorf("spill sort: %w", errors.Join(err, w.Close()))
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("spill sort: %w", err)
	}
	return nil
}

// decodeRecord returns the batch without dictionaries.
func decodeRecord(env *Env, rec arrow.Record, schema *arrow.Schema) arrow.Record {
	cols := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		cols[i] = vector.Decode(env.Context.Mem, c)
	}
	return newRecord(schema, cols, int(rec.NumRows()))
}

// open starts the merge.
func (s *spills) open() error {
	for i, f := range s.files {
		rc, err := f.Open()
		if err != nil {
			return fmt.Errorf("read spilled sort: %w", err)
		}
		c := &cursor{s: s, number: i, file: rc}
		s.heap = append(s.heap, c)
		if c.reader, err = ipc.NewReader(rc, ipc.WithAllocator(s.env.Context.Mem)); err != nil {
			return fmt.Errorf("read spilled sort: %w", err)
		}
		if err := c.load(); err != nil {
			return fmt.Errorf("read spilled sort: %w", err)
		}
	}
	heap.Init(&s.heap)
	return nil
}

// next merges one batch.
func (s *spills) next(context.Context) (arrow.Record, error) {
	var out run
	out.env = s.env
	defer out.release()
	index := map[*sorted]int32{}
	var refs []vector.Ref
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
		if err := c.advance(); err != nil {
			return nil, fmt.Errorf("read spilled sort: %w", err)
		}
		heap.Fix(&s.heap, 0)
	}
	if len(refs) == 0 {
		return nil, io.EOF
	}
	return out.gather(s.schema, refs)
}

func (s *spills) close() error {
	var errs []error
	for _, c := range s.heap {
		errs = append(errs, c.close())
	}
	for _, f := range s.files {
		errs = append(errs, f.Remove())
	}
	s.heap, s.files = nil, nil
	return errors.Join(errs...)
}

// cursor is the place of the merge in one file; batch is nil at its end.
type cursor struct {
	s      *spills
	number int
	file   io.ReadCloser
	reader *ipc.Reader
	batch  *sorted
	row    int32
}

// load reads the next batch.
func (c *cursor) load() error {
	if c.batch != nil {
		c.batch.rec.Release()
		c.batch = nil
	}
	rec, err := c.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	own := array.NewRecord(c.s.schema, rec.Columns(), rec.NumRows())
	defer own.Release()
	c.row = 0
	c.batch, err = encodeKeys(c.s.env, own, c.s.exprs, c.s.keys)
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
	if c.reader != nil {
		c.reader.Release()
	}
	return c.file.Close()
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
