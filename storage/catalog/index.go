package catalog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"github.com/traillake/traillake/storage/vfs"
)

// index is Badger, holding what the logs' entries add up to: documents,
// segments, checkpoints, and for each log the version it reflects. It is never
// the truth, so its writes are not synced: after a crash it is behind, and
// catches up from the logs. The keys are in indexkey.go.
type index struct {
	db *badger.DB
	// room refuses writes when the disk is nearly full.
	room func() error
	log  *slog.Logger
	// closed makes later calls fail; a closed Badger may hang in a write.
	closed atomic.Bool
}

// indexFormat changes when the keys or values do; an index of another format
// is dropped.
const indexFormat = 1

// spareBytes must be free on the disk for Badger to write. It writes through
// mappings of sparse files: when the disk has no block for a page, the kernel
// ends the process.
const spareBytes = 64 << 20

// freeBytes is vfs.FreeBytes but in tests.
var freeBytes = vfs.FreeBytes

// checkRoom returns an error when the disk of a folder is nearly full.
func checkRoom(dir string) error {
	free, err := freeBytes(dir)
	if isNotExist(err) { // to be made: where its parent is
		free, err = freeBytes(filepath.Dir(dir))
	}
	if err == nil && free < spareBytes {
		err = fmt.Errorf("the disk of %s is nearly full: %d bytes are free, the index needs %d", dir, free, int64(spareBytes))
	}
	return err
}

// openMemory makes an empty index in memory.
func openMemory(log *slog.Logger) (*index, error) {
	db, err := badger.Open(badgerOptions("", &badgerLog{log: log}))
	if err != nil {
		return nil, fmt.Errorf("open an index in memory: %w", err)
	}
	return &index{db: db, room: func() error { return nil }, log: log}, nil
}

// openIndex opens the index in a folder, in memory when dir is empty or its disk
// nearly full. owner marks the lake; what does not open or is marked otherwise is
// dropped.
func openIndex(dir string, owner []byte, rebuild bool, log *slog.Logger) (*index, error) {
	if dir == "" {
		return openMemory(log)
	}
	if err := checkRoom(dir); err != nil {
		log.Warn("the index is kept in memory until the next start", "err", err)
		return openMemory(log)
	}
	if !rebuild {
		x, err := openExisting(dir, owner, log)
		if err == nil {
			return x, nil
		}
		if isLockedByOther(err) {
			return nil, fmt.Errorf("open index %s: %w", dir, err)
		}
		log.Warn("the index is dropped and made anew from the logs", "index", dir, "err", err)
	}
	if err := removeIndex(dir); err != nil {
		return nil, fmt.Errorf("remove index %s: %w", dir, err)
	}
	x, err := openExisting(dir, owner, log)
	if err != nil {
		return nil, fmt.Errorf("make index %s: %w", dir, err)
	}
	return x, nil
}

// openExisting opens a folder that holds this lake's index or nothing.
func openExisting(dir string, owner []byte, log *slog.Logger) (x *index, err error) {
	// Badger asserts in places where a damaged file leads it.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("badger: %v", p)
		}
	}()
	if err := vfs.OS().MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := vetTables(dir); err != nil {
		return nil, err
	}
	listener := &badgerLog{log: log}
	db, err := badger.Open(badgerOptions(dir, listener))
	if err != nil {
		return nil, err
	}
	x = &index{db: db, room: func() error { return checkRoom(dir) }, log: log}
	err = x.checkMark(owner)
	// Badger goes on without a table whose checksum is wrong, and only says so.
	if n := listener.errors.Load(); err == nil && n > 0 {
		err = fmt.Errorf("badger reports %d errors", n)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return x, nil
}

// checkMark compares the mark of an index, and marks an empty one.
func (x *index) checkMark(owner []byte) error {
	want := append([]byte{indexFormat}, owner...)
	return x.db.Update(func(tx *badger.Txn) error {
		item, err := tx.Get(markKey)
		if err == nil {
			return item.Value(func(got []byte) error {
				if !bytes.Equal(got, want) {
					return errors.New("the index is of another lake or format")
				}
				return nil
			})
		}
		if !errors.Is(err, badger.ErrKeyNotFound) {
			return err
		}
		it := tx.NewIterator(badger.IteratorOptions{})
		defer it.Close()
		if it.Rewind(); it.Valid() {
			return errors.New("the index has no mark")
		}
		return tx.Set(markKey, want)
	})
}

func badgerOptions(dir string, log badger.Logger) badger.Options {
	// Badger preallocates twice the memtable and twice the value log file as
	// sparse files: small ones keep a copy of the folder small. Values stay
	// in the tree, see MaxValueBytes. No compression needs no block cache.
	return badger.DefaultOptions(dir).
		WithInMemory(dir == "").
		WithLogger(log).
		WithSyncWrites(false).
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithMemTableSize(8 << 20).
		WithNumMemtables(2).
		WithValueLogFileSize(1 << 20).
		WithValueThreshold(1 << 20).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithIndexCacheSize(0).
		WithNumCompactors(2).
		WithChecksumVerificationMode(options.OnTableAndBlockRead)
}

func (x *index) close() error {
	if x.closed.Swap(true) {
		return nil
	}
	if err := x.room(); err != nil {
		// Badger would write what it has in memory. The next open makes up for it.
		x.log.Warn("the index is left as it is on the disk", "err", err)
		return nil
	}
	return x.db.Close()
}

// view runs a read.
func (x *index) view(fn func(*badger.Txn) error) error {
	if x.closed.Load() {
		return ErrClosed
	}
	return x.db.View(fn)
}

