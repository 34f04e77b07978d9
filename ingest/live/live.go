// Package live takes events as they happen: it decodes them, leaves out those the
// store has, makes the rest durable through a Log, and holds them as rows in
// memory until they are in segments.
//
// # Exactly once
//
// Two puts of the same event at the same time, and a put beside an import, must
// add it once. Therefore whoever is about to add events first reserves their
// fingerprints in the Buffer, then looks for them in memory and in the store, and
// gives them free when they are visible or given up. Who meets a fingerprint
// reserved by another waits for that other's end. A Put gives up its own
// reservations before it waits and an import waits with them, so that no two wait
// for each other.
//
// # Generations
//
// The rows of one file of the log are a generation. A reader takes the view of the
// buffer first and the store's snapshot second, and leaves out the generations
// that the snapshot has in segments: then a row is seen once, at every moment.
package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/selector"
)

// ErrBusy: the buffer is full and did not get room before the context ended.
var ErrBusy = errors.New("too many events wait to be written into segments")

// Log makes batches durable. Its methods must be safe for concurrent use.
type Log interface {
	// Append returns when the batch is durable, with the number of the file it is in.
	Append(batch []byte) (file int64, err error)
	// Rotate ends the file being written and returns its number.
	Rotate() (file int64, err error)
}

// Lookup finds stored rows of a day by fingerprint; see ingest.Sink.
type Lookup func(ctx context.Context, day int32, fingerprints []uint64) ([]ingest.Hit, error)

// Event is an event handed in.
type Event struct {
	JSON   []byte // the record's source bytes
	Source event.Source
}

// Status is what became of an event.
type Status int

// The statuses.
const (
	// Stored: it is durable and visible.
	Stored Status = iota
	// Duplicate: the store has the same event.
	Duplicate
	// Outside: it is older than the retention keeps.
	Outside
	// NotSelected: the selectors do not choose it.
	NotSelected
	// Invalid: it is no event; Result.Err says why.
	Invalid
)

// Result tells what became of an event.
type Result struct {
	Status Status
	ID     string // the event's id, "" when it has none
	Err    error  // of Invalid
}

// Part is rows of one UTC day, or of event.NoDay, of one generation.
type Part struct {
	Day       int32
	Rows      int64
	MinTime   int64 // microseconds; of the rows that have a time
	MaxTime   int64
	NullTimes int64 // rows without a time
	Bytes     int64 // about, in memory
	Records   []arrow.Record
	// Prints has, for each record, one fingerprint per row, 0 for a row without identity.
	Prints [][]uint64
}

// Generation is the rows of one file of the log. It holds its records until Release.
type Generation struct {
	File  int64
	Parts []Part    // by day
	Begun time.Time // of its first row
}

// Release gives the records up.
func (g *Generation) Release() {
	for i := range g.Parts {
		for _, r := range g.Parts[i].Records {
			r.Release()
		}
		g.Parts[i].Records = nil
	}
}

// Put is one request: some events that become visible together.
type Put struct {
	Events []Event
	// Cutoff is the oldest event time that is kept, in microseconds.
	Cutoff int64
	Now    time.Time // "$ingest_time"
	Lookup Lookup
	// Selectors choose the events that are stored; nil chooses all.
	Selectors *selector.Selectors
}

// Put stores the events that the store does not have, and tells of each what became
// of it. With an error none is stored, but for an error of the log that leaves it
// in doubt. The events are durable, and visible to every View from then on, when it
// returns; they come into the log as one batch, whole or not at all.
func (b *Buffer) Put(ctx context.Context, p Put) ([]Result, error) {
	if err := b.room(ctx); err != nil {
		return nil, err
	}
	d := b.decode(&p)
	defer d.release()
	flight, err := b.claim(ctx, d, p.Lookup)
	if err != nil {
		return nil, err
	}
	defer b.free(flight)
	parts, err := d.parts()
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return d.results, nil
	}
	b.flow.RLock() // the file does not end between its batch and the batch's rows
	defer b.flow.RUnlock()
	file, err := b.log.Append(encodeBatch(nil, &p, d.results))
	if err != nil {
		for _, part := range parts {
			part.release()
		}
		return nil, fmt.Errorf("append %d events to the log: %w", len(p.Events), err)
	}
	b.publish(file, p.Now, parts)
	return d.results, nil
}

// Replay takes up a batch of the log after a start.
func (b *Buffer) Replay(file int64, batch []byte) error {
	p, err := decodeBatch(batch)
	if err != nil {
		return err
	}
	d := b.decode(&p)
	defer d.release()
	for i, r := range d.results {
		if r.Status == Invalid {
			return fmt.Errorf("event %d of a batch: %w", i, r.Err)
		}
	}
	parts, err := d.parts()
	if err != nil {
		return err
	}
	b.publish(file, p.Now, parts)
	return nil
}
