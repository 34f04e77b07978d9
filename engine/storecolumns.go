package engine

import (
	"context"

	"github.com/traillake/traillake/query/types"
)

// StoreColumn is a column of a store, or a field of one that is a row.
type StoreColumn struct {
	// Path is how SQL names it, as in useridentity.sessioncontext.attributes.
	Path string
	Type string // in Trino's notation
	// Hidden columns answer to their names but are not in SELECT *.
	Hidden bool
	// Keys tells that it is a map, whose keys ListEventDataStoreValues lists.
	Keys bool
	// Synonym is what the name means when it is none of the schema's: queries
	// written for Athena use it.
	Synonym string
}

// ListEventDataStoreColumns lists the columns of a store in their order, each row
// before its fields, then the synonyms that queries may use.
func (e *Engine) ListEventDataStoreColumns(_ context.Context, _ Principal, idOrARN string) ([]StoreColumn, error) {
	s, err := e.findActive(idOrARN)
	if err != nil {
		return nil, err
	}
	columns, err := familyColumns(s.family)
	if err != nil {
		return nil, internal(err)
	}
	var out []StoreColumn
	for _, c := range columns {
		out = appendPaths(out, c.Name, c.Type, c.Hidden)
	}
	for _, syn := range synonyms(s.family) {
		meaning := syn.Column
		if syn.Part != "" {
			meaning = syn.Part + " of " + syn.Column
		}
		out = append(out, StoreColumn{Path: syn.Name, Hidden: true, Synonym: meaning})
	}
	return out, nil
}

// appendPaths adds a column and the fields in it.
func appendPaths(out []StoreColumn, path string, t types.Type, hidden bool) []StoreColumn {
	out = append(out, StoreColumn{Path: path, Type: t.String(), Hidden: hidden, Keys: t.Kind == types.Map})
	if t.Kind == types.Row {
		for _, f := range t.Fields {
			out = appendPaths(out, path+"."+f.Name, f.Type, hidden)
		}
	}
	return out
}