// write makes one log's part reflect the state to, whose entries since the
// last write are given. The position goes last and, unless Badger has to split
// the batch, with the rest at once. Applying an entry again does no harm.
func (x *index) write(name string, entries []*Entry, to *state) error {
	if x.closed.Load() {
		return ErrClosed
	}
	if err := x.room(); err != nil {
		return err
	}
	wb := x.db.NewWriteBatch()
	defer wb.Cancel()
	for _, e := range entries {
		if err := writeEntry(wb, name, e); err != nil {
			return err
		}
	}
	if err := wb.Set(positionKey(name), encodePosition(to)); err != nil {
		return err
	}
	return wb.Flush()
}

func writeEntry(wb *badger.WriteBatch, name string, e *Entry) error {
	for _, id := range e.Remove {
		if err := wb.Delete(segmentKey(name, id)); err != nil {
			return err
		}
	}
	for i, seg := range e.Add {
		value := binary.AppendUvarint(nil, uint64(seg.Version))
		value = append(binary.AppendUvarint(value, uint64(i)), seg.Meta...)
		if err := wb.Set(segmentKey(name, seg.ID), value); err != nil {
			return err
		}
	}
	for _, p := range e.Checkpoints {
		if err := wb.Set(checkpointKey(name, p.Source, p.Key), encodeCheckpoint(p)); err != nil {
			return err
		}
	}
	for key, doc := range e.Docs {
		var err error
		if isDelete(doc) {
			err = wb.Delete(docKey(name, key))
		} else {
			err = wb.Set(docKey(name, key), doc)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// load reads one log's part. ok is false when there is none, or one whose
// pieces do not add up.
func (x *index) load(name string) (st *state, ok bool, err error) {
	st = newState(name)
	var docs, segments uint64
	err = x.view(func(tx *badger.Txn) error {
		item, err := tx.Get(positionKey(name))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err == nil {
			err = item.Value(func(v []byte) error {
				st.at.version, st.at.hash, docs, segments, ok = decodePosition(v)
				return nil
			})
		}
		if err != nil || !ok {
			return err
		}
		return loadParts(tx, name, st)
	})
	if err != nil {
		return nil, false, err
	}
	ok = ok && uint64(len(st.docs)) == docs && uint64(len(st.segments)) == segments
	return st, ok, nil
}

func loadParts(tx *badger.Txn, name string, st *state) error {
	err := each(tx, docKey(name, ""), func(key, value []byte) error {
		st.docs[string(key)] = bytes.Clone(value)
		return nil
	})
	if err != nil {
		return err
	}
	return each(tx, segmentKey(name, ""), func(key, value []byte) error {
		version, n := binary.Uvarint(value)
		seq, m := binary.Uvarint(value[max(n, 0):])
		if n <= 0 || m <= 0 {
			return fmt.Errorf("index: segment %q: value of %d bytes", key, len(value))
		}
		id := string(key)
		st.segments[id] = placedSegment{seq: int(seq),
			Segment: Segment{ID: id, Version: int64(version), Meta: bytes.Clone(value[n+m:])}}
		return nil
	})
}

// each calls fn with the rest of every key that begins with prefix.
func each(tx *badger.Txn, prefix []byte, fn func(rest, value []byte) error) error {
	it := tx.NewIterator(badger.IteratorOptions{Prefix: prefix, PrefetchValues: true, PrefetchSize: 64})
	defer it.Close()
	for it.Seek(prefix); it.ValidForPrefix(prefix); it.Next() {
		item := it.Item()
		err := item.Value(func(value []byte) error { return fn(item.Key()[len(prefix):], value) })
		if err != nil {
			return err
		}
	}
	return nil
}

// checkpoint finds one checkpoint.
func (x *index) checkpoint(name, source, key string) (p Checkpoint, ok bool, err error) {
	err = x.view(func(tx *badger.Txn) error {
		item, err := tx.Get(checkpointKey(name, source, key))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return item.Value(func(value []byte) error {
			p, err = decodeCheckpoint(source, key, value)
			ok = err == nil
			return err
		})
	})
	return p, ok, err
}

// drop forgets one log. The position goes first, so that a drop cut short
// leaves a part that counts as missing.
func (x *index) drop(name string) error {
	for _, prefix := range [][]byte{positionKey(name), docKey(name, ""), segmentKey(name, ""), logPrefix(tagCheckpoint, name)} {
		if err := x.dropPrefix(prefix); err != nil {
			return fmt.Errorf("index: drop log %s: %w", name, err)
		}
	}
	return nil
}

func (x *index) dropPrefix(prefix []byte) error {
	if x.closed.Load() {
		return ErrClosed
	}
	wb := x.db.NewWriteBatch()
	defer wb.Cancel()
	err := x.view(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: prefix})
		defer it.Close()
		for it.Seek(prefix); it.ValidForPrefix(prefix); it.Next() {
			if err := wb.Delete(it.Item().KeyCopy(nil)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return wb.Flush()
}

// badgerLog passes Badger's warnings on and counts its errors.
type badgerLog struct {
	log    *slog.Logger
	errors atomic.Int64
}

func (b *badgerLog) Errorf(format string, args ...any) {
	b.errors.Add(1)
	b.log.Error("badger", "message", strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func (b *badgerLog) Warningf(format string, args ...any) {
	b.log.Warn("badger", "message", strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func (b *badgerLog) Infof(string, ...any)  {}
func (b *badgerLog) Debugf(string, ...any) {}
