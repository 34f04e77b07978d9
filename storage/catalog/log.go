package catalog

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/traillake/traillake/storage/vfs"
)

// Log is one commit log and the state that its entries add up to. All methods
// may be called concurrently; commits take turns.
type Log struct {
	cat  *Catalog
	name string
	dir  string

	// committing is held by the commit under way, I/O included, and guards
	// the fields up to mu.
	committing sync.Mutex
	head       *headWriter
	// file is the last log file; nil before the first entry.
	file vfs.File
	// failed is why no commit is taken any more.
	failed error
	// unindexed are entries that the index did not take yet.
	unindexed []*Entry

	// mu guards the fields below. Only the holder of committing changes them,
	// so that one reads them without mu.
	mu sync.RWMutex
	st *state
	// overlay has the checkpoints of unindexed entries.
	overlay map[objectKey]Checkpoint
}

type objectKey struct{ source, key string }

// Name returns the log's name.
func (l *Log) Name() string { return l.name }

// Version returns the last acknowledged version.
func (l *Log) Version() int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.st.at.version
}

// Doc returns a document. The bytes must not be changed.
func (l *Log) Doc(key string) (json.RawMessage, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	doc, ok := l.st.docs[key]
	return doc, ok
}

// Docs returns the documents whose key begins with prefix. The map is the
// caller's, the documents are not.
func (l *Log) Docs(prefix string) map[string]json.RawMessage {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.st.docsWith(prefix)
}

// Segments returns the segments as of one version, ordered by version and, in
// an entry, as they were added. The slice is the caller's, the metas are not.
func (l *Log) Segments() (version int64, segments []Segment) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.st.at.version, l.st.sortedSegments()
}

// Checkpoint returns the newest checkpoint of an object.
func (l *Log) Checkpoint(source, key string) (Checkpoint, bool, error) {
	l.mu.RLock()
	p, ok := l.overlay[objectKey{source, key}]
	l.mu.RUnlock()
	if ok {
		return p, true, nil
	}
	return l.cat.index.checkpoint(l.name, source, key)
}

// Commit appends one entry and returns its version once it is durable. ctx is
// only looked at before the write begins. On an error matching ErrInDoubt the
// entry may turn up at the next open; on any other error it will not.
func (l *Log) Commit(ctx context.Context, c Commit) (int64, error) {
	version, err := l.commit(ctx, c, nil)
	if err != nil {
		return 0, fmt.Errorf("commit to log %s: %w", l.name, err)
	}
	return version, nil
}

// commit is Commit; key is recorded in entry 1.
func (l *Log) commit(ctx context.Context, c Commit, key ed25519.PublicKey) (int64, error) {
	if l.cat.opts.ReadOnly {
		return 0, ErrReadOnly
	}
	if err := c.validate(); err != nil {
		return 0, err
	}
	l.committing.Lock()
	defer l.committing.Unlock()
	if l.failed != nil {
		return 0, l.failed
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := l.st.check(&c); err != nil {
		return 0, err
	}
	entry, rec, hash, err := l.encode(&c, key)
	if err != nil {
		return 0, err
	}
	at, err := l.append(entry.Version, hash, rec)
	if err != nil {
		return 0, err
	}
	if err := l.head.write(at.head(l.name)); err != nil {
		return 0, l.fail(fmt.Errorf("write HEAD: %w", err))
	}
	l.advance(entry, at)
	return entry.Version, nil
}

// encode makes the record of the next entry, and the entry as a replay of that
// record will see it.
func (l *Log) encode(c *Commit, key ed25519.PublicKey) (*Entry, []byte, [32]byte, error) {
	last := l.st.at
	payload, err := encodeEntry(&Entry{
		Version: last.version + 1,
		Time:    l.cat.opts.Now().UTC().Truncate(time.Microsecond),
		Reason:  c.Reason, Add: c.Add, Remove: c.Remove,
		Checkpoints: c.Checkpoints, Docs: c.Docs, PublicKey: key,
	})
	if err != nil {
		return nil, nil, [32]byte{}, err
	}
	entry, err := decodeEntry(payload)
	if err != nil {
		return nil, nil, [32]byte{}, err
	}
	var rec []byte
	if l.startsFile() {
		rec = fileHeader{name: l.name, first: entry.Version, previous: last.hash}.encode()
	}
	rec, hash := encodeRecord(rec, entry.Version, last.hash, payload, l.cat.key)
	return &entry, rec, hash, nil
}

// advance makes a durable entry visible and brings the index up to it. An
// index that refuses is behind, which the next commit or open mends.
func (l *Log) advance(entry *Entry, at point) {
	l.mu.Lock()
	l.st.apply(entry, at)
	for _, p := range entry.Checkpoints {
		l.overlay[objectKey{p.Source, p.Key}] = p
	}
	l.mu.Unlock()
	l.unindexed = append(l.unindexed, entry)
	if err := l.cat.index.write(l.name, l.unindexed, l.st); err != nil {
		l.cat.opts.Logger.Warn("the index is behind its log", "log", l.name,
			"entries", len(l.unindexed), "err", err)
		return
	}
	l.unindexed = nil
	l.mu.Lock()
	clear(l.overlay)
	l.mu.Unlock()
}

// fail closes the log to commits: what is on disk is not known any more.
func (l *Log) fail(err error) error {
	l.failed = fmt.Errorf("%w, open it again: %w", ErrFailed, err)
	return fmt.Errorf("%w: %w", ErrInDoubt, err)
}

// close waits for a commit under way and closes the files.
func (l *Log) close() error {
	l.committing.Lock()
	defer l.committing.Unlock()
	l.failed = ErrClosed
	return l.closeFiles()
}
