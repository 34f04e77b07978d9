package exec

import (
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/vector"
)

// keptRows are batches in the order they came, to be read any number of times
// once all are there. When their operator holds too much they go to a temporary
// file, and those that follow.
type keptRows struct {
	held    *holding
	schema  *arrow.Schema
	batches []arrow.Record // in memory: all, or none when there is a file
	file    *spillFile
}

// add keeps a batch, which stays the caller's.
func (k *keptRows) add(rec arrow.Record) error {
	if k.file != nil {
		return k.file.write(rec)
	}
	for _, c := range rec.Columns() {
		vector.Settle(c)
	}
	rec.Retain()
	k.batches = append(k.batches, rec)
	k.held.add(recordBytes(rec))
	if !k.held.full() {
		return nil
	}
	var err error
	if k.file, err = newSpillFile(k.held.env, k.held.stats, k.schema); err != nil {
		return err
	}
	for len(k.batches) > 0 {
		rec := k.take()
		err := k.file.write(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// take takes the first batch in memory out.
func (k *keptRows) take() arrow.Record {
	rec := k.batches[0]
	k.batches = k.batches[1:]
	k.held.add(-recordBytes(rec))
	return rec
}

// finish ends the adding.
func (k *keptRows) finish() error {
	if k.file == nil {
		return nil
	}
	return k.file.finish()
}

// isEmpty reports whether nothing was added.
func (k *keptRows) isEmpty() bool { return k.file == nil && len(k.batches) == 0 }

// close gives everything back; no reader may be at work.
func (k *keptRows) close() error {
	for len(k.batches) > 0 {
		k.take().Release()
	}
	err := k.file.remove()
	k.file = nil
	return err
}

// keptReader reads keptRows once, after finish. It is used by one goroutine;
// several readers may be at work at a time.
type keptReader struct {
	rows *keptRows
	at   int
	file *spillReader
}

// next returns the next batch, which is the caller's; io.EOF after the last.
func (r *keptReader) next() (arrow.Record, error) {
	if r.rows.file != nil {
		if r.file == nil {
			var err error
			if r.file, err = r.rows.file.open(); err != nil {
				return nil, err
			}
		}
		return r.file.next()
	}
	if r.at >= len(r.rows.batches) {
		return nil, io.EOF
	}
	rec := r.rows.batches[r.at]
	rec.Retain()
	r.at++
	return rec, nil
}

func (r *keptReader) close() error { return r.file.close() }
