package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// setOperation binds UNION, INTERSECT and EXCEPT. All but UNION ALL are aggregates
// over a union, because grouping holds NULLs for equal as set operations do.
func (b *binder) setOperation(s *ast.SetOperation, e *env) (*relation, error) {
	sides := []setSide{{body: s.Left}, {body: s.Right, op: s}}
	if s.Op == ast.Union && s.All {
		sides = unionSides(s)
	}
	rels := make([]*relation, len(sides))
	for i, side := range sides {
		var err error
		if rels[i], err = b.plainBody(side.body, e.plain()); err != nil {
			return nil, err
		}
	}
	if b.lenient {
		b.textSides(rels)
	}
	typs, err := setTypes(rels, sides)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(typs))
	for i, c := range rels[0].cols {
		names[i] = c.name
	}
	sources := make([]plan.Node, len(rels))
	for i, r := range rels {
		tag := -1
		if s.Op != ast.Union {
			tag = i
		}
		sources[i] = side(r, typs, names, tag)
	}
	node, err := combine(s, &plan.Union{Sources: sources}, len(typs), names)
	if err != nil {
		return nil, err
	}
	return newRelation(node, names), nil
}

// setSide is one side of set operations, with the one before it; nil before the first.
type setSide struct {
	body ast.QueryBody
	op   *ast.SetOperation
}

// unionSides flattens a chain of UNION ALL.
func unionSides(s *ast.SetOperation) []setSide {
	out := []setSide{{body: s.Left}}
	if l, ok := s.Left.(*ast.SetOperation); ok && l.Op == ast.Union && l.All {
		out = unionSides(l)
	}
	return append(out, setSide{body: s.Right, op: s})
}

// setTypes finds the column types that fit all sides.
func setTypes(rels []*relation, sides []setSide) ([]types.Type, error) {
	typs := make([]types.Type, len(rels[0].cols))
	for i, c := range rels[0].cols {
		typs[i] = c.typ
	}
	for i, r := range rels[1:] {
		op := sides[i+1].op
		if len(r.cols) != len(typs) {
			return nil, mismatch(op.OpPos, "%s query has different number of fields: %d, %d", op.Op, len(typs), len(r.cols))
		}
		for j, c := range r.cols {
			super, ok := types.CommonSuperType(typs[j], c.typ)
			if !ok {
				return nil, mismatch(op.OpPos, "column %d in %s query has incompatible types: %s, %s", j+1, op.Op, typs[j], c.typ)
			}
			typs[j] = super
		}
	}
	return typs, nil
}

// side is one input with the common types. With a tag, two more columns tell
// which side a row is of: 1 in its own, 0 in the other.
func side(r *relation, typs []types.Type, names []string, tag int) plan.Node {
	p := &plan.Project{Input: r.node}
	for i, c := range r.cols {
		p.Exprs = append(p.Exprs, cast(c.ref(), typs[i]))
		p.Names = append(p.Names, names[i])
	}
	if tag < 0 {
		return p
	}
	for i, name := range []string{"$left", "$right"} {
		v := int64(0)
		if i == tag {
			v = 1
		}
		p.Exprs = append(p.Exprs, &plan.Literal{Value: v, Typ: types.BigIntType})
		p.Names = append(p.Names, name)
	}
	return p
}

// combine does the operation on the union of its sides.
func combine(s *ast.SetOperation, union *plan.Union, width int, names []string) (plan.Node, error) {
	if s.Op == ast.Union {
		if s.All {
			return union, nil
		}
		return distinct(union, names), nil
	}
	name := "max"
	if s.All {
		name = "sum"
	}
	outputs := plan.ColumnRefs(union)
	agg := &plan.Aggregate{Input: union, Keys: outputs[:width], Names: names}
	for _, mark := range outputs[width:] {
		call, err := aggregateCall(name, mark.(*plan.Column).Name, mark)
		if err != nil {
			return nil, at(err, s.OpPos)
		}
		agg.Aggs = append(agg.Aggs, call)
	}
	after := plan.ColumnRefs(agg)
	kept, err := keptRows(s, agg, after[width], after[width+1])
	if err != nil {
		return nil, at(err, s.OpPos)
	}
	return &plan.Project{Input: kept, Exprs: after[:width], Names: names}, nil
}

// keptRows yields each row of n as often as INTERSECT or EXCEPT do: with ALL, left
// and right are the numbers of equal rows on each side; without, whether there are
// any.
func keptRows(s *ast.SetOperation, n plan.Node, left, right plan.Expr) (plan.Node, error) {
	switch {
	case s.All && s.Op == ast.Intersect:
		times, err := resolve("least", []plan.Expr{left, right})
		return &plan.Repeat{Input: n, Count: times}, err
	case s.All:
		times, err := resolve("-", []plan.Expr{left, right})
		return &plan.Repeat{Input: n, Count: times}, err
	}
	inRight := int64(1)
	if s.Op == ast.Except {
		inRight = 0
	}
	var conds []plan.Expr
	for i, want := range []int64{1, inRight} {
		cond, err := resolve("=", []plan.Expr{[]plan.Expr{left, right}[i], &plan.Literal{Value: want, Typ: types.BigIntType}})
		if err != nil {
			return nil, err
		}
		conds = append(conds, cond)
	}
	return &plan.Filter{Input: n, Cond: plan.Conjoin(conds)}, nil
}

// distinct keeps one of each row.
func distinct(n plan.Node, names []string) plan.Node {
	return &plan.Aggregate{Input: n, Keys: plan.ColumnRefs(n), Names: names}
}
