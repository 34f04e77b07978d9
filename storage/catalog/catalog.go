// Package catalog keeps the commit logs, which are the truth about the lake,
// and Badger's index of them.
package catalog

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/traillake/traillake/storage/vfs"
)

// LakeLog is the name of the log that is about the lake as a whole. Every
// other log is named for its store.
const LakeLog = "lake"

// LogDir is the folder of a log: DIR/lake/log, or DIR/stores/NAME/log.
func LogDir(dir, name string) string {
	if name == LakeLog {
		return filepath.Join(dir, "lake", "log")
	}
	return filepath.Join(dir, "stores", name, "log")
}

// Options says how to open a catalog. The zero value of a field is the default
// named in its comment.
type Options struct {
	// Dir is the data folder. Required. Nobody else may have it open for
	// writing; the catalog takes no lock itself.
	Dir string
	// FS holds the logs and the key. Default: vfs.OS().
	FS vfs.FS
	// IndexDir is Badger's folder, always on the operating system's file
	// system. Default: the index is in memory and made anew at every open.
	IndexDir string
	// KeyFile holds the Ed25519 key that signs entries, made when it and the
	// lake log are missing. Default: DIR/keys/catalog.pem.
	KeyFile string
	// MaxFileBytes is the size from which a log goes on in a new file.
	// Default: 64 MiB.
	MaxFileBytes int64
	// RebuildIndex drops the index and makes it anew from the logs.
	RebuildIndex bool
	// ReadOnly opens without changing anything on disk. The index is in
	// memory, no key is needed, and commits are refused.
	ReadOnly bool
	// Now is the clock of entries. Default: time.Now.
	Now func() time.Time
	// Rand makes the key. Default: crypto/rand.
	Rand io.Reader
	// Logger hears of repairs. Default: nobody.
	Logger *slog.Logger
}

func (o *Options) setDefaults() error {
	if o.Dir == "" {
		return errors.New("catalog: Options.Dir is required")
	}
	if o.MaxFileBytes < 0 {
		return fmt.Errorf("catalog: Options.MaxFileBytes %d: must not be negative", o.MaxFileBytes)
	}
	if o.FS == nil {
		o.FS = vfs.OS()
	}
	if o.KeyFile == "" {
		o.KeyFile = filepath.Join(o.Dir, "keys", "catalog.pem")
	}
	if o.MaxFileBytes == 0 {
		o.MaxFileBytes = 64 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.ReadOnly {
		o.IndexDir = ""
	}
	return nil
}

// Catalog is the open logs and their index. All methods may be called
// concurrently.
type Catalog struct {
	opts   Options
	key    ed25519.PrivateKey // nil when read only
	public ed25519.PublicKey
	index  *index
	lake   *Log

	// opening serialises OpenLog, CreateLog, DropLog and Close, and guards
	// the fields below.
	opening sync.Mutex
	logs    map[string]*Log
	closed  bool
}

// Open opens the lake log, making it in a folder that has none, and the index.
// Store logs are opened one by one with OpenLog.
func Open(ctx context.Context, opts Options) (*Catalog, error) {
	if err := opts.setDefaults(); err != nil {
		return nil, err
	}
	c := &Catalog{opts: opts, logs: map[string]*Log{}}
	if err := c.open(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Catalog) open(ctx context.Context) error {
	there, err := c.lakeIsThere()
	if err != nil {
		return err
	}
	if err := c.openKey(there); err != nil {
		return err
	}
	if c.index, err = openIndex(c.opts.IndexDir, c.public, c.opts.RebuildIndex, c.opts.Logger); err != nil {
		return err
	}
	if !there {
		c.lake, err = c.CreateLog(ctx, LakeLog, Commit{Reason: "create lake"})
		return err
	}
	c.lake, err = c.OpenLog(ctx, LakeLog)
	if isNotExist(err) {
		// Its creation was cut off by a crash, before anybody heard of it.
		c.lake, err = c.CreateLog(ctx, LakeLog, Commit{Reason: "create lake"})
	}
	return err
}

// lakeIsThere tells a folder with a lake log from one where it is to be made.
func (c *Catalog) lakeIsThere() (bool, error) {
	dir := LogDir(c.opts.Dir, LakeLog)
	_, err := c.opts.FS.Lstat(filepath.Join(dir, HeadName))
	if err == nil {
		return true, nil
	}
	if !isNotExist(err) {
		return false, err
	}
	files, err := listLogFiles(c.opts.FS, dir)
	if err != nil && !isNotExist(err) {
		return false, err
	}
	stores, err := c.opts.FS.ReadDir(filepath.Join(c.opts.Dir, "stores"))
	if err != nil && !isNotExist(err) {
		return false, err
	}
	if len(files) > 0 || len(stores) > 0 {
		return false, headMissing(dir)
	}
	if c.opts.ReadOnly {
		return false, &fs.PathError{Op: "open lake log", Path: dir, Err: fs.ErrNotExist}
	}
	return false, nil
}

// openKey reads the signing key. Without a lake one may be made.
func (c *Catalog) openKey(lakeIsThere bool) (err error) {
	switch {
	case c.opts.ReadOnly:
		return nil
	case lakeIsThere:
		c.key, err = ReadKey(c.opts.FS, c.opts.KeyFile)
		if isNotExist(err) {
			return fmt.Errorf("the lake's signing key is missing, put it back: %w", err)
		}
		if err == nil {
			err = checkLakeKey(c.opts.FS, LogDir(c.opts.Dir, LakeLog), c.key, c.opts.KeyFile)
		}
	default:
		c.key, err = readOrMakeKey(c.opts.FS, c.opts.KeyFile, c.opts.Rand)
	}
	if err == nil {
		c.public = publicKey(c.key)
	}
	return err
}

// Close closes all logs and the index. It waits for a commit under way. It is
// idempotent.
func (c *Catalog) Close() error {
	c.opening.Lock()
	defer c.opening.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	var errs []error
	for _, l := range c.logs {
		errs = append(errs, l.close())
	}
	if c.index != nil {
		errs = append(errs, c.index.close())
	}
	return errors.Join(errs...)
}

// Lake returns the lake log, which is always open.
func (c *Catalog) Lake() *Log { return c.lake }

// PublicKey returns the key that verifies the signatures of all logs.
func (c *Catalog) PublicKey() ed25519.PublicKey { return c.public }

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
