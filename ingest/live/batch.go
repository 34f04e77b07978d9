package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/traillake/traillake/ingest/event"
)

// A batch of the log holds the events of one Put that were stored. Version 1,
// numbers as unsigned or zigzag (z) varints:
//
//	byte    1, the version
//	z       time of ingestion, microseconds since 1970
//	u       number of events
//	events: u length, bytes of the source's object
//	        z number of the record in it
//	        u length, bytes of the record's text as it came
const batchVersion = 1

// encodeBatch appends the batch of the events whose result is Stored.
func encodeBatch(buf []byte, p *Put, results []Result) []byte {
	n := 0
	for _, r := range results {
		if r.Status == Stored {
			n++
		}
	}
	buf = append(buf, batchVersion)
	buf = binary.AppendVarint(buf, p.Now.UnixMicro())
	buf = binary.AppendUvarint(buf, uint64(n))
	for i, e := range p.Events {
		if results[i].Status != Stored {
			continue
		}
		buf = binary.AppendUvarint(buf, uint64(len(e.Source.Object)))
		buf = append(buf, e.Source.Object...)
		buf = binary.AppendVarint(buf, e.Source.Record)
		buf = binary.AppendUvarint(buf, uint64(len(e.JSON)))
		buf = append(buf, e.JSON...)
	}
	return buf
}

var errShort = errors.New("it ends early")

// decodeBatch reads what encodeBatch wrote. The events keep parts of b.
func decodeBatch(b []byte) (Put, error) {
	r := batchReader{rest: b}
	if v := r.byte(); v != batchVersion && r.err == nil {
		return Put{}, fmt.Errorf("a batch of version %d: this program reads version %d", v, batchVersion)
	}
	p := Put{Cutoff: math.MinInt64, Now: time.UnixMicro(r.varint()).UTC()}
	for n := r.uvarint(); n > 0 && r.err == nil; n-- {
		e := Event{Source: event.Source{Object: string(r.bytes())}}
		e.Source.Record = r.varint()
		e.JSON = r.bytes()
		p.Events = append(p.Events, e)
	}
	if r.err == nil && len(r.rest) > 0 {
		r.err = fmt.Errorf("%d bytes follow its events", len(r.rest))
	}
	if r.err != nil {
		return Put{}, fmt.Errorf("a batch of events: %w", r.err)
	}
	return p, nil
}

type batchReader struct {
	rest []byte
	err  error
}

func (r *batchReader) byte() byte {
	if len(r.rest) == 0 {
		r.err = errShort
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

func (r *batchReader) skip(n int) {
	if n <= 0 {
		r.err, r.rest = errShort, nil
		return
	}
	r.rest = r.rest[n:]
}

func (r *batchReader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.skip(n)
	return v
}

func (r *batchReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.skip(n)
	return v
}

func (r *batchReader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.err, r.rest = errShort, nil
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}
