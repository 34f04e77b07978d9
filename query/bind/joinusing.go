package bind

import (
	"strings"

	"slices"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// sharedNames are the names that both sides of a natural join have, in the order
// of the left one. Without any it is a cross join.
func sharedNames(l, r *relation) []ast.Ident {
	var names []ast.Ident
	for _, c := range l.cols {
		if !c.hidden && c.name != "" && slices.ContainsFunc(r.cols, func(o column) bool { return !o.hidden && sameName(o.name, c.name) }) {
			names = append(names, ast.Ident{Name: c.name})
		}
	}
	return names
}

// joinUsing joins on columns of the same name; each appears once, first.
func joinUsing(l, r *relation, j *ast.Join, using []ast.Ident) (*relation, error) {
	left, right := l, r
	if j.Kind == ast.RightJoin {
		left, right = r, l
	}
	node := &plan.Join{Left: left.node, Right: right.node}
	switch j.Kind {
	case ast.LeftJoin, ast.RightJoin:
		node.Kind = plan.Left
	case ast.FullJoin:
		node.Kind = plan.Full
	}
	var merged []usingKey
	used := map[*column]bool{}
	for _, id := range using {
		lc, err := usingColumn(l, id, "left")
		if err != nil {
			return nil, err
		}
		rc, err := usingColumn(r, id, "right")
		if err != nil {
			return nil, err
		}
		t, ok := types.CommonSuperType(lc.typ, rc.typ)
		if !ok {
			return nil, mismatch(id.Span(), "Cannot apply operator: %s = %s", lc.typ, rc.typ)
		}
		if _, err := comparisonOf("=", t, id.Span()); err != nil {
			return nil, err
		}
		if j.Kind == ast.RightJoin {
			lc, rc = rc, lc
		}
		node.LeftKeys = append(node.LeftKeys, cast(lc.ref(), t))
		node.RightKeys = append(node.RightKeys, cast(rc.ref(), t))
		used[lc], used[rc] = true, true
		merged = append(merged, usingKey{name: id.Name, typ: t, left: lc.index, right: rc.index})
	}
	return usingOutputs(node, l, r, left, merged, used), nil
}

// usingKey is a column of USING: where it is on the join's left and right side.
type usingKey struct {
	name        string
	typ         types.Type
	left, right int
}

func usingColumn(rel *relation, id ast.Ident, side string) (*column, error) {
	found := rel.find(nil, id.Name)
	switch len(found) {
	case 0:
		return nil, ast.Errorf(ast.ColumnNotFound, id.Span(), "Column '%s' is missing from %s side of join", id.Name, side)
	case 1:
		return found[0], nil
	}
	return nil, ast.Errorf(ast.AmbiguousName, id.Span(), "Column '%s' is ambiguous", strings.ToLower(id.Name))
}

// usingOutputs puts the merged columns before the others, l's before r's.
// preserved is the side that is the join's left.
func usingOutputs(node *plan.Join, l, r, preserved *relation, merged []usingKey, used map[*column]bool) *relation {
	out := &relation{}
	p := &plan.Project{Input: node}
	refs := plan.ColumnRefs(node)
	add := func(c column, e plan.Expr) {
		c.index = len(p.Exprs)
		p.Exprs = append(p.Exprs, e)
		p.Names = append(p.Names, c.name)
		out.cols = append(out.cols, c)
	}
	for _, m := range merged {
		e := cast(refs[m.left], m.typ)
		if node.Kind == plan.Full {
			other := cast(refs[len(preserved.node.Outputs())+m.right], m.typ)
			e = &plan.Special{Form: plan.Coalesce, Args: []plan.Expr{e, other}, Typ: m.typ}
		}
		add(column{name: m.name, typ: m.typ}, e)
	}
	for _, rel := range []*relation{l, r} {
		base := 0
		if rel != preserved {
			base = len(preserved.node.Outputs())
		}
		for i := range rel.cols {
			if c := &rel.cols[i]; !used[c] {
				add(*c, refs[base+c.index])
			}
		}
	}
	out.node = p
	return out
}
