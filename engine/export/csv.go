package export

import (
	"encoding/csv"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// csvWriter writes RFC 4180 CSV with a header row. Values are the lake's text;
// NULL is an empty field.
type csvWriter struct {
	w       *csv.Writer
	types   []types.Type
	row     []string
	buf     []byte
	guarded []bool // columns whose texts are neutralized
}

func newCSV(w io.Writer, schema *arrow.Schema) (Writer, error) { return openCSV(w, schema, false) }

// NewSpreadsheetCSV is New for CSV that people open in a spreadsheet: a text that
// it would take for a formula gets a leading quote. Numbers stay as they are.
func NewSpreadsheetCSV(w io.Writer, schema *arrow.Schema) (Writer, error) {
	return openCSV(w, schema, true)
}

func openCSV(w io.Writer, schema *arrow.Schema, guard bool) (Writer, error) {
	t, err := columnTypes(schema)
	if err != nil {
		return nil, err
	}
	c := &csvWriter{w: csv.NewWriter(w), types: t, row: make([]string, len(t)), guarded: make([]bool, len(t))}
	for i, f := range schema.Fields() {
		c.row[i] = f.Name
		if guard {
			c.row[i] = neutralize(f.Name)
			c.guarded[i] = !t[i].IsNumeric()
		}
	}
	return c, c.w.Write(c.row)
}

// Write implements Writer.
func (c *csvWriter) Write(rec arrow.Record) error {
	for i := range int(rec.NumRows()) {
		for j, t := range c.types {
			c.row[j] = ""
			if column := rec.Column(j); t.Kind != types.Unknown && !column.IsNull(i) {
				c.buf = types.AppendText(c.buf[:0], t, column, i)
				c.row[j] = string(c.buf)
			}
			if c.guarded[j] {
				c.row[j] = neutralize(c.row[j])
			}
		}
		if err := c.w.Write(c.row); err != nil {
			return err
		}
	}
	return nil
}

// Close implements Writer.
func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}
