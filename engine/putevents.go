package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/live"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/storage"
)

// Bounds of a PutEvents request.
const (
	maxPutEvents     = 10_000
	maxPutEventBytes = 16 << 20 // of one event
	maxPutBytes      = 32 << 20 // of all events
)

// putSource is "$source".object of events that PutEvents brought, unless the
// caller names another.
const putSource = "PutEvents"

// PutEventsInput is events for a store.
type PutEventsInput struct {
	EventDataStore string   // id, ARN or name
	Events         [][]byte // each the text of one JSON object, as CloudTrail records are
	// Source is kept as "$source".object of the events, with their number in the
	// request; "" is "PutEvents". At most 256 characters.
	Source string
	// Records, if not nil, are the numbers to keep in place of those in the request,
	// one for each event: where it stands in what the source sent, from 0.
	Records []int64
}

// PutEventStatus is what became of an event that was put.
type PutEventStatus string

// The statuses.
const (
	PutStored           PutEventStatus = "STORED"            // durable, and queries see it
	PutDuplicate        PutEventStatus = "DUPLICATE"         // the store has the same event
	PutOutsideRetention PutEventStatus = "OUTSIDE_RETENTION" // older than the store keeps events
	PutNotSelected      PutEventStatus = "NOT_SELECTED"      // the store's selectors do not choose it
	PutInvalid          PutEventStatus = "INVALID"           // no event; nothing was stored of it
)

// PutEventResult tells what became of one event.
type PutEventResult struct {
	Status  PutEventStatus
	EventID string // its eventID, "" when it has none
	Message string // of an invalid event, what is wrong with it
}

// PutEvents stores live events that the store's selectors choose and that it does
// not have, and tells of each, in
// the request's order, what became of it. When it returns they are durable and
// queries see them. All that are stored are stored together. A retry of the same
// request adds nothing, but for events without an eventID, which are never taken
// for the same.
func (e *Engine) PutEvents(ctx context.Context, _ Principal, in PutEventsInput) ([]PutEventResult, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	s, err := e.findForPut(in.EventDataStore)
	if err != nil {
		return nil, err
	}
	if err := checkPutEvents(in); err != nil {
		return nil, err
	}
	source := in.Source
	if source == "" {
		source = putSource
	}
	events := make([]live.Event, len(in.Events))
	for i, text := range in.Events {
		number := int64(i)
		if in.Records != nil {
			number = in.Records[i]
		}
		events[i] = live.Event{JSON: text, Source: event.Source{Object: source, Record: number}}
	}
	results, err := e.put(ctx, s, events)
	if err != nil {
		return nil, err
	}
	out := make([]PutEventResult, len(results))
	for i, r := range results {
		out[i] = PutEventResult{Status: putStatuses[r.Status], EventID: r.ID}
		if r.Err != nil {
			out[i].Message = r.Err.Error()
		}
	}
	return out, nil
}

var putStatuses = map[live.Status]PutEventStatus{
	live.Stored: PutStored, live.Duplicate: PutDuplicate, live.Outside: PutOutsideRetention,
	live.NotSelected: PutNotSelected, live.Invalid: PutInvalid,
}

// findForPut finds a store by its id, ARN or name: who sends events by hand or from a
// collector's configuration knows the name.
func (e *Engine) findForPut(store string) (*store, error) {
	if strings.HasPrefix(store, "arn:") || uuidPattern.MatchString(store) {
		return e.findActive(store)
	}
	s, err := e.findNamed(store)
	var missing *plan.MissingTable
	if errors.As(err, &missing) {
		return nil, Errorf(EventDataStoreNotFound, "there is no event data store named %q", clip(store))
	}
	return s, err
}

func checkPutEvents(in PutEventsInput) error {
	if n := len(in.Events); n < 1 || n > maxPutEvents {
		return Errorf(InvalidParameter, "Events: %d events, must be 1 to %d", n, maxPutEvents)
	}
	if n := len([]rune(in.Source)); n > 256 {
		return Errorf(InvalidParameter, "Source %q: is %d characters, at most 256", clip(in.Source), n)
	}
	if in.Records != nil && len(in.Records) != len(in.Events) {
		return Errorf(InvalidParameter, "Records: %d numbers of %d events", len(in.Records), len(in.Events))
	}
	total := 0
	for i, text := range in.Events {
		if len(text) > maxPutEventBytes {
			return Errorf(InvalidParameter, "event %d is %d bytes, at most %d", i, len(text), maxPutEventBytes)
		}
		total += len(text)
	}
	if total > maxPutBytes {
		return Errorf(InvalidParameter, "Events: %d bytes together, at most %d in one request", total, maxPutBytes)
	}
	return nil
}

// put stores live events in a store that takes them.
func (e *Engine) put(ctx context.Context, s *store, events []live.Event) ([]live.Result, error) {
	if err := e.takesLive(s); err != nil {
		return nil, err
	}
	selectors, err := s.selectors()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, e.opts.Live.Wait)
	defer cancel()
	now := e.opts.Now()
	results, err := s.live.Put(ctx, live.Put{
		Events: events, Cutoff: s.cutoff(now), Now: now, Selectors: selectors,
		Lookup: func(ctx context.Context, day int32, prints []uint64) ([]lookupHit, error) {
			return lookup(ctx, s, day, prints)
		},
	})
	if err != nil {
		return nil, putError(err)
	}
	for _, r := range results {
		if r.Status == live.Stored {
			e.counters.eventsPut.Add(1)
		}
	}
	if bytes, _ := s.live.State(); bytes >= e.opts.Live.SealBytes {
		select {
		case e.sealWake <- struct{}{}:
		default: // it is awake
		}
	}
	return results, nil
}

// takesLive refuses a store whose ingestion is stopped.
func (e *Engine) takesLive(s *store) error {
	if status := s.record.Load().Status; status != StoreEnabled {
		return Errorf(InvalidEventDataStoreStatus, "event data store %s is %s: it takes live events when it is %s", s.id, status, StoreEnabled)
	}
	return nil
}

// putError is what callers read of why no event was stored.
func putError(err error) error {
	switch {
	case errors.Is(err, live.ErrBusy):
		return &Error{Code: Throttling, Message: "more events come in than can be written; none of these was stored: try again later", Err: err}
	case errors.Is(err, syscall.ENOSPC):
		return &Error{Code: InsufficientStorage, Message: "no space is left in the data directory; none of these events was stored: make room, then try again", Err: err}
	case errors.Is(err, storage.ErrInDoubt):
		return &Error{Code: Internal, Message: "the disk failed; whether these events are stored is known when the server has started again: then send them again, those that are stored are not added twice", Err: err}
	}
	return internal(fmt.Errorf("put events: %w", err))
}
