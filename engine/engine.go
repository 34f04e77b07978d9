// Package engine is the lake's use cases: event data stores, imports, queries,
// retention. It joins storage, ingest and query, which do not know each other,
// and is all that the fronts (engine/api/...) see.
//
// An operation is a method of Engine named as CloudTrail names it. Each takes the
// caller's Principal, validates its input with the documented limits, and answers
// with values of this package or an *Error.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/traillake/traillake/engine/sample"
	"github.com/traillake/traillake/storage"
	"github.com/traillake/traillake/storage/vfs"
)

// Engine is an opened lake. Safe for concurrent use.
type Engine struct {
	opts    Options
	lake    *storage.Lake
	log     *slog.Logger
	tokens  tokenSigner
	samples *sample.Library

	// background is the context of imports, queries and schedules; stop ends it.
	background context.Context
	stop       context.CancelFunc
	work       sync.WaitGroup
	closed     atomic.Bool // set under mu

	// admin serialises operations that change settings of stores.
	admin sync.Mutex

	// mu guards the maps and the records in them. It is never held across I/O
	// except the commit that makes a change of a record durable.
	mu      sync.Mutex
	stores  map[string]*store       // by id
	imports map[string]*importState // by id
	watches map[string]*watchState  // by id
	queries *queryRegistry
	saved   map[string]*SavedQuery // by id; replaced, never changed
	// channels by id.
	channels map[string]*channel

	uploads  uploads
	counters counters
	// sealWake tells that a store's live events have become many.
	sealWake chan struct{}
	// counting lets one ListEventDataStoreValues at a time count.
	counting chan struct{}
	// analyzing holds a place for each ExplainQuery that runs its statement.
	analyzing chan struct{}
}

// Open opens the lake in opts.Dir, goes on with the imports that were running,
// marks the queries that were running as failed, and starts the retention
// schedule. A failed Open leaves nothing open.
func Open(ctx context.Context, opts Options) (*Engine, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	lake, err := storage.Open(ctx, storage.Options{
		Dir: opts.Dir, FS: opts.FS, Now: opts.Now, Logger: opts.Logger, SigningKeyFile: opts.SigningKeyFile,
	})
	if err != nil {
		return nil, fmt.Errorf("open lake %s: %w", opts.Dir, err)
	}
	// Spill files of queries that a crash ended.
	if err := vfs.RemoveAll(opts.FS, opts.tempDir()); err != nil {
		return nil, errors.Join(fmt.Errorf("clear %s: %w", opts.tempDir(), err), lake.Close())
	}
	background, stop := context.WithCancel(context.Background())
	e := &Engine{
		opts: opts, lake: lake, log: opts.Logger, background: background, stop: stop,
		stores: map[string]*store{}, imports: map[string]*importState{}, watches: map[string]*watchState{}, saved: map[string]*SavedQuery{}, channels: map[string]*channel{},
		sealWake: make(chan struct{}, 1), counting: make(chan struct{}, 1), analyzing: make(chan struct{}, opts.Query.MaxConcurrent),
	}
	if err := e.load(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	if !opts.Import.Pause {
		e.resumeImports()
		e.startWatches()
	}
	e.every(opts.RetentionInterval, e.sweep)
	e.work.Go(e.sealLoop)
	if !opts.Compaction.Off {
		e.work.Go(e.compactLoop)
	}
	return e, nil
}

// load reads the state of stores, imports and queries.
func (e *Engine) load(ctx context.Context) error {
	var err error
	if e.tokens, err = newTokenSigner(e.opts.Rand); err != nil {
		return err
	}
	if e.samples, err = sample.Load(); err != nil {
		return err
	}
	if err := e.loadStores(ctx); err != nil {
		return err
	}
	if err := e.loadImports(); err != nil {
		return err
	}
	if err := e.loadWatches(); err != nil {
		return err
	}
	if err := e.loadSavedQueries(); err != nil {
		return err
	}
	if err := e.loadChannels(); err != nil {
		return err
	}
	e.queries, err = openQueryRegistry(e.opts.FS, e.opts.resultsDir(), e.opts.Now)
	if err != nil {
		return err
	}
	return ctx.Err()
}

// every runs f now and then at an interval until the engine closes.
func (e *Engine) every(interval time.Duration, f func(context.Context)) {
	e.work.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			f(e.background)
			select {
			case <-e.background.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

// Close stops imports at their next commit and queries at once, waits for both
// and closes the lake. Imports that were running go on at the next Open. It is idempotent.
func (e *Engine) Close() error {
	e.mu.Lock()
	before := e.closed.Swap(true)
	e.mu.Unlock()
	if before {
		return nil
	}
	e.stop()
	e.work.Wait()
	return errors.Join(e.saveIngestion(context.Background()), e.lake.Close())
}

// enter lets in an operation that changes the lake or starts work: Close waits
// until it has left. After Close it is an error, for the calls that a front's
// drain broke off and that are still on their way.
func (e *Engine) enter() (leave func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed.Load() {
		return nil, Errorf(Internal, "the server is stopping")
	}
	e.work.Add(1)
	return e.work.Done, nil
}

// Account is the AWS account id the lake stands for.
func (e *Engine) Account() string { return e.opts.Account }

// Region is the AWS region in the lake's ARNs.
func (e *Engine) Region() string { return e.opts.Region }

// Ready tells why the lake cannot serve, or nil.
func (e *Engine) Ready() error {
	if e.closed.Load() {
		return errors.New("the lake is closing")
	}
	return nil
}

// Credential returns the credential with that access key id.
func (e *Engine) Credential(_ context.Context, accessKeyID string) (Credential, bool) {
	for _, c := range e.opts.Credentials {
		if c.AccessKeyID == accessKeyID {
			return c, true
		}
	}
	return Credential{}, false
}
