package engine

import (
	"context"

	"github.com/traillake/traillake/ingest/envelope"
	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/live"
)

// Records of a stream are stored in pieces of so many events, or so many bytes.
const (
	pieceEvents = 5000
	pieceBytes  = 8 << 20
)

// PutRecordsInput is records of a stream that carries events: those of Amazon Data
// Firehose.
type PutRecordsInput struct {
	EventDataStore string // id or ARN
	// Records are events, log files, events of EventBridge or messages of CloudWatch
	// Logs: what package ingest/envelope opens.
	Records [][]byte
	// Source is kept as "$source".object of the events, with the number of the
	// record; "" is "PutRecords". At most 256 characters.
	Source string
}

// PutRecordsResult counts what became of the events in records.
type PutRecordsResult struct {
	Stored, Duplicates, OutsideRetention, NotSelected int64
	Rejected                                          int64 // what is no event: see ListRejectedRecords
}

// PutRecords stores the events in records as PutEvents does: when it returns they
// are durable and queries see them, and the same records again add nothing. They
// are stored in pieces: with an error some may be. What is no event is kept aside,
// also durably, and fails nothing.
func (e *Engine) PutRecords(ctx context.Context, _ Principal, in PutRecordsInput) (PutRecordsResult, error) {
	leave, err := e.enter()
	if err != nil {
		return PutRecordsResult{}, err
	}
	defer leave()
	s, err := e.findActive(in.EventDataStore)
	if err != nil {
		return PutRecordsResult{}, err
	}
	if n := len([]rune(in.Source)); n > 256 {
		return PutRecordsResult{}, Errorf(InvalidParameter, "Source %q: is %d characters, at most 256", clip(in.Source), n)
	}
	p := recordPutter{engine: e, store: s, source: orText(in.Source, "PutRecords"), rejected: newRejects(e.opts.Now().UTC())}
	if err := e.takesLive(s); err != nil {
		return PutRecordsResult{}, err
	}
	for i, data := range in.Records {
		p.record = int64(i)
		if err := envelope.Open(data, func(el envelope.Element) error { return p.add(ctx, el) }); err != nil {
			return p.result, err
		}
	}
	if err := p.put(ctx); err != nil {
		return p.result, err
	}
	p.result.Rejected = p.rejected.count
	return p.result, e.keepRejects(ctx, s, p.rejected)
}

// recordPutter stores the events of some records.
type recordPutter struct {
	engine   *Engine
	store    *store
	source   string
	record   int64 // that is open
	waiting  []live.Event
	bytes    int
	rejected *rejects
	result   PutRecordsResult
}

func (p *recordPutter) add(ctx context.Context, el envelope.Element) error {
	if el.Reason == "" && len(el.JSON) > maxPutEventBytes {
		el.Reason = "an event larger than any that is taken"
	}
	if el.Reason != "" {
		p.rejected.add(p.source, p.record, el.Reason, el.JSON)
		return nil
	}
	p.waiting = append(p.waiting, live.Event{JSON: el.JSON, Source: event.Source{Object: p.source, Record: p.record}})
	p.bytes += len(el.JSON)
	if len(p.waiting) < pieceEvents && p.bytes < pieceBytes {
		return nil
	}
	return p.put(ctx)
}

// put stores the events that wait.
func (p *recordPutter) put(ctx context.Context) error {
	if len(p.waiting) == 0 {
		return nil
	}
	results, err := p.engine.put(ctx, p.store, p.waiting)
	if err != nil {
		return err
	}
	for i, r := range results {
		switch r.Status {
		case live.Stored:
			p.result.Stored++
		case live.Duplicate:
			p.result.Duplicates++
		case live.Outside:
			p.result.OutsideRetention++
		case live.NotSelected:
			p.result.NotSelected++
		case live.Invalid:
			at := p.waiting[i]
			p.rejected.add(p.source, at.Source.Record, r.Err.Error(), at.JSON)
		}
	}
	p.waiting, p.bytes = p.waiting[:0], 0
	return nil
}
