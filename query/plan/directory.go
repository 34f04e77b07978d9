package plan

import "context"

// Directory is an optional ability of a Catalog: what information_schema and
// SHOW tell. All its tables lie in one schema of one catalog.
type Directory interface {
	// Schema names the catalog and the schema.
	Schema() (catalog, schema string)
	// List returns the tables and views by name.
	List(ctx context.Context) ([]Listing, error)
}

// Listing is a table that a query can name.
type Listing struct {
	Name    string
	View    bool
	Columns []TableColumn
}

// Views is an optional ability of a Catalog: names that stand for a query.
type Views interface {
	// View returns the query of a view, as text; ok is false for other names. Its
	// names are looked up in the same catalog.
	View(ctx context.Context, name []string) (sql string, ok bool, err error)
}
