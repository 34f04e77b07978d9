package export

import (
	"io"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/traillake/traillake/query/types"
)

// maxCell is the width after which a table folds a value.
const maxCell = 80

// tableWriter draws an aligned table. It holds all rows, as it must know their widths.
type tableWriter struct {
	out   io.Writer
	table table.Writer
	types []types.Type
}

func newTable(w io.Writer, schema *arrow.Schema) (Writer, error) {
	t, err := columnTypes(schema)
	if err != nil {
		return nil, err
	}
	out := &tableWriter{out: w, table: table.NewWriter(), types: t}
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	out.table.SetStyle(style)
	header := make(table.Row, len(t))
	columns := make([]table.ColumnConfig, len(t))
	for i, f := range schema.Fields() {
		header[i] = f.Name
		columns[i] = table.ColumnConfig{Number: i + 1, WidthMax: maxCell, WidthMaxEnforcer: fold}
		if len(t) == 1 {
			columns[i].WidthMax = 0 // a plan, say: nothing stands beside it
		}
		if t[i].IsNumeric() {
			columns[i].Align = text.AlignRight
		}
	}
	out.table.AppendHeader(header)
	out.table.SetColumnConfigs(columns)
	return out, nil
}

// Write implements Writer.
func (t *tableWriter) Write(rec arrow.Record) error {
	for i := range int(rec.NumRows()) {
		row := make(table.Row, len(t.types))
		for j, typ := range t.types {
			row[j] = printable(strings.TrimRight(cellText(typ, rec.Column(j), i), "\n"))
		}
		t.table.AppendRow(row)
	}
	return nil
}

// Close implements Writer.
func (t *tableWriter) Close() error {
	_, err := io.WriteString(t.out, t.table.Render()+"\n")
	return err
}

// cellText is the lake's text of a value.
func cellText(t types.Type, column arrow.Array, row int) string {
	if t.Kind == types.Unknown || column.IsNull(row) {
		return "NULL"
	}
	return string(types.AppendText(nil, t, column, row))
}

// fold breaks the lines of a value that are too wide and keeps those it has.
func fold(value string, width int) string {
	lines := strings.Split(value, "\n")
	for i, line := range lines {
		if text.StringWidthWithoutEscSequences(line) > width {
			lines[i] = text.WrapHard(line, width)
		}
	}
	return strings.Join(lines, "\n")
}

// printable keeps event content from steering the terminal it is shown on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
