package localstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/traillake/traillake/storage/objstore"
)

// List implements objstore.Store. Files that come or go while it runs may be
// listed or not. A file whose name is not UTF-8 is listed too, though no other
// call takes such a key: that it is there must not go unnoticed.
func (s *Store) List(ctx context.Context, prefix string, fn func(objstore.Object) error) error {
	return s.ListAfter(ctx, prefix, "", fn)
}

// ListAfter implements objstore.Folders. Folders whose keys all come before are not read.
func (s *Store) ListAfter(ctx context.Context, prefix, after string, fn func(objstore.Object) error) error {
	l := lister{store: s, prefix: prefix, after: after, fn: fn}
	if err := l.folder(ctx, s.dir, ""); err != nil {
		if l.callerErr != nil {
			return l.callerErr
		}
		return fmt.Errorf("list %q: %w", prefix, err)
	}
	return nil
}

type lister struct {
	store  *Store
	prefix string
	after  string
	fn     func(objstore.Object) error
	// callerErr is the error of fn, which is returned as it is.
	callerErr error
}

// folder lists the objects below dir, whose keys begin with base.
func (l *lister) folder(ctx context.Context, dir, base string) error {
	entries, err := l.store.fs.ReadDir(dir)
	if err != nil {
		if base != "" && errors.Is(err, fs.ErrNotExist) {
			return nil // gone since its parent was read
		}
		return err
	}
	// With its "/" a folder sorts where the keys below it do: "a.b" < "a/b".
	sortKey := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortKey(a), sortKey(b)) })
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		key := base + sortKey(e)
		if err := l.entry(ctx, e, filepath.Join(dir, e.Name()), key); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) entry(ctx context.Context, e fs.DirEntry, path, key string) error {
	switch {
	case e.IsDir():
		if key < l.after && !strings.HasPrefix(l.after, key) {
			return nil
		}
		if key == tempDir+"/" || !strings.HasPrefix(key, l.prefix) && !strings.HasPrefix(l.prefix, key) {
			return nil
		}
		return l.folder(ctx, path, key)
	case !e.Type().IsRegular() || !strings.HasPrefix(key, l.prefix) || l.after != "" && key <= l.after:
		return nil
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	l.callerErr = l.fn(object(key, info))
	return l.callerErr
}
