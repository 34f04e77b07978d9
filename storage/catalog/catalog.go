// Package catalog keeps the commit logs, which are the truth about the lake,
// and Badger's index of them.
package catalog

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
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

// Catalog is the open logs and their index. All methods may be called
// concurrently.
type Catalog struct{}

// Open opens the lake log, making it in a folder that has none, and the index.
// Store logs are opened one by one with OpenLog.
func Open(ctx context.Context, opts Options) (*Catalog, error) {
	return nil, errors.ErrUnsupported
}

// Close closes all logs and the index. It waits for commits under way.
func (c *Catalog) Close() error { return nil }

// Lake returns the lake log, which is always open.
func (c *Catalog) Lake() *Log { return nil }

// PublicKey returns the key that verifies the signatures of all logs.
func (c *Catalog) PublicKey() ed25519.PublicKey { return nil }

// CreateLog makes a log with first as its entry 1. A log of that name that has
// an entry already is an error matching fs.ErrExist; remains of a creation
// that was never acknowledged are replaced. Names have 1 to 63 of the
// characters a-z, 0-9 and "-".
func (c *Catalog) CreateLog(ctx context.Context, name string, first Commit) (*Log, error) {
	return nil, errors.ErrUnsupported
}

// OpenLog opens a log. One that was never made, or whose creation was never
// acknowledged, is an error matching fs.ErrNotExist. A damaged one is a
// *CorruptError. A torn entry at its end, which was never acknowledged, is cut
// off. An open log is returned as it is.
func (c *Catalog) OpenLog(ctx context.Context, name string) (*Log, error) {
	return nil, errors.ErrUnsupported
}

// DropLog closes a log, removes its files and forgets it in the index. It is
// no error when there is none. The folder above the log's stays.
func (c *Catalog) DropLog(ctx context.Context, name string) error { return errors.ErrUnsupported }
