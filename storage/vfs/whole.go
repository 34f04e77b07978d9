package vfs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ReadFile reads a whole file.
func ReadFile(fsys FS, name string) ([]byte, error) {
	f, err := Open(fsys, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	// With room to spare the end is noticed without growing.
	data := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	if _, err := data.ReadFrom(f); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data.Bytes(), nil
}

// TempSuffix ends the name of the file that WriteFile fills before it renames
// it. A file of such a name is left over from a crash.
const TempSuffix = ".tmp"

// WriteFile replaces a file in one durable step: after a crash the file has
// the old content or the new, never a part, and once WriteFile has returned
// the new. Two calls for one name must not run at the same time.
func WriteFile(fsys FS, name string, data []byte, perm fs.FileMode) error {
	if err := replace(fsys, name, data, perm, true); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(name))
}

// ReplaceFile is WriteFile for what may be lost with the power: whoever reads, also
// after the process was killed, finds the old content or the new; after a power cut
// there may be neither.
func ReplaceFile(fsys FS, name string, data []byte, perm fs.FileMode) error {
	return replace(fsys, name, data, perm, false)
}

func replace(fsys FS, name string, data []byte, perm fs.FileMode, sync bool) error {
	tmp := name + TempSuffix
	if err := writeNew(fsys, tmp, data, perm, sync); err != nil {
		return errors.Join(err, removeIfThere(fsys, tmp))
	}
	if err := fsys.Rename(tmp, name); err != nil {
		return errors.Join(err, removeIfThere(fsys, tmp))
	}
	return nil
}

func writeNew(fsys FS, name string, data []byte, perm fs.FileMode, sync bool) error {
	// A leftover is removed first: opening it would keep its mode.
	if err := removeIfThere(fsys, name); err != nil {
		return err
	}
	f, err := fsys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	if sync {
		if err := f.Sync(); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}

func removeIfThere(fsys FS, name string) error {
	if err := fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// MkdirAllSync makes a folder and its missing parents and makes the new names
// durable.
func MkdirAllSync(fsys FS, name string, perm fs.FileMode) error {
	name = filepath.Clean(name)
	var made []string
	for dir := name; ; dir = filepath.Dir(dir) {
		_, err := fsys.Lstat(dir)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		made = append(made, dir)
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if err := fsys.MkdirAll(name, perm); err != nil {
		return err
	}
	for i := len(made) - 1; i >= 0; i-- {
		if err := fsys.SyncDir(filepath.Dir(made[i])); err != nil {
			return err
		}
	}
	return nil
}

// RemoveAll removes a file, or a folder with all it holds. A symbolic link is
// removed itself. It is no error when nothing is there. The removal is not
// synced.
func RemoveAll(fsys FS, name string) error {
	info, err := fsys.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		entries, err := fsys.ReadDir(name)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := RemoveAll(fsys, filepath.Join(name, e.Name())); err != nil {
				return err
			}
		}
	}
	return removeIfThere(fsys, name)
}
