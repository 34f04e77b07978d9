package bind

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// recursive binds an item of WITH RECURSIVE: a union whose right side, the step,
// refers to the item once, in its FROM clause. It answers nil for an item that does
// not refer to itself, which is one like any other. What it asks of the item, and
// in which order, is what Trino's analyzer does.
func (b *binder) recursive(item *ast.CTE, e *env) (*relation, error) {
	if len(item.Columns) == 0 {
		return nil, ast.Errorf(ast.MissingColumnAliases, item.Span(), "missing column aliases in recursive WITH query")
	}
	if err := noNestedRecursion(item.Query); err != nil {
		return nil, err
	}
	union, err := recursiveUnion(item)
	if union == nil || err != nil {
		return nil, err
	}
	base, err := b.plainBody(union.Left, e.plain())
	if err != nil {
		return nil, err
	}
	if err := itemColumns(base, item); err != nil {
		return nil, err
	}
	b.recursions++
	out := &plan.Recursion{Base: asOutputs(base), ID: b.recursions}
	names := make([]string, len(base.cols))
	for i, c := range base.cols {
		names[i] = c.name
	}
	previous := &plan.Previous{ID: out.ID, Columns: out.Base.Outputs()}
	inside := e.plain()
	inside.ctes = &cte{name: item.Name.Name, rel: newRelation(previous, names), nodes: 1, home: inside.outer, next: inside.ctes}
	step, err := b.plainBody(union.Right, inside)
	if err != nil {
		return nil, err
	}
	if out.Step, err = stepOf(base, step, union.Right.Span()); err != nil {
		return nil, err
	}
	if union.All {
		return newRelation(out, names), nil
	}
	if out.Distinct = isRowWise(out.Step, out.ID); out.Distinct {
		return newRelation(out, names), nil
	}
	return newRelation(distinct(out, names), names), nil
}

// asOutputs is a relation's node with the relation's columns and nothing else.
func asOutputs(rel *relation) plan.Node {
	p := &plan.Project{Input: rel.node}
	for _, c := range rel.cols {
		p.Exprs, p.Names = append(p.Exprs, c.ref()), append(p.Names, c.name)
	}
	return p
}

// stepOf is the step with the types of the base.
func stepOf(base, step *relation, span ast.Span) (plan.Node, error) {
	if len(base.cols) != len(step.cols) {
		return nil, mismatch(span, "base and step relations of recursion have different number of fields: %d, %d", len(base.cols), len(step.cols))
	}
	p := &plan.Project{Input: step.node}
	for i, c := range base.cols {
		s := step.cols[i]
		if !types.CanCoerce(s.typ, c.typ) {
			return nil, mismatch(span, "recursion step relation output type (%s) is not coercible to recursion base relation output type (%s) at column %d", s.typ, c.typ, i+1)
		}
		p.Exprs, p.Names = append(p.Exprs, cast(s.ref(), c.typ)), append(p.Names, c.name)
	}
	return p, nil
}

// isRowWise reports whether what a step makes of some rows is what it makes of each
// of them, together. Then rows that came before need not be given to it again, and
// a UNION ends when there are no new ones, as the SQL standard has it; in Trino it
// goes on to its limit.
func isRowWise(n plan.Node, id int) bool {
	switch n := n.(type) {
	case *plan.Previous:
		return n.ID == id
	case *plan.Filter, *plan.Project, *plan.Unnest:
		return !isVolatile(n) && isRowWise(n.Inputs()[0], id)
	case *plan.Join:
		left, right := refersTo(n.Left, id), refersTo(n.Right, id)
		switch {
		case left && right || isVolatile(n):
			return false
		case right:
			return n.Kind == plan.Inner && isRowWise(n.Right, id)
		}
		return n.Kind != plan.Full && isRowWise(n.Left, id)
	}
	return false
}

// refersTo reports whether a plan has the Previous of a recursion.
func refersTo(n plan.Node, id int) bool {
	found := false
	plan.Walk(n, func(n plan.Node) bool {
		p, ok := n.(*plan.Previous)
		found = found || ok && p.ID == id
		return !found
	})
	return found
}

func noNestedRecursion(q *ast.Query) (err error) {
	ast.Walk(q, func(n ast.Node) bool {
		if q, ok := n.(*ast.Query); ok && q.Recurse && err == nil {
			err = ast.Errorf(ast.NestedRecursive, q.Span(), "nested recursive WITH query")
		}
		return err == nil
	})
	return err
}

