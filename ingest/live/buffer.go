package live

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/ingest/event"
)

// Buffer holds the events of one store that are acknowledged and in no segment.
// Safe for concurrent use.
type Buffer struct {
	family   *event.Family
	log      Log
	maxBytes int64
	decoders sync.Pool

	// flow is read-held from a batch's append until its rows are in the generation
	// of the file, and write-held to end a file.
	flow sync.RWMutex

	mu          sync.Mutex
	generations []*generation // by file; the last may still grow
	bytes       int64
	pending     map[uint64]*flight // reserved fingerprints
	freed       chan struct{}      // closed when bytes have become fewer
}

// flight is a holder of reservations.
type flight struct {
	prints []uint64
	done   chan struct{}
}

// generation is what the buffer keeps of a Generation.
type generation struct {
	file  int64
	begun time.Time
	days  map[int32]*part
	// identities has every row's by its fingerprint; more has those that share one.
	identities map[uint64][32]byte
	more       [][32]byte
	bytes      int64
}

// NewBuffer returns an empty buffer. While its rows take maxBytes or more, Put
// waits. The log must be set with Open before the first Put.
func NewBuffer(family *event.Family, maxBytes int64) *Buffer {
	b := &Buffer{family: family, maxBytes: maxBytes, pending: map[uint64]*flight{}, freed: make(chan struct{})}
	b.decoders.New = func() any {
		return &decoder{record: event.NewDecoder(family), builder: map[int32]*event.Builder{}}
	}
	return b
}

// Open sets the log that later batches go to.
func (b *Buffer) Open(log Log) { b.log = log }

// room waits until the buffer takes more.
func (b *Buffer) room(ctx context.Context) error {
	for {
		b.mu.Lock()
		full, freed := b.bytes >= b.maxBytes, b.freed
		b.mu.Unlock()
		if !full {
			return nil
		}
		select {
		case <-freed:
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrBusy, context.Cause(ctx))
		}
	}
}

// claim reserves the fingerprints of a request's events and makes duplicates of
// those that are in memory or stored.
func (b *Buffer) claim(ctx context.Context, d *decoded, lookup Lookup) (*flight, error) {
	f := &flight{done: make(chan struct{})}
	for {
		other := b.reserve(f, d)
		if other == nil {
			break
		}
		select {
		case <-other.done:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for another request with the same events: %w", context.Cause(ctx))
		}
	}
	for i := range d.days {
		day := &d.days[i]
		var prints []uint64
		for _, r := range day.rows {
			if r.has && d.results[r.index].Status == Stored {
				prints = append(prints, event.Fingerprint(r.identity))
			}
		}
		if len(prints) == 0 {
			continue
		}
		hits, err := lookup(ctx, day.day, prints)
		if err != nil {
			b.free(f)
			return nil, fmt.Errorf("look up %d events of day %d: %w", len(prints), day.day, err)
		}
		stored := make(map[[32]byte]struct{}, len(hits))
		for _, h := range hits {
			stored[h.Identity] = struct{}{}
		}
		d.drop(day, stored)
	}
	return f, nil
}

// reserve reserves all fingerprints of a request that are not in memory, or
// none: then it returns a flight that has one.
func (b *Buffer) reserve(f *flight, d *decoded) *flight {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range d.days {
		for _, print := range d.days[i].prints() {
			if other := b.pending[print]; other != nil {
				return other
			}
		}
	}
	f.prints = f.prints[:0]
	for i := range d.days {
		for _, r := range d.days[i].rows {
			if !r.has {
				continue
			}
			print := event.Fingerprint(r.identity)
			if b.hasLocked(print, r.identity) {
				d.results[r.index].Status = Duplicate
				continue
			}
			b.pending[print] = f
			f.prints = append(f.prints, print)
		}
	}
	return nil
}

func (b *Buffer) hasLocked(print uint64, identity [32]byte) bool {
	for _, g := range b.generations {
		if found, ok := g.identities[print]; ok && (found == identity || slices.Contains(g.more, identity)) {
			return true
		}
	}
	return false
}

// free ends a flight's reservations.
func (b *Buffer) free(f *flight) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, print := range f.prints {
		if b.pending[print] == f {
			delete(b.pending, print)
		}
	}
	f.prints = nil
	select {
	case <-f.done:
	default:
		close(f.done)
	}
}

// Hold is an import's reservations.
type Hold struct {
	buffer *Buffer
	flight *flight
}

// Hold begins reservations of an import, which must be freed.
func (b *Buffer) Hold() *Hold { return &Hold{b, &flight{done: make(chan struct{})}} }

