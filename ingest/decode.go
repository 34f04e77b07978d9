package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/trail"
)

// unit is a run of objects of one path day that one worker decodes.
type unit struct {
	first, end int // into the listing
	now        time.Time
	done       chan struct{} // closed when result and err are set
	result     *decoded
	err        error // the import must stop
}

// decoded is what a unit's objects hold.
type decoded struct {
	objects     []objectResult
	days        []decodedDay
	failures    []Failure
	quarantined []Quarantined
}

// objectResult is the outcome of one object. done.Rows counts rows that may still
// turn out to be duplicates of earlier units.
type objectResult struct {
	index   int // into the listing
	done    ObjectDone
	read    int64 // elements
	skipped bool
	failed  bool
}

// decodedDay is the rows of one event day.
type decodedDay struct {
	day    int32
	record arrow.Record
	rows   []decodedRow
	bytes  int64
}

// decodedRow is what de-duplication needs to know of a row.
type decodedRow struct {
	identity [32]byte
	print    uint64 // the identity's fingerprint
	object   int32  // into decoded.objects
}

// decoder decodes units; each worker has one.
type decoder struct {
	src      Source
	sink     Sink
	opts     *Options
	list     *listing
	reader   trail.Reader
	record   *event.Decoder
	spare    []*event.Builder
	text     []byte    // elements of the object being read, one after the other
	elements []element // their places
	made     []byte    // the record that is made of an element
}

type element struct {
	end    int // in text; it begins where the one before ends
	number int64
	reason string
}

// keepText is the largest buffer of elements that is kept for the next object.
const keepText = 32 << 20

func newDecoder(src Source, sink Sink, o *Options, l *listing) *decoder {
	return &decoder{src: src, sink: sink, opts: o, list: l, reader: trail.Reader{Family: o.Family}, record: event.NewDecoder(o.Family)}
}

// openDay collects the rows of a day while a unit is decoded.
type openDay struct {
	builder *event.Builder
	rows    []decodedRow
}

// unit decodes the objects of a unit. It returns an error only when the import as a
// whole must stop: the context ended.
func (d *decoder) unit(ctx context.Context, u *unit) (*decoded, error) {
	out := &decoded{}
	days := map[int32]*openDay{}
	seen := map[[32]byte]struct{}{}
	for i := u.first; i < u.end; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		obj := d.list.object(i)
		res := objectResult{index: i}
		err := d.read(ctx, &obj)
		res.done.Key, res.done.ETag = obj.Key, obj.ETag
		switch {
		case err == errSkip:
			res.skipped = true
		case err != nil:
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			kind, message := failureOf(err)
			out.failures = append(out.failures, Failure{Key: obj.Key, Type: kind, Message: message, Time: u.now})
			res.failed = true
		default:
			p := placement{out: out, res: &res, days: days, seen: seen, now: u.now}
			d.place(&p)
		}
		out.objects = append(out.objects, res)
	}
	d.finish(out, days)
	return out, nil
}

// errSkip says that the object was imported before and is unchanged.
var errSkip = errors.New("imported before")

// read collects an object's elements, all of them or none.
func (d *decoder) read(ctx context.Context, obj *Object) error {
	if cap(d.text) > keepText {
		d.text = nil
	}
	d.text, d.elements = d.text[:0], d.elements[:0]
	hadETag := obj.ETag != ""
	if hadETag {
		if before, ok := d.sink.Seen(obj.Key, obj.ETag); ok && before <= d.opts.Cutoff {
			return errSkip
		}
	}
	r, err := content(ctx, d.src, obj, wholeBytes)
	if err != nil {
		return err
	}
	defer r.Close()
	if !hadETag {
		if before, ok := d.sink.Seen(obj.Key, obj.ETag); ok && before <= d.opts.Cutoff {
			return errSkip
		}
	}
	return d.reader.Read(r, d.opts.Strict, func(e trail.Element) error {
		if len(e.JSON) > 0 && e.Reason != "" {
			e.JSON = e.JSON[:min(len(e.JSON), excerptBytes)]
		}
		d.text = append(d.text, e.JSON...)
		d.elements = append(d.elements, element{end: len(d.text), number: e.Number, reason: e.Reason})
		return nil
	})
}

// placement is where the rows of one object go.
type placement struct {
	out  *decoded
	res  *objectResult
	days map[int32]*openDay
	seen map[[32]byte]struct{} // identities of the unit
	now  time.Time
}

