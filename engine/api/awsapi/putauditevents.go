package awsapi

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

// putAuditEventsPath is the one path of CloudTrail Data (API model 2021-08-11),
// which is REST-JSON: parameters in the query, members in the body, the error's
// name in a header.
const putAuditEventsPath = "/PutAuditEvents"

// dataExceptions are the errors that CloudTrail Data has under another name than
// CloudTrail, or alone.
var dataExceptions = map[engine.Code]exception{
	engine.ChannelARNInvalid:             {"InvalidChannelARN", http.StatusBadRequest},
	engine.ChannelInsufficientPermission: {"ChannelInsufficientPermission", http.StatusBadRequest},
	engine.ChannelNotFound:               {"ChannelNotFound", http.StatusBadRequest},
	engine.DuplicatedAuditEventID:        {"DuplicatedAuditEventId", http.StatusBadRequest},
	engine.InvalidParameter:              {"ValidationError", http.StatusBadRequest},
}

type auditResult struct {
	ID      string `json:"id"`
	EventID string `json:"eventID"`
}

type auditFailure struct {
	ID           string                `json:"id"`
	ErrorCode    engine.AuditEventCode `json:"errorCode"`
	ErrorMessage string                `json:"errorMessage"`
}

type auditResults struct {
	Successful []auditResult  `json:"successful"`
	Failed     []auditFailure `json:"failed"`
}

// putAuditEvents serves PutAuditEvents.
func (f *front) putAuditEvents(w http.ResponseWriter, r *http.Request, log *slog.Logger) {
	w.Header().Set("Content-Type", "application/json")
	results, err := f.auditEvents(w, r)
	if err != nil {
		e := onDataWire(err)
		w.Header().Set("X-Amzn-Errortype", e.Type)
		f.reportError(log, e, err)
		f.write(w, log, e.status, e)
		return
	}
	out := auditResults{Successful: []auditResult{}, Failed: []auditFailure{}}
	for _, e := range results {
		if e.Code != "" {
			out.Failed = append(out.Failed, auditFailure{e.ID, e.Code, e.Message})
		} else {
			out.Successful = append(out.Successful, auditResult{e.ID, e.EventID})
		}
	}
	f.write(w, log, http.StatusOK, out)
}

func (f *front) auditEvents(w http.ResponseWriter, r *http.Request) ([]engine.AuditEventResult, error) {
	principal, body, err := f.admit(w, r)
	if err != nil {
		return nil, err
	}
	if err := checkContentType(r); err != nil {
		return nil, err
	}
	in, err := parse(body)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	input := engine.PutAuditEventsInput{Channel: query.Get("channelArn")}
	if query.Has("externalId") {
		id := query.Get("externalId")
		input.ExternalID = &id
	}
	for i, o := range in.objects("auditEvents") {
		data := o.text("eventData")
		if data == nil && in.err() == nil {
			return nil, engine.Errorf(engine.InvalidParameter, "auditEvents[%d].eventData: is required", i)
		}
		if data != nil {
			input.Events = append(input.Events, engine.AuditEvent{ID: o.plainText("id"), Data: *data, Checksum: o.text("eventDataChecksum")})
		}
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	return f.opts.Channels.PutAuditEvents(auth.WithPrincipal(r.Context(), principal), principal, input)
}

// onDataWire is onWire with the names of CloudTrail Data.
func onDataWire(err error) *wireError {
	e := onWire(err)
	var ours *engine.Error
	if errors.As(err, &ours) {
		if x, ok := dataExceptions[ours.Code]; ok {
			return &wireError{status: x.status, Type: x.name, Message: ours.Message}
		}
	}
	return e
}
