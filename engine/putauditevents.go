package engine

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/live"
)

// Bounds of a PutAuditEvents request (API reference).
const (
	maxAuditEvents     = 100
	maxAuditEventBytes = 1 << 20 // of all eventData together
)

// AuditEvent is an event as an integration sends it.
type AuditEvent struct {
	ID   string // the sender's; every event of a request has another
	Data string // eventData: JSON as text
	// Checksum, when not nil, is base64 of the SHA-256 of Data.
	Checksum *string
}

// PutAuditEventsInput is events for a channel.
type PutAuditEventsInput struct {
	Channel string // ARN or id
	// ExternalID is asked for by channels with a policy; there are none, so it is not
	// looked at but for its form.
	ExternalID *string
	Events     []AuditEvent
}

// AuditEventCode tells why an event of PutAuditEvents was not taken
// (ResultErrorEntry of the API model).
type AuditEventCode string

// The codes.
const (
	AuditFieldTooLong       AuditEventCode = "FieldTooLong"
	AuditFieldNotFound      AuditEventCode = "FieldNotFound"
	AuditInvalidChecksum    AuditEventCode = "InvalidChecksum"
	AuditInvalidData        AuditEventCode = "InvalidData"
	AuditInvalidRecipient   AuditEventCode = "InvalidRecipient"
	AuditInvalidEventSource AuditEventCode = "InvalidEventSource"
	AuditThrottling         AuditEventCode = "Throttling"      // send it again later
	AuditInternalFailure    AuditEventCode = "InternalFailure" // send it again
)

// AuditEventResult tells what became of one event: it is stored when Code is "".
type AuditEventResult struct {
	ID      string // the sender's
	EventID string // the stored event's, or what it would have been
	Code    AuditEventCode
	Message string
}

// PutAuditEvents takes the events of an integration and tells of each, in the
// request's order, what became of it: one that is wrong is refused alone. When it
// returns, the others are durable in the channel's stores and queries see them.
//
// An event's eventID is made of the channel, the sender's id and the data, so that
// a request that is sent again adds nothing.
func (e *Engine) PutAuditEvents(ctx context.Context, p Principal, in PutAuditEventsInput) ([]AuditEventResult, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	c, err := e.findChannel(in.Channel)
	if err != nil {
		return nil, err
	}
	if p.AccountID != "" && p.AccountID != e.opts.Account {
		return nil, Errorf(ChannelInsufficientPermission, "channel %s is account %s's and has no policy for others: account %s may not put events", c.id, e.opts.Account, p.AccountID)
	}
	if err := checkPutAuditEvents(in); err != nil {
		return nil, err
	}
	stores, err := e.openStores(c)
	if err != nil {
		return nil, err
	}
	out, events := e.auditEvents(c, in.Events)
	if len(events) > 0 {
		e.putAudit(ctx, stores, out, events)
	}
	e.noteIngestion(c.id, out)
	return out, nil
}

var (
	auditIDPattern    = regexp.MustCompile(`^[-_A-Za-z0-9]+$`)
	externalIDPattern = regexp.MustCompile(`^[\w+=,.@:/-]*$`)
)

func checkPutAuditEvents(in PutAuditEventsInput) error {
	if in.ExternalID != nil {
		if err := checkText("externalId", *in.ExternalID, 2, 1224, externalIDPattern); err != nil {
			return err
		}
	}
	if n := len(in.Events); n < 1 || n > maxAuditEvents {
		return Errorf(InvalidParameter, "auditEvents: %d events, must be 1 to %d", n, maxAuditEvents)
	}
	seen, total := map[string]bool{}, 0
	for _, ev := range in.Events {
		if err := checkText("id", ev.ID, 1, 128, auditIDPattern); err != nil {
			return err
		}
		if seen[ev.ID] {
			return Errorf(DuplicatedAuditEventID, "id %q is given to two events of the request", ev.ID)
		}
		seen[ev.ID] = true
		total += len(ev.Data)
	}
	if total > maxAuditEventBytes {
		return Errorf(InvalidParameter, "auditEvents: %d bytes of eventData, at most %d in one request", total, maxAuditEventBytes)
	}
	return nil
}

// openStores are the channel's stores that take live events.
func (e *Engine) openStores(c *channel) ([]*store, error) {
	var open []*store
	for _, id := range c.record.Stores {
		s, err := e.find(id)
		if err != nil {
			return nil, err
		}
		if s.record.Load().Status == StoreEnabled {
			open = append(open, s)
		}
	}
	if len(open) == 0 {
		return nil, Errorf(UnsupportedOperation, "no event data store of channel %s takes events, all are %s: give the channel another with UpdateChannel", c.id, StoreStoppedIngestion)
	}
	return open, nil
}

