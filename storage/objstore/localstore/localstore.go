// Package localstore is an object store in a folder: the object "a/b" is the
// file a/b in it.
//
// Symbolic links and everything else that is not a regular file or folder is
// skipped, as if it were not there, so that no key leads out of the folder. A
// key cannot be both an object and the beginning of another's path, which a
// bucket allows.
package localstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/vfs"
)

// tempDir, in the store's folder, holds objects being written. No key begins
// with it.
const tempDir = ".traillake-tmp"

// Options says how to open a store.
type Options struct {
	// ReadOnly refuses changes, and leaves the folder as it is.
	ReadOnly bool
}

// Store is an object store in a folder. Objects have no ETag.
type Store struct {
	fs       vfs.FS
	dir      string
	readOnly bool
	// temps numbers the files in tempDir.
	temps atomic.Uint64
	// naming is held while a name is looked at and then taken or removed, so
	// that PutOptions.IfAbsent holds among the users of this Store.
	naming sync.Mutex
}

var _ objstore.Store = (*Store)(nil)

// Open opens a folder. Unless it is read only, the folder is made when
// missing, and what a crash left of unfinished objects is removed: only one
// Store may have it open for writing.
func Open(fsys vfs.FS, dir string, opts Options) (*Store, error) {
	s := &Store{fs: fsys, dir: dir, readOnly: opts.ReadOnly}
	if opts.ReadOnly {
		if _, err := fsys.ReadDir(dir); err != nil {
			return nil, fmt.Errorf("open object store: %w", err)
		}
		return s, nil
	}
	err := vfs.MkdirAllSync(fsys, dir, 0o755)
	if err == nil {
		err = vfs.RemoveAll(fsys, filepath.Join(dir, tempDir))
	}
	if err != nil {
		return nil, fmt.Errorf("open object store: %w", err)
	}
	return s, nil
}

// path is the file of a key, and the folders on the way to it.
func (s *Store) path(key string) (path string, parents []string, err error) {
	if err := objstore.CheckKey(key); err != nil {
		return "", nil, err
	}
	parts := strings.Split(key, "/")
	for _, part := range parts {
		if !filepath.IsLocal(part) || strings.ContainsRune(part, filepath.Separator) {
			return "", nil, fmt.Errorf("key %.80q: %q cannot name a file: %w", key, part, objstore.ErrInvalidKey)
		}
	}
	if parts[0] == tempDir {
		return "", nil, fmt.Errorf("key %.80q: %s is reserved: %w", key, tempDir, objstore.ErrInvalidKey)
	}
	path = s.dir
	for _, part := range parts {
		path = filepath.Join(path, part)
		parents = append(parents, path)
	}
	return path, parents[:len(parents)-1], nil
}

// lookup finds the file of a key. What is no regular file, or lies behind a
// link, does not exist.
func (s *Store) lookup(op, key string) (string, fs.FileInfo, error) {
	absent := &fs.PathError{Op: op, Path: key, Err: fs.ErrNotExist}
	path, parents, err := s.path(key)
	if err != nil {
		return "", nil, err
	}
	for _, dir := range parents {
		info, err := s.fs.Lstat(dir)
		if err != nil {
			return "", nil, err
		}
		if !info.IsDir() {
			return "", nil, absent
		}
	}
	info, err := s.fs.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = absent
	}
	return path, info, err
}

func object(key string, info fs.FileInfo) objstore.Object {
	return objstore.Object{Key: key, Size: info.Size(), ModTime: info.ModTime()}
}

// Stat implements objstore.Store.
func (s *Store) Stat(ctx context.Context, key string) (objstore.Object, error) {
	if err := ctx.Err(); err != nil {
		return objstore.Object{}, err
	}
	_, info, err := s.lookup("stat", key)
	if err != nil {
		return objstore.Object{}, err
	}
	return object(key, info), nil
}

