package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/storage"
	"github.com/traillake/traillake/storage/segment"
)

// batchSegments are the segments of a batch that is being made: one for each of its
// days, as long as the rows in memory are few enough. What a full row group has is on
// disk already, and part of no version until it is committed. Segments are completed
// while rows of other days come. Not safe for concurrent use.
type batchSegments struct {
	engine  *Engine
	store   *store
	open    []*openSegment // of different days, the one that got rows last at the end
	sealing *sealing       // nil when none is being completed
	sealed  []segment.Meta
}

// sealing is segments that are being completed, several at a time.
type sealing struct {
	group errgroup.Group
	metas []segment.Meta
	errs  []error
}

type openSegment struct {
	day int32
	*storage.SegmentWriter
}

// maxOpenSegments bounds the files that are written side by side.
const maxOpenSegments = 64

// append takes rows of a day.
func (b *batchSegments) append(ctx context.Context, rows ingest.Rows) error {
	i := slices.IndexFunc(b.open, func(o *openSegment) bool { return o.day == rows.Day })
	if i < 0 {
		i = len(b.open)
		b.open = append(b.open, &openSegment{rows.Day, b.store.storage.NewSegment(rows.Day)})
	}
	o := b.open[i]
	b.open = append(slices.Delete(b.open, i, i+1), o)
	if err := o.Append(rows.Record, rows.Fingerprints); err != nil {
		return fmt.Errorf("write rows of day %d: %w", o.day, err)
	}
	return b.makeRoom(ctx)
}

// makeRoom begins to seal segments of the days that have got no rows for the longest
// time when too much is in memory, and before that waits for those it began with the
// last time. The trail is read day by day, so those are likely complete.
func (b *batchSegments) makeRoom(ctx context.Context) error {
	held := int64(0)
	for _, o := range b.open {
		held += o.Held()
	}
	most := b.engine.opts.Import.MemoryBytes
	if held <= most && len(b.open) <= maxOpenSegments {
		return nil
	}
	n := 0
	for n < len(b.open) && (held > most/4*3 || len(b.open)-n > maxOpenSegments/2) {
		held -= b.open[n].Held()
		n++
	}
	return b.sealFirst(ctx, n)
}

// sealFirst begins to seal the first n of the open segments, when those before are done.
func (b *batchSegments) sealFirst(ctx context.Context, n int) error {
	if err := b.wait(); err != nil {
		return err
	}
	s := &sealing{metas: make([]segment.Meta, n), errs: make([]error, n)}
	s.group.SetLimit(b.engine.opts.Import.Workers)
	first := slices.Clone(b.open[:n])
	b.open = slices.Delete(b.open, 0, n)
	b.sealing = s
	for i, o := range first {
		s.group.Go(func() error {
			s.metas[i], s.errs[i] = o.Seal(ctx)
			if s.errs[i] != nil {
				s.errs[i] = fmt.Errorf("seal segment of day %d: %w", o.day, s.errs[i])
			}
			return s.errs[i]
		})
	}
	return nil
}

// wait waits for the segments that are being sealed.
func (b *batchSegments) wait() error {
	s := b.sealing
	if s == nil {
		return nil
	}
	err := s.group.Wait()
	for i, m := range s.metas {
		if s.errs[i] == nil {
			b.sealed = append(b.sealed, m)
		}
	}
	b.sealing = nil
	return err
}

// seal completes the segments and returns them in the order of their days. They stay
// the batch's, to discard, until done is called.
func (b *batchSegments) seal(ctx context.Context) ([]segment.Meta, error) {
	err := b.sealFirst(ctx, len(b.open))
	if err == nil {
		err = b.wait()
	}
	if err != nil {
		return nil, errors.Join(err, b.discard()) // on a full disk their room is needed
	}
	slices.SortStableFunc(b.sealed, func(x, y segment.Meta) int { return cmp.Compare(x.Day, y.Day) })
	return b.sealed, nil
}

// done lets go of the segments: they are committed, or it is not known whether they are.
func (b *batchSegments) done() { b.sealed = nil }

// discard gives up what is not done, and reports what could not be removed. It is
// idempotent.
func (b *batchSegments) discard() error {
	_ = b.wait() // the caller has an error already, or is given up for another reason; a segment that fails leaves nothing
	for _, o := range b.open {
		o.Abort()
	}
	metas := b.sealed
	b.open, b.sealed = nil, nil
	if len(metas) == 0 {
		return nil
	}
	return b.store.storage.Discard(metas...)
}
