package bind

import (
	"slices"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// pusher computes a subquery for all different parameters at once (Neumann and
// Kemper, "Unnesting Arbitrary Queries", 2015): the set of parameters, the domain,
// goes down to where they are read, and from there its columns come up, before
// those of every node.
type pusher struct {
	binder *binder
	domain *plan.Shared
	k      int // columns of the domain
	span   ast.Span
	shared map[int]*plan.Shared // what became of plan.Shared nodes, by ID
}

// push returns a node that yields, for every row of the domain, that row's columns
// and a row of n, for all rows that n has with these columns as its plan.Outers.
func (p *pusher) push(n plan.Node) (plan.Node, error) {
	if !isDependent(n) {
		return p.cross(n)
	}
	switch n := n.(type) {
	case *plan.Values:
		return p.values(n)
	case *plan.Union:
		return p.union(n)
	case *plan.Join:
		return p.join(n)
	case *plan.OneRow:
		return p.oneRow(n)
	case *plan.Shared:
		return p.share(n)
	case *plan.Expand:
		if slices.ContainsFunc(n.Sets, func(set []int) bool { return len(set) == 0 }) {
			return p.expand(n)
		}
	case *plan.Aggregate:
		if len(n.Keys) == 0 {
			return p.whole(n)
		}
	}
	if len(n.Inputs()) != 1 {
		return nil, p.refuse(n)
	}
	in, err := p.push(n.Inputs()[0])
	if err != nil {
		return nil, err
	}
	out, ok := over(n, in, p.k, 0)
	if !ok {
		return nil, p.refuse(n)
	}
	return out, nil
}

func (p *pusher) refuse(n plan.Node) error {
	err := notSupported(p.span, "Given correlated subquery")
	err.Hint = "this step of it cannot be computed for all outer rows at once: " + plan.Line(n)
	return err
}

// set is the domain at one more place of the plan.
func (p *pusher) set() (plan.Node, error) {
	if err := p.binder.grow(count(p.domain), p.span); err != nil {
		return nil, err
	}
	return duplicate(p.domain), nil
}

// cross pairs every row of the domain with every row of a node.
func (p *pusher) cross(n plan.Node) (plan.Node, error) {
	set, err := p.set()
	if v, ok := n.(*plan.Values); err != nil || ok && len(v.Rows) == 1 && len(v.Columns) == 0 {
		return set, err
	}
	return &plan.Join{Kind: plan.Inner, Left: set, Right: n}, nil
}

// values computes each row for every row of the domain.
func (p *pusher) values(n *plan.Values) (plan.Node, error) {
	union := &plan.Union{}
	for _, row := range n.Rows {
		set, err := p.set()
		if err != nil {
			return nil, err
		}
		source := &plan.Project{Input: set, Exprs: plan.ColumnRefs(set), Names: keyNames(p.k)}
		for i, e := range row {
			source.Exprs, source.Names = append(source.Exprs, moved(e, p.k, 0)), append(source.Names, n.Columns[i].Name)
		}
		union.Sources = append(union.Sources, source)
	}
	if len(union.Sources) == 1 {
		return union.Sources[0], nil
	}
	return union, nil
}

func (p *pusher) union(n *plan.Union) (plan.Node, error) {
	out := &plan.Union{}
	for _, s := range n.Sources {
		source, err := p.push(s)
		if err != nil {
			return nil, err
		}
		out.Sources = append(out.Sources, source)
	}
	return out, nil
}

// whole is an aggregate without keys, which has a row for every row of the domain,
// also where its input has none: a left join keeps those.
func (p *pusher) whole(n *plan.Aggregate) (plan.Node, error) {
	in, err := p.push(n.Input)
	if err != nil {
		return nil, err
	}
	joined, err := p.kept(marked(in))
	if err != nil {
		return nil, err
	}
	refs := plan.ColumnRefs(joined)
	match := not(isNull(refs[len(refs)-1]))
	out := &plan.Aggregate{Input: joined, Keys: refs[:p.k], Names: keyNames(p.k)}
	for _, call := range plan.MapExprs(n, func(e plan.Expr) plan.Expr { return moved(e, 2*p.k, 0) }).(*plan.Aggregate).Aggs {
		if call.Filter == nil {
			call.Filter = match
		} else {
			call.Filter = plan.Conjoin([]plan.Expr{match, call.Filter})
		}
		out.Aggs = append(out.Aggs, call)
	}
	return out, nil
}

// expand adds the rows that are none, of sets without keys, for every row of the
// domain; those that the node adds itself belong to none.
func (p *pusher) expand(n *plan.Expand) (plan.Node, error) {
	in, err := p.push(n.Input)
	if err != nil {
		return nil, err
	}
	expanded := plan.MapExprs(n, func(e plan.Expr) plan.Expr { return moved(e, p.k, 0) }).WithInputs([]plan.Node{in})
	refs := plan.ColumnRefs(expanded)
	isReal := refs[len(refs)-1]
	union := &plan.Union{Sources: []plan.Node{&plan.Filter{Input: expanded, Cond: isReal}}}
	for number, set := range n.Sets {
		if len(set) > 0 {
			continue
		}
		domain, err := p.set()
		if err != nil {
			return nil, err
		}
		none := &plan.Project{Input: domain, Exprs: plan.ColumnRefs(domain)[:p.k:p.k], Names: keyNames(p.k)}
		for _, o := range expanded.Outputs()[p.k:] {
			none.Exprs, none.Names = append(none.Exprs, &plan.Literal{Typ: o.Type}), append(none.Names, o.Name)
		}
		at := len(none.Exprs) - 2
		none.Exprs[at] = &plan.Literal{Typ: types.BigIntType, Value: int64(number)}
		none.Exprs[at+1] = &plan.Literal{Typ: types.BooleanType, Value: false}
		union.Sources = append(union.Sources, none)
	}
	return union, nil
}

// kept puts rows that begin with a row of the domain beside the domain, of which
// every row stays.
func (p *pusher) kept(right plan.Node) (*plan.Join, error) {
	set, err := p.set()
	if err != nil {
		return nil, err
	}
	d := &dependent{outer: plan.ColumnRefs(set)}
	for range d.outer {
		d.safe = append(d.safe, true)
	}
	return d.join(plan.Left, set, right), nil
}

// oneRow makes one row for every row of the domain.
func (p *pusher) oneRow(n *plan.OneRow) (plan.Node, error) {
	in, err := p.push(n.Input)
	if err != nil {
		return nil, err
	}
	refs := plan.ColumnRefs(in)
	agg := &plan.Aggregate{Input: in, Keys: refs[:p.k], Names: keyNames(p.k)}
	for i, o := range n.Outputs() {
		call, err := aggregateCall("arbitrary", o.Name, refs[p.k+i])
		if err != nil {
			return nil, at(err, p.span)
		}
		agg.Aggs = append(agg.Aggs, call)
	}
	rows, err := aggregateCall("count", "$rows")
	if err != nil {
		return nil, at(err, p.span)
	}
	agg.Aggs = append(agg.Aggs, rows)
	joined, err := p.kept(agg)
	if err != nil {
		return nil, err
	}
	refs = plan.ColumnRefs(joined)
	one, err := resolve("$one_row", []plan.Expr{refs[len(refs)-1]})
	if err != nil {
		return nil, at(err, p.span)
	}
	out := &plan.Project{Input: joined, Exprs: refs[:p.k:p.k], Names: keyNames(p.k)}
	for i, o := range n.Outputs() {
		c := refs[2*p.k+i]
		out.Exprs = append(out.Exprs, choose(one, c, &plan.Literal{Typ: c.Type()}))
		out.Names = append(out.Names, o.Name)
	}
	return out, nil
}

func (p *pusher) share(n *plan.Shared) (plan.Node, error) {
	if known := p.shared[n.ID]; known != nil {
		if err := p.binder.grow(count(known), p.span); err != nil {
			return nil, err
		}
		return duplicate(known), nil
	}
	in, err := p.push(n.Input)
	if err != nil {
		return nil, err
	}
	out := p.binder.share(in)
	p.shared[n.ID] = out
	return out, nil
}

// join pushes into the sides that read the outer row. Where both do, or where
// one that does not would lose or gain rows, both get the domain, and it must be
// the same row of it.
func (p *pusher) join(n *plan.Join) (plan.Node, error) {
	left, right := isDependent(n.Left), isDependent(n.Right)
	for _, e := range n.LeftKeys {
		left = left || readsOuter(e)
	}
	for _, e := range n.RightKeys {
		right = right || readsOuter(e)
	}
	if n.Residual != nil && readsOuter(n.Residual) {
		left = left || !right
	}
	if n.Kind == plan.Full || right && n.Kind != plan.Inner {
		left, right = true, true
	}
	l, r, lk, rk := n.Left, n.Right, 0, 0
	var err error
	if left {
		if l, err = p.push(l); err != nil {
			return nil, err
		}
		lk = p.k
	}
	if right {
		if r, err = p.push(r); err != nil {
			return nil, err
		}
		rk = p.k
	}
	own := len(n.Left.Outputs())
	out := widened(n, l, r, lk, rk, func(i int) int {
		if left {
			return i
		}
		return own + i
	})
	if left && right {
		out.LeftKeys = append(plan.ColumnRefs(l)[:p.k:p.k], out.LeftKeys...)
		out.RightKeys = append(plan.ColumnRefs(r)[:p.k:p.k], out.RightKeys...)
		safe := make([]bool, len(out.LeftKeys))
		for i := range safe {
			safe[i] = i < p.k || n.IsNullSafe(i-p.k)
		}
		out.NullSafe = safe
	}
	return keysFirst(n, out, lk, rk, left && right), nil
}

// yieldsRight reports whether a join has the columns of its right side.
func yieldsRight(k plan.JoinKind) bool { return k == plan.Inner || k == plan.Left || k == plan.Full }
