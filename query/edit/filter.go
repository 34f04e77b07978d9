package edit

import (
	"strconv"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/parse"
)

func (s *statement) filterColumn(f *ColumnFilter) (string, error) {
	i, err := s.column(f.Column)
	if err != nil {
		return "", err
	}
	t := s.checked.Columns[i].Type
	var candidates []string
	if text, having, ok := s.inPlace(i, f.BeforeLimit); ok {
		cond, err := condition(text, t, f.Value, f.Out)
		if err != nil {
			return "", err
		}
		sel := s.query.Body.(*ast.Select)
		if having {
			candidates = append(candidates, s.addHaving(sel, cond))
		} else {
			candidates = append(candidates, s.addWhere(sel, cond))
		}
	}
	w := s.whole()
	if f.BeforeLimit && s.cut() {
		w = s.body()
	}
	if s.named(i) {
		cond, err := condition(parse.WriteName(s.checked.Columns[i].Name), t, f.Value, f.Out)
		if err != nil {
			return "", err
		}
		candidates = append(candidates, s.wrap(w, "WHERE "+cond)...)
	}
	cond, err := condition(inner(i), t, f.Value, f.Out)
	if err != nil {
		return "", err
	}
	return s.first(append(candidates, s.wrapRenamed(w, "WHERE "+cond)...)...)
}

// cut reports whether the statement keeps some rows of its result only.
func (s *statement) cut() bool { return s.query.Limit != nil || s.query.Offset != nil }

// inPlace returns column i as WHERE, or HAVING, of the statement's own SELECT can
// name it. ok is false when a condition there would mean something else: it would
// change what LIMIT cuts or windows see, or be computed anew with another value.
func (s *statement) inPlace(i int, beforeLimit bool) (text string, having, ok bool) {
	sel, isSelect := s.query.Body.(*ast.Select)
	if !isSelect || sel.Ends.Items == 0 || s.cut() && !beforeLimit {
		return "", false, false
	}
	all := traitsOf(s.listed(sel)...)
	out, ok := s.output(sel, i)
	if !ok || all.window {
		return "", false, false
	}
	own := traitsOf(out.expr)
	if own.subquery || own.volatile {
		return "", false, false
	}
	grouped := all.aggregate || sel.GroupBy != nil || sel.Having != nil
	// A group's rows agree in its keys, so a condition on them may come first.
	early := !own.aggregate && (own.name || out.expr == nil) && plainKeys(sel.GroupBy)
	return out.text, grouped && !early, true
}

// plainKeys reports whether rows are grouped by one set of keys.
func plainKeys(g *ast.GroupBy) bool {
	if g == nil {
		return false
	}
	for _, e := range g.Elements {
		if e.Kind != ast.SimpleGrouping {
			return false
		}
	}
	return true
}

// addWhere adds a condition to the WHERE of a SELECT.
func (s *statement) addWhere(sel *ast.Select, cond string) string {
	return s.addCondition(sel, "WHERE", sel.WherePos, sel.Where, sel.Ends.From, sel.Ends.Where, cond)
}

// addHaving adds a condition to the HAVING of a SELECT.
func (s *statement) addHaving(sel *ast.Select, cond string) string {
	return s.addCondition(sel, "HAVING", sel.HavingPos, sel.Having, sel.Ends.GroupBy, sel.Ends.Having, cond)
}

func (s *statement) addCondition(sel *ast.Select, word string, pos ast.Span, has ast.Expr, before, end int, cond string) string {
	if has == nil {
		return s.splice(before, before, s.gap(sel)+word+" "+cond)
	}
	old := s.sql[pos.End:end]
	if b, ok := has.(*ast.Binary); ok && b.Op == "OR" && !bracketed(old) {
		old = " (" + strings.TrimLeft(old, " ") + ")"
	}
	return s.splice(pos.End, end, old+s.gap(sel)+"AND "+cond)
}

// bracketed reports whether a condition stands in brackets as a whole.
func bracketed(text string) bool {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "(") {
		return false
	}
	// Without its first bracket the rest reads as one condition only when the
	// last one closed it.
	_, err := parse.Statement("SELECT 1 WHERE " + strings.TrimSuffix(text[1:], ")"))
	return err == nil && strings.HasSuffix(text, ")")
}