// auditEvents holds the events of a request against the schema and makes records of
// those that are right. Source.Record of each is its place in the request.
func (e *Engine) auditEvents(c *channel, in []AuditEvent) ([]AuditEventResult, []live.Event) {
	arn, now := e.channelARN(c.id), e.opts.Now()
	out := make([]AuditEventResult, len(in))
	var events []live.Event
	for i, ev := range in {
		r := &out[i]
		r.ID, r.EventID = ev.ID, auditEventID(c.id, ev)
		activity, code, err := e.auditEvent(ev)
		if err != nil {
			r.fail(code, err.Error())
			continue
		}
		text, err := activity.Record(event.ActivityMeta{ID: r.EventID, Region: e.opts.Region, AccountID: e.opts.Account, ChannelARN: arn, Ingested: now})
		if err != nil {
			e.log.Error("make the record of an event", "channel", c.id, "error", err)
			r.fail(AuditInternalFailure, "internal error")
			continue
		}
		events = append(events, live.Event{JSON: text, Source: event.Source{Object: arn, Record: int64(i)}})
	}
	return out, events
}

// auditEvent checks one event.
func (e *Engine) auditEvent(ev AuditEvent) (*event.Activity, AuditEventCode, error) {
	if ev.Checksum != nil {
		sum := sha256.Sum256([]byte(ev.Data))
		if want := base64.StdEncoding.EncodeToString(sum[:]); *ev.Checksum != want {
			return nil, AuditInvalidChecksum, fmt.Errorf("eventDataChecksum %q: base64 of the SHA-256 of eventData as it arrived is %q", clip(*ev.Checksum), want)
		}
	}
	a, err := event.ParseActivity(ev.Data)
	switch {
	case errors.Is(err, event.ErrFieldNotFound):
		return nil, AuditFieldNotFound, err
	case errors.Is(err, event.ErrFieldTooLong):
		return nil, AuditFieldTooLong, err
	case err != nil:
		return nil, AuditInvalidData, err
	case a.RecipientAccountID != e.opts.Account:
		return nil, AuditInvalidRecipient, fmt.Errorf("recipientAccountId %q: must be the channel's account, %s", clip(a.RecipientAccountID), e.opts.Account)
	case isAWSSource(a.Source):
		return nil, AuditInvalidEventSource, fmt.Errorf("eventSource %q: is a service of AWS, channels bring events from outside of it", clip(a.Source))
	}
	return a, "", nil
}

// isAWSSource tells an eventSource that only CloudTrail's own events may have.
func isAWSSource(source string) bool {
	source = strings.ToLower(source)
	return strings.HasSuffix(source, ".amazonaws.com") || strings.HasSuffix(source, ".amazonaws.com.cn")
}

// auditEventID is the eventID of an event: a UUID of version 8 of the SHA-256 of the
// channel's id, the sender's id and the data.
func auditEventID(channel string, ev AuditEvent) string {
	return uuid.NewHash(sha256.New(), uuid.MustParse(channel), []byte(ev.ID+"\x00"+ev.Data), 8).String()
}

// putAudit puts the events into every store and says in out what became of them. An
// event is refused as too old only where no store keeps it.
func (e *Engine) putAudit(ctx context.Context, stores []*store, out []AuditEventResult, events []live.Event) {
	kept := make([]bool, len(out))
	for _, s := range stores {
		results, err := e.put(ctx, s, events)
		if err != nil {
			e.log.Error("put events of a channel", "store", s.id, "error", err)
			code := AuditInternalFailure
			if AsError(err).Code == Throttling {
				code = AuditThrottling
			}
			for _, ev := range events {
				out[ev.Source.Record].fail(code, AsError(err).Message)
			}
			return
		}
		for i, r := range results {
			at := events[i].Source.Record
			kept[at] = kept[at] || r.Status == live.Stored || r.Status == live.Duplicate
			if r.Err != nil {
				out[at].fail(AuditInvalidData, r.Err.Error())
			}
		}
	}
	for _, ev := range events {
		if at := ev.Source.Record; !kept[at] && out[at].Code == "" {
			out[at].fail(AuditInvalidData, "eventTime: is longer ago than the event data store keeps events")
		}
	}
}

// fail refuses an event; a message has at most 1024 characters (API model).
func (r *AuditEventResult) fail(code AuditEventCode, message string) {
	if runes := []rune(message); len(runes) > 1024 {
		message = string(runes[:1023]) + "…"
	}
	r.Code, r.Message = code, message
}

// noteIngestion keeps what GetChannel tells of the latest events.
func (e *Engine) noteIngestion(id string, results []AuditEventResult) {
	now := e.opts.Now().UTC()
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.channels[id]
	if c == nil { // deleted meanwhile
		return
	}
	for _, r := range results {
		c.status.AttemptTime, c.status.AttemptEventID = &now, r.EventID
		if r.Code == "" {
			c.status.SuccessTime, c.status.SuccessEventID = &now, r.EventID
		} else {
			c.status.ErrorCode = r.Code
		}
	}
	c.saved = false
}
