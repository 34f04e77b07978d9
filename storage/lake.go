package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/traillake/traillake/storage/catalog"
	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
)

// Names in the data directory.
const (
	lockName   = "LOCK"
	formatName = "FORMAT"
	formatText = "traillake data directory, format 1\n"
)

// storeDoc begins the keys of the lake log's documents that say which stores
// there are. Keys with "$" are storage's own.
const storeDoc = "$store/"

// Lake is an open data directory. Safe for concurrent use.
type Lake struct {
	opts    Options
	lock    io.Closer
	catalog *catalog.Catalog
	cache   *readerCache
	ctx     context.Context // of segments being written; Close cancels it
	cancel  context.CancelFunc

	// changing serialises CreateStore, DropStore and Close.
	changing sync.Mutex

	mu struct {
		sync.Mutex
		stores map[string]*Store
		closed bool
	}
}

// Open opens a data directory. It takes DIR/LOCK (ErrLocked when held), replays
// the logs, brings the index up to date and removes files that no entry names.
func Open(ctx context.Context, opts Options) (*Lake, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	l := newLake(opts)
	if err := l.open(ctx, false); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", opts.Dir, err), l.Close())
	}
	return l, nil
}

func newLake(opts Options) *Lake {
	l := &Lake{opts: opts, cache: newReaderCache(opts.OpenReaders)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.mu.stores = map[string]*Store{}
	return l
}

func (l *Lake) open(ctx context.Context, rebuild bool) error {
	if err := l.prepareDir(); err != nil {
		return err
	}
	var err error
	l.catalog, err = catalog.Open(ctx, catalog.Options{
		Dir: l.opts.Dir, FS: l.opts.FS, IndexDir: l.opts.IndexDir, KeyFile: l.opts.SigningKeyFile,
		ReadOnly: l.opts.ReadOnly, RebuildIndex: rebuild, Now: l.opts.Now, Rand: l.opts.Rand, Logger: l.opts.Logger,
	})
	if err != nil {
		return err
	}
	if err := l.dropLeftoverStores(ctx); err != nil {
		return err
	}
	for key := range l.catalog.Lake().Docs(storeDoc) {
		id := strings.TrimPrefix(key, storeDoc)
		log, err := l.catalog.OpenLog(ctx, id)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: store %s has no log: %w", ErrCorrupt, id, err)
		}
		if err != nil {
			return err
		}
		s, err := newStore(l, id, log)
		if err != nil {
			return err
		}
		if err := s.removeLeftovers(ctx); err != nil {
			return err
		}
		l.mu.stores[id] = s
	}
	return nil
}

// prepareDir makes the directory, takes the lock and checks the format.
func (l *Lake) prepareDir() error {
	fsys, dir := l.opts.FS, l.opts.Dir
	path := filepath.Join(dir, formatName)
	if !l.opts.ReadOnly {
		if err := vfs.MkdirAllSync(fsys, dir, 0o755); err != nil {
			return err
		}
		lock, err := fsys.Lock(filepath.Join(dir, lockName))
		if errors.Is(err, vfs.ErrLocked) {
			return ErrLocked
		}
		if err != nil {
			return fmt.Errorf("lock: %w", err)
		}
		l.lock = lock
	}
	text, err := vfs.ReadFile(fsys, path)
	switch {
	case err == nil && string(text) != formatText:
		return fmt.Errorf("%w: %s says %.80q, this program reads %q", ErrCorrupt, path, text, formatText)
	case err == nil || !errors.Is(err, fs.ErrNotExist):
		return err
	case l.opts.ReadOnly:
		return fmt.Errorf("%s is no data directory: %w", dir, err)
	}
	return vfs.WriteFile(fsys, path, []byte(formatText), 0o644)
}

