package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/storage"
	"github.com/traillake/traillake/storage/segment"
)

// lookupHit is a stored event that may be one that comes in.
type lookupHit = ingest.Hit

// lookup finds the stored events of one day that have one of the fingerprints
// and returns their identities, so that the caller can tell a duplicate from a
// collision. Hit.Index counts into fingerprints.
func lookup(ctx context.Context, s *store, day int32, fingerprints []uint64) ([]ingest.Hit, error) {
	snapshot := s.storage.Snapshot()
	defer snapshot.Release()
	refs, err := s.storage.FindFingerprints(ctx, snapshot, day, fingerprints)
	if err != nil || len(refs) == 0 {
		return nil, err
	}
	index := make(map[uint64][]int, len(fingerprints))
	for i, f := range fingerprints {
		index[f] = append(index[f], i)
	}
	slices.SortFunc(refs, func(a, b storage.RowRef) int { return cmp.Compare(a.Row, b.Row) }) // ReadRows takes them ascending
	rows, owners := map[string][]int64{}, map[string][]uint64{}
	for _, ref := range refs {
		rows[ref.Segment] = append(rows[ref.Segment], ref.Row)
		owners[ref.Segment] = append(owners[ref.Segment], ref.Fingerprint)
	}
	var hits []ingest.Hit
	for id := range rows {
		r, err := snapshot.Open(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("open segment %s: %w", id, err)
		}
		rec, err := r.ReadRows(ctx, nil, []segment.Column{{Path: []string{s.family.PayloadColumn}}, {Path: []string{event.SourceColumn}}}, rows[id])
		if err != nil {
			return nil, fmt.Errorf("read rows of segment %s: %w", id, err)
		}
		column, source := rec.Column(0).(*array.String), rec.Column(1).(*array.Struct)
		for i, f := range owners[id] {
			_, identity, ok, err := s.family.Identity([]byte(column.Value(i)))
			if err != nil {
				rec.Release()
				return nil, fmt.Errorf("stored event of segment %s: %w", id, err)
			}
			if !ok {
				at := event.Source{Object: source.Field(0).(*array.String).Value(i), Record: source.Field(1).(*array.Int64).Value(i)}
				identity = at.Identity(column.Value(i))
			}
			for _, at := range index[f] {
				hits = append(hits, ingest.Hit{Index: at, Identity: identity})
			}
		}
		rec.Release()
	}
	return hits, nil
}