// Get implements objstore.Store.
func (s *Store) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	f, err := s.open(ctx, "get", key)
	if err != nil {
		return nil, err
	}
	return &stream{ctxReader: ctxReader{ctx: ctx, r: f.File}, Closer: f.File}, nil
}

// Open implements objstore.Store.
func (s *Store) Open(ctx context.Context, key string) (objstore.Reader, error) {
	f, err := s.open(ctx, "open", key)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// reader is an open object. A Put of the same key renames another file over
// it, so that this one stays as it is.
type reader struct {
	vfs.File
	size int64
}

func (r *reader) Size() int64 { return r.size }

func (s *Store) open(ctx context.Context, op, key string) (*reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, seen, err := s.lookup(op, key)
	if err != nil {
		return nil, err
	}
	f, err := vfs.Open(s.fs, path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	// The operating system's files have an identity: a link put in the file's
	// place since the look is noticed by it.
	if err == nil && os.SameFile(seen, seen) && !os.SameFile(seen, info) && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: op, Path: key, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &reader{File: f, size: info.Size()}, nil
}

// Put implements objstore.Store.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, opts objstore.PutOptions) (objstore.Object, error) {
	if s.readOnly {
		return objstore.Object{}, fmt.Errorf("put %s: %w", key, objstore.ErrReadOnly)
	}
	path, parents, err := s.path(key)
	if err != nil {
		return objstore.Object{}, err
	}
	temp, info, err := s.writeTemp(ctx, r)
	if err == nil {
		err = s.place(temp, path, parents, opts)
		if err != nil {
			err = errors.Join(err, s.removeTemp(temp))
		}
	}
	if err != nil {
		return objstore.Object{}, fmt.Errorf("put %s: %w", key, err)
	}
	return object(key, info), nil
}

// writeTemp writes what r holds to a new file, durably, under a name of its
// own.
func (s *Store) writeTemp(ctx context.Context, r io.Reader) (string, fs.FileInfo, error) {
	if err := ctx.Err(); err != nil {
		return "", nil, err
	}
	dir := filepath.Join(s.dir, tempDir)
	if err := s.fs.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	temp := filepath.Join(dir, fmt.Sprint(s.temps.Add(1)))
	f, err := s.fs.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", nil, err
	}
	_, err = io.Copy(f, &ctxReader{ctx: ctx, r: r})
	if err == nil {
		err = f.Sync()
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	err = errors.Join(err, f.Close())
	if err != nil {
		err = errors.Join(err, s.removeTemp(temp))
	}
	return temp, info, err
}

func (s *Store) removeTemp(temp string) error {
	err := s.fs.Remove(temp)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// place gives a written file its name, durably.
func (s *Store) place(temp, path string, parents []string, opts objstore.PutOptions) error {
	s.naming.Lock()
	defer s.naming.Unlock()
	for _, dir := range parents {
		info, err := s.fs.Lstat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return &fs.PathError{Op: "put below", Path: dir, Err: fs.ErrPermission}
		}
	}
	info, err := s.fs.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "replace", Path: path, Err: fs.ErrPermission}
	case opts.IfAbsent:
		return fs.ErrExist
	}
	dir := filepath.Dir(path)
	if err := vfs.MkdirAllSync(s.fs, dir, 0o755); err != nil {
		return err
	}
	if err := s.fs.Rename(temp, path); err != nil {
		return err
	}
	return s.fs.SyncDir(dir)
}

// Delete implements objstore.Store. Folders that become empty stay.
func (s *Store) Delete(ctx context.Context, key string) error {
	if s.readOnly {
		return fmt.Errorf("delete %s: %w", key, objstore.ErrReadOnly)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.naming.Lock()
	defer s.naming.Unlock()
	path, _, err := s.lookup("delete", key)
	if err == nil {
		err = s.fs.Remove(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = s.fs.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

// ctxReader stops reading when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (r *ctxReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

type stream struct {
	ctxReader
	io.Closer
}
