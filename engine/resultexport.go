package engine

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/engine/export"
)

// ExportFormat is a file format of whole results.
type ExportFormat string

// The formats of exports.
const (
	ExportCSV       ExportFormat = "csv"     // for spreadsheets: formulas are neutralized
	ExportJSONLines ExportFormat = "jsonl"   // an object for each row
	ExportParquet   ExportFormat = "parquet" // types it has no column for are text
	ExportArrow     ExportFormat = "arrow"   // an Arrow IPC stream
)

// contentTypes are the media types of the formats.
var contentTypes = map[ExportFormat]string{
	ExportCSV:       "text/csv; charset=utf-8; header=present",
	ExportJSONLines: "application/x-ndjson",
	ExportParquet:   "application/vnd.apache.parquet",
	ExportArrow:     "application/vnd.apache.arrow.stream",
}

// ExportQueryResultsInput asks for a whole result as a file.
type ExportQueryResultsInput struct {
	QueryRef
	Format ExportFormat
}

// ResultExport is a whole result as a file.
type ResultExport struct {
	FileName    string // such as query-20260304-050607-aaaaaaaa.csv
	ContentType string
	// Write writes the file and returns the query's error when there are not all
	// rows: what was written is then no whole file. It holds no more of the result
	// than a batch, or a row group of Parquet. To be called once.
	Write func(io.Writer) error
}

// ExportQueryResults yields a query's whole result as a file, waiting for more
// while the query runs. ctx must last until it is written.
func (e *Engine) ExportQueryResults(ctx context.Context, p Principal, in ExportQueryResultsInput) (*ResultExport, error) {
	contentType, ok := contentTypes[in.Format]
	if !ok {
		return nil, Errorf(InvalidParameter, "Format %q: must be csv, jsonl, parquet or arrow", clip(string(in.Format)))
	}
	q, err := e.findQuery(in.QueryRef)
	if err != nil {
		return nil, err
	}
	if r := q.now(); r.Status.Ended() && r.Status != QueryFinished {
		return nil, endOf(r)
	}
	rows, err := e.StreamQueryResults(ctx, p, in.QueryRef)
	if err != nil {
		return nil, err
	}
	return &ResultExport{
		FileName:    fmt.Sprintf("query-%s-%.8s.%s", q.now().Created.UTC().Format("20060102-150405"), q.id, in.Format),
		ContentType: contentType,
		Write: func(w io.Writer) (err error) {
			defer func() { err = errors.Join(err, rows.Close()) }()
			return writeExport(w, in.Format, rows)
		},
	}, nil
}

func writeExport(w io.Writer, format ExportFormat, rows ResultStream) error {
	out, err := newExporter(w, format, rows.Schema())
	if err != nil {
		return fmt.Errorf("begin a %s file: %w", format, err)
	}
	for {
		rec, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return out.Close()
		}
		if err != nil {
			return err // and no Close: the file must not look whole
		}
		err = out.Write(rec)
		rec.Release()
		if err != nil {
			return fmt.Errorf("write a %s file: %w", format, err)
		}
	}
}

func newExporter(w io.Writer, format ExportFormat, schema *arrow.Schema) (export.Writer, error) {
	if format == ExportCSV {
		return export.NewSpreadsheetCSV(w, schema)
	}
	return export.New(string(format), w, schema)
}
