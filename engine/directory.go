package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/traillake/traillake/query/plan"
)

// The one catalog and schema of the lake, as information_schema names them.
const (
	catalogName = "traillake"
	schemaName  = "default"
)

// Schema implements plan.Directory.
func (c *catalog) Schema() (string, string) { return catalogName, schemaName }

// List implements plan.Directory: the stores that can be queried. The tables
// that tell of a store are not listed.
func (c *catalog) List(context.Context) ([]plan.Listing, error) {
	c.engine.mu.Lock()
	stores := make([]*store, 0, len(c.engine.stores))
	for _, s := range c.engine.stores {
		if s.record.Load().Status != StorePendingDeletion {
			stores = append(stores, s)
		}
	}
	c.engine.mu.Unlock()
	out := make([]plan.Listing, 0, len(stores))
	for _, s := range stores {
		columns, err := familyColumns(s.family)
		if err != nil {
			return nil, err
		}
		l := plan.Listing{Name: s.record.Load().Name}
		for _, c := range columns {
			l.Columns = append(l.Columns, c.TableColumn)
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b plan.Listing) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
