package exec

import (
	"context"
	"errors"
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

	mu      sync.Mutex // guards what follows; rows are fixed once read
	read    bool
	err     error
	rows    keptRows
	readers int
}

// sharedReader is one place that reads sharedRows.
type sharedReader struct {
	shared *sharedRows
	reader *keptReader // nil before the first batch
	closed bool
}

func (b *builder) shared(n *plan.Shared) ([]plan.Stream, error) {
	s := b.kept[n.ID]
	if s == nil {
		in, err := b.single(n.Input)
		if err != nil {
			return nil, err
		}
		s = &sharedRows{in: in, env: b.env, rows: keptRows{held: newHolding(b.env, n), schema: Schema(n.Outputs())}}
		b.kept[n.ID] = s
	}
	s.readers++
	return []plan.Stream{b.measure(&sharedReader{shared: s}, n, true)}, nil
}

// all reads the input, once.
func (s *sharedRows) all(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.read {
		s.read = true
		s.err = drain(ctx, s.in, func(rec arrow.Record) error {
			if err := s.rows.add(rec); err != nil {
				return err
			}
			return s.env.Budget.Err()
		})
		s.err = errors.Join(s.err, s.rows.finish())
	}
	return s.err
}

// leave is one reader closing.
func (s *sharedRows) leave() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readers--; s.readers > 0 {
		return nil
	}
	s.read = true
	return errors.Join(s.rows.close(), s.in.Close())
}

// Schema implements plan.Stream.
func (r *sharedReader) Schema() *arrow.Schema { return r.shared.in.Schema() }

// Next implements plan.Stream.
func (r *sharedReader) Next(ctx context.Context) (arrow.Record, error) {
	if r.closed {
		return nil, io.EOF
	}
	if r.reader == nil {
		if err := r.shared.all(ctx); err != nil {
			return nil, err
		}
		r.reader = &keptReader{rows: &r.shared.rows}
	}
	return r.reader.next()
}

// Close implements plan.Stream.
func (r *sharedReader) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	var err error
	if r.reader != nil {
		err = r.reader.close()
	}
	return errors.Join(err, r.shared.leave())
}
