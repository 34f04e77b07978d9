package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// setOperation binds UNION, INTERSECT and EXCEPT. Those that drop duplicates
// are aggregates over a union, because grouping holds NULLs for equal as set
// operations do.
func (b *binder) setOperation(s *ast.SetOperation, e *env) (*relation, error) {
	if s.All && s.Op != ast.Union {
		return nil, notSupported(s.Span(), s.Op.String()+" ALL")
	}
	sides := []ast.QueryBody{s.Left, s.Right}
	if s.Op == ast.Union && s.All {
		sides = unionSides(s)
	}
	rels := make([]*relation, len(sides))
	for i, side := range sides {
		var err error
		if rels[i], err = b.plainBody(side, e.plain()); err != nil {
			return nil, err
		}
	}
	typs, err := setTypes(rels, sides, s)
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

// unionSides flattens a chain of UNION ALL.
func unionSides(s *ast.SetOperation) []ast.QueryBody {
	var out []ast.QueryBody
	if l, ok := s.Left.(*ast.SetOperation); ok && l.Op == ast.Union && l.All {
		out = unionSides(l)
	} else {
		out = []ast.QueryBody{s.Left}
	}
	return append(out, s.Right)
}

// setTypes finds the column types that fit all sides.
func setTypes(rels []*relation, sides []ast.QueryBody, s *ast.SetOperation) ([]types.Type, error) {
	typs := make([]types.Type, len(rels[0].cols))
	for i, c := range rels[0].cols {
		typs[i] = c.typ
	}
	for i, r := range rels[1:] {
		if len(r.cols) != len(typs) {
			return nil, mismatch(sides[i+1].Span(), "%s query has different number of fields: %d, %d", s.Op, len(typs), len(r.cols))
		}
		for j, c := range r.cols {
			super, ok := types.CommonSuperType(typs[j], c.typ)
			if !ok {
				return nil, mismatch(sides[i+1].Span(), "column %d in %s query has incompatible types: %s, %s", j+1, s.Op, typs[j], c.typ)
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
	outputs := plan.ColumnRefs(union)
	agg := &plan.Aggregate{Input: union, Keys: outputs[:width], Names: names}
	for _, mark := range outputs[width:] {
		f, err := function.ResolveAggregate("max", []function.Arg{{Type: types.BigIntType}}, nil)
		if err != nil {
			return nil, at(err, s.Span())
		}
		agg.Aggs = append(agg.Aggs, plan.AggCall{Function: f, Args: []plan.Expr{mark}, Name: mark.(*plan.Column).Name})
	}
	after := plan.ColumnRefs(agg)
	inRight := int64(1)
	if s.Op == ast.Except {
		inRight = 0
	}
	left, err := resolve("=", []plan.Expr{after[width], &plan.Literal{Value: int64(1), Typ: types.BigIntType}})
	if err != nil {
		return nil, at(err, s.Span())
	}
	right, err := resolve("=", []plan.Expr{after[width+1], &plan.Literal{Value: inRight, Typ: types.BigIntType}})
	if err != nil {
		return nil, at(err, s.Span())
	}
	kept := &plan.Filter{Input: agg, Cond: plan.Conjoin([]plan.Expr{left, right})}
	return &plan.Project{Input: kept, Exprs: after[:width], Names: names}, nil
}

// distinct keeps one of each row.
func distinct(n plan.Node, names []string) plan.Node {
	return &plan.Aggregate{Input: n, Keys: plan.ColumnRefs(n), Names: names}
}
