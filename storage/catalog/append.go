package catalog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/traillake/traillake/storage/vfs"
)

// startsFile reports whether the next entry begins a new file.
func (l *Log) startsFile() bool {
	return l.file == nil || l.st.at.end >= l.cat.opts.MaxFileBytes
}

// append makes rec durable behind the last entry. After an error that matches
// ErrInDoubt the log takes no more commits; after another it is as before.
func (l *Log) append(version int64, hash [32]byte, rec []byte) (point, error) {
	at := point{version: version, hash: hash, file: l.st.at.file, first: l.st.at.first, end: l.st.at.end}
	if !l.startsFile() {
		at.end += int64(len(rec))
		return at, l.appendTo(l.file, l.st.at.end, rec)
	}
	at.first, at.end = version, int64(len(rec))
	at.file = filepath.Join(l.dir, logFileName(version))
	f, err := l.appendNew(at.file, rec)
	if err != nil {
		return at, err
	}
	old := l.file
	l.file = f
	if old != nil {
		// All it held was synced: an error now tells nothing.
		if err := old.Close(); err != nil {
			l.cat.opts.Logger.Warn("close log file", "log", l.name, "err", err)
		}
	}
	return at, nil
}

// appendTo writes at the end of a file. A write that failed is undone: a full
// disk must not close the log. After a failed sync the kernel may have dropped
// the bytes or not, and nothing done to the file would tell.
func (l *Log) appendTo(f vfs.File, end int64, rec []byte) error {
	if _, err := f.WriteAt(rec, end); err != nil {
		undo := f.Truncate(end)
		if undo == nil {
			undo = f.Sync()
		}
		if undo != nil {
			return l.fail(errors.Join(err, fmt.Errorf("undo: %w", undo)))
		}
		return err
	}
	if err := f.Sync(); err != nil {
		return l.fail(err)
	}
	return nil
}

// appendNew writes a new file.
func (l *Log) appendNew(path string, rec []byte) (vfs.File, error) {
	fsys := l.cat.opts.FS
	f, err := fsys.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteAt(rec, 0); err != nil {
		err = errors.Join(err, f.Close())
		undo := fsys.Remove(path)
		if undo == nil {
			undo = fsys.SyncDir(l.dir)
		}
		if undo != nil {
			return nil, l.fail(errors.Join(err, fmt.Errorf("undo: %w", undo)))
		}
		return nil, err
	}
	err = f.Sync()
	if err == nil {
		err = fsys.SyncDir(l.dir)
	}
	if err != nil {
		return nil, l.fail(errors.Join(err, f.Close()))
	}
	return f, nil
}
