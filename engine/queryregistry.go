package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/traillake/traillake/storage/vfs"
)

// interrupted is why a query that ran when the process ended is FAILED.
const interrupted = "the server stopped while the query ran; start it again"

// queryRecord is what the results directory keeps of a query, beside its rows.
type queryRecord struct {
	ID              string         `json:"id"`
	Statement       string         `json:"statement"`
	Status          QueryStatus    `json:"status"`
	Error           string         `json:"error,omitempty"`
	Created         time.Time      `json:"created"`
	Ended           *time.Time     `json:"ended,omitempty"`
	Stores          []string       `json:"stores"`
	Owner           string         `json:"owner,omitempty"` // EventDataStoreOwnerAccountId as given
	UserARN         string         `json:"userArn,omitempty"`
	AccessKeyID     string         `json:"accessKeyId,omitempty"`
	Source          string         `json:"source,omitempty"`
	ExecutionTime   time.Duration  `json:"executionTime"`
	EventsMatched   int64          `json:"eventsMatched"`
	EventsScanned   int64          `json:"eventsScanned"`
	BytesScanned    int64          `json:"bytesScanned"`
	Segments        int64          `json:"segments"`
	SegmentsPruned  int64          `json:"segmentsPruned"`
	RowGroups       int64          `json:"rowGroups"`
	RowGroupsPruned int64          `json:"rowGroupsPruned"`
	RowGroupsDone   int64          `json:"rowGroupsDone"`
	RowGroupsTotal  int64          `json:"rowGroupsTotal"`
	Columns         []outputColumn `json:"columns"`
	Chunks          []chunk        `json:"chunks,omitempty"`
}

// outputColumn is a column of a result, its type as SQL writes it.
type outputColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// queryState is a query and, while it runs, its job.
type queryState struct {
	id    string
	user  string // who started it, as current_user; empty for one of an earlier process
	spool *spool
	ended chan struct{} // closed when the state is final
	// cancel ends a query that runs; nil for one of an earlier process.
	cancel context.CancelFunc

	mu     sync.Mutex         // guards what follows
	record queryRecord        // as of now
	live   func(*queryRecord) // brings the counters of a running query up to date; may be nil

	statistics atomic.Pointer[[]ColumnStatistics] // of its result, once asked for
}

// now returns the record with its counters up to date.
func (q *queryState) now() queryRecord {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.live != nil {
		q.live(&q.record)
	}
	return q.record
}

// status is that of the record, without a look at the counters.
func (q *queryState) status() QueryStatus {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.record.Status
}

// queryRegistry holds the queries whose results are kept. The results directory
// is its only truth: one folder per query with its record and its rows.
type queryRegistry struct {
	fs  vfs.FS
	dir string

	held atomic.Int64 // bytes of results in memory, for want of room on disk

	mu     sync.Mutex             // guards what follows
	all    map[string]*queryState // by id
	active map[string]*queryState // those that had not ended when the last one came
}

