package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/traillake/traillake/storage/catalog"
	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/objstore/localstore"
	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/wal"
)

// segmentPrefix begins the object keys of segments and fingerprint files.
const segmentPrefix = "segments/"

// Store is an event data store. Safe for concurrent use.
type Store struct {
	lake    *Lake
	id      string
	log     *catalog.Log
	objects objstore.Store

	// committing is held during a commit, so that versions become visible in order.
	committing sync.Mutex

	mu struct {
		sync.Mutex
		layout  *segment.Layout
		current *version
		pinned  map[int64]int // snapshots by version
		doomed  []doomed      // removed segments whose files are still there
		dropped bool
		gone    bool     // dropped, and the files are being removed
		history *history // as last read; nil before
		wal     *wal.Log // nil until OpenLive
	}
}

// version is the set of segments of one version. It is never changed.
type version struct {
	number   int64
	live     int64 // files of the write-ahead log up to this are in segments
	segments []SegmentInfo
	byID     map[string]int
}

// doomed is a segment that version removed took away: snapshots before it need it.
type doomed struct {
	meta    segment.Meta
	removed int64
}

func newStore(l *Lake, id string, log *catalog.Log) (*Store, error) {
	objects, err := localstore.Open(l.opts.FS, storeDir(l.opts.Dir, id), localstore.Options{ReadOnly: l.opts.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", id, err)
	}
	s := &Store{lake: l, id: id, log: log, objects: objects}
	s.mu.pinned = map[int64]int{}
	sealed, err := sealedOf(log)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", id, err)
	}
	number, entries := log.Segments()
	infos := make([]SegmentInfo, len(entries))
	for i, e := range entries {
		infos[i].Version = e.Version
		if err := json.Unmarshal(e.Meta, &infos[i].Meta); err != nil {
			return nil, fmt.Errorf("%w: store %s: segment %s of version %d: %w", ErrCorrupt, id, e.ID, e.Version, err)
		}
	}
	s.mu.current = newVersion(number, sealed, infos)
	return s, nil
}

// newVersion orders the segments by day, those without a day first, and by version.
func newVersion(number, live int64, segments []SegmentInfo) *version {
	slices.SortStableFunc(segments, func(a, b SegmentInfo) int {
		if a.Day != b.Day {
			if a.Day < b.Day {
				return -1
			}
			return 1
		}
		return int(a.Version - b.Version)
	})
	v := &version{number: number, live: live, segments: segments, byID: make(map[string]int, len(segments))}
	for i := range segments {
		v.byID[segments[i].ID] = i
	}
	return v
}

// removeLeftovers removes the files that no entry names.
func (s *Store) removeLeftovers(ctx context.Context) error {
	if s.lake.opts.ReadOnly {
		return nil
	}
	named := map[string]bool{}
	for _, m := range s.mu.current.segments {
		named[m.Key], named[m.FingerprintKey] = true, true
	}
	var extra []string
	err := s.objects.List(ctx, segmentPrefix, func(o objstore.Object) error {
		if !named[o.Key] {
			extra = append(extra, o.Key)
		}
		return nil
	})
	for _, key := range extra {
		if err != nil {
			break
		}
		if err = s.objects.Delete(ctx, key); err == nil {
			s.lake.leftover(s.id, key)
		}
	}
	if err != nil {
		return fmt.Errorf("store %s: remove leftovers: %w", s.id, err)
	}
	return nil
}

func (s *Store) setLayout(l segment.Layout) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.layout == nil {
		s.mu.layout = &l
	}
}

// ID is the store's id.
func (s *Store) ID() string { return s.id }

// Version is the newest version.
func (s *Store) Version() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mu.current.number
}

// Doc returns a document of the store's log.
func (s *Store) Doc(key string) (json.RawMessage, bool) { return s.log.Doc(key) }

// Docs returns the documents whose key has the prefix, by key.
func (s *Store) Docs(prefix string) map[string]json.RawMessage { return s.log.Docs(prefix) }

// PutDocs writes documents in one log entry; a nil value deletes.
func (s *Store) PutDocs(ctx context.Context, reason string, docs map[string]json.RawMessage) (int64, error) {
	return s.Commit(ctx, Commit{Reason: reason, Docs: docs})
}

