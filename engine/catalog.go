package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/storage"
)

// federationSchema is the schema under which Athena shows event data stores;
// queries written for it name stores as "aws:cloudtrail"."<id>".
const federationSchema = "aws:cloudtrail"

// catalog is what one query sees: every store it names, pinned at the version it
// had when the query first named it, with the retention as of the query's start.
type catalog struct {
	engine *Engine
	now    time.Time

	mu     sync.Mutex // guards tables
	tables map[string]*table
}

func (e *Engine) newCatalog(now time.Time) *catalog {
	return &catalog{engine: e, now: now, tables: map[string]*table{}}
}

// Table implements plan.Catalog. A store is named by its id, its name or its ARN.
func (c *catalog) Table(_ context.Context, name []string) (plan.Table, error) {
	s, err := c.resolve(name)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.tables[s.id]; ok {
		return t, nil
	}
	t, err := newTable(s, c.now)
	if err != nil {
		return nil, err
	}
	c.tables[s.id] = t
	return t, nil
}

func (c *catalog) resolve(name []string) (*store, error) {
	if len(name) == 2 && strings.EqualFold(name[0], federationSchema) {
		name = name[1:]
	}
	if len(name) != 1 {
		return nil, fmt.Errorf("%w: %s: an event data store is named by its id, its name or its ARN", plan.ErrTableNotFound, strings.Join(name, "."))
	}
	id := name[0]
	if lower := strings.ToLower(id); uuidPattern.MatchString(lower) {
		return c.engine.findActive(lower)
	}
	if strings.HasPrefix(id, "arn:") {
		return c.engine.findActive(id)
	}
	return c.engine.findNamed(id)
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
		return nil, fmt.Errorf("%w: %s", plan.ErrTableNotFound, name)
	}
	return e.findActive(exact.id)
}

// stores lists the ids of the stores the query reads.
func (c *catalog) stores() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]string, 0, len(c.tables))
	for id := range c.tables {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// release lets go of the pinned versions.
func (c *catalog) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.tables {
		t.snapshot.Release()
	}
	c.tables = map[string]*table{}
}

// table is one pinned version of a store as a plan.Table.
type table struct {
	store    *store
	snapshot *storage.Snapshot
	cutoff   int64 // rows with an older time are past their retention
	columns  []column
}
