// Package catalog keeps the commit logs, which are the truth about the lake,
// and an index of them.
//
// There is a log for each store and one, "lake", for the lake as a whole. A
// log is a chain of entries with versions from 1 without gaps; an entry adds
// and removes segments, sets checkpoints of imported objects, and sets and
// deletes JSON documents, all at once. What a log's entries add up to is its
// state. Badger holds the state too, so that an open need not decode a long
// log; it can be deleted at any time.
//
// # Format 1
//
// A log is a folder with a file HEAD and log files, each named for the version
// of its first entry in 20 digits: 00000000000000000001.log. Integers are
// little-endian. Checksums are CRC-32C (Castagnoli), hashes SHA-256. Other
// files in the folder are not looked at.
//
// A log file is a header of 128 bytes, and records one behind the other:
//
//	 0        8      12      16         24           88            120     124
//	+--------+-------+-------+----------+------------+-------------+-------+-----+
//	|TLCOMMIT| format| length| version  | log's name | previous    | zeros | CRC |
//	|        | = 1   | = 128 | of first | zero-filled| hash        |       |     |
//	+--------+-------+-------+----------+------------+-------------+-------+-----+
//
//	 0     4        8         16          48           112
//	+-----+--------+---------+-----------+------------+---------- - - -
//	| CRC | length | version | previous  | signature  | payload,
//	|     | of pay.|         | hash      | Ed25519    | length bytes
//	+-----+--------+---------+-----------+------------+---------- - - -
//
// The CRC of a header covers the 124 bytes before it, that of a record all the
// rest of the record. The hash of an entry covers length, version, previous
// hash and payload. Entry 1 has as previous hash that of
// "traillake commit log\x00" and the log's name, any other that of the entry
// before it. The signature is of "traillake commit log entry 1\x00" and the
// entry's hash. The payload is an [Entry] as JSON; that of version 1 records
// the public key. So one signature vouches for the whole log up to it, and for
// its name.
//
// HEAD tells the last acknowledged entry. It has two slots of 4,096 bytes, of
// which the first 512 are used and the rest is zero. Version v is in slot
// v mod 2, and the other slot has version v-1 (both have 0 in a new log):
//
//	 0        8      12     16        24     56        64       72         136     508   512
//	+--------+-------+------+---------+------+---------+--------+----------+-------+-----+------
//	|TLCOMHED| format| slot | version | hash | file's  | end of | log's    | zeros | CRC | zeros
//	|        | = 1   | 0, 1 |         |      | first v.| entry  | name     |       |     |
//	+--------+-------+------+---------+------+---------+--------+----------+-------+-----+------
//
// The CRC covers the 508 bytes before it. Every byte of the folder's files is
// thus under a checksum or must be zero.
//
// # Commit, crash and damage
//
// A commit writes the record, syncs the log file (and the folder when the file
// is new), then writes one slot of HEAD, syncs it, and only then is
// acknowledged. So after a crash the log has what HEAD tells, or one entry
// more, and HEAD's other slot is whole:
//
//   - A damaged or missing entry up to the version in HEAD was acknowledged:
//     that is corruption, and nothing is opened or repaired.
//   - A whole entry behind it was durable, only nobody was told: it stays, and
//     HEAD is brought up to it.
//   - What else lies behind it is an entry that a crash cut off: it is removed.
//     Only an entry that ends early or whose checksum is wrong is taken for
//     that; one with a wrong version, chain or signature was written so.
//   - One slot of HEAD that cannot be read is written anew at the next open
//     when the log agrees with the other. [Walk], which changes nothing,
//     reports it: a sector is written as a whole, so it is hardly a crash.
//
// Not found is the loss of the newest entries together with a matching older
// HEAD, such as a whole folder put back from a backup.
//
// # Example
//
// The first log file of the log "sample", whose first commit sets the document
// "settings", begins with this header and this record:
//
//	0000  54 4c 43 4f 4d 4d 49 54 01 00 00 00 80 00 00 00  magic, format 1, 128 bytes
//	0010  01 00 00 00 00 00 00 00 73 61 6d 70 6c 65 00 00  version 1, name "sample"
//	0020  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
//	0030  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
//	0040  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
//	0050  00 00 00 00 00 00 00 00 38 b7 1a 2f 37 27 4b eb  ..., previous hash
//	0060  a7 88 e1 ad 22 0c 4b c0 5c 60 6e 07 4b 43 db cd
//	0070  7a 62 64 d6 a6 07 61 2e 00 00 00 00 80 74 66 bd  ..., zeros, CRC
//	0080  7d 2c 39 ab ab 00 00 00 01 00 00 00 00 00 00 00  CRC, payload of 171 bytes, version 1
//	0090  38 b7 1a 2f 37 27 4b eb a7 88 e1 ad 22 0c 4b c0  previous hash
//	00a0  5c 60 6e 07 4b 43 db cd 7a 62 64 d6 a6 07 61 2e
//	00b0  2c 76 dd 5a 2d b1 1d 03 71 3f d5 9c 34 49 9f 0d  signature
//	00c0  65 c1 99 8a 52 9a bf ef a0 33 4d 7d 9c 7e 39 60
//	00d0  b2 d0 88 35 e0 a1 80 f4 c5 39 2d de 3d d9 7e cd
//	00e0  7e b4 51 df 8a 6a c6 71 82 0f 0b ff 2d 3c e5 0d
//	00f0  7b 22 76 65 72 73 69 6f 6e 22 3a 31 2c 22 74 69  {"version":1,"ti
//	0100  6d 65 22 3a 22 32 30 32 34 2d 30 31 2d 30 32 54  me":"2024-01-02T
//	0110  30 33 3a 30 34 3a 30 35 2e 36 37 38 39 30 31 5a
//	...
//	0190  65 4f 44 52 6f 6c 6b 77 3d 22 7d  eODRolkw="}
//
// The entry's hash, which the next record has as its previous hash, is
// 7ede6e817f566a9f55764c12f61796f41dc04866f0bc282f0b3f241c80a027e2.
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
		o.KeyFile = KeyFile(o.Dir)
	}
	if o.MaxFileBytes == 0 {
		o.MaxFileBytes = 64 << 20
	}
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of the option
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
