package exec

import (
	"context"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
)

// sharedRows holds the rows of a plan.Shared for all its readers. The first that
// asks reads the input to its end; the last to close lets the rows go.
type sharedRows struct {
	in  plan.Stream
	env *Env

	mu      sync.Mutex // guards what follows; batches are fixed once read
	read    bool
	err     error
	batches []arrow.Record
	readers int
}

// sharedReader is one place that reads sharedRows.
type sharedReader struct {
	rows   *sharedRows
	at     int
	closed bool
}

func (b *builder) shared(n *plan.Shared) ([]plan.Stream, error) {
	rows := b.kept[n.ID]
	if rows == nil {
		in, err := b.single(n.Input)
		if err != nil {
			return nil, err
		}
		rows = &sharedRows{in: in, env: b.env}
		b.kept[n.ID] = rows
	}
	rows.readers++
	return []plan.Stream{b.measure(&sharedReader{rows: rows}, n, true)}, nil
}

// all reads the input, once.
func (r *sharedRows) all(ctx context.Context) ([]arrow.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.read {
		r.read = true
		r.err = drain(ctx, r.in, func(rec arrow.Record) error {
			rec.Retain()
			r.batches = append(r.batches, rec)
			return r.env.Budget.Err()
		})
	}
	return r.batches, r.err
}

// leave is one reader closing.
func (r *sharedRows) leave() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.readers--; r.readers > 0 {
		return nil
	}
	r.read = true
	for _, rec := range r.batches {
		rec.Release()
	}
	r.batches = nil
	return r.in.Close()
}

// Schema implements plan.Stream.
func (s *sharedReader) Schema() *arrow.Schema { return s.rows.in.Schema() }

// Next implements plan.Stream.
func (s *sharedReader) Next(ctx context.Context) (arrow.Record, error) {
	if s.closed {
		return nil, io.EOF
	}
	batches, err := s.rows.all(ctx)
	if err != nil {
		return nil, err
	}
	if s.at >= len(batches) {
		return nil, io.EOF
	}
	rec := batches[s.at]
	rec.Retain()
	s.at++
	return rec, nil
}

// Close implements plan.Stream.
func (s *sharedReader) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return s.rows.leave()
}
