package prune_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/query/bind"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/prune"
	"github.com/traillake/traillake/query/types"
)

// table is the one table of these tests, "t".
type table struct{}

func (table) Table(context.Context, []string) (plan.Table, error) { return table{}, nil }
func (table) Name() string                                        { return "t" }
func (table) Scan(context.Context, plan.ScanRequest) ([]plan.Stream, error) {
	return nil, errors.New("not for reading")
}

func (table) Columns() []plan.TableColumn {
	return []plan.TableColumn{
		{Name: "s", Type: types.VarcharType}, {Name: "i", Type: types.BigIntType}, {Name: "f", Type: types.DoubleType},
		{Name: "b", Type: types.BooleanType}, {Name: "ts", Type: types.TimestampType}, {Name: "j", Type: types.BigIntType},
		{Name: "r", Type: types.RowOf(types.Field{Name: "x", Type: types.VarcharType})},
		{Name: "m", Type: types.MapOf(types.VarcharType, types.VarcharType)},
	}
}

// stats are what a "stats" command says, by printed column path.
type stats map[string]*columnStats

type columnStats struct {
	min, max    any
	nulls, rows int64
	has         []any
	ranged      bool
	texts       []string
}

func (s stats) Range(p plan.ColumnPath) (any, any, bool) {
	c := s[p.Name]
	if c == nil || !c.ranged {
		return nil, nil, false
	}
	return c.min, c.max, true
}

func (s stats) Nulls(p plan.ColumnPath) (int64, int64, bool) {
	c := s[p.Name]
	if c == nil || c.rows < 0 {
		return 0, 0, false
	}
	return c.nulls, c.rows, true
}

func (s stats) MayContain(p plan.ColumnPath, value any) bool {
	c := s[p.Name]
	if c == nil || c.has == nil {
		return true
	}
	for _, v := range c.has {
		if v == value {
			return true
		}
	}
	return false
}

func (s stats) MayHold(p plan.ColumnPath, text string) bool {
	c := s[p.Name]
	return c == nil || c.texts == nil || slices.ContainsFunc(c.texts, func(t string) bool { return strings.Contains(t, text) })
}

// TestMayMatch reads testdata. "stats" takes one column per line: its path,
// then any of min=, max=, nulls=N/ROWS, has=V,V, texts=V,V. "match" takes conditions, one
// per line, and prints "keep" or "skip" before each.
func TestMayMatch(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var st stats
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "stats":
				st = readStats(t, d.Input)
				return ""
			case "match":
				var out strings.Builder
				for _, line := range strings.Split(d.Input, "\n") {
					conjuncts, cols := conditions(t, line)
					word := "skip"
					if prune.MayMatch(conjuncts, cols, st) {
						word = "keep"
					}
					if conjuncts, cols = searched(conjuncts, cols); prune.MayMatch(conjuncts, cols, st) != (word == "keep") {
						t.Errorf("%s: not %s when the scan decides conditions on texts", line, word)
					}
					fmt.Fprintf(&out, "%s %s\n", word, line)
				}
				return out.String()
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func conditions(t *testing.T, where string) ([]plan.Expr, []plan.ColumnPath) {
	t.Helper()
	stmt, err := parse.Statement("SELECT 1 FROM t WHERE " + where)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	bound, err := bind.Statement(context.Background(), stmt, table{}, bind.Options{})
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	filter := bound.Root.Inputs()[0].(*plan.Filter)
	return plan.Conjuncts(filter.Cond), filter.Input.(*plan.Scan).Columns
}

// searched lets the scan decide what it can, as a table does that is a plan.Searcher.
func searched(conjuncts []plan.Expr, cols []plan.ColumnPath) ([]plan.Expr, []plan.ColumnPath) {
	cols = slices.Clone(cols)
	out := make([]plan.Expr, len(conjuncts))
	for i, c := range conjuncts {
		out[i] = plan.RewriteExpr(c, func(e plan.Expr) (plan.Expr, bool) {
			of, test, ok := plan.SplitSearch(e)
			column, isColumn := of.(*plan.Column)
			if !ok || !isColumn {
				return nil, false
			}
			path := cols[column.Index]
			path.Test, path.Type = test, types.BooleanType
			cols = append(cols, path)
			return &plan.Column{Index: len(cols) - 1, Typ: types.BooleanType}, true
		})
	}
	return out, cols
}

func readStats(t *testing.T, text string) stats {
	st := stats{}
	for _, line := range strings.Split(text, "\n") {
		words := strings.Split(line, " ")
		c := &columnStats{rows: -1}
		st[words[0]] = c
		for _, w := range words[1:] {
			key, value, _ := strings.Cut(w, "=")
			switch key {
			case "min":
				c.min, c.ranged = parseValue(words[0], value), true
			case "max":
				c.max, c.ranged = parseValue(words[0], value), true
			case "has":
				for _, v := range strings.Split(value, ",") {
					c.has = append(c.has, parseValue(words[0], v))
				}
			case "texts":
				c.texts = strings.Split(value, ",")
			case "nulls":
				if _, err := fmt.Sscanf(value, "%d/%d", &c.nulls, &c.rows); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return st
}

// parseValue reads a value by the column it is for.
func parseValue(column, text string) any {
	switch column {
	case "i", "j":
		n, _ := strconv.ParseInt(text, 10, 64)
		return n
	case "f":
		f, _ := strconv.ParseFloat(text, 64)
		return f
	case "b":
		return text == "true"
	case "ts":
		at, err := time.Parse("2006-01-02T15:04:05", text)
		if err != nil {
			panic(err)
		}
		return at.UnixMicro()
	}
	return text
}
