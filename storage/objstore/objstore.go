// Package objstore is the small interface to stores of whole objects: a
// folder (localstore), a bucket (remotestore), or memory.
//
// Segments live in such a store, and imports read from one. Objects are
// written whole and never changed in place. A key is a path with "/" between
// its elements.
package objstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
	"unicode/utf8"
)

// Object describes a stored object.
type Object struct {
	Key string
	// Size is in bytes.
	Size int64
	// ETag changes when the content does. Empty where the store has none;
	// a caller that needs one then hashes the content.
	ETag    string
	ModTime time.Time
}

// Reader reads anywhere in one object. ReadAt may be called concurrently. If
// the object is replaced while it is open, reads give the old content or an
// error, never a mixture.
type Reader interface {
	io.ReaderAt
	io.Closer
	// Size is the object's size in bytes.
	Size() int64
}

// PutOptions says how to store an object.
type PutOptions struct {
	// IfAbsent makes Put fail with an error matching fs.ErrExist when the key
	// is taken.
	IfAbsent bool
}

// Store holds objects by key. All methods may be called concurrently. Errors
// match fs.ErrNotExist, fs.ErrExist and fs.ErrPermission; a store opened read
// only refuses changes with ErrReadOnly.
type Store interface {
	// Put stores what r holds. The object appears whole, and durably, or not
	// at all; it is there when Put has returned nil.
	Put(ctx context.Context, key string, r io.Reader, opts PutOptions) (Object, error)
	// Get reads an object from its beginning. The caller closes it. ctx must
	// last until then.
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	// Open reads anywhere in an object. ctx must last until it is closed.
	Open(ctx context.Context, key string) (Reader, error)
	// Stat describes an object.
	Stat(ctx context.Context, key string) (Object, error)
	// List calls fn for each object whose key begins with prefix, in the
	// bytewise order of the keys. An error of fn ends the listing and is
	// returned.
	List(ctx context.Context, prefix string, fn func(Object) error) error
	// Delete removes an object. It is no error when there is none.
	Delete(ctx context.Context, key string) error
}

// Folders is what a store can do beside Store whose objects can be looked at folder
// by folder, and from some key on.
type Folders interface {
	// ListAfter is List of the keys greater than after.
	ListAfter(ctx context.Context, prefix, after string, fn func(Object) error) error
	// WalkFolder calls fn with the objects whose key begins with prefix and has no "/"
	// behind it, and returns what the others begin with, up to and with that "/".
	WalkFolder(ctx context.Context, prefix string, fn func(Object) error) (folders []string, err error)
}

// ErrReadOnly says that the store was opened read only. It matches
// fs.ErrPermission.
var ErrReadOnly error = readOnlyError{}

type readOnlyError struct{}

func (readOnlyError) Error() string        { return "the store is open read only" }
func (readOnlyError) Is(target error) bool { return target == fs.ErrPermission }

// ErrInvalidKey says that a key cannot name an object of the store. It matches
// fs.ErrInvalid.
var ErrInvalidKey error = invalidKeyError{}

type invalidKeyError struct{}

func (invalidKeyError) Error() string        { return "invalid key" }
func (invalidKeyError) Is(target error) bool { return target == fs.ErrInvalid }

// MaxKeyBytes is the longest key, as in S3.
const MaxKeyBytes = 1024

// CheckKey refuses keys that are not a clean relative path of UTF-8 text:
// empty ones, ones with an empty, "." or ".." element, and ones with a NUL.
// Buckets may hold such keys, and remotestore serves them.
func CheckKey(key string) error {
	var why string
	switch {
	case key == "":
		why = "empty"
	case len(key) > MaxKeyBytes:
		why = "longer than 1024 bytes"
	case !utf8.ValidString(key):
		why = "not UTF-8"
	case strings.ContainsRune(key, 0):
		why = "has a NUL"
	default:
		for part := range strings.SplitSeq(key, "/") {
			if part == "" || part == "." || part == ".." {
				why = "not a clean relative path"
			}
		}
	}
	if why == "" {
		return nil
	}
	return fmt.Errorf("key %.80q: %s: %w", key, why, ErrInvalidKey)
}

// ReadAll reads a whole object.
func ReadAll(ctx context.Context, s Store, key string) ([]byte, error) {
	r, err := s.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("read object %s: %w", key, err)
	}
	return data, nil
}
