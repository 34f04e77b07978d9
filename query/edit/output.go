package edit

import (
	"slices"
	"strconv"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/parse"
)

// column finds a column of the result.
func (s *statement) column(c Column) (int, error) {
	if c.Index != nil {
		if i := *c.Index; i < 0 || i >= len(s.checked.Columns) {
			return 0, refusef("column %d: the result has columns 0 to %d", i, len(s.checked.Columns)-1)
		} else if c.Name != "" && !strings.EqualFold(s.checked.Columns[i].Name, c.Name) {
			return 0, refusef("column %d is %s, not %s", i, s.checked.Columns[i].Name, c.Name)
		}
		return *c.Index, nil
	}
	found := -1
	for i, o := range s.checked.Columns {
		if !strings.EqualFold(o.Name, c.Name) {
			continue
		}
		if found >= 0 {
			return 0, refusef("column %s: columns %d and %d have that name; give the index", c.Name, found, i)
		}
		found = i
	}
	if found < 0 {
		return 0, refusef("column %s: the result has no such column", c.Name)
	}
	return found, nil
}

// named reports whether a name can be used for column i of the result, from
// outside of the statement.
func (s *statement) named(i int) bool {
	name := s.checked.Columns[i].Name
	for j, o := range s.checked.Columns {
		if i != j && strings.EqualFold(o.Name, name) {
			return false
		}
	}
	return !s.unnamed(i)
}

// unnamed reports whether column i may have been given its name by the engine
// only, which SQL does not know.
func (s *statement) unnamed(i int) bool {
	return strings.EqualFold(s.checked.Columns[i].Name, "_col"+strconv.Itoa(i))
}

// output is a column of a SELECT: an expression of its list, or what a star stands for.
type output struct {
	expr ast.Expr // nil of a star
	text string   // SQL that is the same value in WHERE
}

// output finds what column i is in the SELECT that is the statement's body; false
// when that cannot be told.
func (s *statement) output(sel *ast.Select, i int) (output, bool) {
	wide := len(s.checked.Columns) - len(sel.Items) + 1 // columns of the only star
	if n := countStars(sel); n > 1 {
		return output{}, false
	}
	at := 0
	for _, it := range sel.Items {
		width := 1
		if it.Star {
			width = wide
		}
		if i < at+width {
			if it.Star {
				return s.starred(it, i)
			}
			text, ok := s.exprText(it.Expr)
			return output{it.Expr, text}, ok
		}
		at += width
	}
	return output{}, false
}

func countStars(sel *ast.Select) int {
	n := 0
	for _, it := range sel.Items {
		if it.Star {
			n++
		}
	}
	return n
}

// starred is column i, which comes out of a star: its name, with what stands
// before the star, is the same column in WHERE.
func (s *statement) starred(it ast.SelectItem, i int) (output, bool) {
	if it.Expr != nil || len(it.StarAliases) > 0 || !s.named(i) {
		return output{}, false
	}
	var text strings.Builder
	for _, q := range it.Qualifier {
		name := parse.WriteName(q.Name)
		if q.Quoted {
			name = ast.QuoteName(q.Name)
		}
		text.WriteString(name + ".")
	}
	text.WriteString(parse.WriteName(s.checked.Columns[i].Name))
	return output{text: text.String()}, true
}

// exprText is the user's text of an expression, in brackets where an operator may
// follow it; false when the text alone does not read as the expression.
func (s *statement) exprText(e ast.Expr) (string, bool) {
	text := s.sql[e.Span().Start:e.Span().End]
	tree, err := parse.Statement("SELECT " + text)
	if err != nil {
		return "", false
	}
	sel, ok := tree.(*ast.QueryStatement).Query.Body.(*ast.Select)
	if !ok || len(sel.Items) != 1 || sel.Items[0].Alias != nil || sel.Items[0].Expr == nil || ast.Format(sel.Items[0].Expr) != ast.Format(e) {
		return "", false
	}
	switch e.(type) {
	case *ast.Name, *ast.Call, *ast.Cast, *ast.Field, *ast.Subscript, *ast.Literal, *ast.Case, *ast.Extract:
		return text, true
	}
	return "(" + text + ")", true
}

// traits are what decides where a condition on an expression may stand.
type traits struct {
	aggregate, window, subquery, volatile, name bool
}

// volatile are the functions whose value differs when they are written twice.
var volatile = []string{"random", "rand", "shuffle", "uuid"}

func traitsOf(exprs ...ast.Expr) traits {
	var t traits
	for _, e := range exprs {
		if e == nil {
			continue
		}
		ast.Walk(e, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Query:
				t.subquery = true
				return false
			case *ast.Name:
				t.name = true
			case *ast.Call:
				name := strings.ToLower(n.Name.Name)
				t.window = t.window || n.Window != nil
				t.aggregate = t.aggregate || n.Window == nil && (function.IsAggregate(name) || name == "grouping" || name == "reduce_agg")
				t.volatile = t.volatile || slices.Contains(volatile, name)
			}
			return true
		})
	}
	return t
}

// listed are the expressions of the SELECT list and of ORDER BY.
func (s *statement) listed(sel *ast.Select) []ast.Expr {
	var out []ast.Expr
	for _, it := range sel.Items {
		out = append(out, it.Expr)
	}
	for _, o := range s.query.OrderBy {
		out = append(out, o.Expr)
	}
	return out
}
