package rest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

// Events is the part of the engine that takes live events. Safe for concurrent use.
type Events interface {
	PutEvents(context.Context, engine.Principal, engine.PutEventsInput) ([]engine.PutEventResult, error)
	PutRecords(context.Context, engine.Principal, engine.PutRecordsInput) (engine.PutRecordsResult, error)
}

// Lines are put in requests of so many, or so many bytes.
const (
	lineEvents  = 1000
	lineBytes   = 4 << 20
	maxLine     = 16 << 20 // of one line
	maxFailures = 100      // lines of which the answer tells what is wrong; all are counted
)

// eventLines tells whether a request brings events as lines, one JSON object each:
// POST /api/v1/events?eventDataStore=STORE.
func eventLines(r *http.Request) bool {
	return r.URL.Path == "/api/v1/events" && r.Method == http.MethodPost
}

// linesAnswer is what became of the lines of a request.
type linesAnswer struct {
	Lines            int64         `json:"lines"` // that are not empty
	Stored           int64         `json:"stored"`
	Duplicates       int64         `json:"duplicates"`
	OutsideRetention int64         `json:"outsideRetention"`
	NotSelected      int64         `json:"notSelected"`
	Invalid          int64         `json:"invalid"`
	Failures         []lineFailure `json:"failures"` // the first 100 that are invalid
}

// lineFailure is a line that is no event.
type lineFailure struct {
	Line    int64  `json:"line"` // from 1
	Message string `json:"message"`
}

// putLines stores the events of a request as its lines come in. A failure tells up
// to which line they are stored; sent again they are not added twice.
func (h *handler) putLines(w http.ResponseWriter, r *http.Request) {
	principal, body, err := h.admitLong(w, r)
	if err != nil {
		h.writeError(w, err)
		return
	}
	q := r.URL.Query()
	p := &linePutter{
		events: h.opts.Events, ctx: auth.WithPrincipal(r.Context(), principal), principal: principal,
		store: q.Get("eventDataStore"), source: q.Get("source"),
	}
	if err := p.read(body); err != nil {
		h.writeError(w, p.failed(err))
		return
	}
	p.answer.Failures = append([]lineFailure{}, p.answer.Failures...)
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(p.answer); err != nil {
		h.opts.Logger.Debug("answer", "err", err)
	}
}

// linePutter puts the lines of one request.
type linePutter struct {
	events    Events
	ctx       context.Context
	principal engine.Principal
	store     string
	source    string

	line, done int64 // lines read, and those whose events are put
	waiting    [][]byte
	numbers    []int64 // of the waiting lines, from 0
	bytes      int
	answer     linesAnswer
}

// brokenBody is a request that cannot be read on.
type brokenBody struct{ error }

func (p *linePutter) read(body io.Reader) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for lines.Scan() {
		p.line++
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		p.waiting, p.numbers = append(p.waiting, bytes.Clone(text)), append(p.numbers, p.line-1)
		p.bytes += len(text)
		if len(p.waiting) == lineEvents || p.bytes >= lineBytes {
			if err := p.put(); err != nil {
				return err
			}
		}
	}
	err := lines.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = fmt.Errorf("line %d is longer than %d bytes", p.line+1, maxLine)
	}
	if err != nil {
		return brokenBody{err}
	}
	return p.put()
}

// put stores the waiting lines.
func (p *linePutter) put() error {
	if len(p.waiting) == 0 {
		p.done = p.line
		return nil
	}
	results, err := p.events.PutEvents(p.ctx, p.principal, engine.PutEventsInput{EventDataStore: p.store, Events: p.waiting, Source: p.source, Records: p.numbers})
	if err != nil {
		return err
	}
	for i, result := range results {
		p.answer.Lines++
		switch result.Status {
		case engine.PutStored:
			p.answer.Stored++
		case engine.PutDuplicate:
			p.answer.Duplicates++
		case engine.PutOutsideRetention:
			p.answer.OutsideRetention++
		case engine.PutNotSelected:
			p.answer.NotSelected++
		case engine.PutInvalid:
			p.answer.Invalid++
			if len(p.answer.Failures) < maxFailures {
				p.answer.Failures = append(p.answer.Failures, lineFailure{p.numbers[i] + 1, result.Message})
			}
		}
	}
	p.done = p.line
	p.waiting, p.numbers, p.bytes = p.waiting[:0], p.numbers[:0], 0
	return nil
}

// failed says in an error how far the lines are stored.
func (p *linePutter) failed(err error) error {
	var broken brokenBody
	if errors.As(err, &broken) {
		return &restError{status: http.StatusBadRequest, Code: string(engine.InvalidParameter),
			Message: fmt.Sprintf("the request broke off: %v; the events of its first %d lines are stored", broken.error, p.done)}
	}
	e := *engine.AsError(err)
	if p.done > 0 {
		e.Message += fmt.Sprintf(" (the events of the first %d lines are stored)", p.done)
	}
	return &e
}