// dropLeftoverStores removes what is left of stores that were being created or
// dropped when the process ended.
func (l *Lake) dropLeftoverStores(ctx context.Context) error {
	if l.opts.ReadOnly {
		return nil
	}
	entries, err := l.opts.FS.ReadDir(filepath.Join(l.opts.Dir, "stores"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, ok := l.catalog.Lake().Doc(storeDoc + e.Name()); ok || !e.IsDir() {
			continue
		}
		if err := l.removeStore(ctx, e.Name()); err != nil {
			return err
		}
		l.leftover(e.Name(), "")
	}
	return nil
}

func (l *Lake) leftover(store, key string) {
	l.opts.Logger.Info("removed a leftover of an unfinished change", "store", store, "key", key)
	if f := l.opts.Listener.LeftoverRemoved; f != nil {
		f(store, key)
	}
}

// removeStore removes a store's log and folder.
func (l *Lake) removeStore(ctx context.Context, id string) error {
	if err := l.catalog.DropLog(ctx, id); err != nil {
		return err
	}
	dir := storeDir(l.opts.Dir, id)
	if err := vfs.RemoveAll(l.opts.FS, dir); err != nil {
		return err
	}
	return l.opts.FS.SyncDir(filepath.Dir(dir))
}

func storeDir(dir, id string) string { return filepath.Join(dir, "stores", id) }

// Close releases everything. Segments being written fail. It is idempotent.
func (l *Lake) Close() error {
	l.changing.Lock()
	defer l.changing.Unlock()
	l.cancel()
	l.mu.Lock()
	closed := l.mu.closed
	l.mu.closed = true
	l.mu.Unlock()
	if closed {
		return nil
	}
	errs := []error{l.cache.close()}
	for _, s := range l.allStores() {
		errs = append(errs, s.closeLive())
	}
	if l.catalog != nil {
		errs = append(errs, l.catalog.Close())
	}
	if l.lock != nil {
		errs = append(errs, l.lock.Close())
	}
	return errors.Join(errs...)
}

// Doc returns a document of the lake's log.
func (l *Lake) Doc(key string) (json.RawMessage, bool) {
	if ownKey(key) {
		return nil, false
	}
	return l.catalog.Lake().Doc(key)
}

// Docs returns the documents whose key has the prefix, by key.
func (l *Lake) Docs(prefix string) map[string]json.RawMessage {
	return foreignDocs(l.catalog.Lake(), prefix)
}

func ownKey(key string) bool { return strings.HasPrefix(key, "$") }

func foreignDocs(log *catalog.Log, prefix string) map[string]json.RawMessage {
	docs := log.Docs(prefix)
	maps.DeleteFunc(docs, func(key string, _ json.RawMessage) bool { return ownKey(key) })
	return docs
}

func checkDocs(docs map[string]json.RawMessage) error {
	for key := range docs {
		if ownKey(key) {
			return fmt.Errorf("document key %q: must not begin with $", key)
		}
	}
	return nil
}

// PutDocs writes documents in one log entry; a nil value deletes.
func (l *Lake) PutDocs(ctx context.Context, reason string, docs map[string]json.RawMessage) (int64, error) {
	if err := checkDocs(docs); err != nil {
		return 0, err
	}
	v, err := l.catalog.Lake().Commit(ctx, catalog.Commit{Reason: reason, Docs: docs})
	return v, mapError(err)
}

// mapError makes errors of the catalog match this package's.
func mapError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, catalog.ErrReadOnly):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case errors.Is(err, catalog.ErrClosed):
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return err
}

// storeRecord is the document of a store in the lake's log.
type storeRecord struct {
	Created int64  `json:"created"` // microseconds
	Family  string `json:"family,omitempty"`
}

