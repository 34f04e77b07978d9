package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/storage/segment"
)

// Compact makes one segment of several of one day, in one commit. Every row keeps
// all it has and the version that added it, so that versions before the commit can
// still be read: see Snapshot.Until. pace, if set, is called with the bytes read
// so far and may wait. Readers of the old segments keep them as long as they need
// them. On an error nothing has changed.
func (s *Store) Compact(ctx context.Context, ids []string, pace func(ctx context.Context, bytes int64) error) (segment.Meta, error) {
	m, err := s.compact(ctx, ids, pace)
	if err != nil {
		return segment.Meta{}, fmt.Errorf("compact %d segments of store %s: %w", len(ids), s.id, err)
	}
	return m, nil
}

func (s *Store) compact(ctx context.Context, ids []string, pace func(context.Context, int64) error) (segment.Meta, error) {
	s.mu.Lock()
	layout := s.mu.layout
	s.mu.Unlock()
	if layout == nil || layout.CommitColumn == "" {
		return segment.Meta{}, errors.New("the layout has no column for the commits of rows")
	}
	sn := s.Snapshot()
	defer sn.Release()
	sources, err := sn.sources(ids)
	if err != nil {
		return segment.Meta{}, err
	}
	c := &compaction{store: s, snapshot: sn, layout: *layout, out: s.NewSegment(sources[0].Day), pace: pace}
	for _, source := range sources {
		if err := c.add(ctx, source); err != nil {
			c.out.Abort()
			return segment.Meta{}, fmt.Errorf("segment %s: %w", source.ID, err)
		}
	}
	m, err := c.out.Seal(ctx)
	if err != nil {
		return segment.Meta{}, err
	}
	m.Sealed, m.MinCommit, m.MaxCommit = 0, sources[0].minCommit(), sources[0].maxCommit()
	for _, source := range sources {
		m.Sources = append(m.Sources, source.ID)
		m.Sealed = max(m.Sealed, source.Sealed)
		m.MinCommit, m.MaxCommit = min(m.MinCommit, source.minCommit()), max(m.MaxCommit, source.maxCommit())
	}
	_, err = s.Commit(ctx, Commit{Reason: fmt.Sprintf("compact %d segments", len(ids)), Add: []segment.Meta{m}, Remove: m.Sources})
	if err != nil && !errors.Is(err, ErrInDoubt) {
		err = errors.Join(err, s.Discard(m))
	}
	return m, err
}

// minCommit is the first version that has rows of the segment.
func (i *SegmentInfo) minCommit() int64 {
	if len(i.Sources) > 0 {
		return i.MinCommit
	}
	return i.Version
}

// maxCommit is the first version that has all rows of the segment.
func (i *SegmentInfo) maxCommit() int64 {
	if len(i.Sources) > 0 {
		return i.MaxCommit
	}
	return i.Version
}

// sources finds the segments to make one of, ordered by when their rows came.
func (sn *Snapshot) sources(ids []string) ([]SegmentInfo, error) {
	if len(ids) < 2 {
		return nil, fmt.Errorf("%d segments: takes at least 2", len(ids))
	}
	var out []SegmentInfo
	for i, id := range ids {
		at, ok := sn.version.byID[id]
		switch {
		case !ok:
			return nil, fmt.Errorf("segment %s: %w", id, ErrNotFound)
		case slices.Contains(ids[:i], id):
			return nil, fmt.Errorf("segment %s is named twice", id)
		}
		m := sn.version.segments[at]
		if i > 0 && m.Day != out[0].Day {
			return nil, fmt.Errorf("segments %s and %s are of different days", out[0].ID, id)
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b SegmentInfo) int { return int(a.minCommit() - b.minCommit()) })
	return out, nil
}

// compaction copies rows of segments into a new one.
type compaction struct {
	store    *Store
	snapshot *Snapshot
	layout   segment.Layout
	out      *SegmentWriter
	pace     func(context.Context, int64) error
	read     int64
}

// add appends the rows of a segment.
func (c *compaction) add(ctx context.Context, source SegmentInfo) error {
	r, err := c.snapshot.Open(ctx, source.ID)
	if err != nil {
		return err
	}
	prints := make([]uint64, source.Rows)
	if source.FingerprintKey != "" {
		h, err := c.snapshot.handle(ctx, source.FingerprintKey, true)
		if err != nil {
			return fileError(err)
		}
		if prints, err = h.prints.Rows(source.Rows); err != nil {
			return fileError(err)
		}
	}
	var columns []segment.Column
	for _, f := range c.layout.Schema.Fields() {
		if column := (segment.Column{Path: []string{f.Name}}); r.Has(column) {
			columns = append(columns, column)
		}
	}
	for g := range r.NumRowGroups() {
		rows, err := c.rowGroup(ctx, r, g, columns, source.Version, prints)
		if err != nil {
			return fileError(err)
		}
		prints = prints[rows:]
	}
	return nil
}

// rowGroup appends the rows of a row group and returns their number.
func (c *compaction) rowGroup(ctx context.Context, r *segment.Reader, g int, columns []segment.Column, version int64, prints []uint64) (rows int64, err error) {
	b, err := r.Read(ctx, segment.ReadRequest{RowGroup: g, Columns: columns, Plain: true})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	before := int64(0)
	for {
		rec, err := b.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		n := rec.NumRows()
		whole := c.complete(rec, version)
		rec.Release()
		err = c.out.Append(whole, prints[rows:rows+n])
		whole.Release()
		if err != nil {
			return rows, err
		}
		rows += n
		c.read += b.BytesRead() - before
		before = b.BytesRead()
		if c.pace != nil {
			if err := c.pace(ctx, c.read); err != nil {
				return rows, err
			}
		}
	}
}

// complete makes rows of the layout's schema: columns that are younger than the
// segment are NULL, and the commit column has each row's version.
func (c *compaction) complete(rec arrow.Record, version int64) arrow.Record {
	schema := c.layout.Schema
	columns := make([]arrow.Array, schema.NumFields())
	for i, f := range schema.Fields() {
		at := rec.Schema().FieldIndices(f.Name)
		switch {
		case f.Name == c.layout.CommitColumn:
			var have *array.Int64
			if len(at) == 1 {
				have = rec.Column(at[0]).(*array.Int64)
			}
			columns[i] = commits(have, rec.NumRows(), version)
		case len(at) == 1:
			columns[i] = rec.Column(at[0])
			columns[i].Retain()
		default:
			columns[i] = array.MakeArrayOfNull(memory.DefaultAllocator, f.Type, int(rec.NumRows()))
		}
	}
	defer func() {
		for _, col := range columns {
			col.Release()
		}
	}()
	return array.NewRecord(schema, columns, rec.NumRows())
}

// commits is the version of each row: its own, or else the segment's.
func commits(have *array.Int64, n, version int64) arrow.Array {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(int(n))
	for i := range int(n) {
		if have != nil && have.IsValid(i) {
			b.UnsafeAppend(have.Value(i))
		} else {
			b.UnsafeAppend(version)
		}
	}
	return b.NewArray()
}
