package engine

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

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
		case at.Name == commitColumn:
			c.made = at.Name
			c.file = out.read(segment.Column{Path: []string{commitColumn}}) // of segments made of others
		case at.virtual:
			c.made = at.Name
		case p.Test != nil:
			test, ok := plan.CompileSearch(p.Test)
			if !ok {
				return nil, fmt.Errorf("scan %s: %s is no condition on a text", t.Name(), p.Name)
			}
			c.file = out.read(segment.Column{Path: append(t.path(p), test.Below()...), Test: test})
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
		if slices.Equal(other.Path, c.Path) && other.Test == c.Test && (other.Key == c.Key || other.Key != nil && c.Key != nil && *other.Key == *c.Key) {
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

// reads returns what is read of the task's segment: the files' columns, then those
// by which rows have to be checked one by one.
func (s *scanColumns) reads(t *table, task scanTask) []segment.Column {
	reads := slices.Clip(s.files)
	if age := t.ageColumn(task.segment); age != "" {
		reads = append(reads, segment.Column{Path: []string{age}})
	}
	if _, later := t.until(task); later {
		reads = append(reads, segment.Column{Path: []string{commitColumn}})
	}
	return reads
}

// until is the version after which rows of a task's segment are not in the table;
// ok is false when all are in.
func (t *table) until(task scanTask) (version int64, ok bool) {
	if task.live != nil {
		return 0, false
	}
	return t.snapshot.Until(task.segment)
}

// checksRows reports whether rows of a task have to be checked one by one.
func (t *table) checksRows(task scanTask) bool {
	_, later := t.until(task)
	return later || t.ageColumn(task.segment) != ""
}

// scanStream is one partition of a scan.
type scanStream struct {
	work    *scanWork
	columns *scanColumns
	schema  *arrow.Schema
	sieve   plan.Sieve   // nil: every row is read
	early   *scanColumns // those the sieve asks for

	read          *scanRead // the row group at hand; nil: none
	sifted, whole bool      // its rows were counted by sift; all of them are to be read
	picks         []int64   // its rows that are still to be read, unless whole

	nulls arrow.Array // what withTimes adds, or nil
}

// Schema implements plan.Stream.
func (s *scanStream) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *scanStream) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.read == nil {
			if err := s.open(ctx); err != nil {
				return nil, err
			}
		}
		out, err := s.batch()
		if err == io.EOF {
			live := s.read.task.live != nil
			if err := s.closeRead(); err != nil {
				return nil, err
			}
			if !live {
				s.work.req.Stats.RowGroupsDone.Add(1)
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if out.NumRows() == 0 {
			out.Release()
			continue
		}
		out, rows := s.withTimes(out)
		if !s.sifted {
			s.work.req.Stats.Rows.Add(rows)
		}
		return out, nil
	}
}

// open begins the next row group that has wanted rows.
func (s *scanStream) open(ctx context.Context) error {
	for {
		task, err := s.work.next(ctx)
		if err != nil {
			return err
		}
		s.picks, s.whole, s.sifted = nil, true, s.sifts(task)
		if s.sifted {
			if s.picks, err = s.sift(ctx, task); err != nil {
				return err
			}
			if len(s.picks) == 0 {
				s.work.req.Stats.RowGroupsDone.Add(1)
				continue
			}
			s.whole = int64(len(s.picks)) == task.reader.RowGroup(task.rowGroup).Rows
		}
		picks := s.picks
		if s.whole {
			picks = nil
		}
		s.read, err = newScanRead(ctx, s.work, task, s.columns, picks, s.whole && s.folds(task))
		return err
	}
}

// batch reads on in the row group.
func (s *scanStream) batch() (arrow.Record, error) {
	if s.whole {
		return s.read.next()
	}
	if len(s.picks) == 0 {
		return nil, io.EOF
	}
	n := min(len(s.picks), s.read.batches.BatchRows())
	rows := s.picks[:n]
	s.picks = s.picks[n:]
	return s.read.pick(rows)
}

func (s *scanStream) closeRead() error {
	if s.read == nil {
		return nil
	}
	err := s.read.close()
	s.read = nil
	return err
}

// Close implements plan.Stream.
func (s *scanStream) Close() error {
	if s.sieve != nil {
		s.sieve.Close()
	}
	if s.nulls != nil {
		s.nulls.Release()
		s.nulls = nil
	}
	return s.closeRead()
}
