// Package trail reads CloudTrail's log objects: their containers (gzip, JSON) and
// their keys in the bucket.
//
// # Containers
//
// Strictly, as CloudTrail delivers: gzip (several members count as one text) of
// one JSON object with an array "Records". A UTF-8 byte order mark before the JSON
// is skipped; other encodings are not read. Any fault of the gzip stream (also a
// cut end or bytes after it), of the JSON (also text after the object), or a
// missing, doubled or non-array "Records" fails the whole object. Inside the
// array, an element that is no object is handed over as such, and the rest goes on.
//
// Loosely, for files as people keep them: gzip or plain; one or more JSON values,
// each an object with "Records", an array of records, or a record (so also JSON
// lines, with any line ends, and pretty-printed text).
//
// AWS Config's histories and snapshots are read alike; their array is
// "configurationItems".
package trail

import (
	"errors"
	"fmt"
)

// Limits of one object. They keep hostile input from filling the memory.
const (
	MaxObjectBytes = 1 << 30  // of an object's text, decompressed
	MaxRecordBytes = 16 << 20 // of one record's text
	MaxRecords     = 1 << 20  // records of one object
)

// limits are the limits of a Reader; tests use smaller ones.
type limits struct{ object, record, records int64 }

var defaultLimits = limits{object: MaxObjectBytes, record: MaxRecordBytes, records: MaxRecords}

// Type is a kind of fault of an object, in one word.
type Type string

// The faults of an object.
const (
	InvalidGzip   Type = "InvalidGzip"   // not gzip, damaged, cut, or with bytes after it
	InvalidJSON   Type = "InvalidJson"   // not one JSON text
	NotCloudTrail Type = "NotCloudTrail" // JSON, but no CloudTrail records
	// NotConfigurationItems is NotCloudTrail where configuration items are looked for.
	NotConfigurationItems Type = "NotConfigurationItems"
	ObjectTooLarge        Type = "ObjectTooLarge" // above a limit
	ReadError             Type = "ReadError"      // the source could not be read to its end
)

// Error is a fault of an object. Its message says what was wrong and where.
type Error struct {
	Type    Type
	Message string
	Err     error // the cause, if there is one
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func faultf(t Type, cause error, format string, args ...any) *Error {
	return &Error{Type: t, Message: fmt.Sprintf(format, args...), Err: cause}
}

// Element is an element of an object's records.
type Element struct {
	Number int64 // its place, from 0
	// JSON is the element's source text, valid JSON (but perhaps not valid UTF-8). It
	// is good until the function it was given to returns.
	JSON []byte
	// Reason, if not empty, says why the element is no record.
	Reason string
}

// errStop wraps an error of the caller's function on its way out of a walk.
type errStop struct{ err error }

func (e *errStop) Error() string { return e.err.Error() }

// unstop returns the caller's own error, if it was that which ended the walk.
func unstop(err error) (error, bool) {
	var s *errStop
	if errors.As(err, &s) {
		return s.err, true
	}
	return nil, false
}
