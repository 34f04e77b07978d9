package watch

import (
	"bytes"
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/traillake/traillake/ingest/trail"
)

// Batch is some records of one object.
type Batch struct {
	Object  Object
	Records []Record // of the object, in its order; perhaps none
	Last    bool     // the object's last batch
}

// Record is an element of an object's records.
type Record struct {
	Number int64  // in the object, from 0
	JSON   []byte // its source text, which the taker may keep
	// Reason, if not empty, says why the element is no record of an event.
	Reason string
}

// RecordOptions says how objects are read.
type RecordOptions struct {
	// AnyFormat takes also plain text, arrays, single records and lines of JSON, not
	// only gzip of an object with "Records", as CloudTrail delivers.
	AnyFormat bool
	Records   int // of a batch at most; default 1000
	Workers   int // objects read, and batches handed on, at a time; default 1
}

// Records makes a Handler of a function that takes records: it fetches each object,
// reads it, and calls take with its records, batch by batch. The object is accepted
// when take has accepted all of its batches. An object that is not whole (a broken
// gzip stream, JSON that ends early) is a failure, an *trail.Error, and nothing of
// it is handed on; an element that is no record is handed on with the reason, and
// the rest goes on. With more than one worker take must be safe for concurrent use.
//
// Records come at least once: that of an object whose later batch was refused come
// again. An event's eventID tells them.
func Records(b Bucket, o RecordOptions, take func(context.Context, Batch) error) Handler {
	if o.Records <= 0 {
		o.Records = 1000
	}
	return func(ctx context.Context, objects []Object) []error {
		errs := make([]error, len(objects))
		var g errgroup.Group
		g.SetLimit(max(o.Workers, 1))
		for i, obj := range objects {
			g.Go(func() error {
				errs[i] = readObject(ctx, b, &o, obj, take)
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return []error{err}
		}
		return errs
	}
}

func readObject(ctx context.Context, b Bucket, o *RecordOptions, obj Object, take func(context.Context, Batch) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	from, err := b.Get(ctx, obj.Key)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was read: how it closes tells nothing
	var reader trail.Reader
	var records []Record
	err = reader.Read(from, !o.AnyFormat, func(e trail.Element) error {
		records = append(records, Record{Number: e.Number, JSON: bytes.Clone(e.JSON), Reason: e.Reason})
		return nil
	})
	if err != nil {
		return fmt.Errorf("object %s: %w", obj.Key, err)
	}
	for {
		n := min(len(records), o.Records)
		if err := take(ctx, Batch{Object: obj, Records: records[:n:n], Last: n == len(records)}); err != nil {
			return err
		}
		if records = records[n:]; len(records) == 0 {
			return nil
		}
	}
}