// gap is what stands between clauses: a line break where the user broke lines,
// indented as the line before.
func (s *statement) gap(sel *ast.Select) string {
	from, end := sel.Span().Start, max(sel.Ends.Where, sel.Ends.From)
	if !strings.Contains(s.sql[from:end], "\n") {
		return " "
	}
	line := s.sql[strings.LastIndexByte(s.sql[:end], '\n')+1 : end]
	return "\n" + line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// part is a part of the statement that becomes a subquery, and the ORDER BY that
// is to follow it.
type part struct {
	start, end int
	order      string
}

// whole is all of the query.
func (s *statement) whole() part {
	span := s.query.Span()
	return part{span.Start, span.End, s.outerOrder()}
}

// body is what ORDER BY and LIMIT apply to, which stay behind it.
func (s *statement) body() part {
	start := s.query.Body.Span().Start
	if with := s.query.With; len(with) > 0 {
		start = with[len(with)-1].Span().End
	}
	return part{start: start, end: s.query.BodyEnd}
}

// wrap makes a part a subquery. The order it had is asked for again where it can
// be: that of a subquery is none.
func (s *statement) wrap(w part, clause string) []string {
	text := "SELECT * FROM (\n" + strings.TrimSpace(s.sql[w.start:w.end]) + "\n)\n" + clause
	return s.ordered(w, text)
}

// wrapRenamed is wrap for results with columns that share a name or have none.
func (s *statement) wrapRenamed(w part, clause string) []string {
	var items, names []string
	for i, c := range s.checked.Columns {
		items = append(items, inner(i)+" AS "+parse.WriteName(c.Name))
		names = append(names, inner(i))
	}
	text := "SELECT " + strings.Join(items, ", ") + "\nFROM (\n" + strings.TrimSpace(s.sql[w.start:w.end]) + "\n) AS r (" + strings.Join(names, ", ") + ")\n" + clause
	return s.ordered(w, text)
}

// inner is the name that wrapRenamed gives column i.
func inner(i int) string { return "c" + strconv.Itoa(i) }

func (s *statement) ordered(w part, text string) []string {
	if w.start > 0 && w.start < s.query.BodyEnd && !strings.ContainsAny(s.sql[w.start-1:w.start], " \n\t(") {
		text = "\n" + text
	}
	out := []string{s.splice(w.start, w.end, text)}
	if w.order != "" {
		out = append([]string{s.splice(w.start, w.end, text+"\n"+w.order)}, out...)
	}
	return out
}

// outerOrder is the statement's ORDER BY as it can stand outside: by positions
// and names of the result; "" when there is none or it cannot.
func (s *statement) outerOrder() string {
	if len(s.query.OrderBy) == 0 {
		return ""
	}
	var keys []string
	for _, o := range s.query.OrderBy {
		key, ok := s.outerKey(o.Expr)
		if !ok {
			return ""
		}
		if o.Desc {
			key += " DESC"
		}
		if o.NullsFirst {
			key += " NULLS FIRST"
		}
		keys = append(keys, key)
	}
	return "ORDER BY " + strings.Join(keys, ", ")
}

func (s *statement) outerKey(e ast.Expr) (string, bool) {
	if l, ok := e.(*ast.Literal); ok && l.Kind == ast.IntegerLiteral {
		return l.Text, true
	}
	if n, ok := e.(*ast.Name); ok && len(n.Parts) == 1 {
		if i, err := s.column(Column{Name: n.Parts[0].Name}); err == nil {
			return s.key(i), true
		}
	}
	sel, ok := s.query.Body.(*ast.Select)
	if !ok || countStars(sel) > 0 {
		return "", false
	}
	for i, it := range sel.Items {
		if ast.Format(it.Expr) == ast.Format(e) && !traitsOf(e).subquery {
			return s.key(i), true
		}
	}
	return "", false
}

// key is column i in ORDER BY.
func (s *statement) key(i int) string {
	if s.named(i) {
		return parse.WriteName(s.checked.Columns[i].Name)
	}
	return strconv.Itoa(i + 1)
}
