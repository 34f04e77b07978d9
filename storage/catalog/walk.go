package catalog

import (
	"context"
	"crypto/ed25519"
	"errors"

	"github.com/traillake/traillake/storage/vfs"
)

// Place is where an entry lies.
type Place struct {
	// File is the log file's path.
	File string
	// Offset and Size are the record's, in bytes.
	Offset, Size int64
	// Hash is what the next entry is chained to.
	Hash [32]byte
}

// WalkOptions says what a walk checks.
type WalkOptions struct {
	// Name is the log's name; when set, a log of another name is corrupt.
	Name string
	// PublicKey verifies the signatures. nil takes the key in entry 1 on
	// trust; that it is the lake's must then be checked elsewhere.
	PublicKey ed25519.PublicKey
}

// Summary is what a walk saw.
type Summary struct {
	// Version is the last entry, Hash its hash.
	Version int64
	Hash    [32]byte
	// Acknowledged is the version in HEAD: equal to Version or, after a crash
	// or during a commit, one less.
	Acknowledged int64
	// Files and Bytes count the log files and their whole entries.
	Files int
	Bytes int64
	// TornFile and TornBytes describe what lies behind the last whole entry:
	// an entry being written, or one that a crash cut off. It was never
	// acknowledged and is no damage.
	TornFile  string
	TornBytes int64
	// PublicKey is the key in entry 1.
	PublicKey ed25519.PublicKey
}

// Walk reads a log's folder from the first entry to the last and checks every
// byte: headers, checksums, versions, the hash chain, signatures, and HEAD. It
// changes nothing, and may run beside a server that commits. fn, when not nil,
// gets each entry; an error of it ends the walk and is returned. Damage is a
// *CorruptError; what was read before it has been given to fn.
func Walk(ctx context.Context, fsys vfs.FS, dir string, opts WalkOptions, fn func(Entry, Place) error) (Summary, error) {
	return Summary{}, errors.ErrUnsupported
}
