// Package segment writes and reads segments: immutable Parquet files of rows
// with one Arrow schema, and the fingerprint files that lie beside them.
//
// The package knows no column names of its own. A Layout says which column holds
// the time, the payload and the id of a row, how rows are ordered inside a row
// group and which leaves get a bloom filter. The Parquet side is the standard
// one (three-level lists and maps, microsecond timestamps without a zone,
// version 1 data pages, zstd), so any Parquet reader can run the same query on a
// segment. storage/FORMAT.md has every detail.
//
// Segments are written by code of this package on top of parquet-go's format and
// encoding packages, read through parquet-go's file reader, and read back once
// more through xitongsys/parquet-go before they count: a fault in the writer
// cannot vouch for itself.
package segment

import (
	"errors"
	"fmt"
	"io"
)

// Version is the version of the segment format this package writes. It reads all
// from 1 on: readers of version 1 do not know every encoding of version 2.
const Version = 2

// ErrCorrupt marks every error that says that bytes are not what was written.
var ErrCorrupt = errors.New("corrupt segment")

// ErrNoColumn marks a request for a column that the segment does not have.
var ErrNoColumn = errors.New("no such column in segment")

// Source is random access to the bytes of a file.
type Source interface {
	io.ReaderAt
	Size() int64
}

// CorruptError says what is wrong with a file. It matches ErrCorrupt.
type CorruptError struct {
	// Offset is where in the file the damaged piece begins, -1 when unknown.
	Offset int64
	Err    error
}

// Error implements error.
func (e *CorruptError) Error() string {
	if e.Offset < 0 {
		return "corrupt segment: " + e.Err.Error()
	}
	return fmt.Sprintf("corrupt segment: at offset %d: %s", e.Offset, e.Err)
}

// Is makes the error match ErrCorrupt.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

// Unwrap returns the cause.
func (e *CorruptError) Unwrap() error { return e.Err }

func corrupt(format string, args ...any) error { return corruptAt(-1, format, args...) }

func corruptAt(offset int64, format string, args ...any) error {
	return &CorruptError{Offset: offset, Err: fmt.Errorf(format, args...)}
}

// guard turns a panic of a Parquet library into ErrCorrupt: the libraries index
// by what they read, and a wrong byte can make them read outside a slice.
func guard(err *error, doing string) {
	if p := recover(); p != nil {
		*err = corrupt("%s: %v", doing, p)
	}
}