// place decodes the elements of the object that was read and puts each where it
// belongs.
func (d *decoder) place(p *placement) {
	from := 0
	for _, e := range d.elements {
		raw := d.text[from:e.end]
		from = e.end
		p.res.read++
		if e.reason != "" {
			p.quarantine(e.number, e.reason, raw)
			continue
		}
		row, err := d.decode(raw)
		src := event.Source{Object: p.res.done.Key, Record: e.number}
		switch {
		case err != nil:
			p.quarantine(e.number, err.Error(), raw)
		case row.HasTime && row.Time < d.opts.Cutoff:
			p.res.done.Outside++
		case d.opts.Selectors != nil && !d.opts.Selectors.Match(d.record):
			p.res.done.NotSelected++
		default:
			identity, print := d.identify(&row, src)
			if _, twice := p.seen[identity]; twice {
				p.res.done.Duplicates++
				continue
			}
			p.seen[identity] = struct{}{}
			day := d.day(p.days, row.Day)
			day.builder.AppendDecoded(d.record, src, p.now)
			day.rows = append(day.rows, decodedRow{identity, print, int32(len(p.out.objects))})
			p.res.done.Rows++
		}
	}
}

// identify returns the identity of the record that was decoded, and its fingerprint.
// Of one without an id these are by its place, the fingerprint by its bucket too:
// objects of other buckets with the same key are others.
func (d *decoder) identify(row *event.Row, src event.Source) ([32]byte, uint64) {
	if row.HasIdentity {
		return row.Identity, event.Fingerprint(row.Identity)
	}
	identity := src.Identity(string(d.record.Text()))
	return identity, event.Fingerprint(sha256.Sum256(append(identity[:], d.opts.Bucket...)))
}

// decode takes the record apart that an element is or makes.
func (d *decoder) decode(element []byte) (event.Row, error) {
	if cap(d.made) > keepText {
		d.made = nil
	}
	var err error
	if d.made, err = d.opts.Family.FromFile(d.made[:0], element); err != nil {
		return event.Row{}, err
	}
	if len(d.made) > 0 {
		return d.record.Decode(d.made)
	}
	return d.record.DecodeValid(element) // as the reader of objects gives it
}

const (
	excerptBytes   = 256 // of a quarantined element that are kept
	maxQuarantined = 100 // of an object that are kept; all are counted
)

func (p *placement) quarantine(number int64, reason string, raw []byte) {
	p.res.done.Quarantined++
	if p.res.done.Quarantined > maxQuarantined {
		return
	}
	p.out.quarantined = append(p.out.quarantined, Quarantined{
		Key: p.res.done.Key, Record: number, Reason: reason, Excerpt: excerpt(raw),
	})
}

// excerpt returns the beginning of an element's text, whole characters of it.
func excerpt(raw []byte) string {
	if len(raw) >= excerptBytes {
		raw = raw[:excerptBytes]
		start := len(raw) - 1
		for start > 0 && len(raw)-start < utf8.UTFMax && !utf8.RuneStart(raw[start]) {
			start--
		}
		if !utf8.FullRune(raw[start:]) {
			raw = raw[:start]
		}
	}
	return strings.ToValidUTF8(string(raw), "\uFFFD")
}

// day returns the open day, opening it if needed.
func (d *decoder) day(days map[int32]*openDay, day int32) *openDay {
	if o := days[day]; o != nil {
		return o
	}
	o := &openDay{}
	if n := len(d.spare); n > 0 {
		o.builder, d.spare = d.spare[n-1], d.spare[:n-1]
	} else {
		o.builder = event.NewBuilder(memory.DefaultAllocator, d.opts.Family)
	}
	days[day] = o
	return o
}

// finish makes records of the open days, in order.
func (d *decoder) finish(out *decoded, days map[int32]*openDay) {
	for day, o := range days {
		size := o.builder.Bytes()
		out.days = append(out.days, decodedDay{day: day, record: o.builder.NewRecord(), rows: o.rows, bytes: size})
		if len(d.spare) < 8 {
			d.spare = append(d.spare, o.builder)
		} else {
			o.builder.Release()
		}
	}
	slices.SortFunc(out.days, func(a, b decodedDay) int { return cmp.Compare(a.day, b.day) })
}

// release frees the records of a result that is not going to be used.
func (d *decoded) release() {
	for _, day := range d.days {
		day.record.Release()
	}
}
