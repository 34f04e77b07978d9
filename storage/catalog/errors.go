package catalog

import (
	"errors"
	"fmt"
)

// What can be wrong with a log.
var (
	// ErrCorrupt says that an acknowledged entry, or what guards it, is
	// damaged or missing. Such an error is a *CorruptError.
	ErrCorrupt = errors.New("corrupt")
	// ErrInDoubt says that a commit failed at a point where its entry may be
	// found in the log at the next open, or may not. What the entry names
	// must be kept until then. The log takes no commits before that.
	ErrInDoubt = errors.New("commit in doubt")
	// ErrFailed says that an earlier commit left the log in doubt: it can be
	// read, and must be opened again before it takes commits.
	ErrFailed = errors.New("log failed")
	// ErrReadOnly says that the catalog was opened read only.
	ErrReadOnly = errors.New("catalog is open read only")
	// ErrClosed says that the catalog or log was closed.
	ErrClosed = errors.New("catalog is closed")
)

// CorruptError says where a log is damaged. It matches ErrCorrupt.
type CorruptError struct {
	// File is the damaged file.
	File string
	// Offset is where in File the damaged piece begins.
	Offset int64
	// Version is the first entry that is lost, 0 when it is not about one.
	Version int64
	// Reason says what is wrong.
	Reason string
}

// Error implements error.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("%s at offset %d: %s", e.File, e.Offset, e.Detail())
}

// Detail is the error without the place.
func (e *CorruptError) Detail() string {
	if e.Version == 0 {
		return "corrupt: " + e.Reason
	}
	return fmt.Sprintf("version %d is corrupt: %s", e.Version, e.Reason)
}

// Is makes the error match ErrCorrupt.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }
