package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/traillake/traillake/ingest/selector"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/storage"
)

// placeholder stands for a store in the samples of AWS's documentation and in
// the queries its console makes.
const placeholder = "$EDS_ID"

// catalog is what one query sees: every store it names, pinned at the version it
// had when the query first named it, with the retention as of the query's start.
type catalog struct {
	engine *Engine
	now    time.Time

	mu     sync.Mutex // guards tables
	tables map[tableKey]*table
}

// tableKey is a store at a version; 0 is the newest when it was first named.
type tableKey struct {
	id      string
	version int64
}

func (e *Engine) newCatalog(now time.Time) *catalog {
	return &catalog{engine: e, now: now, tables: map[tableKey]*table{}}
}

// Table implements plan.Catalog. A store is named by its id, its name or its ARN.
func (c *catalog) Table(ctx context.Context, name []string) (plan.Table, error) {
	if t, err := c.systemTable(ctx, name); t != nil || err != nil {
		return t, err
	}
	s, err := c.resolve(name)
	if err != nil {
		return nil, err
	}
	return c.pin(tableKey{id: s.id}, s, s.now)
}

// pin returns the query's table of a store and version, made on first use.
func (c *catalog) pin(key tableKey, s *store, pin func() (*pinned, error)) (plan.Table, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.tables[key]; ok {
		return t, nil
	}
	p, err := pin()
	if err != nil {
		return nil, err
	}
	t, err := newTable(s, p, c.now)
	if err != nil {
		p.release()
		return nil, err
	}
	c.tables[key] = t
	return t, nil
}

// TableAsOf implements plan.VersionedCatalog. Events that are in no segment yet
// are in no version. Rows past their retention are not
// in any version; a version of which retention deleted segments is an error.
func (c *catalog) TableAsOf(ctx context.Context, name []string, at plan.AsOf) (plan.Table, error) {
	s, err := c.resolve(name)
	if err != nil {
		return nil, err
	}
	version := at.Version
	if !at.Time.IsZero() {
		if at.Time.After(c.now) {
			return nil, &plan.NoVersion{Reason: fmt.Sprintf("Pointer value '%s' is not in the past", at.Time.Format("2006-01-02 15:04:05.000"))}
		}
		if version, err = s.storage.VersionAt(ctx, at.Time); err != nil {
			return nil, noVersion(s, err)
		}
	}
	key := tableKey{id: s.id, version: version}
	return c.pin(key, s, func() (*pinned, error) {
		sn, err := s.storage.SnapshotAt(ctx, version)
		if err != nil {
			return nil, noVersion(s, err)
		}
		return &pinned{Snapshot: sn}, nil
	})
}

func noVersion(s *store, err error) error {
	if errors.Is(err, storage.ErrNoVersion) {
		return &plan.NoVersion{Reason: fmt.Sprintf("event data store %s has no %s", s.record.Load().Name, strings.TrimPrefix(err.Error(), "no "))}
	}
	return err
}

// resolve finds a store by the last part of a name. What stands before it, at
// most a catalog and a schema such as "aws:cloudtrail" or an Athena database, is
// not looked at: there is one schema, and a store's name is the only one of its kind.
func (c *catalog) resolve(name []string) (*store, error) {
	if len(name) > 3 || len(name) > 1 && strings.EqualFold(name[len(name)-2], "information_schema") {
		return nil, &plan.MissingTable{Name: strings.Join(name, ".")}
	}
	id := name[len(name)-1]
	if strings.EqualFold(id, placeholder) {
		return c.engine.onlyStore()
	}
	if lower := strings.ToLower(id); uuidPattern.MatchString(lower) {
		return c.engine.findActive(lower)
	}
	if strings.HasPrefix(id, "arn:") {
		return c.engine.findActive(id)
	}
	return c.engine.findNamed(id)
}

// onlyStore is the store of a lake that has one, or has one of CloudTrail events,
// which the samples are about.
func (e *Engine) onlyStore() (*store, error) {
	var trails []*store
	for _, s := range e.allStores() {
		if r := s.record.Load(); r.Status != StorePendingDeletion && r.Family == selector.Trail {
			trails = append(trails, s)
		}
	}
	if len(trails) == 1 {
		return trails[0], nil
	}
	names := e.storeNames()
	if len(names) != 1 {
		return nil, &plan.MissingTable{Name: placeholder, Known: names}
	}
	return e.findNamed(names[0])
}

// findNamed returns the store with a name, as written or else in any case.
func (e *Engine) findNamed(name string) (*store, error) {
	e.mu.Lock()
	var exact, folded *store
	for _, s := range e.stores {
		switch n := s.record.Load().Name; {
		case n == name:
			exact = s
		case strings.EqualFold(n, name):
			folded = s
		}
	}
	e.mu.Unlock()
	if exact == nil {
		exact = folded
	}
	if exact == nil {
		return nil, &plan.MissingTable{Name: name, Known: e.storeNames()}
	}
	return e.findActive(exact.id)
}

// storeNames lists the names of the stores that can be queried.
func (e *Engine) storeNames() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var names []string
	for _, s := range e.stores {
		if r := s.record.Load(); r.Status != StorePendingDeletion {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return names
}

// stores lists the ids of the stores the query reads.
func (c *catalog) stores() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]string, 0, len(c.tables))
	for key := range c.tables {
		ids = append(ids, key.id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// release lets go of the pinned versions.
func (c *catalog) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.tables {
		t.snapshot.release()
	}
	c.tables = map[tableKey]*table{}
}

// table is one pinned version of a store as a plan.Table.
type table struct {
	store    *store
	snapshot *pinned
	cutoff   int64 // rows with an older time are past their retention
	columns  []column
	// summarized leaves out the segments that a summary has told of.
	summarized bool
}
