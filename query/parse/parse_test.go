package parse

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/query/ast"
)

// TestData reads testdata/*.txt. The command parse prints the tree, spans the
// tree with the place of every node, error the message with its caret.
func TestData(t *testing.T) {
	datadriven.Walk(t, "testdata/sql", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			st, err := Statement(d.Input)
			switch {
			case d.Cmd == "error" && err == nil:
				return "no error"
			case d.Cmd == "error":
				return errorText(t, err)
			case err != nil:
				return "unexpected: " + err.Error()
			}
			return printer{spans: d.Cmd == "spans"}.statement(st)
		})
	})
}

func errorText(t *testing.T, err error) string {
	var e *ast.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *ast.Error", err)
	}
	return fmt.Sprintf("%s: %s\n%s", e.Code, e, e.Caret())
}

// TestSpans checks that spans hold exactly the text of the node, which the
// corpus from Trino cannot tell.
func TestSpans(t *testing.T) {
	sql := `SELECT  f( a ) . b [1] AS "n" , ( x  ||  y ) || z, CAST( a AS varchar ( 3 ) ), (SELECT 1), count(*)  OVER (ORDER BY u DESC ) FROM ( SELECT 2 ) AS s (p), t v JOIN w ON v.i  IS NOT  NULL WHERE NOT  a IN ( 1,2 ) GROUP BY ROLLUP ( a )`
	st, err := Statement(sql)
	if err != nil {
		t.Fatal(err)
	}
	q := st.(*ast.QueryStatement).Query
	s := q.Body.(*ast.Select)
	concat := s.Items[1].Expr.(*ast.Binary)
	cast := s.Items[2].Expr.(*ast.Cast)
	call := s.Items[4].Expr.(*ast.Call)
	derived := s.From[0].(*ast.Subquery)
	join := s.From[1].(*ast.Join)
	not := s.Where.(*ast.Unary)
	tests := []struct {
		node ast.Span
		want string
	}{
		{q.Span(), sql},
		{s.Items[0].Span(), `f( a ) . b [1] AS "n"`},
		{s.Items[0].Expr.Span(), `f( a ) . b [1]`},
		{s.Items[0].Alias.Span(), `"n"`},
		{s.Items[0].Expr.(*ast.Subscript).Expr.Span(), `f( a ) . b`},
		{concat.Span(), `( x  ||  y ) || z`},
		{concat.OpPos, `||`},
		{concat.Left.Span(), `x  ||  y`},
		{cast.Span(), `CAST( a AS varchar ( 3 ) )`},
		{cast.TypePos, `varchar ( 3 )`},
		{s.Items[3].Expr.Span(), `(SELECT 1)`},
		{s.Items[3].Expr.(*ast.ScalarSubquery).Query.Span(), `SELECT 1`},
		{call.Span(), `count(*)  OVER (ORDER BY u DESC )`},
		{call.Name.Span(), `count`},
		{call.Window.Span(), `ORDER BY u DESC`},
		{call.Window.OrderBy[0].Span(), `u DESC`},
		{derived.Span(), `( SELECT 2 ) AS s (p)`},
		{derived.Alias.Span(), `AS s (p)`},
		{derived.Query.Span(), `SELECT 2`},
		{join.Span(), `t v JOIN w ON v.i  IS NOT  NULL`},
		{join.Left.Span(), `t v`},
		{join.On.Span(), `v.i  IS NOT  NULL`},
		{not.Span(), `NOT  a IN ( 1,2 )`},
		{not.Expr.Span(), `a IN ( 1,2 )`},
		{s.GroupBy.Span(), `GROUP BY ROLLUP ( a )`},
		{s.GroupBy.Elements[0].Span(), `ROLLUP ( a )`},
	}
	for _, tt := range tests {
		if got := sql[tt.node.Start:tt.node.End]; got != tt.want {
			t.Errorf("span is %q, want %q", got, tt.want)
		}
	}
}

// TestDepth checks that no nesting can exhaust the stack, whatever nests, and
// that what people write fits.
func TestDepth(t *testing.T) {
	forms := []struct{ name, open, core, close string }{
		{"brackets", "(", "1", ")"},
		{"calls", "f(", "1", ")"},
		{"subqueries", "(SELECT ", "1", ")"},
		{"arrays", "ARRAY[", "1", "]"},
		{"subscripts", "a[", "1", "]"},
		{"case", "CASE WHEN ", "true", " THEN 1 END"},
		{"lambdas", "f(x -> ", "1", ")"},
		{"not", "NOT ", "true", ""},
		{"minus", "- ", "1", ""},
		{"casts", "CAST(", "1", " AS bigint)"},
		{"exists", "EXISTS (SELECT ", "1", ")"},
	}
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			for _, n := range []int{20, 1000, 24_000} {
				_, err := Statement("SELECT " + strings.Repeat(f.open, n) + f.core + strings.Repeat(f.close, n))
				if n == 20 && err != nil {
					t.Fatalf("%d levels: %v", n, err)
				}
				var e *ast.Error
				if err != nil && (!errors.As(err, &e) || e.Code != ast.NotSupported) {
					t.Fatalf("%d levels: %v, want %s", n, err, ast.NotSupported)
				}
			}
		})
	}
	for _, sql := range []string{
		"SELECT * FROM " + strings.Repeat("(", 5000) + "t" + strings.Repeat(")", 5000),
		strings.Repeat("(", 5000) + "SELECT 1" + strings.Repeat(")", 5000),
		"SELECT CAST(a AS " + strings.Repeat("array(", 5000) + "bigint" + strings.Repeat(")", 5000) + ")",
		"SELECT a" + strings.Repeat("[1]", 5000),
		"SELECT f(a)" + strings.Repeat(".b", 5000),
		"SELECT " + strings.Repeat("a,", 30_000) + "a",
	} {
		if _, err := Statement(sql); err == nil {
			t.Errorf("%.40s… is accepted", sql)
		}
	}
	for _, op := range []string{" AND ", " OR ", " + ", " || ", ", "} {
		if _, err := Statement("SELECT a" + strings.Repeat(op+"a", 10_000)); err != nil {
			t.Errorf("10,000 times %q: %v", op, err)
		}
	}
	if _, err := Statement("SELECT 1" + strings.Repeat(" UNION SELECT 1", 5000)); err != nil {
		t.Errorf("5,000 unions: %v", err)
	}
}
