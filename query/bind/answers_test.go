package bind_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/types"
)

// TestAnswers reads testdata/answers: statements over VALUES whose plans are
// more than the statement says (subqueries, set operations, joins that are
// turned round), with their rows in any order as the SQL standard has them. The
// plans run as they were bound.
func TestAnswers(t *testing.T) {
	datadriven.RunTest(t, "testdata/answers", func(t *testing.T, d *datadriven.TestData) string {
		rows, err := run(d.Input)
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		if len(rows) == 0 {
			return "(no rows)\n"
		}
		return strings.Join(rows, "\n") + "\n"
	})
}

func run(sql string) ([]string, error) {
	ctx := context.Background()
	q, err := query.Compile(ctx, sql, catalog{}, query.Options{DisableRules: optimize.Rules()})
	if err != nil {
		return nil, err
	}
	run, err := q.Run(ctx, query.RunOptions{Now: time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		return nil, err
	}
	defer run.Close()
	var out []string
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			slices.Sort(out)
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		for i := range int(rec.NumRows()) {
			var line []string
			for c, o := range q.Columns() {
				if rec.Column(c).IsValid(i) {
					line = append(line, string(types.AppendText(nil, o.Type, rec.Column(c), i)))
				} else {
					line = append(line, "NULL")
				}
			}
			out = append(out, strings.Join(line, " | "))
		}
		rec.Release()
	}
}
