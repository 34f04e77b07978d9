package localstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/traillake/traillake/storage/objstore"
)

// Folder returns, in no order, the keys that begin with prefix and have no "/"
// behind it, and for those that have one what leads to it, with the "/", once: one
// folder of the tree, without reading what lies below. A folder that holds nothing
// is among them. What List skips is skipped. A prefix that leads nowhere has no keys.
func (s *Store) Folder(ctx context.Context, prefix string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir, base := s.dir, prefix[:strings.LastIndexByte(prefix, '/')+1]
	if base != "" {
		var err error
		if dir, err = s.folder(strings.TrimSuffix(base, "/")); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil
			}
			return nil, fmt.Errorf("list folder %q: %w", prefix, err)
		}
	}
	entries, err := s.fs.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list folder %q: %w", prefix, err)
	}
	var keys []string
	for _, e := range entries {
		key := base + e.Name()
		switch {
		case !strings.HasPrefix(key, prefix) || key == tempDir:
		case e.IsDir():
			keys = append(keys, key+"/")
		case e.Type().IsRegular():
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// WalkFolder implements objstore.Folders.
func (s *Store) WalkFolder(ctx context.Context, prefix string, fn func(objstore.Object) error) ([]string, error) {
	keys, err := s.Folder(ctx, prefix)
	if err != nil {
		return nil, err
	}
	slices.Sort(keys)
	var folders []string
	for _, key := range keys {
		if strings.HasSuffix(key, "/") {
			folders = append(folders, key)
			continue
		}
		o, err := s.Stat(ctx, key)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			continue // gone since, or a name that no other call takes
		}
		if err == nil {
			err = fn(o)
		}
		if err != nil {
			return nil, err
		}
	}
	return folders, nil
}

// folder finds the folder of a key's beginning. One behind a link does not exist.
func (s *Store) folder(key string) (string, error) {
	path, parents, err := s.path(key)
	if errors.Is(err, objstore.ErrInvalidKey) {
		return "", fmt.Errorf("%w: %w", fs.ErrNotExist, err) // no such key can be there
	}
	if err != nil {
		return "", err
	}
	for _, dir := range append(parents, path) {
		info, err := s.fs.Lstat(dir)
		if err != nil {
			return "", err
		}
		if !info.IsDir() {
			return "", fs.ErrNotExist
		}
	}
	return path, nil
}