// Find reserves fingerprints beside those that the hold has, and returns the
// identities that are in memory for them. It waits for puts that have them.
func (h *Hold) Find(ctx context.Context, prints []uint64) ([]ingest.Hit, error) {
	b := h.buffer
	var hits []ingest.Hit
	for i, print := range prints {
		for {
			b.mu.Lock()
			other := b.pending[print]
			if other == nil || other == h.flight {
				break // with the lock
			}
			b.mu.Unlock()
			select {
			case <-other.done:
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		}
		if b.pending[print] == nil {
			b.pending[print] = h.flight
			h.flight.prints = append(h.flight.prints, print)
		}
		for _, g := range b.generations {
			if identity, ok := g.identities[print]; ok {
				hits = append(hits, ingest.Hit{Index: i, Identity: identity})
				for _, m := range g.more {
					if event.Fingerprint(m) == print {
						hits = append(hits, ingest.Hit{Index: i, Identity: m})
					}
				}
			}
		}
		b.mu.Unlock()
	}
	return hits, nil
}

// Free gives the reservations up; the hold can be used again.
func (h *Hold) Free() {
	h.buffer.free(h.flight)
	h.flight = &flight{done: make(chan struct{})}
}

// publish makes rows visible. The caller holds flow, or is alone.
func (b *Buffer) publish(file int64, now time.Time, parts []newPart) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var g *generation
	for _, have := range b.generations {
		if have.file == file {
			g = have
		}
	}
	if g == nil {
		g = &generation{file: file, begun: now, days: map[int32]*part{}, identities: map[uint64][32]byte{}}
		b.generations = append(b.generations, g)
		slices.SortFunc(b.generations, func(x, y *generation) int { return int(x.file - y.file) })
	}
	for i := range parts {
		p := &parts[i]
		day := g.days[p.Day]
		if day == nil {
			day = &part{Part: Part{Day: p.Day}}
			g.days[p.Day] = day
		}
		day.take(p)
		g.bytes += p.Bytes
		b.bytes += p.Bytes
		for _, id := range p.identities {
			print := event.Fingerprint(id)
			if _, taken := g.identities[print]; taken {
				g.more = append(g.more, id)
			} else {
				g.identities[print] = id
			}
		}
	}
}

// View returns the rows of files above sealed. The caller releases them.
func (b *Buffer) View(sealed int64) ([]*Generation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []*Generation
	for _, g := range b.generations {
		if g.file <= sealed {
			continue
		}
		v, err := g.view()
		if err != nil {
			for _, made := range out {
				made.Release()
			}
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (g *generation) view() (*Generation, error) {
	v := &Generation{File: g.file, Begun: g.begun}
	for _, day := range g.days {
		if err := day.gather(); err != nil {
			v.Release()
			return nil, err
		}
		p := day.Part
		p.Records, p.Prints = slices.Clone(p.Records), slices.Clone(p.Prints)
		for _, r := range p.Records {
			r.Retain()
		}
		v.Parts = append(v.Parts, p)
	}
	slices.SortFunc(v.Parts, func(x, y Part) int { return int(int64(x.Day) - int64(y.Day)) })
	return v, nil
}

// Seal ends the file that is being written and returns the oldest generation, or
// nil when the buffer is empty. Its rows stay visible until Drop.
func (b *Buffer) Seal() (*Generation, error) {
	b.mu.Lock()
	waiting := len(b.generations)
	b.mu.Unlock()
	switch waiting {
	case 0:
		return nil, nil
	case 1: // it may be the file that is being written
		b.flow.Lock()
		_, err := b.log.Rotate()
		b.flow.Unlock()
		if err != nil {
			return nil, err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.generations[0].view()
}

// Drop forgets the generations up to a file, whose rows are in segments of the
// store's newest version.
func (b *Buffer) Drop(file int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.generations = slices.DeleteFunc(b.generations, func(g *generation) bool {
		if g.file > file {
			return false
		}
		for _, day := range g.days {
			day.release()
		}
		b.bytes -= g.bytes
		return true
	})
	close(b.freed)
	b.freed = make(chan struct{})
}

// State tells how many bytes are in memory, and when the oldest row came: the zero
// time without any.
func (b *Buffer) State() (bytes int64, oldest time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.generations) > 0 {
		oldest = b.generations[0].begun
	}
	return b.bytes, oldest
}

// part is a day's rows of a generation, in records whose sizes grow by powers, so
// that the small ones of single requests are put together a few times each.
type part struct {
	Part
	loose int // records at the end that gather has not looked at
}

// take adds rows.
func (p *part) take(n *newPart) {
	if n.Rows > n.NullTimes {
		if p.Rows == p.NullTimes {
			p.MinTime, p.MaxTime = n.MinTime, n.MaxTime
		}
		p.MinTime, p.MaxTime = min(p.MinTime, n.MinTime), max(p.MaxTime, n.MaxTime)
	}
	p.Rows += n.Rows
	p.NullTimes += n.NullTimes
	p.Bytes += n.Bytes
	p.Records = append(p.Records, n.Records...)
	p.Prints = append(p.Prints, n.Prints...)
	p.loose += len(n.Records)
}

const (
	maxGathered = 64 << 10 // rows of a record
	gatherFrom  = 4        // small records that are worth putting together
)

// gather puts small records together: those that have come since the last time,
// and those before them that are not larger than all of these together.
func (p *part) gather() error {
	if p.loose < gatherFrom {
		return nil
	}
	from, rows := len(p.Records)-p.loose, int64(0)
	for _, r := range p.Records[from:] {
		rows += r.NumRows()
	}
	for from > 0 && p.Records[from-1].NumRows() <= rows && rows < maxGathered {
		from--
		rows += p.Records[from].NumRows()
	}
	records, prints := slices.Clone(p.Records[:from]), slices.Clone(p.Prints[:from])
	for at := from; at < len(p.Records); {
		end, n := at+1, p.Records[at].NumRows()
		for end < len(p.Records) && n+p.Records[end].NumRows() <= maxGathered {
			n += p.Records[end].NumRows()
			end++
		}
		rec, err := ingest.Concat(p.Records[at:end])
		if err != nil {
			for _, made := range records[from:] {
				made.Release()
			}
			return fmt.Errorf("put rows of day %d together: %w", p.Day, err)
		}
		records, prints = append(records, rec), append(prints, slices.Concat(p.Prints[at:end]...))
		at = end
	}
	for _, r := range p.Records[from:] {
		r.Release()
	}
	p.Records, p.Prints, p.loose = records, prints, 0
	return nil
}

func (p *part) release() {
	for _, r := range p.Records {
		r.Release()
	}
	p.Records = nil
}
