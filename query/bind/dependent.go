package bind

import (
	"github.com/traillake/traillake/query/plan"
)

// dependent is a correlated subquery turned into one plan for all rows of the
// query around it, whose rows have their keys before them.
//
//	SELECT max(y) FROM u WHERE u.x = t.a     becomes     SELECT u.x, max(y) FROM u GROUP BY u.x
//
// which is joined with t by t.a = u.x.
type dependent struct {
	node  plan.Node   // keys, then the subquery's columns
	outer []plan.Expr // what each key is compared with, over the enclosing query's node
	safe  []bool      // by IS NOT DISTINCT FROM instead of =
	// empty is what the subquery's columns are for a row that has no keys here;
	// nil when the subquery then has no row.
	empty []plan.Expr
}

// join joins rows of the enclosing query with a plan whose first columns are the keys.
func (d *dependent) join(kind plan.JoinKind, left, right plan.Node) *plan.Join {
	return &plan.Join{
		Kind: kind, Left: left, Right: right,
		LeftKeys: d.outer, RightKeys: plan.ColumnRefs(right)[:len(d.outer)], NullSafe: d.safe,
	}
}

func keyName(i int) string { return "$key" + itoa(i+1) }

func keyNames(k int) []string {
	names := make([]string, k)
	for i := range names {
		names[i] = keyName(i)
	}
	return names
}

// unnest makes a subquery independent of the rows of the node. Where all it asks
// of them is equations, these become the keys; else it is computed for all
// different parameters there are. onlyRow tells that the caller minds d.empty.
func (a *attachment) unnest(s *subquery, params []plan.Expr, onlyRow bool) (*dependent, error) {
	if s.refuse != nil {
		return nil, s.refuse
	}
	sub := s.rel.node
	if len(params) == 0 {
		return &dependent{node: sub}, nil
	}
	if l, ok := lift(sub); ok && (onlyRow || l.empty == nil) {
		for i, e := range l.outer {
			l.outer[i] = withParams(e, params)
		}
		l.safe = make([]bool, len(l.outer))
		return l, nil
	}
	if !isRepeatable(a.node) {
		a.node = a.binder.share(a.node)
	}
	if err := a.binder.grow(count(a.node), s.span); err != nil {
		return nil, err
	}
	names := keyNames(len(params))
	domain := distinct(&plan.Project{Input: duplicate(a.node), Exprs: params, Names: names}, names)
	p := &pusher{binder: a.binder, domain: a.binder.share(domain), k: len(params), span: s.span, shared: map[int]*plan.Shared{}}
	node, err := p.push(sub)
	if err != nil {
		return nil, err
	}
	d := &dependent{node: node, outer: params, safe: make([]bool, len(params))}
	for i := range d.safe {
		d.safe[i] = true
	}
	return d, nil
}

// share lets several places of the plan read the rows of a node.
func (b *binder) share(n plan.Node) *plan.Shared {
	b.shares++
	return &plan.Shared{Input: n, ID: b.shares}
}

// withParams puts what a subquery reads in place of its plan.Outers.
func withParams(e plan.Expr, params []plan.Expr) plan.Expr {
	return plan.RewriteExpr(e, func(e plan.Expr) (plan.Expr, bool) {
		o, ok := e.(*plan.Outer)
		if !ok {
			return nil, false
		}
		return params[o.Index], true
	})
}

// isRepeatable reports whether a plan yields the same rows each time it runs.
// Sums of doubles and limits depend on the order in which rows come.
func isRepeatable(n plan.Node) bool {
	if isVolatile(n) {
		return false
	}
	repeatable := true
	plan.Walk(n, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Scan, *plan.Values, *plan.Filter, *plan.Project, *plan.Join, *plan.Union, *plan.Unnest, *plan.OneRow:
		case *plan.Aggregate:
			repeatable = repeatable && len(n.Aggs) == 0
		case *plan.Shared:
			return false
		default:
			repeatable = false
		}
		return repeatable
	})
	return repeatable
}