// Checkpoint returns the newest checkpoint of an object. When the index cannot
// be read it returns none: the object is then read again, and its rows are found
// to be in by their fingerprints.
func (s *Store) Checkpoint(source, key string) (Checkpoint, bool) {
	c, ok, err := s.log.Checkpoint(source, key)
	if err != nil {
		s.lake.opts.Logger.Warn("the index did not answer", "store", s.id, "err", err)
		return Checkpoint{}, false
	}
	return Checkpoint(c), ok
}

// Commit makes one change, durable and visible when it returns. Commits of a
// store are serialised. On an error that is not ErrInDoubt nothing has happened,
// and the segments of Add are still sealed.
func (s *Store) Commit(ctx context.Context, c Commit) (int64, error) {
	start := s.lake.opts.Now()
	number, dead, err := s.commit(ctx, c)
	if err != nil {
		return 0, fmt.Errorf("commit to store %s: %w", s.id, mapError(err))
	}
	if f := s.lake.opts.Listener.Committed; f != nil {
		f(s.id, number, len(c.Add), len(c.Remove), s.lake.opts.Now().Sub(start))
	}
	s.deleteFiles(dead)
	if c.Live > 0 {
		s.removeLive(c.Live)
	}
	return number, nil
}

func (s *Store) commit(ctx context.Context, c Commit) (int64, []segment.Meta, error) {
	if err := checkDocs(c.Docs); err != nil {
		return 0, nil, err
	}
	entry := catalog.Commit{Reason: c.Reason, Remove: c.Remove, Docs: c.Docs}
	for _, p := range c.Checkpoints {
		entry.Checkpoints = append(entry.Checkpoints, catalog.Checkpoint(p))
	}
	for _, m := range c.Add {
		if err := s.checkSealed(ctx, m); err != nil {
			return 0, nil, err
		}
		raw, err := json.Marshal(m)
		if err != nil {
			return 0, nil, err
		}
		entry.Add = append(entry.Add, catalog.Segment{ID: m.ID, Meta: raw})
	}
	if c.Live > 0 {
		entry.Docs = maps.Clone(c.Docs)
		if entry.Docs == nil {
			entry.Docs = map[string]json.RawMessage{}
		}
		entry.Docs[liveDoc] = json.RawMessage(strconv.FormatInt(c.Live, 10))
	}
	s.committing.Lock()
	defer s.committing.Unlock()
	s.mu.Lock()
	dropped := s.mu.dropped
	s.mu.Unlock()
	if dropped {
		return 0, nil, ErrClosed
	}
	number, err := s.log.Commit(ctx, entry)
	if err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advanceLocked(number, c)
	return number, s.unneededLocked(), nil
}

// checkSealed makes sure that an entry names only files that are there.
func (s *Store) checkSealed(ctx context.Context, m segment.Meta) error {
	o, err := s.objects.Stat(ctx, m.Key)
	if err == nil && o.Size != m.Bytes {
		err = fmt.Errorf("%w: %s has %d bytes, was sealed with %d", ErrCorrupt, m.Key, o.Size, m.Bytes)
	}
	if err == nil && m.FingerprintKey != "" {
		_, err = s.objects.Stat(ctx, m.FingerprintKey)
	}
	if err != nil {
		return fmt.Errorf("segment %s: %w", m.ID, err)
	}
	return nil
}

// advanceLocked makes a version current.
func (s *Store) advanceLocked(number int64, c Commit) {
	old := s.mu.current
	segments := make([]SegmentInfo, 0, len(old.segments)+len(c.Add))
	for _, m := range old.segments {
		if slices.Contains(c.Remove, m.ID) {
			s.mu.doomed = append(s.mu.doomed, doomed{m.Meta, number})
		} else {
			segments = append(segments, m)
		}
	}
	for _, m := range c.Add {
		segments = append(segments, SegmentInfo{Meta: m, Version: number})
	}
	s.mu.current = newVersion(number, max(old.live, c.Live), segments)
}

