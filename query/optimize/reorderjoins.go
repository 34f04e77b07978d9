package optimize

import (
	"slices"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
)

// reorderJoins brings the sides of inner joins that equations connect next to
// each other. FROM a, b, c WHERE a.x = c.x AND b.y = c.y pairs every row of a with
// every row of b as it is written:
//
//	InnerJoin on [x#0 = x#0, y#1 = y#1]      Project [x#0, y#3, x#1, y#2]
//	  InnerJoin                                InnerJoin on [y#2 = y#0]
//	    Scan a [x]                               InnerJoin on [x#0 = x#0]
//	    Scan b [y]                                 Scan a [x]
//	  Scan c [x, y]                                Scan c [x, y]
//	                                             Scan b [y]
//
// Joins are changed only where fewer products of all rows are left. Among sides
// that are connected the order of the statement decides. Other joins, and
// conditions that are volatile, are sides as they are.
func reorderJoins(n plan.Node) (plan.Node, error) {
	j, ok := n.(*plan.Join)
	if !ok || !isLink(j) {
		return plan.MapInputs(n, reorderJoins)
	}
	c := &joinChain{}
	if err := c.add(j); err != nil {
		return nil, err
	}
	tree, products, ok := c.connect()
	if !ok || products >= c.products {
		return c.unchanged(j), nil
	}
	return c.restored(tree, j), nil
}

// maxChain is the number of sides that are put into order; more are left alone.
const maxChain = 64

// isLink reports whether a join is one whose sides can change places.
func isLink(n *plan.Join) bool {
	return n.Kind == plan.Inner && !slices.Contains(n.NullSafe, true) && (n.Residual == nil || !plan.IsVolatile(n.Residual))
}

// joinChain is inner joins over inner joins.
type joinChain struct {
	sides    []plan.Node
	sideOf   []int       // of each column of the joins, the side it is of
	conds    []plan.Expr // over these columns, in the order they were evaluated in
	products int         // joins without an equation
}

// add takes the joins apart; their inputs are put into order themselves.
func (c *joinChain) add(n plan.Node) error {
	j, ok := n.(*plan.Join)
	if !ok || !isLink(j) {
		side, err := reorderJoins(n)
		for range n.Outputs() {
			c.sideOf = append(c.sideOf, len(c.sides))
		}
		c.sides = append(c.sides, side)
		return err
	}
	base := len(c.sideOf)
	if err := c.add(j.Left); err != nil {
		return err
	}
	width := len(c.sideOf) - base
	if err := c.add(j.Right); err != nil {
		return err
	}
	shifted := func(e plan.Expr, by int) plan.Expr { return plan.MapColumns(e, func(i int) int { return i + by }) }
	for i, l := range j.LeftKeys {
		l, r := shifted(l, base), shifted(j.RightKeys[i], base+width)
		equal, err := function.Resolve("=", []function.Arg{{Type: l.Type()}, {Type: r.Type()}}, nil)
		if err != nil {
			return err
		}
		c.conds = append(c.conds, &plan.Call{Function: equal, Args: []plan.Expr{l, r}})
	}
	for _, cond := range plan.Conjuncts(j.Residual) {
		c.conds = append(c.conds, shifted(cond, base))
	}
	if len(j.LeftKeys) == 0 {
		c.products++
	}
	return nil
}

// unchanged is the chain as it was, over its sides as they are now.
func (c *joinChain) unchanged(n plan.Node) plan.Node {
	j, ok := n.(*plan.Join)
	if !ok || !isLink(j) {
		side := c.sides[0]
		c.sides = c.sides[1:]
		return side
	}
	l := c.unchanged(j.Left)
	r := c.unchanged(j.Right)
	if l == j.Left && r == j.Right {
		return j
	}
	return j.WithInputs([]plan.Node{l, r})
}

// joined is some sides of a chain, joined.
type joined struct {
	node  plan.Node
	sides []int  // in the order of the columns
	set   uint64 // the same
}

// connection is the sides that the two operands of an equation are about.
type connection struct{ left, right uint64 }

// connects reports whether the equation is between two sets of sides.
func (e connection) connects(a, b *joined) bool {
	within := func(x, y uint64) bool { return e.left&^x == 0 && e.right&^y == 0 }
	return within(a.set, b.set) || within(b.set, a.set)
}

// connect joins the sides, and counts the products of all rows in the result. It
// joins the first two that are connected until none are, then pairs the first two.
func (c *joinChain) connect() (tree *joined, products int, ok bool) {
	if len(c.sides) > maxChain {
		return nil, 0, false
	}
	equations := c.equations()
	var parts []*joined
	for i, s := range c.sides {
		parts = append(parts, &joined{node: s, sides: []int{i}, set: 1 << i})
	}
	for len(parts) > 1 {
		i, k, found := firstConnected(parts, equations)
		if !found {
			products++
		}
		a, b := parts[i], parts[k]
		parts[i] = &joined{node: &plan.Join{Kind: plan.Inner, Left: a.node, Right: b.node}, sides: append(slices.Clone(a.sides), b.sides...), set: a.set | b.set}
		parts = slices.Delete(parts, k, k+1)
	}
	return parts[0], products, true
}

// firstConnected returns the first two parts that an equation connects, or the
// first two.
func firstConnected(parts []*joined, equations []connection) (i, k int, found bool) {
	for i, a := range parts {
		for k := i + 1; k < len(parts); k++ {
			if slices.ContainsFunc(equations, func(e connection) bool { return e.connects(a, parts[k]) }) {
				return i, k, true
			}
		}
	}
	return 0, 1, false
}

// equations are the conditions that a join can have as keys.
func (c *joinChain) equations() []connection {
	var out []connection
	for _, cond := range c.conds {
		call, ok := cond.(*plan.Call)
		if !ok || call.Function.Name != "=" || !call.Args[0].Type().Equal(call.Args[1].Type()) {
			continue
		}
		e := connection{c.sidesOf(call.Args[0]), c.sidesOf(call.Args[1])}
		if e.left != 0 && e.right != 0 {
			out = append(out, e)
		}
	}
	return out
}

func (c *joinChain) sidesOf(e plan.Expr) (set uint64) {
	plan.ColumnsOf(e, func(col *plan.Column) { set |= 1 << c.sideOf[col.Index] })
	return set
}

// restored puts the conditions onto the new joins, and the columns back in the
// order that they had.
func (c *joinChain) restored(tree *joined, was *plan.Join) plan.Node {
	starts := make([]int, len(c.sides)) // of the columns of each side in the new joins
	at := 0
	for _, s := range tree.sides {
		starts[s] = at
		at += len(c.sides[s].Outputs())
	}
	now := make([]int, len(c.sideOf))
	for i, s := range c.sideOf {
		now[i] = starts[s]
		starts[s]++
	}
	conds := make([]plan.Expr, len(c.conds))
	for i, cond := range c.conds {
		conds[i] = plan.MapColumns(cond, func(i int) int { return now[i] })
	}
	p := &plan.Project{Input: push(tree.node, conds), Names: outputNames(was)}
	for i, o := range was.Outputs() {
		p.Exprs = append(p.Exprs, &plan.Column{Index: now[i], Name: o.Name, Typ: o.Type})
	}
	return p
}
