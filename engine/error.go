package engine

import (
	"errors"
	"fmt"
)

// Code is the kind of an Error: the CloudTrail exception it answers with, without
// the "Exception" suffix (API reference, "Errors" of each operation), or one of
// the common AWS errors.
type Code string

// The codes of the operations the lake has. Each front maps every one of them.
const (
	AccessDenied                       Code = "AccessDenied"
	UnrecognizedClient                 Code = "UnrecognizedClient"
	AccountHasOngoingImport            Code = "AccountHasOngoingImport"
	ChannelAlreadyExists               Code = "ChannelAlreadyExists"
	ChannelARNInvalid                  Code = "ChannelARNInvalid"
	ChannelExistsForEDS                Code = "ChannelExistsForEDS"
	ChannelInsufficientPermission      Code = "ChannelInsufficientPermission"
	ChannelMaxLimitExceeded            Code = "ChannelMaxLimitExceeded"
	ChannelNotFound                    Code = "ChannelNotFound"
	DuplicatedAuditEventID             Code = "DuplicatedAuditEventId"
	InvalidSource                      Code = "InvalidSource"
	TagsLimitExceeded                  Code = "TagsLimitExceeded"
	Conflict                           Code = "Conflict"
	EventDataStoreAlreadyExists        Code = "EventDataStoreAlreadyExists"
	EventDataStoreARNInvalid           Code = "EventDataStoreARNInvalid"
	EventDataStoreHasOngoingImport     Code = "EventDataStoreHasOngoingImport"
	EventDataStoreMaxLimitExceeded     Code = "EventDataStoreMaxLimitExceeded"
	EventDataStoreNotFound             Code = "EventDataStoreNotFound"
	EventDataStoreTerminationProtected Code = "EventDataStoreTerminationProtected"
	ImportNotFound                     Code = "ImportNotFound"
	InactiveEventDataStore             Code = "InactiveEventDataStore"
	InactiveQuery                      Code = "InactiveQuery"
	InsufficientStorage                Code = "InsufficientStorage" // ours
	Internal                           Code = "Internal"
	InvalidDateRange                   Code = "InvalidDateRange"
	InvalidEventDataStoreCategory      Code = "InvalidEventDataStoreCategory"
	InvalidEventDataStoreStatus        Code = "InvalidEventDataStoreStatus"
	InvalidEventSelectors              Code = "InvalidEventSelectors"
	InvalidImportSource                Code = "InvalidImportSource"
	InvalidMaxResults                  Code = "InvalidMaxResults"
	InvalidNextToken                   Code = "InvalidNextToken"
	InvalidParameter                   Code = "InvalidParameter"
	InvalidQueryStatement              Code = "InvalidQueryStatement"
	InvalidQueryStatus                 Code = "InvalidQueryStatus"
	InvalidTagParameter                Code = "InvalidTagParameter"
	MaxConcurrentQueries               Code = "MaxConcurrentQueries"
	QueryIDNotFound                    Code = "QueryIdNotFound"
	SampleQueryNotFound                Code = "SampleQueryNotFound"        // ours
	SavedQueryMaxLimitExceeded         Code = "SavedQueryMaxLimitExceeded" // ours
	SavedQueryNotFound                 Code = "SavedQueryNotFound"         // ours
	Throttling                         Code = "Throttling"
	UnsupportedOperation               Code = "UnsupportedOperation"
	WatchedSourceNotFound              Code = "WatchedSourceNotFound" // ours
)

// Codes lists every code, so that a front can be held to map all of them.
func Codes() []Code {
	return []Code{
		AccessDenied, UnrecognizedClient, AccountHasOngoingImport, Conflict, EventDataStoreAlreadyExists,
		ChannelAlreadyExists, ChannelARNInvalid, ChannelExistsForEDS, ChannelInsufficientPermission, ChannelMaxLimitExceeded,
		ChannelNotFound, DuplicatedAuditEventID, InvalidSource, TagsLimitExceeded,
		EventDataStoreARNInvalid, EventDataStoreHasOngoingImport, EventDataStoreMaxLimitExceeded,
		EventDataStoreNotFound, EventDataStoreTerminationProtected, ImportNotFound, InactiveEventDataStore,
		InactiveQuery, InsufficientStorage, Internal, InvalidDateRange, InvalidEventDataStoreCategory, InvalidEventDataStoreStatus,
		InvalidEventSelectors, InvalidImportSource, InvalidMaxResults, InvalidNextToken, InvalidParameter,
		InvalidQueryStatement, InvalidQueryStatus, InvalidTagParameter, MaxConcurrentQueries, QueryIDNotFound,
		SampleQueryNotFound, SavedQueryMaxLimitExceeded, SavedQueryNotFound, Throttling, UnsupportedOperation, WatchedSourceNotFound,
	}
}

// Error is the only kind of error fronts see. Message is for the caller; Err is
// for the log only.
type Error struct {
	Code    Code
	Message string
	Err     error
}

// Error implements error.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// AsError returns err as an *Error; one that is none becomes Internal with a
// message that tells nothing, and keeps err for the log.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: Internal, Message: "internal error", Err: err}
}