// CreateStore makes a store. The first entry of its log holds the documents. A
// store of this id that is there already is an error matching fs.ErrExist.
func (l *Lake) CreateStore(ctx context.Context, id string, layout segment.Layout, docs map[string]json.RawMessage) (*Store, error) {
	l.changing.Lock()
	defer l.changing.Unlock()
	if err := errors.Join(layout.Validate(), checkDocs(docs), l.checkOpen()); err != nil {
		return nil, fmt.Errorf("create store %s: %w", id, err)
	}
	log, err := l.catalog.CreateLog(ctx, id, catalog.Commit{Reason: "create store", Docs: docs})
	if err != nil {
		return nil, fmt.Errorf("create store %s: %w", id, mapError(err))
	}
	s, err := newStore(l, id, log)
	if err != nil {
		return nil, fmt.Errorf("create store %s: %w", id, err)
	}
	record, err := json.Marshal(storeRecord{Created: l.opts.Now().UnixMicro(), Family: layout.Family})
	if err != nil {
		return nil, err
	}
	// The store exists from here on.
	_, err = l.catalog.Lake().Commit(ctx, catalog.Commit{Reason: "create store " + id, Docs: map[string]json.RawMessage{storeDoc + id: record}})
	if err != nil {
		if !errors.Is(err, catalog.ErrInDoubt) {
			err = errors.Join(err, l.removeStore(context.WithoutCancel(ctx), id))
		}
		return nil, fmt.Errorf("create store %s: %w", id, mapError(err))
	}
	s.setLayout(layout)
	l.mu.Lock()
	l.mu.stores[id] = s
	l.mu.Unlock()
	l.opts.Logger.Info("created store", "store", id)
	return s, nil
}

func (l *Lake) checkOpen() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.mu.closed:
		return ErrClosed
	case l.opts.ReadOnly:
		return ErrReadOnly
	}
	return nil
}

// OpenStore returns a store that exists. Every call returns the same *Store; the
// layout of the first call stays.
func (l *Lake) OpenStore(id string, layout segment.Layout) (*Store, error) {
	if err := layout.Validate(); err != nil {
		return nil, fmt.Errorf("open store %s: %w", id, err)
	}
	l.mu.Lock()
	s := l.mu.stores[id]
	closed := l.mu.closed
	l.mu.Unlock()
	if closed {
		return nil, fmt.Errorf("open store %s: %w", id, ErrClosed)
	}
	if s == nil {
		return nil, fmt.Errorf("open store %s: %w", id, ErrNotFound)
	}
	s.setLayout(layout)
	return s, nil
}

// StoreFamily returns Layout.Family of a store as it was made with; "" when there is
// no such store.
func (l *Lake) StoreFamily(id string) (string, error) {
	raw, ok := l.catalog.Lake().Doc(storeDoc + id)
	if !ok {
		return "", nil
	}
	var r storeRecord
	if err := json.Unmarshal(raw, &r); err != nil {
		return "", fmt.Errorf("record of store %s: %w", id, err)
	}
	return r.Family, nil
}

func (l *Lake) allStores() []*Store {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.mu.stores))
}

// StoreIDs lists the stores in order.
func (l *Lake) StoreIDs() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.mu.stores))
}

// DropStore removes a store for good. Snapshots in use stay readable; the files
// go with the last of them.
func (l *Lake) DropStore(ctx context.Context, id string) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	if err := l.checkOpen(); err != nil {
		return fmt.Errorf("drop store %s: %w", id, err)
	}
	l.mu.Lock()
	s := l.mu.stores[id]
	l.mu.Unlock()
	if s == nil {
		return fmt.Errorf("drop store %s: %w", id, ErrNotFound)
	}
	_, err := l.catalog.Lake().Commit(ctx, catalog.Commit{Reason: "drop store " + id, Docs: map[string]json.RawMessage{storeDoc + id: nil}})
	if err != nil {
		return fmt.Errorf("drop store %s: %w", id, mapError(err))
	}
	l.mu.Lock()
	delete(l.mu.stores, id)
	l.mu.Unlock()
	l.opts.Logger.Info("dropped store", "store", id)
	s.drop()
	return nil
}
