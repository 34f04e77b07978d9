package live

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/ingest/event"
)

// decoded is a request's events as rows, per day.
type decoded struct {
	results []Result
	days    []decodedDay
}

// decodedDay is the rows of one day; rows[i] tells of row i of the record.
type decodedDay struct {
	day    int32
	record arrow.Record
	bytes  int64
	rows   []decodedRow
}

type decodedRow struct {
	index    int // into the request's events
	time     int64
	hasTime  bool
	identity [32]byte
	has      bool
}

// decoder is what decoding needs and is worth keeping.
type decoder struct {
	record  *event.Decoder
	builder map[int32]*event.Builder
	spare   []*event.Builder
}

// decode takes the events apart. Those that come twice in the request are
// duplicates from the second on.
func (b *Buffer) decode(p *Put) *decoded {
	d := b.decoders.Get().(*decoder)
	defer b.decoders.Put(d)
	out := &decoded{results: make([]Result, len(p.Events))}
	seen := map[[32]byte]struct{}{}
	rows := map[int32][]decodedRow{}
	for i, e := range p.Events {
		row, err := d.record.Decode(e.JSON)
		result := &out.results[i]
		result.ID = row.ID
		_, twice := seen[row.Identity]
		switch {
		case err != nil:
			result.Status, result.Err = Invalid, err
		case row.HasTime && row.Time < p.Cutoff:
			result.Status = Outside
		case p.Selectors != nil && !p.Selectors.Match(d.record):
			result.Status = NotSelected
		case row.HasIdentity && twice:
			result.Status = Duplicate
		default:
			if row.HasIdentity {
				seen[row.Identity] = struct{}{}
			}
			d.day(b.family, row.Day).AppendDecoded(d.record, e.Source, p.Now)
			rows[row.Day] = append(rows[row.Day], decodedRow{i, row.Time, row.HasTime, row.Identity, row.HasIdentity})
		}
	}
	for day, builder := range d.builder {
		size := builder.Bytes()
		out.days = append(out.days, decodedDay{day: day, bytes: size, record: builder.NewRecord(), rows: rows[day]})
		delete(d.builder, day)
		if len(d.spare) < 4 {
			d.spare = append(d.spare, builder)
		} else {
			builder.Release()
		}
	}
	slices.SortFunc(out.days, func(x, y decodedDay) int { return cmp.Compare(x.day, y.day) })
	return out
}

// day is the builder of a day's rows.
func (d *decoder) day(f *event.Family, day int32) *event.Builder {
	if b := d.builder[day]; b != nil {
		return b
	}
	var b *event.Builder
	if n := len(d.spare); n > 0 {
		b, d.spare = d.spare[n-1], d.spare[:n-1]
	} else {
		b = event.NewBuilder(memory.DefaultAllocator, f)
	}
	d.builder[day] = b
	return b
}

func (d *decoded) release() {
	for i := range d.days {
		if r := d.days[i].record; r != nil {
			r.Release()
			d.days[i].record = nil
		}
	}
}

// prints are the fingerprints of the rows that have an identity.
func (d *decodedDay) prints() []uint64 {
	out := make([]uint64, 0, len(d.rows))
	for _, r := range d.rows {
		if r.has {
			out = append(out, event.Fingerprint(r.identity))
		}
	}
	return out
}

// drop makes the rows with these identities duplicates.
func (d *decoded) drop(day *decodedDay, identities map[[32]byte]struct{}) {
	for _, r := range day.rows {
		if _, there := identities[r.identity]; r.has && there {
			d.results[r.index].Status = Duplicate
		}
	}
}

// parts are the rows that are to be stored.
func (d *decoded) parts() ([]newPart, error) {
	var out []newPart
	for i := range d.days {
		day := &d.days[i]
		p := newPart{Part: Part{Day: day.day, Bytes: day.bytes}}
		keep := make([]bool, len(day.rows))
		var prints []uint64
		for j, r := range day.rows {
			if d.results[r.index].Status != Stored {
				continue
			}
			keep[j] = true
			p.add(r.time, r.hasTime)
			print := uint64(0)
			if r.has {
				print = event.Fingerprint(r.identity)
				p.identities = append(p.identities, r.identity)
			}
			prints = append(prints, print)
		}
		if p.Rows == 0 {
			continue
		}
		rec, err := ingest.Keep(day.record, keep)
		if err != nil {
			for _, made := range out {
				made.release()
			}
			return nil, fmt.Errorf("leave out duplicates of day %d: %w", day.day, err)
		}
		p.Bytes = p.Bytes * p.Rows / int64(len(day.rows))
		p.Records, p.Prints = []arrow.Record{rec}, [][]uint64{prints}
		out = append(out, p)
	}
	return out, nil
}

// newPart is a part on its way into a generation.
type newPart struct {
	Part
	identities [][32]byte
}

func (p *newPart) release() {
	for _, r := range p.Records {
		r.Release()
	}
}

// add counts a row.
func (p *Part) add(at int64, hasTime bool) {
	p.Rows++
	if !hasTime {
		p.NullTimes++
		return
	}
	if p.Rows-p.NullTimes == 1 {
		p.MinTime, p.MaxTime = at, at
	}
	p.MinTime, p.MaxTime = min(p.MinTime, at), max(p.MaxTime, at)
}
