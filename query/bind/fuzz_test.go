package bind_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/bind"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/plan"
)

// FuzzStatement binds and optimizes whatever parses. A refusal has a place in
// the text, and a plan refers to nothing its inputs do not have. The seeds are
// the statements of testdata.
func FuzzStatement(f *testing.F) {
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		f.Fatal(err)
	}
	cat := catalog{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // testdata/fuzz, where failing inputs are kept
		}
		blocks := strings.Split(string(text), "\n----\n")
		for _, b := range blocks {
			lines := strings.Split(b, "\n")
			for i, l := range lines {
				switch {
				case l == "bind" || l == "rows":
					f.Add(strings.Join(lines[i+1:], "\n"))
				case strings.HasPrefix(l, "table "):
					name := strings.TrimPrefix(l, "table ")
					cat[name] = defineTable(f, name, strings.Join(lines[i+1:], "\n"))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, sql string) {
		stmt, err := parse.Statement(sql)
		if err != nil {
			return
		}
		bound, err := bind.Statement(context.Background(), stmt, cat, bind.Options{Text: sql})
		if err != nil {
			var e *ast.Error
			if errors.As(err, &e) && e.Span.IsZero() {
				t.Fatalf("%s: error without a place: %v", sql, err)
			}
			return
		}
		checkColumns(t, sql, bound.Root)
		root, err := optimize.Optimize(bound.Root, optimize.Options{})
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		checkColumns(t, sql, root)
		if got, want := len(root.Outputs()), len(bound.Names); got != want {
			t.Fatalf("%s: %d outputs became %d", sql, want, got)
		}
	})
}

// checkColumns holds the column references of a plan to the nodes' inputs.
func checkColumns(t *testing.T, sql string, root plan.Node) {
	t.Helper()
	plan.Walk(root, func(n plan.Node) bool {
		var inputs []plan.Output
		for _, in := range n.Inputs() {
			inputs = append(inputs, in.Outputs()...)
		}
		switch n := n.(type) {
		case *plan.Scan:
			inputs = n.Outputs()
		case *plan.Join:
			// Keys are over one side; the widths suffice here.
			inputs = append(inputs, n.Outputs()...)
		}
		for _, e := range plan.Exprs(n) {
			plan.ColumnsOf(e, func(c *plan.Column) {
				if c.Index < 0 || c.Index >= len(inputs) {
					t.Fatalf("%s: %s refers to column %d of %d\n%s", sql, plan.Line(n), c.Index, len(inputs), plan.Format(root))
				}
			})
		}
		return true
	})
}