// recursiveUnion checks the form of an item and returns its union, nil when the
// item is not recursive.
func recursiveUnion(item *ast.CTE) (*ast.SetOperation, error) {
	name, q := item.Name.Name, item.Query
	union, ok := q.Body.(*ast.SetOperation)
	if !ok || union.Op != ast.Union {
		return nil, notRecursive(item)
	}
	if refs := references(union.Left, name); len(refs) > 0 {
		return nil, badReference(refs[0], "WITH table name is referenced in the base relation of recursion")
	}
	refs := references(union.Right, name)
	switch len(refs) {
	case 0:
		return nil, notRecursive(item)
	case 1:
	default:
		return nil, badReference(refs[1], "multiple recursive references in the step relation of recursion")
	}
	body := union.Right
	for {
		nested, ok := body.(*ast.Nested)
		if !ok {
			break
		}
		// The limit of a SELECT is a part of the SELECT.
		if _, ok := nested.Query.Body.(*ast.Select); !ok && !nested.Query.LimitPos.IsZero() {
			return nil, ast.Errorf(ast.InvalidLimitClause, nested.Query.LimitPos, "FETCH FIRST / LIMIT clause in the step relation of recursion")
		}
		body = nested.Query.Body
	}
	step, ok := body.(*ast.Select)
	if !ok || tableOf(step) != nil || len(referencesIn(step.From, name)) == 0 {
		return nil, badReference(refs[0], "recursive reference outside of FROM clause of the step relation of recursion")
	}
	if err := noClauses(q); err != nil {
		return nil, err
	}
	return union, checkFrom(step.From, name)
}

// tableOf is the table of a body that is TABLE name: its star stands where it begins.
func tableOf(s *ast.Select) *ast.Table {
	if len(s.Items) != 1 || !s.Items[0].Star || s.Items[0].Span().Start != s.Span().Start {
		return nil
	}
	t, _ := s.From[0].(*ast.Table)
	return t
}

// notRecursive refuses references of an item that cannot be recursive to itself.
func notRecursive(item *ast.CTE) error {
	if refs := references(item.Query, item.Name.Name); len(refs) > 0 {
		return badReference(refs[0], "recursive reference not allowed in this context")
	}
	return nil
}

// noClauses refuses what may not stand around the union.
func noClauses(q *ast.Query) error {
	switch {
	case len(q.With) > 0:
		return ast.Errorf(ast.NotSupported, q.Span(), "immediate WITH clause in recursive query")
	case !q.OrderPos.IsZero():
		return ast.Errorf(ast.NotSupported, q.OrderPos, "immediate ORDER BY clause in recursive query")
	case !q.OffsetPos.IsZero():
		return ast.Errorf(ast.NotSupported, q.OffsetPos, "immediate OFFSET clause in recursive query")
	case !q.LimitPos.IsZero():
		return ast.Errorf(ast.InvalidLimitClause, q.LimitPos, "immediate FETCH FIRST / LIMIT clause in recursive query")
	}
	return nil
}

// checkFrom refuses references where rows come for those that are not there.
func checkFrom(from []ast.TableExpr, name string) (err error) {
	check := func(n ast.Node, format string, args ...any) {
		if refs := references(n, name); len(refs) > 0 && err == nil {
			err = badReference(refs[0], format, args...)
		}
	}
	eachNode(from, func(n ast.Node) {
		j, ok := n.(*ast.Join)
		if !ok {
			return
		}
		kind := strings.TrimSuffix(j.Kind.String(), " JOIN")
		if j.Kind == ast.RightJoin || j.Kind == ast.FullJoin {
			check(j.Left, "recursive reference in left source of %s join", kind)
		}
		if j.Kind == ast.LeftJoin || j.Kind == ast.FullJoin {
			check(j.Right, "recursive reference in right source of %s join", kind)
		}
	})
	eachNode(from, func(n ast.Node) {
		if s, ok := n.(*ast.SetOperation); ok && s.Op == ast.Intersect && s.All {
			check(s, "recursive reference in INTERSECT ALL")
		}
	})
	eachNode(from, func(n ast.Node) {
		s, ok := n.(*ast.SetOperation)
		if !ok || s.Op != ast.Except {
			return
		}
		if s.All {
			check(s.Right, "recursive reference in right relation of EXCEPT ALL")
			check(s.Left, "recursive reference in left relation of EXCEPT ALL")
		} else {
			check(s.Right, "recursive reference in right relation of EXCEPT DISTINCT")
		}
	})
	return err
}

func eachNode(from []ast.TableExpr, fn func(ast.Node)) {
	for _, t := range from {
		ast.Walk(t, func(n ast.Node) bool { fn(n); return true })
	}
}

func badReference(place ast.Span, format string, args ...any) error {
	return ast.Errorf(ast.InvalidRecursiveReference, place, format, args...)
}

// references are the places where a WITH item is named, but for those in queries
// with an item of their own of that name.
func references(n ast.Node, name string) (out []ast.Span) {
	names := func(t *ast.Table) bool { return len(t.Name) == 1 && strings.EqualFold(t.Name[0].Name, name) }
	ast.Walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Select:
			if t := tableOf(n); t != nil {
				if names(t) {
					out = append(out, n.Span())
				}
				return false
			}
		case *ast.Query:
			for _, item := range n.With {
				if strings.EqualFold(item.Name.Name, name) {
					return false
				}
			}
		case *ast.Table:
			if names(n) {
				out = append(out, n.Span())
			}
		}
		return true
	})
	return out
}

func referencesIn(from []ast.TableExpr, name string) (out []ast.Span) {
	for _, t := range from {
		out = append(out, references(t, name)...)
	}
	return out
}
