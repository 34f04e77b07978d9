package awsapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

// exception is how an engine.Code looks on the wire.
type exception struct {
	name   string
	status int
}

// exceptions maps every engine.Code. Every modelled exception is 400, also those
// about what is not there (CloudTrail API model 2013-11-01); the others are
// AWS's common errors.
var exceptions = map[engine.Code]exception{
	engine.AccessDenied:                       {"AccessDeniedException", http.StatusForbidden},
	engine.UnrecognizedClient:                 {"UnrecognizedClientException", http.StatusForbidden},
	engine.AccountHasOngoingImport:            {"AccountHasOngoingImportException", http.StatusBadRequest},
	engine.ChannelAlreadyExists:               {"ChannelAlreadyExistsException", http.StatusBadRequest},
	engine.ChannelARNInvalid:                  {"ChannelARNInvalidException", http.StatusBadRequest},
	engine.ChannelExistsForEDS:                {"ChannelExistsForEDSException", http.StatusBadRequest},
	engine.ChannelInsufficientPermission:      {"ChannelInsufficientPermissionException", http.StatusBadRequest},
	engine.ChannelMaxLimitExceeded:            {"ChannelMaxLimitExceededException", http.StatusBadRequest},
	engine.ChannelNotFound:                    {"ChannelNotFoundException", http.StatusBadRequest},
	engine.DuplicatedAuditEventID:             {"DuplicatedAuditEventIdException", http.StatusBadRequest},
	engine.InvalidSource:                      {"InvalidSourceException", http.StatusBadRequest},
	engine.TagsLimitExceeded:                  {"TagsLimitExceededException", http.StatusBadRequest},
	engine.Conflict:                           {"ConflictException", http.StatusBadRequest},
	engine.EventDataStoreAlreadyExists:        {"EventDataStoreAlreadyExistsException", http.StatusBadRequest},
	engine.EventDataStoreARNInvalid:           {"EventDataStoreARNInvalidException", http.StatusBadRequest},
	engine.EventDataStoreHasOngoingImport:     {"EventDataStoreHasOngoingImportException", http.StatusBadRequest},
	engine.EventDataStoreMaxLimitExceeded:     {"EventDataStoreMaxLimitExceededException", http.StatusBadRequest},
	engine.EventDataStoreNotFound:             {"EventDataStoreNotFoundException", http.StatusBadRequest},
	engine.EventDataStoreTerminationProtected: {"EventDataStoreTerminationProtectedException", http.StatusBadRequest},
	engine.ImportNotFound:                     {"ImportNotFoundException", http.StatusBadRequest},
	engine.WatchedSourceNotFound:              {"WatchedSourceNotFoundException", http.StatusBadRequest}, // no operation here has it
	engine.InactiveEventDataStore:             {"InactiveEventDataStoreException", http.StatusBadRequest},
	engine.InactiveQuery:                      {"InactiveQueryException", http.StatusBadRequest},
	engine.InsufficientStorage:                {"ServiceUnavailable", http.StatusServiceUnavailable},
	engine.Internal:                           {"InternalFailure", http.StatusInternalServerError},
	engine.InvalidDateRange:                   {"InvalidDateRangeException", http.StatusBadRequest},
	engine.InvalidEventDataStoreCategory:      {"InvalidEventDataStoreCategoryException", http.StatusBadRequest},
	engine.InvalidEventDataStoreStatus:        {"InvalidEventDataStoreStatusException", http.StatusBadRequest},
	engine.InvalidEventSelectors:              {"InvalidEventSelectorsException", http.StatusBadRequest},
	engine.InvalidImportSource:                {"InvalidImportSourceException", http.StatusBadRequest},
	engine.InvalidMaxResults:                  {"InvalidMaxResultsException", http.StatusBadRequest},
	engine.InvalidNextToken:                   {"InvalidNextTokenException", http.StatusBadRequest},
	engine.InvalidParameter:                   {"InvalidParameterException", http.StatusBadRequest},
	engine.InvalidQueryStatement:              {"InvalidQueryStatementException", http.StatusBadRequest},
	engine.InvalidQueryStatus:                 {"InvalidQueryStatusException", http.StatusBadRequest},
	engine.InvalidTagParameter:                {"InvalidTagParameterException", http.StatusBadRequest},
	engine.MaxConcurrentQueries:               {"MaxConcurrentQueriesException", http.StatusBadRequest},
	engine.QueryIDNotFound:                    {"QueryIdNotFoundException", http.StatusBadRequest},
	engine.SavedQueryMaxLimitExceeded:         {"SavedQueryMaxLimitExceededException", http.StatusBadRequest},
	engine.SampleQueryNotFound:                {"SampleQueryNotFoundException", http.StatusBadRequest},
	engine.SavedQueryNotFound:                 {"SavedQueryNotFoundException", http.StatusBadRequest},
	engine.Throttling:                         {"ThrottlingException", http.StatusBadRequest},
	engine.UnsupportedOperation:               {"UnsupportedOperationException", http.StatusBadRequest},
}

// wireError is an error's body.
type wireError struct {
	status  int
	Type    string `json:"__type"`
	Message string `json:"message"`
}

// Error implements error.
func (e *wireError) Error() string { return e.Type + ": " + e.Message }

func serialization(format string, args ...any) *wireError {
	return &wireError{status: http.StatusBadRequest, Type: "SerializationException", Message: fmt.Sprintf(format, args...)}
}

func unknownOperation(message string) *wireError {
	return &wireError{status: http.StatusNotFound, Type: "UnknownOperationException", Message: message}
}

// onWire gives an error its wire form; one the engine did not name tells nothing.
func onWire(err error) *wireError {
	var ours *wireError
	if errors.As(err, &ours) {
		return ours
	}
	var refused *auth.Error
	if errors.As(err, &refused) {
		return &wireError{status: refused.AWSStatus(), Type: string(refused.Kind), Message: refused.Message}
	}
	e := engine.AsError(err)
	x, ok := exceptions[e.Code]
	if !ok {
		x = exceptions[engine.Internal]
	}
	return &wireError{status: x.status, Type: x.name, Message: e.Message}
}

func (f *front) writeError(w http.ResponseWriter, log *slog.Logger, err error) {
	e := onWire(err)
	f.reportError(log, e, err)
	f.write(w, log, e.status, e)
}

// reportError puts what the caller is not told into the log.
func (f *front) reportError(log *slog.Logger, e *wireError, err error) {
	if e.status == http.StatusInternalServerError {
		log.Error("call failed", "err", err, "cause", engine.AsError(err).Err)
	}
}
