package ingest

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/traillake/traillake/ingest/event"
)

// Import reads the objects the options pick and commits their rows. An object that
// cannot be read becomes a Failure and the rest goes on; an error is returned only
// when the import as a whole cannot: the listing, the sink, or the context failed.
// Then everything committed stays, nothing else is, and the same import can be run
// again: it goes on where it stopped. The statistics returned with an error are
// those of the last commit.
//
// Objects are taken by the day in their path, then by key. An object's rows are
// committed all at once, together with the fact that it was read. The same event
// (see package event) is kept once: the first in that order, or the stored one.
func Import(ctx context.Context, src Source, sink Sink, o Options) (Stats, error) {
	o.defaults()
	l, err := list(ctx, src, &o)
	if err != nil {
		return Stats{}, err
	}
	found := Stats{PrefixesFound: int64(len(l.folders)), FilesFound: int64(len(l.objects)), BytesFound: l.bytes}
	if o.DryRun {
		return dryRun(l, sink, &o, found), nil
	}
	p := &pipeline{opts: &o, list: l, live: found, committed: found, batch: newBatch(sink, &o)}
	o.Progress(p.live)
	if err = p.run(ctx, src, sink); err != nil {
		return p.committed, err
	}
	return p.live, nil
}

func (o *Options) defaults() {
	if o.Family == nil {
		o.Family = event.CloudTrail
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.MemoryBytes <= 0 {
		o.MemoryBytes = DefaultMemoryBytes
	}
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of the option
	}
	if o.Progress == nil {
		o.Progress = func(Stats) {}
	}
}

// dryRun counts what an import would skip, as far as the listing tells.
func dryRun(l *listing, sink Sink, o *Options, s Stats) Stats {
	for i := range l.objects {
		obj := l.object(i)
		if obj.ETag == "" {
			continue
		}
		if before, ok := sink.Seen(obj.Key, obj.ETag); ok && before <= o.Cutoff {
			s.FilesSkipped++
		}
	}
	return s
}

// pipeline is one running import.
type pipeline struct {
	opts      *Options
	list      *listing
	batch     *batch
	live      Stats // of what was read
	committed Stats
}

// run has one goroutine cut the listing into units, Workers decode them, and this
// one take the results in order. Units under way are bounded by the queue, which has
// room for about half of the memory: while rows are written, the workers decode what
// comes after them.
func (p *pipeline) run(ctx context.Context, src Source, sink Sink) error {
	g, gctx := errgroup.WithContext(ctx)
	work := make(chan *unit)
	queue := make(chan *unit, p.opts.ahead())
	g.Go(func() error {
		defer close(queue)
		defer close(work)
		return p.plan(gctx, work, queue)
	})
	for range p.opts.Workers {
		d := newDecoder(src, sink, p.opts, p.list)
		g.Go(func() error {
			for u := range work {
				d.safely(gctx, u)
				close(u.done)
			}
			return nil
		})
	}
	g.Go(func() error { return p.consume(gctx, queue) })
	err := g.Wait()
	for u := range queue { // what was decoded but not taken
		select {
		case <-u.done:
			if u.result != nil {
				u.result.release()
			}
		default:
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// safely decodes a unit. A fault in the decoder ends the import, not the process.
func (d *decoder) safely(ctx context.Context, u *unit) {
	defer func() {
		if fault := recover(); fault != nil {
			u.result, u.err = nil, fmt.Errorf("decode objects from %s on: %v\n%s", d.list.object(u.first).Key, fault, debug.Stack())
		}
	}()
	u.result, u.err = d.unit(ctx, u)
}

// maxUnitObjects keeps the path of a unit of tiny objects short.
const maxUnitObjects = 256

// ahead is how many units may be decoded, or wait to be, before their turn.
func (o *Options) ahead() int { return max(o.Workers, 8) }

// plan cuts the listing into units. A unit is of one path day, and small enough
// that all under way together take about half of the memory: decoded rows take
// some 25 times the compressed bytes.
func (p *pipeline) plan(ctx context.Context, work, queue chan<- *unit) error {
	most := max(p.opts.MemoryBytes/2/int64(p.opts.ahead()+2)/25, 16<<10)
	objects := p.list.objects
	for i := 0; i < len(objects); {
		u := &unit{first: i, now: p.opts.Now(), done: make(chan struct{})}
		for size := int64(0); i < len(objects) && i-u.first < maxUnitObjects; i++ {
			if i > u.first && (objects[i].day != objects[u.first].day || size+objects[i].size > most) {
				break
			}
			size += objects[i].size
		}
		u.end = i
		select {
		case queue <- u:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case work <- u:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Bounds of a commit. Every one cuts through a day, since events of a day's end are
// delivered in objects of the next day: the fewer, the fewer segments share a day. But
// what an import has read is lost when it stops before the commit, and who brings one
// of its events in another way waits for it.
const (
	batchShare      = 8 // times the memory
	maxBatchRows    = 1 << 19
	maxBatchObjects = 10_000 // of which the commit has to tell
	maxBatchAge     = 20 * time.Second
)

// consume takes the units in order and commits.
func (p *pipeline) consume(ctx context.Context, queue <-chan *unit) error {
	day := int32(noDate)
	for u := range queue {
		// A day's end is the better place for a commit: fewer segments share a day.
		if d := p.list.objects[u.first].day; d != day {
			day = d
			if p.full(3, 4) {
				if err := p.commit(ctx); err != nil {
					return err
				}
			}
		}
		select {
		case <-u.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if u.err != nil {
			return u.err
		}
		err := p.batch.add(ctx, u.result)
		u.result.release()
		if err != nil {
			return err
		}
		p.count(u.result)
		u.result = nil
		if p.full(1, 1) {
			if err := p.commit(ctx); err != nil {
				return err
			}
		}
		p.opts.Progress(p.live)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.commit(ctx)
}

// full reports whether the batch has n of m parts of what one commit takes.
func (p *pipeline) full(n, m int64) bool {
	b := p.batch
	return b.bytes >= p.opts.MemoryBytes*batchShare/m*n || b.rows >= maxBatchRows/m*n ||
		int64(len(b.out.Objects)+len(b.out.Failures)) >= maxBatchObjects/m*n ||
		!b.empty() && p.opts.Now().Sub(b.begun) >= maxBatchAge/time.Duration(m)*time.Duration(n)
}

func (p *pipeline) commit(ctx context.Context) error {
	if err := p.batch.commit(ctx, p.live); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	p.committed = p.live
	return nil
}

// count adds a unit's outcome to the statistics.
func (p *pipeline) count(d *decoded) {
	s := &p.live
	for _, o := range d.objects {
		size := p.list.objects[o.index].size
		switch {
		case o.failed:
			s.FailedEntries++
			continue
		case o.skipped:
			s.FilesSkipped++
		default:
			s.FilesCompleted++
			s.EventsRead += o.read
			s.EventsCompleted += o.done.Rows
			s.Duplicates += o.done.Duplicates
			s.OutsideRetention += o.done.Outside
			s.NotSelected += o.done.NotSelected
			s.Quarantined += o.done.Quarantined
		}
		s.BytesCompleted += size
		if p.list.done(o.index) {
			s.PrefixesCompleted++
		}
	}
}
