package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"golang.org/x/sync/errgroup"

	"github.com/traillake/traillake/storage/segment"
)

// sealDay is rows of one day that become a segment, with their fingerprints.
type sealDay struct {
	day     int32
	records []arrow.Record
	prints  [][]uint64
}

// sealDays writes rows as one segment per day, several at a time. With an error
// none is left.
func (e *Engine) sealDays(ctx context.Context, s *store, days []sealDay) ([]segment.Meta, error) {
	metas := make([]segment.Meta, len(days))
	sealed := make([]bool, len(days))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(e.opts.Import.Workers)
	for i, day := range days {
		group.Go(func() error {
			w := s.storage.NewSegment(day.day)
			for j, rec := range day.records {
				if err := w.Append(rec, day.prints[j]); err != nil {
					w.Abort()
					return fmt.Errorf("write rows of day %d: %w", day.day, err)
				}
			}
			var err error
			if metas[i], err = w.Seal(ctx); err != nil {
				w.Abort()
				return fmt.Errorf("seal segment of day %d: %w", day.day, err)
			}
			sealed[i] = true
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		// On a full disk the room of what will not be committed is needed.
		for i, done := range sealed {
			if done {
				err = errors.Join(err, s.storage.Discard(metas[i]))
			}
		}
		return nil, err
	}
	return metas, nil
}
