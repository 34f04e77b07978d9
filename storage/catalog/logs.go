package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/traillake/traillake/storage/vfs"
)

// CreateLog makes a log with first as its entry 1. A log of that name that has
// an entry already is an error matching fs.ErrExist; remains of a creation
// that was never acknowledged are replaced. Names have 1 to 63 of the
// characters a-z, 0-9 and "-".
func (c *Catalog) CreateLog(ctx context.Context, name string, first Commit) (*Log, error) {
	c.opening.Lock()
	defer c.opening.Unlock()
	if err := c.checkOpenLocked(name); err != nil {
		return nil, err
	}
	if c.opts.ReadOnly {
		return nil, fmt.Errorf("create log %s: %w", name, ErrReadOnly)
	}
	dir := LogDir(c.opts.Dir, name)
	exists := &fs.PathError{Op: "create log", Path: dir, Err: fs.ErrExist}
	if c.logs[name] != nil {
		return nil, exists
	}
	l, err := c.openLog(ctx, name)
	if isNotExist(err) {
		l, err = c.makeLog(ctx, name, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("create log %s: %w", name, err)
	}
	if l.Version() > 0 {
		return nil, errors.Join(exists, l.close())
	}
	if _, err := l.commit(ctx, first, c.public); err != nil {
		return nil, errors.Join(fmt.Errorf("create log %s: %w", name, err), l.close())
	}
	c.logs[name] = l
	return l, nil
}

// makeLog makes a log without entries.
func (c *Catalog) makeLog(ctx context.Context, name, dir string) (*Log, error) {
	if err := vfs.MkdirAllSync(c.opts.FS, dir, 0o755); err != nil {
		return nil, err
	}
	if err := createHead(c.opts.FS, dir, name); err != nil {
		return nil, err
	}
	return c.openLog(ctx, name)
}

// OpenLog opens a log. One that was never made, or whose creation was never
// acknowledged, is an error matching fs.ErrNotExist. A damaged one is a
// *CorruptError. A torn entry at its end, which was never acknowledged, is cut
// off. An open log is returned as it is.
func (c *Catalog) OpenLog(ctx context.Context, name string) (*Log, error) {
	c.opening.Lock()
	defer c.opening.Unlock()
	if err := c.checkOpenLocked(name); err != nil {
		return nil, err
	}
	if l := c.logs[name]; l != nil {
		return l, nil
	}
	l, err := c.openLog(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", name, err)
	}
	if l.Version() == 0 {
		absent := &fs.PathError{Op: "open log", Path: l.dir, Err: fs.ErrNotExist}
		return nil, errors.Join(absent, l.close())
	}
	c.logs[name] = l
	return l, nil
}

// DropLog closes a log, removes its files and forgets it in the index. It is
// no error when there is none. The folder above the log's stays.
func (c *Catalog) DropLog(ctx context.Context, name string) error {
	c.opening.Lock()
	defer c.opening.Unlock()
	if err := c.checkOpenLocked(name); err != nil {
		return err
	}
	switch {
	case c.opts.ReadOnly:
		return fmt.Errorf("drop log %s: %w", name, ErrReadOnly)
	case name == LakeLog:
		return errors.New("drop log: the lake log cannot be dropped")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	if l := c.logs[name]; l != nil {
		delete(c.logs, name)
		if err := l.close(); err != nil {
			return fmt.Errorf("drop log %s: %w", name, err)
		}
	}
	if err := c.index.drop(name); err != nil {
		return err
	}
	dir := LogDir(c.opts.Dir, name)
	if err := vfs.RemoveAll(c.opts.FS, dir); err != nil {
		return fmt.Errorf("drop log %s: %w", name, err)
	}
	err := c.opts.FS.SyncDir(filepath.Dir(dir))
	if err != nil && !isNotExist(err) {
		return fmt.Errorf("drop log %s: %w", name, err)
	}
	return nil
}

func (c *Catalog) checkOpenLocked(name string) error {
	if c.closed {
		return ErrClosed
	}
	return checkName(name)
}
