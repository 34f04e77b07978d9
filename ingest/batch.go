package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/traillake/traillake/ingest/event"
)

// batch is what the next commit adds: rows that the sink has, and what is told of
// the objects they are from.
type batch struct {
	family *event.Family
	sink   Sink
	now    func() time.Time
	seen   map[int32]map[[32]byte]struct{} // identities of its rows, by day
	out    Batch
	bytes  int64 // of its rows
	rows   int64
	begun  time.Time // when its first objects came
}

func newBatch(sink Sink, o *Options) *batch {
	return &batch{family: o.Family, sink: sink, now: o.Now, seen: map[int32]map[[32]byte]struct{}{}, out: Batch{Cutoff: o.Cutoff}}
}

// empty reports whether there is nothing to commit.
func (b *batch) empty() bool {
	return len(b.out.Objects) == 0 && len(b.out.Failures) == 0
}

// add hands on a unit's rows but for those the batch or the store already has, and
// corrects the objects' counts.
func (b *batch) add(ctx context.Context, d *decoded) error {
	if b.empty() {
		b.begun = b.now()
	}
	for i := range d.days {
		if err := b.addDay(ctx, d, &d.days[i]); err != nil {
			return err
		}
	}
	for _, o := range d.objects {
		if !o.skipped && !o.failed {
			b.out.Objects = append(b.out.Objects, o.done)
		}
	}
	b.out.Failures = append(b.out.Failures, d.failures...)
	b.out.Quarantined = append(b.out.Quarantined, d.quarantined...)
	return nil
}

func (b *batch) addDay(ctx context.Context, d *decoded, in *decodedDay) error {
	seen := b.seen[in.day]
	if seen == nil {
		seen = map[[32]byte]struct{}{}
		b.seen[in.day] = seen
	}
	stored, err := b.stored(ctx, seen, in)
	if err != nil {
		return err
	}
	keep := make([]bool, len(in.rows))
	prints := make([]uint64, 0, len(in.rows))
	for i, row := range in.rows {
		_, twice := seen[row.identity]
		if _, there := stored[row.identity]; twice || there {
			o := &d.objects[row.object].done
			o.Rows--
			o.Duplicates++
			continue
		}
		seen[row.identity] = struct{}{}
		prints = append(prints, row.print)
		keep[i] = true
	}
	if len(prints) == 0 {
		return nil
	}
	rec, err := Keep(in.record, keep)
	if err != nil {
		return fmt.Errorf("leave out duplicates of day %d: %w", in.day, err)
	}
	defer rec.Release()
	if err := b.sink.Append(ctx, Rows{Day: in.day, Record: rec, Fingerprints: prints}); err != nil {
		return fmt.Errorf("take %d events of day %d: %w", len(prints), in.day, err)
	}
	b.rows += int64(len(prints))
	b.bytes += in.bytes * int64(len(prints)) / int64(len(in.rows))
	return nil
}

// stored asks the sink for events that may be the rows' and returns their identities.
func (b *batch) stored(ctx context.Context, seen map[[32]byte]struct{}, in *decodedDay) (map[[32]byte]struct{}, error) {
	prints := make([]uint64, 0, len(in.rows))
	for _, row := range in.rows {
		if _, ok := seen[row.identity]; !ok {
			prints = append(prints, row.print)
		}
	}
	if len(prints) == 0 {
		return nil, nil
	}
	hits, err := b.sink.Lookup(ctx, in.day, prints)
	if err != nil {
		return nil, fmt.Errorf("look up %d events of day %d: %w", len(prints), in.day, err)
	}
	found := make(map[[32]byte]struct{}, len(hits))
	for _, h := range hits {
		found[h.Identity] = struct{}{}
	}
	return found, nil
}

// commit writes the batch and empties it.
func (b *batch) commit(ctx context.Context, stats Stats) error {
	if b.empty() {
		return nil
	}
	b.out.Stats = stats
	err := b.sink.Write(ctx, &b.out)
	b.seen, b.out, b.bytes, b.rows = map[int32]map[[32]byte]struct{}{}, Batch{Cutoff: b.out.Cutoff}, 0, 0
	return err
}
