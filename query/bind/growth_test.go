package bind_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/bind"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/plan"
)

// TestGrowthIsBounded binds and optimizes statements of under 10,000 characters
// whose plans would double with each of their levels. They must be refused or
// stay small; without bounds this test does not end.
func TestGrowthIsBounded(t *testing.T) {
	nest := func(depth int, open, inner, closing string) string {
		return strings.Repeat(open, depth) + inner + strings.Repeat(closing, depth)
	}
	with := "WITH a0 AS (SELECT 1 AS x)"
	for i := 1; i < 60; i++ {
		with += fmt.Sprintf(", a%d AS (SELECT p.x FROM a%d p, a%d q)", i, i-1, i-1)
	}
	cases := []struct {
		name, sql string
		refused   bool
	}{
		{"with", with + " SELECT * FROM a59", true},
		{"not in", "SELECT 1 WHERE " + nest(60, "1 NOT IN (SELECT 1 WHERE ", "true", ")"), true},
		{"case", "SELECT " + nest(60, "CASE ", "a", " WHEN 1 THEN 1 WHEN 2 THEN 2 END") + " FROM t", true},
		{"lambda", "SELECT " + nest(60, "transform(l, x -> ", "x", ")") + " FROM t", false},
		{"reduce", "SELECT " + nest(40, "reduce(l, 0, (s, x) -> s + ", "x", ", s -> s)") + " FROM t", true},
		{"filter", "SELECT 1 FROM (" + nest(45, "SELECT k + k AS k FROM (", "SELECT a AS k FROM t", ")") + ") WHERE k > 1", false},
		{"not", "SELECT " + nest(1500, "NOT ", "true", ""), false},
	}
	cat := catalog{"t": defineTable(t, "t", "a bigint\nl array(bigint)")}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if len(c.sql) > 10000 {
				t.Fatalf("%d characters", len(c.sql))
			}
			stmt, err := parse.Statement(c.sql)
			if err != nil {
				t.Fatal(err)
			}
			bound, err := bind.Statement(context.Background(), stmt, cat, bind.Options{Text: c.sql})
			var refusal *ast.Error
			if errors.As(err, &refusal) {
				if !c.refused {
					t.Fatal(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			root, err := optimize.Optimize(bound.Root, optimize.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if text := plan.Format(root); len(text) > 1<<20 {
				t.Errorf("the plan has %d characters", len(text))
			}
			if c.refused {
				t.Error("was not refused")
			}
		})
	}
}
