// Package vfs is the file system that storage talks to.
//
// Everything the lake must not lose goes through [FS], so that a test can put
// an in-memory file system in its place which forgets what was never synced
// ([Mem]), or one that fails any single operation (package faultfs).
//
// # Durability
//
// The interface promises no more than POSIX does:
//
//   - the bytes of a file survive a crash once [File.Sync] has returned,
//   - a name (a new file, a rename, a removal, a new folder) survives once
//     [FS.SyncDir] of the folder holding the name has returned.
//
// [WriteFile] and [MkdirAllSync] bundle the usual sequences.
package vfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// ErrLocked says that another holder has the lock asked for.
var ErrLocked = errors.New("locked by another process")

// FS is a file system. Names are operating system paths. Errors match
// [fs.ErrNotExist], [fs.ErrExist] and [fs.ErrPermission]. All methods may be
// called concurrently.
type FS interface {
	// OpenFile opens a file with the os.O_* flags. perm is the mode of a file
	// that O_CREATE makes. A folder cannot be opened.
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	// Rename moves a file or folder, replacing a file of the new name.
	Rename(oldName, newName string) error
	// Remove removes a file or an empty folder.
	Remove(name string) error
	// MkdirAll makes a folder and its missing parents.
	MkdirAll(name string, perm fs.FileMode) error
	// ReadDir lists a folder in the order of the names.
	ReadDir(name string) ([]fs.DirEntry, error)
	// Lstat describes a file; a symbolic link is described itself.
	Lstat(name string) (fs.FileInfo, error)
	// SyncDir makes the names in a folder durable.
	SyncDir(name string) error
	// Lock takes an exclusive lock on a file, which it creates when missing,
	// until the lock is closed or the process ends. It does not wait: when
	// somebody has the lock the error matches ErrLocked.
	Lock(name string) (io.Closer, error)
}

// File is an open file. ReadAt may be called concurrently, the other methods
// not. A file opened with O_APPEND cannot be written with WriteAt.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.WriterAt
	io.Closer
	// Truncate sets the size.
	Truncate(size int64) error
	// Sync makes the file's bytes and size durable.
	Sync() error
	// Stat describes the file.
	Stat() (fs.FileInfo, error)
}

// Open opens a file for reading.
func Open(fsys FS, name string) (File, error) {
	return fsys.OpenFile(name, os.O_RDONLY, 0)
}

// Create makes a file, or empties the one there, and opens it for reading and
// writing. Its mode is 0644 before the umask.
func Create(fsys FS, name string) (File, error) {
	return fsys.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
}
