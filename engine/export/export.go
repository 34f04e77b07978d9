// Package export writes query results in the formats people take away: an
// aligned table, CSV, JSON, JSON lines, Parquet and Arrow IPC. It reads Arrow
// batches whose fields carry their SQL types (query/types) and writes as they
// come, holding no more than a batch, except for the table.
package export

import (
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/traillake/traillake/query/types"
)

// Writer writes one result. Not safe for concurrent use.
type Writer interface {
	// Write adds a batch; the caller keeps it.
	Write(rec arrow.Record) error
	// Close writes what is left. It does not close the underlying writer.
	Close() error
}

// formats makes the writer of each format.
var formats = map[string]func(io.Writer, *arrow.Schema) (Writer, error){
	"table":   newTable,
	"csv":     newCSV,
	"json":    newJSON,
	"jsonl":   newJSONLines,
	"parquet": newParquet,
	"arrow":   newArrow,
}

// Formats lists the formats for people.
const Formats = "table, csv, json, jsonl, parquet or arrow"

// New returns a writer of a result with that schema to w in a format of Formats.
func New(format string, w io.Writer, schema *arrow.Schema) (Writer, error) {
	make, ok := formats[strings.ToLower(format)]
	if !ok {
		return nil, fmt.Errorf("format %q: must be %s", format, Formats)
	}
	return make(w, schema)
}

// columnTypes returns the SQL types of a schema's fields.
func columnTypes(schema *arrow.Schema) ([]types.Type, error) {
	out := make([]types.Type, schema.NumFields())
	for i, f := range schema.Fields() {
		var err error
		if out[i], err = types.FromField(f); err != nil {
			return nil, fmt.Errorf("column %s: %w", f.Name, err)
		}
	}
	return out, nil
}

func newArrow(w io.Writer, schema *arrow.Schema) (Writer, error) {
	return ipc.NewWriter(w, ipc.WithSchema(schema)), nil
}