// unneededLocked takes the removed segments that no snapshot can see off the list.
func (s *Store) unneededLocked() []segment.Meta {
	oldest := s.mu.current.number
	for v := range s.mu.pinned {
		oldest = min(oldest, v)
	}
	var dead []segment.Meta
	s.mu.doomed = slices.DeleteFunc(s.mu.doomed, func(d doomed) bool {
		if d.removed > oldest {
			return false
		}
		dead = append(dead, d.meta)
		return true
	})
	return dead
}

// deleteFiles removes the files of segments that no version and no snapshot has.
// A file that stays, because of an error, goes at the next Open.
func (s *Store) deleteFiles(dead []segment.Meta) {
	for _, m := range dead {
		if err := s.deleteSegment(m); err != nil {
			s.lake.opts.Logger.Warn("a removed segment's files stay until the next start", "store", s.id, "segment", m.ID, "err", err)
			continue
		}
		if f := s.lake.opts.Listener.SegmentDeleted; f != nil {
			f(s.id, m)
		}
	}
}

func (s *Store) deleteSegment(m segment.Meta) error {
	var errs []error
	for _, key := range []string{m.Key, m.FingerprintKey} {
		if key == "" {
			continue
		}
		s.lake.cache.drop(handleKey{s.id, key})
		errs = append(errs, s.objects.Delete(s.lake.ctx, key))
	}
	return errors.Join(errs...)
}

// Discard removes the files of sealed segments that will not be committed.
// Without it they go at the next Open.
func (s *Store) Discard(metas ...segment.Meta) error {
	s.mu.Lock()
	for _, m := range metas {
		if _, ok := s.mu.current.byID[m.ID]; ok {
			s.mu.Unlock()
			return fmt.Errorf("discard segment %s of store %s: it is committed", m.ID, s.id)
		}
	}
	s.mu.Unlock()
	var errs []error
	for _, m := range metas {
		errs = append(errs, s.deleteSegment(m))
	}
	return errors.Join(errs...)
}

// drop ends the store; its files go with the last snapshot.
func (s *Store) drop() {
	s.committing.Lock()
	s.mu.Lock()
	s.mu.dropped = true
	s.mu.Unlock()
	s.committing.Unlock()
	if err := s.closeLive(); err != nil {
		s.lake.opts.Logger.Warn("a dropped store's write-ahead log", "store", s.id, "err", err)
	}
	s.removeIfUnused()
}

// removeIfUnused removes a dropped store that no snapshot has.
func (s *Store) removeIfUnused() {
	s.mu.Lock()
	remove := s.mu.dropped && !s.mu.gone && len(s.mu.pinned) == 0
	if remove {
		s.mu.gone = true
	}
	segments := s.mu.current.segments
	s.mu.Unlock()
	if !remove {
		return
	}
	for _, m := range segments {
		s.lake.cache.drop(handleKey{s.id, m.Key})
		s.lake.cache.drop(handleKey{s.id, m.FingerprintKey})
	}
	if err := s.lake.removeStore(context.Background(), s.id); err != nil {
		s.lake.opts.Logger.Warn("a dropped store's files stay until the next start", "store", s.id, "err", err)
	}
}

// Expire removes the segments whose rows are all too old: rows with a time
// before cutoff, rows without one taken in before ingestCutoff, both in
// microseconds.
func (s *Store) Expire(ctx context.Context, cutoff, ingestCutoff int64) (dropped int, err error) {
	s.mu.Lock()
	current := s.mu.current
	s.mu.Unlock()
	c := Commit{Reason: "expire before " + time.UnixMicro(cutoff).UTC().Format(time.RFC3339)}
	for _, m := range current.segments {
		timed := m.NullTimes == m.Rows || m.MaxTime < cutoff
		timeless := m.NullTimes == 0 || m.Sealed < ingestCutoff
		if timed && timeless {
			c.Remove = append(c.Remove, m.ID)
		}
	}
	if len(c.Remove) == 0 {
		return 0, nil
	}
	if _, err := s.Commit(ctx, c); err != nil {
		return 0, fmt.Errorf("expire: %w", err)
	}
	return len(c.Remove), nil
}
