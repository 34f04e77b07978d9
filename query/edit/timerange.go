package edit

import (
	"strings"
	"time"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/parse"
)

// timeRange puts bounds of the events' time into WHERE, in place of those there.
func (s *statement) timeRange(r *TimeRange) (string, error) {
	if r.From != nil && r.To != nil && !r.From.Before(*r.To) {
		return "", refusef("the time range from %s to %s is empty", timeText(*r.From), timeText(*r.To))
	}
	column := parse.WriteName(s.events.Time)
	return s.reads(func(s *statement, sel *ast.Select, q string) string {
		if sql := s.replaceBounds(sel, r); sql != "" && s.verify(sql) == nil {
			return sql
		}
		if cond := bounds(q+column, r); cond != "" {
			return s.addWhere(sel, cond)
		}
		if s.verify(s.addWhere(sel, q+column+" IS NULL")) == nil { // it reads events, and has no bounds
			return s.sql
		}
		return ""
	})
}

func bounds(column string, r *TimeRange) string {
	var out []string
	if r.From != nil {
		out = append(out, column+" >= TIMESTAMP '"+timeText(*r.From)+"'")
	}
	if r.To != nil {
		out = append(out, column+" < TIMESTAMP '"+timeText(*r.To)+"'")
	}
	return strings.Join(out, " AND ")
}

// timeText is a time in UTC with the milliseconds it has.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999") }

// replaceBounds puts a range in place of the bounds that are terms of WHERE: one
// for each way in which they name the time. "" when there are none.
func (s *statement) replaceBounds(sel *ast.Select, r *TimeRange) string {
	terms := conjuncts(sel.Where, nil)
	instead := map[int]string{} // of the bounds
	var kept []string           // the text of the others
	seen := map[string]bool{}
	for i, t := range terms {
		if name := s.boundOf(t); name != nil {
			column := s.text(name)
			if key := strings.ToLower(column); seen[key] {
				instead[i] = ""
			} else {
				instead[i], seen[key] = bounds(column, r), true
			}
			continue
		}
		kept = append(kept, s.text(t))
	}
	switch first, isBound := instead[0]; {
	case len(instead) == 0:
		return ""
	case isBound && first == "" && len(kept) == 0:
		return s.splice(sel.Ends.From, sel.Ends.Where, "")
	case isBound && first == "": // nothing takes the place of what WHERE begins with
		return s.splice(sel.WherePos.End, sel.Ends.Where, " "+strings.Join(kept, " AND "))
	}
	sql := s.sql
	for i := len(terms) - 1; i >= 0; i-- { // from behind, so that places stay right
		text, isBound := instead[i]
		span := terms[i].Span()
		switch {
		case isBound && text != "":
			sql = sql[:span.Start] + text + sql[span.End:]
		case isBound:
			sql = sql[:terms[i-1].Span().End] + sql[span.End:]
		}
	}
	return sql
}

func (s *statement) text(n ast.Node) string { return s.sql[n.Span().Start:n.Span().End] }

// conjuncts are the terms of a condition that all must hold.
func conjuncts(e ast.Expr, out []ast.Expr) []ast.Expr {
	if e == nil {
		return out
	}
	if b, ok := e.(*ast.Binary); ok && b.Op == "AND" {
		return conjuncts(b.Right, conjuncts(b.Left, out))
	}
	return append(out, e)
}

// boundOf is the events' time in a condition that compares it with what is the
// same for all rows; nil for other conditions.
func (s *statement) boundOf(e ast.Expr) *ast.Name {
	switch e := e.(type) {
	case *ast.Binary:
		if e.Op != "<" && e.Op != "<=" && e.Op != ">" && e.Op != ">=" {
			return nil
		}
		if n := s.timeName(e.Left); n != nil && constant(e.Right) {
			return n
		}
		if n := s.timeName(e.Right); n != nil && constant(e.Left) {
			return n
		}
	case *ast.Between:
		if n := s.timeName(e.Expr); n != nil && !e.Not && constant(e.Low) && constant(e.High) {
			return n
		}
	}
	return nil
}

func (s *statement) timeName(e ast.Expr) *ast.Name {
	if n, ok := e.(*ast.Name); ok && strings.EqualFold(n.Parts[len(n.Parts)-1].Name, s.events.Time) {
		return n
	}
	return nil
}

func constant(e ast.Expr) bool {
	t := traitsOf(e)
	return !t.name && !t.subquery
}
