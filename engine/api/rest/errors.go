package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/traillake/traillake/engine"
)

// httpStatus is the HTTP status of every engine.Code.
var httpStatus = map[engine.Code]int{
	engine.AccessDenied:                       http.StatusForbidden,
	engine.UnrecognizedClient:                 http.StatusUnauthorized,
	engine.AccountHasOngoingImport:            http.StatusConflict,
	engine.ChannelAlreadyExists:               http.StatusConflict,
	engine.ChannelARNInvalid:                  http.StatusBadRequest,
	engine.ChannelExistsForEDS:                http.StatusConflict,
	engine.ChannelInsufficientPermission:      http.StatusForbidden,
	engine.ChannelMaxLimitExceeded:            http.StatusConflict,
	engine.ChannelNotFound:                    http.StatusNotFound,
	engine.DuplicatedAuditEventID:             http.StatusBadRequest,
	engine.InvalidSource:                      http.StatusBadRequest,
	engine.TagsLimitExceeded:                  http.StatusConflict,
	engine.Conflict:                           http.StatusConflict,
	engine.EventDataStoreAlreadyExists:        http.StatusConflict,
	engine.EventDataStoreARNInvalid:           http.StatusBadRequest,
	engine.EventDataStoreHasOngoingImport:     http.StatusConflict,
	engine.EventDataStoreMaxLimitExceeded:     http.StatusConflict,
	engine.EventDataStoreNotFound:             http.StatusNotFound,
	engine.EventDataStoreTerminationProtected: http.StatusConflict,
	engine.ImportNotFound:                     http.StatusNotFound,
	engine.WatchedSourceNotFound:              http.StatusNotFound,
	engine.InactiveEventDataStore:             http.StatusConflict,
	engine.InactiveQuery:                      http.StatusConflict,
	engine.InsufficientStorage:                http.StatusInsufficientStorage,
	engine.Internal:                           http.StatusInternalServerError,
	engine.InvalidDateRange:                   http.StatusBadRequest,
	engine.InvalidEventDataStoreCategory:      http.StatusConflict,
	engine.InvalidEventDataStoreStatus:        http.StatusConflict,
	engine.InvalidEventSelectors:              http.StatusBadRequest,
	engine.InvalidImportSource:                http.StatusBadRequest,
	engine.InvalidMaxResults:                  http.StatusBadRequest,
	engine.InvalidNextToken:                   http.StatusBadRequest,
	engine.InvalidParameter:                   http.StatusBadRequest,
	engine.InvalidQueryStatement:              http.StatusBadRequest,
	engine.InvalidQueryStatus:                 http.StatusBadRequest,
	engine.InvalidTagParameter:                http.StatusBadRequest,
	engine.MaxConcurrentQueries:               http.StatusTooManyRequests,
	engine.QueryIDNotFound:                    http.StatusNotFound,
	engine.SavedQueryMaxLimitExceeded:         http.StatusConflict,
	engine.SampleQueryNotFound:                http.StatusNotFound,
	engine.SavedQueryNotFound:                 http.StatusNotFound,
	engine.Throttling:                         http.StatusTooManyRequests,
	engine.UnsupportedOperation:               http.StatusNotImplemented,
}

// restError is an error's wire form.
type restError struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error implements error.
func (e *restError) Error() string { return e.Code + ": " + e.Message }

// fromStatus takes the engine's code out of a gRPC error's details. A status
// without one is the gateway's own (a body or a parameter it cannot read) or
// gRPC's (the server is going away).
func fromStatus(err error) *restError {
	var malformed *runtime.HTTPStatusError
	if errors.As(err, &malformed) {
		return &restError{status: malformed.HTTPStatus, Code: string(engine.InvalidParameter), Message: malformed.Err.Error()}
	}
	st := status.Convert(err)
	for _, d := range st.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return fromReason(info.GetReason(), st)
		}
	}
	e := &restError{status: runtime.HTTPStatusFromCode(st.Code()), Code: st.Code().String(), Message: plainSpaces(st.Message())}
	switch st.Code() {
	case codes.InvalidArgument:
		e.Code = string(engine.InvalidParameter)
	case codes.Internal, codes.Unknown:
		e.Code, e.Message = string(engine.Internal), "internal error"
	}
	return e
}

// fromEngine is for the calls that do not go through gRPC.
func fromEngine(e *engine.Error) *restError {
	code, ok := httpStatus[e.Code]
	if !ok {
		code = http.StatusInternalServerError
	}
	return &restError{status: code, Code: string(e.Code), Message: e.Message}
}

func fromReason(reason string, st *status.Status) *restError {
	code, ok := httpStatus[engine.Code(reason)]
	if !ok {
		code = runtime.HTTPStatusFromCode(st.Code())
	}
	return &restError{status: code, Code: reason, Message: st.Message()}
}

// plainSpaces undoes protojson's habit of putting no-break spaces into its
// messages at random, so that the same fault has the same answer.
func plainSpaces(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func routingError(r *http.Request, status int) *restError {
	switch status {
	case http.StatusMethodNotAllowed:
		return &restError{status: status, Code: "MethodNotAllowed", Message: fmt.Sprintf("%s %s: this path does not take the method", r.Method, r.URL.Path)}
	case http.StatusNotFound:
		return &restError{status: status, Code: "NotFound", Message: fmt.Sprintf("%s %s: no such path; see /api/v1/openapi.json", r.Method, r.URL.Path)}
	default:
		return &restError{status: status, Code: string(engine.InvalidParameter), Message: http.StatusText(status)}
	}
}

// restErrorOf is an error as the wire has it.
func restErrorOf(err error) *restError {
	var e *restError
	if errors.As(err, &e) {
		return e
	}
	return fromEngine(engine.AsError(err))
}

// writeError answers with an error: {"code": …, "message": …}.
func (h *handler) writeError(w http.ResponseWriter, err error) {
	e := restErrorOf(err)
	var own *restError
	if !errors.As(err, &own) && e.status == http.StatusInternalServerError {
		h.opts.Logger.Error("request failed", "err", err, "cause", engine.AsError(err).Err)
	}
	b, err := json.Marshal(e)
	if err != nil { // two strings always encode
		b = []byte(`{"code":"Internal","message":"internal error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	if e.status == http.StatusUnauthorized {
		// Not "Basic": a browser would ask for a password over the console's own form.
		w.Header().Set("WWW-Authenticate", "AWS4-HMAC-SHA256")
	}
	w.WriteHeader(e.status)
	h.sent(w.Write(append(b, '\n')))
}

func formatBytes(n int64) string { return strconv.FormatInt(n, 10) }
