package engine

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"

	"github.com/traillake/traillake/query/prune"
	"github.com/traillake/traillake/storage/segment"
)

// Reading the columns a sieve asks for, and then those of the rows it leaves, pays
// off when there is much else to read and few rows are left.
const (
	siftWeight = 4 // the other columns have this many times the bytes
	siftShare  = 2 // one in so many rows is left
	// Searching texts before they are read pays off when one in so many rows is left.
	searchShare = 64
)

// siftCounts tell how many rows something has seen and left.
type siftCounts struct{ seen, left atomic.Int64 }

// useSieve makes the stream's sieve, if the query has one, and begins with the
// parts that make its bounds narrow.
func (s *scanStream) useSieve() error {
	if s.work.req.Sieve == nil {
		return nil
	}
	sieve, err := s.work.req.Sieve()
	if err != nil {
		return err
	}
	s.sieve = sieve
	if s.early, err = s.work.table.scanColumns(sieve.Columns()); err != nil {
		return errors.Join(err, s.Close())
	}
	s.work.mu.Lock()
	defer s.work.mu.Unlock()
	if s.work.sieve == nil {
		s.work.sieve = sieve
		sortParts(s.work, s.work.segments, func(i storageSegment) prune.Stats { return segmentStats{table: s.work.table, info: i} })
	}
	return nil
}

// sortParts puts parts first whose statistics say that they have the rows which
// the work's sieve wants first. Parts without statistics come last. The caller
// holds the work's lock.
func sortParts[T any](w *scanWork, parts []T, stats func(T) prune.Stats) {
	if w.sieve == nil {
		return
	}
	column, desc, ok := w.sieve.Order()
	if !ok {
		return
	}
	type placed struct {
		part  T
		first any // of its rows; nil when it is not known
	}
	places := make([]placed, len(parts))
	for i, p := range parts {
		places[i].part = p
		if low, high, ok := stats(p).Range(w.req.Columns[column]); ok {
			places[i].first = low
			if desc {
				places[i].first = high
			}
		}
	}
	slices.SortStableFunc(places, func(a, b placed) int {
		switch {
		case a.first == nil && b.first == nil:
			return 0
		case a.first == nil:
			return 1
		case b.first == nil:
			return -1
		}
		order, _ := prune.Compare(a.first, b.first)
		if desc {
			order = -order
		}
		return order
	})
	for i, p := range places {
		parts[i] = p.part
	}
}

// sifts reports whether the rows of a row group are to be sifted. A sieve sees
// only rows within their retention; where those must be told apart row by row,
// it sees none.
func (s *scanStream) sifts(task scanTask) bool {
	if task.live != nil || s.sieve == nil || s.work.table.checksRows(task) || s.early.anyMade() {
		return false
	}
	if _, _, narrows := s.sieve.Order(); narrows {
		return true
	}
	counts, share := &s.work.sifted, int64(siftShare)
	searches := s.early.searches(s.columns)
	if searches {
		share = searchShare
	}
	if seen := counts.seen.Load(); seen > 0 && counts.left.Load()*share > seen {
		return false
	}
	if searches {
		return true
	}
	early := task.reader.ColumnBytes(task.rowGroup, s.early.files)
	return task.reader.ColumnBytes(task.rowGroup, s.columns.files) > early*(1+siftWeight)
}

// searches reports whether texts are searched that are read as well: what is read
// twice then is read the first time without being copied.
func (s *scanColumns) searches(later *scanColumns) bool {
	return slices.ContainsFunc(s.files, func(c segment.Column) bool {
		return c.Test != nil && slices.ContainsFunc(later.files, func(l segment.Column) bool {
			return l.Test == nil && len(l.Path) <= len(c.Path) && slices.Equal(l.Path, c.Path[:len(l.Path)])
		})
	})
}

// anyMade reports whether a column is made and not read as it is.
func (s *scanColumns) anyMade() bool {
	return slices.ContainsFunc(s.wanted, func(w scanColumn) bool { return w.made != "" })
}

// sift returns the rows of a row group that are wanted.
func (s *scanStream) sift(ctx context.Context, task scanTask) (rows []int64, err error) {
	read, err := newScanRead(ctx, s.work, task, s.early, nil, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, read.close()) }()
	for {
		rec, err := read.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		err = s.sieve.Add(rec)
		rec.Release()
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	rows = s.sieve.Rows()
	seen := task.reader.RowGroup(task.rowGroup).Rows
	s.work.req.Stats.Rows.Add(seen)
	s.work.sifted.seen.Add(seen)
	s.work.sifted.left.Add(int64(len(rows)))
	return rows, nil
}
