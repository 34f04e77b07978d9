package storage

import (
	"context"
	"io"

	"github.com/traillake/traillake/storage/vfs"
)

// VerifyOptions say what Verify checks.
type VerifyOptions struct {
	FS  vfs.FS // nil is the operating system's
	Dir string
	// Store limits the check to one store's id. Empty is all, and the lake's log.
	Store string
}

// Finding is something Verify has to say.
type Finding struct {
	// Note says that it is no damage: a file that no entry names.
	Note  bool   `json:"note,omitempty"`
	Store string `json:"store,omitempty"`
	File  string `json:"file"`
	// Offset is the place in the file in bytes, Row the row of a segment; -1 when they do not apply.
	Offset int64 `json:"offset"`
	Row    int64 `json:"row"`
	// Message says what was expected and what was found.
	Message string `json:"message"`
}

// Summary counts what Verify checked.
type Summary struct {
	Stores   int   `json:"stores"`
	Entries  int64 `json:"entries"`
	Segments int64 `json:"segments"`
	Rows     int64 `json:"rows"`
	Bytes    int64 `json:"bytes"`
	Findings int64 `json:"findings"` // without notes
	Notes    int64 `json:"notes"`
}

// Verify checks that everything is as sealed and complete. It reads files only
// and works beside a server. An error means that it could not check.
func Verify(ctx context.Context, opts VerifyOptions, report func(Finding)) (Summary, error) {
	return Summary{}, errTodo
}

// Recover rebuilds the index from the commit logs.
func Recover(ctx context.Context, opts Options) error { return errTodo }

// Inspect describes a file of ours: a segment, a fingerprint file, a log.
func Inspect(ctx context.Context, fsys vfs.FS, path string, w io.Writer) error { return errTodo }
