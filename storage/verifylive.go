package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/traillake/traillake/storage/wal"
)

// live checks the batches of a store's write-ahead log that are in no segment.
func (v *verifier) live(ctx context.Context, id string, sealed int64) error {
	dir := liveDir(v.opts.Dir, id)
	batches := int64(0)
	tail, err := wal.Walk(ctx, v.opts.FS, dir, id, sealed, func(wal.Batch) error {
		batches++
		return nil
	})
	switch {
	case errors.Is(err, wal.ErrCorrupt):
		v.add(Finding{Store: id, File: dir, Offset: -1, Row: -1, Message: err.Error()})
	case errors.Is(err, fs.ErrNotExist): // beside a server: it has moved on into segments
	case err != nil:
		return err
	case tail.Torn != "":
		v.add(Finding{Note: true, Store: id, File: tail.Path, Offset: tail.Size, Row: -1,
			Message: "ends with a group that is being written, or was never acknowledged: " + tail.Torn})
	}
	v.sum.Batches += batches
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("write-ahead log of store %s: %w", id, err)
	}
	return nil
}
