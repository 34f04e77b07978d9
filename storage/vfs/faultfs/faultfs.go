// Package faultfs wraps a file system so that a test decides, operation by
// operation, which ones fail and how.
//
//	fsys := faultfs.Wrap(vfs.NewMem(), faultfs.Fail(faultfs.ErrInjected,
//		faultfs.Kinds(faultfs.Sync), faultfs.Path("*/HEAD"), faultfs.Nth(2)))
//
// A decider sees every operation before it happens. An error it returns is
// what the caller gets, and the operation does not take place; a *Short error
// lets a part of a write through first.
package faultfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/traillake/traillake/storage/vfs"
)

// ErrInjected is the usual error to inject.
var ErrInjected = errors.New("injected fault")

// Kind is a kind of operation.
type Kind string

// The kinds of operations. Open is an OpenFile that creates nothing, Create
// one with O_CREATE.
const (
	Open     Kind = "open"
	Create   Kind = "create"
	Rename   Kind = "rename"
	Remove   Kind = "remove"
	MkdirAll Kind = "mkdirall"
	ReadDir  Kind = "readdir"
	Lstat    Kind = "lstat"
	SyncDir  Kind = "syncdir"
	Lock     Kind = "lock"
	Read     Kind = "read"
	Write    Kind = "write"
	Truncate Kind = "truncate"
	Sync     Kind = "sync"
	Stat     Kind = "stat"
	Close    Kind = "close"
)

// Changes reports whether operations of the kind change what is stored.
func (k Kind) Changes() bool {
	switch k {
	case Create, Rename, Remove, MkdirAll, SyncDir, Write, Truncate, Sync:
		return true
	}
	return false
}

// Op is one operation about to happen.
type Op struct {
	Kind Kind
	// Path is the file; NewPath is where a Rename moves it.
	Path, NewPath string
	// Offset is where a ReadAt or WriteAt starts and the new size of a
	// Truncate; -1 for a Read or Write at the file's own position.
	Offset int64
	// Size is the length of a Read or Write in bytes.
	Size int
}

// String shows the operation in one line, without its data.
func (op Op) String() string {
	switch {
	case op.Kind == Rename:
		return fmt.Sprintf("rename %s -> %s", op.Path, op.NewPath)
	case op.Kind == Truncate:
		return fmt.Sprintf("truncate %s to %d", op.Path, op.Offset)
	case (op.Kind == Read || op.Kind == Write) && op.Offset >= 0:
		return fmt.Sprintf("%s %s %d bytes at %d", op.Kind, op.Path, op.Size, op.Offset)
	case op.Kind == Read || op.Kind == Write:
		return fmt.Sprintf("%s %s %d bytes", op.Kind, op.Path, op.Size)
	}
	return fmt.Sprintf("%s %s", op.Kind, op.Path)
}

// Short is the error of a torn write: the first N bytes reach the file, then
// Err is returned.
type Short struct {
	N   int
	Err error
}

// Error implements error.
func (s *Short) Error() string { return fmt.Sprintf("short write of %d bytes: %v", s.N, s.Err) }

// Unwrap returns the cause.
func (s *Short) Unwrap() error { return s.Err }

// Wrap returns a view of fsys that asks decide before each operation. decide
// may be called concurrently; nil decides that nothing fails.
func Wrap(fsys vfs.FS, decide func(Op) error) vfs.FS {
	if decide == nil {
		decide = func(Op) error { return nil }
	}
	return &faultFS{fs: fsys, decide: decide}
}

type faultFS struct {
	fs     vfs.FS
	decide func(Op) error
}

func (f *faultFS) OpenFile(name string, flag int, perm fs.FileMode) (vfs.File, error) {
	kind := Open
	if flag&os.O_CREATE != 0 {
		kind = Create
	}
	if err := f.decide(Op{Kind: kind, Path: name}); err != nil {
		return nil, err
	}
	file, err := f.fs.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &faultFile{File: file, name: name, decide: f.decide}, nil
}

func (f *faultFS) Rename(oldName, newName string) error {
	if err := f.decide(Op{Kind: Rename, Path: oldName, NewPath: newName}); err != nil {
		return err
	}
	return f.fs.Rename(oldName, newName)
}

func (f *faultFS) Remove(name string) error {
	if err := f.decide(Op{Kind: Remove, Path: name}); err != nil {
		return err
	}
	return f.fs.Remove(name)
}

func (f *faultFS) MkdirAll(name string, perm fs.FileMode) error {
	if err := f.decide(Op{Kind: MkdirAll, Path: name}); err != nil {
		return err
	}
	return f.fs.MkdirAll(name, perm)
}

func (f *faultFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.decide(Op{Kind: ReadDir, Path: name}); err != nil {
		return nil, err
	}
	return f.fs.ReadDir(name)
}

func (f *faultFS) Lstat(name string) (fs.FileInfo, error) {
	if err := f.decide(Op{Kind: Lstat, Path: name}); err != nil {
		return nil, err
	}
	return f.fs.Lstat(name)
}

func (f *faultFS) SyncDir(name string) error {
	if err := f.decide(Op{Kind: SyncDir, Path: name}); err != nil {
		return err
	}
	return f.fs.SyncDir(name)
}

func (f *faultFS) Lock(name string) (io.Closer, error) {
	if err := f.decide(Op{Kind: Lock, Path: name}); err != nil {
		return nil, err
	}
	return f.fs.Lock(name)
}
