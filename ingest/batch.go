package ingest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/traillake/traillake/ingest/event"
)

// batch collects decoded units, in order, until they are committed together.
type batch struct {
	family *event.Family
	sink   Sink
	days   map[int32]*batchDay
	out    Batch
	bytes  int64
}

// batchDay is the rows of one day and their identities.
type batchDay struct {
	Day
	seen map[[32]byte]struct{}
}

func newBatch(sink Sink, o *Options) *batch {
	return &batch{family: o.Family, sink: sink, days: map[int32]*batchDay{}, out: Batch{Cutoff: o.Cutoff}}
}

// empty reports whether there is nothing to commit.
func (b *batch) empty() bool {
	return len(b.out.Objects) == 0 && len(b.out.Failures) == 0
}

// add takes over a unit's rows but for those the batch or the store already has,
// and corrects the objects' counts.
func (b *batch) add(ctx context.Context, d *decoded) error {
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
	day := b.days[in.day]
	if day == nil {
		day = &batchDay{Day: Day{Day: in.day}, seen: map[[32]byte]struct{}{}}
		b.days[in.day] = day
	}
	stored, err := b.stored(ctx, day, in)
	if err != nil {
		return err
	}
	keep := make([]bool, len(in.rows))
	prints := make([]uint64, 0, len(in.rows))
	for i, row := range in.rows {
		_, twice := day.seen[row.identity]
		if _, there := stored[row.identity]; twice || there {
			o := &d.objects[row.object].done
			o.Rows--
			o.Duplicates++
			continue
		}
		day.seen[row.identity] = struct{}{}
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
	day.Records = append(day.Records, rec)
	day.Fingerprints = append(day.Fingerprints, prints)
	b.bytes += in.bytes * int64(len(prints)) / int64(len(in.rows))
	return nil
}

// stored asks the sink for events that may be the rows' and returns their identities.
func (b *batch) stored(ctx context.Context, day *batchDay, in *decodedDay) (map[[32]byte]struct{}, error) {
	prints := make([]uint64, 0, len(in.rows))
	for _, row := range in.rows {
		if _, ok := day.seen[row.identity]; !ok {
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
	for _, day := range b.days {
		if len(day.Records) > 0 {
			b.out.Days = append(b.out.Days, day.Day)
		}
	}
	slices.SortFunc(b.out.Days, func(x, y Day) int { return cmp.Compare(x.Day, y.Day) })
	b.out.Stats = stats
	err := b.sink.Write(ctx, &b.out)
	b.release()
	return err
}

// release empties the batch.
func (b *batch) release() {
	for _, day := range b.days {
		for _, r := range day.Records {
			r.Release()
		}
	}
	b.days, b.out, b.bytes = map[int32]*batchDay{}, Batch{Cutoff: b.out.Cutoff}, 0
}