// openQueryRegistry reads the results directory. Queries that were running are failed.
func openQueryRegistry(fsys vfs.FS, dir string, now func() time.Time) (*queryRegistry, error) {
	r := &queryRegistry{fs: fsys, dir: dir, all: map[string]*queryState{}, active: map[string]*queryState{}}
	if err := fsys.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make results directory: %w", err)
	}
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read results directory: %w", err)
	}
	for _, entry := range entries {
		if !entry.IsDir() || !uuidPattern.MatchString(entry.Name()) {
			continue
		}
		if err := r.reload(entry.Name(), now); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// reload takes one query over from disk; one whose record was never written is removed.
func (r *queryRegistry) reload(id string, now func() time.Time) error {
	raw, err := vfs.ReadFile(r.fs, r.recordPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return vfs.RemoveAll(r.fs, filepath.Join(r.dir, id))
	}
	if err != nil {
		return fmt.Errorf("read query %s: %w", id, err)
	}
	q := &queryState{id: id, ended: make(chan struct{})}
	close(q.ended)
	if err := json.Unmarshal(raw, &q.record); err != nil {
		// Results are a cache of answers: a damaged one is dropped, not a reason to stay closed.
		return vfs.RemoveAll(r.fs, filepath.Join(r.dir, id))
	}
	if !q.record.Status.Ended() {
		at := now().UTC()
		q.record.Status, q.record.Error, q.record.Ended, q.record.Chunks = QueryFailed, interrupted, &at, nil
		if err := r.save(q.record); err != nil {
			return err
		}
	}
	q.spool = reopenSpool(r.fs, r.rowsPath(id), q.record.Chunks)
	r.all[id] = q
	return nil
}

func (r *queryRegistry) recordPath(id string) string { return filepath.Join(r.dir, id, "query.json") }
func (r *queryRegistry) rowsPath(id string) string   { return filepath.Join(r.dir, id, "rows.arrows") }

// add makes a query's folder, first record and spool and registers it, unless as
// many as may be are queued or running. On an error nothing of it is left.
func (r *queryRegistry) add(q *queryState, o QueryOptions) error {
	if err := r.admit(nil, o.MaxConcurrent); err != nil {
		return err
	}
	err := r.fs.MkdirAll(filepath.Join(r.dir, q.id), 0o755)
	if err == nil || errors.Is(err, syscall.ENOSPC) {
		q.spool, err = createSpool(r.fs, r.rowsPath(q.id), o.ResultBytes, &r.held)
	}
	if err == nil {
		// A query is answered on a full disk too; a restart forgets it then.
		if err = r.save(q.record); errors.Is(err, syscall.ENOSPC) {
			err = nil
		}
	}
	if err != nil {
		err = fmt.Errorf("keep query %s: %w", q.id, err)
	} else {
		err = r.admit(q, o.MaxConcurrent)
	}
	if err != nil {
		return errors.Join(err, r.remove(q))
	}
	return nil
}

// admit refuses when limit queries are queued or running, and registers q when it is not nil.
func (r *queryRegistry) admit(q *queryState, limit int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.active, func(_ string, other *queryState) bool { return other.status().Ended() })
	if n := len(r.active); n >= limit {
		return Errorf(MaxConcurrentQueries, "%d queries are queued or running, the limit is %d: wait for one or cancel one", n, limit)
	}
	if q != nil {
		r.all[q.id], r.active[q.id] = q, q
	}
	return nil
}

// save writes a query's record. As its rows it may be lost with the power, and a
// record without its rows would be of no use: neither is synced.
func (r *queryRegistry) save(record queryRecord) error {
	raw, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("encode query %s: %w", record.ID, err)
	}
	return vfs.ReplaceFile(r.fs, r.recordPath(record.ID), raw, 0o644)
}

// remove forgets a query and its rows.
func (r *queryRegistry) remove(q *queryState) error {
	r.mu.Lock()
	delete(r.all, q.id)
	delete(r.active, q.id)
	r.mu.Unlock()
	var err error
	if q.spool != nil {
		err = q.spool.finish()
		q.spool.forget()
	}
	return errors.Join(err, vfs.RemoveAll(r.fs, filepath.Join(r.dir, q.id)))
}

func (r *queryRegistry) find(id string) (*queryState, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q, ok := r.all[id]
	return q, ok
}

// list returns the queries, the newest first.
func (r *queryRegistry) list() []*queryState {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*queryState, 0, len(r.all))
	for _, q := range r.all {
		out = append(out, q)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i].now().Created, out[j].now().Created
		if !a.Equal(b) {
			return a.After(b)
		}
		return out[i].id < out[j].id
	})
	return out
}

// expire removes the results that are older than ttl, then the oldest while all
// of them together are larger than allBytes.
func (r *queryRegistry) expire(now time.Time, ttl time.Duration, allBytes int64) error {
	var errs []error
	var total int64
	for _, q := range r.list() { // newest first
		record := q.now()
		if !record.Status.Ended() {
			continue
		}
		q.spool.mu.Lock()
		total += q.spool.size
		q.spool.mu.Unlock()
		old := record.Ended != nil && now.Sub(*record.Ended) > ttl
		if old || total > allBytes {
			errs = append(errs, r.remove(q))
		}
	}
	return errors.Join(errs...)
}
