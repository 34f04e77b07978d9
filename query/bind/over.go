package bind

import (
	"slices"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// moved is an expression over a node whose columns stand by others to the
// right, and whose plan.Outers are columns of it from at on.
func moved(e plan.Expr, by, at int) plan.Expr {
	return plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
		switch e := e.(type) {
		case *plan.Column:
			return &plan.Column{Index: e.Index + by, Name: e.Name, Typ: e.Typ}
		case *plan.Outer:
			return &plan.Column{Index: e.Index + at, Name: e.Name, Typ: e.Typ}
		}
		return e
	})
}

// over puts a node of one input over an input that has k key columns before its
// own, so that the result has them too and is computed for each combination of
// keys apart. Outer columns are the input's from at on. It answers false for a
// node that cannot be.
func over(n plan.Node, in plan.Node, k, at int) (plan.Node, bool) {
	keys := plan.ColumnRefs(in)[:k]
	names := make([]string, k)
	for i, key := range keys {
		names[i] = key.(*plan.Column).Name
	}
	n = plan.MapExprs(n, func(e plan.Expr) plan.Expr { return moved(e, k, at) })
	switch n := n.(type) {
	case *plan.Filter, *plan.Unnest, *plan.Repeat:
		return n.WithInputs([]plan.Node{in}), true
	case *plan.Sort:
		return n.WithInputs([]plan.Node{in}), n.Limit == 0
	case *plan.Project:
		return &plan.Project{Input: in, Exprs: append(keys, n.Exprs...), Names: append(names, n.Names...)}, true
	case *plan.Aggregate:
		c := *n
		c.Input, c.Keys, c.Names = in, append(keys, n.Keys...), append(names, n.Names...)
		return &c, true
	case *plan.Window:
		c := *n
		c.Input, c.PartitionBy = in, append(keys, n.PartitionBy...)
		return &c, true
	case *plan.Expand:
		// The rows that sets without keys add belong to no key.
		return n.WithInputs([]plan.Node{in}), !slices.ContainsFunc(n.Sets, func(set []int) bool { return len(set) == 0 })
	case *plan.Limit:
		return firstOfEach(n, in, keys)
	}
	return nil, false
}

// firstOfEach is a limit for each combination of keys: rows are numbered in the
// order they would have come in.
func firstOfEach(n *plan.Limit, in plan.Node, keys []plan.Expr) (plan.Node, bool) {
	// The order is that of a sort below, under projections that are put back.
	var projects []*plan.Project
	source := in
	for {
		p, ok := source.(*plan.Project)
		if !ok {
			break
		}
		projects, source = append(projects, p), p.Input
	}
	number, err := function.ResolveWindow("row_number", nil)
	if err != nil {
		return nil, false
	}
	window := &plan.Window{Input: in, PartitionBy: keys, Calls: []plan.WindowCall{{Window: number, Name: "$row"}}}
	if sort, ok := source.(*plan.Sort); ok && keysStay(projects, len(keys)) {
		window.Input, window.OrderBy = sort.Input, sort.Keys
		window.PartitionBy = plan.ColumnRefs(sort)[:len(keys)]
	} else {
		projects = nil
	}
	row := &plan.Column{Index: len(window.Input.Outputs()), Name: "$row", Typ: types.BigIntType}
	conds := []plan.Expr{bound(">", row, n.Offset)}
	if n.Count >= 0 {
		conds = append(conds, bound("<=", row, n.Offset+n.Count))
	}
	var out plan.Node = &plan.Filter{Input: window, Cond: plan.Conjoin(conds)}
	for _, p := range slices.Backward(projects) {
		out = p.WithInputs([]plan.Node{out})
	}
	if len(projects) == 0 {
		p := &plan.Project{Input: out, Exprs: plan.ColumnRefs(out)[:row.Index]}
		for _, o := range out.Outputs()[:row.Index] {
			p.Names = append(p.Names, o.Name)
		}
		out = p
	}
	return out, n.Offset+max(n.Count, 0) >= 0
}

// keysStay reports whether projections pass the first k columns on.
func keysStay(projects []*plan.Project, k int) bool {
	for _, p := range projects {
		for i, e := range p.Exprs[:k] {
			if c, ok := e.(*plan.Column); !ok || c.Index != i {
				return false
			}
		}
	}
	return true
}

func bound(op string, row plan.Expr, n int64) plan.Expr {
	f, err := function.Resolve(op, argTypes([]plan.Expr{row, row}), nil)
	if err != nil {
		panic(err) // bigints have an order
	}
	return &plan.Call{Function: f, Args: []plan.Expr{row, &plan.Literal{Value: n, Typ: types.BigIntType}}}
}

// widened is a join over sides with lk and rk key columns before their own. Outer
// columns are those at outerAt of the pair; nil when there are none.
func widened(n *plan.Join, left, right plan.Node, lk, rk int, outerAt func(int) int) *plan.Join {
	width := len(n.Left.Outputs())
	out := &plan.Join{Kind: n.Kind, Left: left, Right: right, NullSafe: n.NullSafe}
	for _, e := range n.LeftKeys {
		out.LeftKeys = append(out.LeftKeys, moved(e, lk, 0))
	}
	for _, e := range n.RightKeys {
		out.RightKeys = append(out.RightKeys, moved(e, rk, 0))
	}
	if n.Residual == nil {
		return out
	}
	out.Residual = plan.TransformExpr(n.Residual, func(e plan.Expr) plan.Expr {
		switch e := e.(type) {
		case *plan.Column:
			by := lk
			if e.Index >= width {
				by += rk
			}
			return &plan.Column{Index: e.Index + by, Name: e.Name, Typ: e.Typ}
		case *plan.Outer:
			return &plan.Column{Index: outerAt(e.Index), Name: e.Name, Typ: e.Typ}
		}
		return e
	})
	return out
}

// keysFirst brings the key columns of a widened join's sides to the front. With
// merged, both sides have the same keys, which appear once: of a full join, those
// of the side that is there.
func keysFirst(n, widened *plan.Join, lk, rk int, merged bool) plan.Node {
	if rk == 0 || !yieldsRight(n.Kind) {
		return widened
	}
	refs := plan.ColumnRefs(widened)
	own := len(n.Left.Outputs())
	right := refs[lk+own:]
	p := &plan.Project{Input: widened}
	for i := range lk {
		e := refs[i]
		if merged && n.Kind == plan.Full {
			e = &plan.Special{Form: plan.Coalesce, Args: []plan.Expr{e, right[i]}, Typ: e.Type()}
		}
		p.Exprs = append(p.Exprs, e)
	}
	if !merged {
		p.Exprs = append(p.Exprs, right[:rk]...)
	}
	p.Exprs = append(append(p.Exprs, refs[lk:lk+own]...), right[rk:]...)
	p.Names = keyNames(len(p.Exprs) - len(n.Outputs()))
	for _, o := range n.Outputs() {
		p.Names = append(p.Names, o.Name)
	}
	return p
}
