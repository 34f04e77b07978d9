package segment

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// Defaults of a Layout.
const (
	DefaultRowGroupRows  = 131072
	DefaultRowGroupBytes = 64 << 20
)

// Layout says how the rows of one family of segments are stored.
//
// Leaves are named by their path with dots: "useridentity.arn". Below a list the
// step is "element", below a map "key" and "value", as in Iceberg:
// "resources.element.arn", "requestparameters.value".
type Layout struct {
	// Schema has the columns in order. Supported, in any nesting: utf8, binary,
	// bool, int32, int64, float64, timestamp[us] without a zone, list, struct,
	// map with utf8 keys. Every field is nullable.
	Schema *arrow.Schema
	// TimeColumn is the top-level timestamp column that a row's age is taken from.
	TimeColumn string
	// PayloadColumn is the top-level utf8 or binary column that the Merkle root covers.
	PayloadColumn string
	// IDColumn is the top-level utf8 column that, with the payload, is read back after writing.
	IDColumn string
	// CommitColumn is the top-level int64 column that, in a segment made of others,
	// has the version that added each row. Elsewhere it is NULL. Empty: segments are
	// not made of others.
	CommitColumn string
	// SortColumns are leaves that are not below a list or map. Rows of a row group
	// are ordered by them, NULL first, the order of arrival deciding ties.
	SortColumns []string
	// BloomColumns are leaves that get a bloom filter per row group.
	BloomColumns []string
	// TextColumns are utf8 leaves that get a text filter per row group, for
	// searches in their texts.
	TextColumns []string
	// FieldIDs are the permanent Parquet field ids by path, of leaves, structs,
	// lists and maps. Paths that are missing get no id.
	FieldIDs map[string]int
	// SchemaVersion and Family go to the footer's key values.
	SchemaVersion int
	Family        string
	// RowGroupRows bounds the rows of a row group. 0 means DefaultRowGroupRows.
	RowGroupRows int
	// RowGroupBytes bounds the raw bytes of a row group. 0 means DefaultRowGroupBytes.
	RowGroupBytes int64
}

// WithDefaults returns the layout with its zero fields filled in.
func (l Layout) WithDefaults() Layout {
	if l.RowGroupRows == 0 {
		l.RowGroupRows = DefaultRowGroupRows
	}
	if l.RowGroupBytes == 0 {
		l.RowGroupBytes = DefaultRowGroupBytes
	}
	return l
}

// Validate reports everything that is wrong with the layout.
func (l Layout) Validate() error {
	if l.Schema == nil {
		return errors.New("segment layout: no schema")
	}
	root, err := newTree(l.Schema, nil)
	if err != nil {
		return fmt.Errorf("segment layout: %w", err)
	}
	var errs []error
	top := func(what, name string, ok func(arrow.DataType) bool) {
		if name == "" {
			return
		}
		f, found := l.Schema.FieldsByName(name)
		if !found || len(f) != 1 || !ok(f[0].Type) {
			errs = append(errs, fmt.Errorf("segment layout: %s %q is not a fitting top-level column", what, name))
		}
	}
	top("time column", l.TimeColumn, func(t arrow.DataType) bool { return t.ID() == arrow.TIMESTAMP })
	top("payload column", l.PayloadColumn, func(t arrow.DataType) bool { return t.ID() == arrow.STRING || t.ID() == arrow.BINARY })
	top("commit column", l.CommitColumn, func(t arrow.DataType) bool { return t.ID() == arrow.INT64 })
	top("id column", l.IDColumn, func(t arrow.DataType) bool { return t.ID() == arrow.STRING })
	for _, path := range l.SortColumns {
		if leaf := root.leafByPath(path); leaf == nil || leaf.maxRep > 0 {
			errs = append(errs, fmt.Errorf("segment layout: sort column %q is not a leaf outside lists and maps", path))
		}
	}
	for _, path := range l.BloomColumns {
		if root.leafByPath(path) == nil {
			errs = append(errs, fmt.Errorf("segment layout: bloom column %q is not a leaf", path))
		}
	}
	for _, path := range l.TextColumns {
		if leaf := root.leafByPath(path); leaf == nil || leaf.kind != kindUTF8 {
			errs = append(errs, fmt.Errorf("segment layout: text column %q is not a utf8 leaf", path))
		}
	}
	if l.RowGroupRows < 0 || l.RowGroupBytes < 0 {
		errs = append(errs, fmt.Errorf("segment layout: row group of %d rows and %d bytes: must not be negative", l.RowGroupRows, l.RowGroupBytes))
	}
	return errors.Join(errs...)
}
