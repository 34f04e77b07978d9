package bind

import (
	"errors"
	"slices"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// maxGroupingSets is Trino's bound on the sets of one GROUP BY.
const maxGroupingSets = 2048

// bindGroupBy binds GROUP BY: its keys, each once, and the sets of them to group
// by, which are the cross product of its elements' sets.
func (q *selection) bindGroupBy() error {
	g := q.s.GroupBy
	if g == nil {
		return nil
	}
	product := [][]int{{}}
	for _, el := range g.Elements {
		sets, err := q.groupingSets(el)
		if err != nil {
			return err
		}
		if n := len(product) * len(sets); n > maxGroupingSets {
			return tooManySets(n, g)
		}
		var next [][]int
		for _, before := range product {
			for _, set := range sets {
				next = append(next, append(slices.Clone(before), set...))
			}
		}
		product = next
	}
	for _, set := range product {
		slices.Sort(set)
		set = slices.Compact(set)
		if g.Distinct && slices.ContainsFunc(q.sets, func(s []int) bool { return slices.Equal(s, set) }) {
			continue
		}
		q.sets = append(q.sets, set)
	}
	return nil
}

func tooManySets(n int, g *ast.GroupBy) error {
	return ast.Errorf(ast.TooManyGroupingSets, g.Elements[0].Span(), "GROUP BY has %d grouping sets but can contain at most %d", n, maxGroupingSets)
}

// groupingSets returns the sets of one element, as numbers of keys.
func (q *selection) groupingSets(el ast.GroupingElement) ([][]int, error) {
	if el.Kind == ast.SimpleGrouping && len(el.Sets[0]) == 1 && isAuto(el.Sets[0][0]) {
		return q.autoSet()
	}
	items := make([][]int, len(el.Sets))
	for i, set := range el.Sets {
		for _, e := range set {
			key, err := q.groupKey(e, el.Kind != ast.SimpleGrouping)
			if err != nil {
				return nil, err
			}
			items[i] = append(items[i], q.keyNumber(key))
		}
	}
	switch el.Kind {
	case ast.Rollup:
		sets := [][]int{}
		for n := len(items); n >= 0; n-- {
			sets = append(sets, slices.Concat(items[:n]...))
		}
		return sets, nil
	case ast.Cube:
		if len(items) > 11 {
			return nil, tooManySets(1<<len(items), q.s.GroupBy)
		}
		sets := [][]int{}
		for left := range 1 << len(items) { // the bits of the items left out
			var set []int
			for i, item := range items {
				if left>>i&1 == 0 {
					set = append(set, item...)
				}
			}
			sets = append(sets, set)
		}
		return sets, nil
	}
	return items, nil
}

// keyNumber adds a group key unless it is there.
func (q *selection) keyNumber(key plan.Expr) int {
	for i, k := range q.keys {
		if plan.Equal(k, key) {
			return i
		}
	}
	q.keys = append(q.keys, key)
	return len(q.keys) - 1
}

// isAuto reports whether an element is the word AUTO.
func isAuto(e ast.Expr) bool {
	n, ok := e.(*ast.Name)
	return ok && len(n.Parts) == 1 && !n.Parts[0].Quoted && strings.EqualFold(n.Parts[0].Name, "auto")
}

// autoSet is the set of all output columns without aggregates.
func (q *selection) autoSet() ([][]int, error) {
	var set []int
	for _, it := range q.items {
		aggregates, others := false, false
		plan.ColumnsOf(it.expr, func(c *plan.Column) {
			if f := q.found.of(c); f != nil {
				aggregates, others = aggregates || f.agg != nil, others || f.window != nil || f.grouping != nil
			}
		})
		switch {
		case aggregates:
		case others:
			return nil, q.notScalarKey(it)
		default:
			set = append(set, q.keyNumber(it.expr))
		}
	}
	return [][]int{set}, nil
}

func (q *selection) notScalarKey(it item) error {
	return ast.Errorf(ast.ExpressionNotScalar, ast.Place(it.node), "GROUP BY clause cannot contain aggregations, window functions or grouping operations: [%s]", q.shown(it.node))
}

// shown is an output column as messages show it.
func (q *selection) shown(n ast.Node) string {
	if e, ok := n.(ast.Expr); ok {
		return ast.Format(e)
	}
	return q.display(n, "*")
}

// groupKey binds one key. In ROLLUP, CUBE and GROUPING SETS it must be a column.
func (q *selection) groupKey(g ast.Expr, column bool) (plan.Expr, error) {
	if n, ok := ordinal(g); ok && !column {
		if n < 1 || n > len(q.items) {
			return nil, badOrdinal("GROUP BY", n, g)
		}
		it := q.items[n-1]
		if q.found.readsCalls(it.expr) {
			return nil, q.notScalarKey(it)
		}
		return it.expr, nil
	}
	x := q.exprBinder("GROUP BY clause")
	x.whole = g
	key, err := x.expr(g)
	if err != nil {
		return nil, q.aliasHint(err, g)
	}
	if _, ok := key.(*plan.Column); column && !ok {
		return nil, ast.Errorf(ast.InvalidColumnReference, ast.Place(g), "GROUP BY expression must be a column reference: %s", ast.Format(g))
	}
	return key, comparableKey(key.Type(), g)
}

// comparableKey refuses keys whose values cannot be told apart.
func comparableKey(t types.Type, g ast.Expr) error {
	if t.Kind == types.Unknown || t.IsComparable() {
		return nil
	}
	return mismatch(ast.Place(g), "%s is not comparable, and therefore cannot be used in GROUP BY", t)
}

// aliasHint tells that GROUP BY and WHERE do not see aliases, when a name that
// was not found is one.
func (q *selection) aliasHint(err error, g ast.Expr) error {
	var e *ast.Error
	name, ok := g.(*ast.Name)
	if !ok || len(name.Parts) != 1 || !errors.As(err, &e) || e.Code != ast.ColumnNotFound {
		return err
	}
	for i, it := range q.items {
		if sameName(it.name, name.Parts[0].Name) {
			hinted := *e
			hinted.Hint = "GROUP BY does not see aliases; use the position: GROUP BY " + itoa(i+1)
			return &hinted
		}
	}
	return err
}

// groupingCall is grouping(a, b): which of its arguments a row's grouping set lacks.
type groupingCall struct {
	args   []plan.Expr
	typ    types.Type
	source *ast.Call
}

// grouping binds grouping(…) and leaves a finding in its place.
func (x *exprBinder) grouping(e *ast.Call) (plan.Expr, error) {
	if err := x.outsideLambda(e); err != nil {
		return nil, err
	}
	if !x.aggregates || x.within != "" {
		return nil, ast.Errorf(ast.ExpressionNotScalar, x.place(e), "%s cannot contain aggregations, window functions or grouping operations: [%s]", x.clause, ast.Format(e))
	}
	if len(e.Args) == 0 || len(e.Args) > 63 {
		return nil, ast.Errorf(ast.InvalidArguments, e.Span(), "GROUPING() takes 1 to 63 columns")
	}
	args, err := x.exprs(e.Args)
	if err != nil {
		return nil, err
	}
	g := &groupingCall{args: args, typ: types.IntegerType, source: e}
	if len(args) > 31 {
		g.typ = types.BigIntType
	}
	return x.found.add(finding{grouping: g}, "grouping", g.typ), nil
}

// groupingValue computes grouping(…) from the number of the set that a row of
// the aggregate belongs to; set is nil when there is one set only.
func (q *selection) groupingValue(g *groupingCall, set plan.Expr) (plan.Expr, error) {
	if q.s.GroupBy == nil {
		return nil, ast.Errorf(ast.MissingGroupBy, q.s.Span(), "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause")
	}
	keys := make([]int, len(g.args))
	for i, a := range g.args {
		if keys[i] = slices.IndexFunc(q.keys, func(k plan.Expr) bool { return plan.Equal(k, a) }); keys[i] < 0 {
			return nil, ast.Errorf(ast.InvalidArguments, g.source.Span(), "The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to %s.", ast.Format(g.source.Args[i]))
		}
	}
	var masks []int64
	members := map[int64][]plan.Expr{}
	for number, have := range q.sets {
		var mask int64
		for _, k := range keys {
			mask <<= 1
			if !slices.Contains(have, k) {
				mask |= 1
			}
		}
		if members[mask] == nil {
			masks = append(masks, mask)
		}
		members[mask] = append(members[mask], &plan.Literal{Value: int64(number), Typ: types.BigIntType})
	}
	last := &plan.Literal{Value: masks[len(masks)-1], Typ: g.typ}
	if len(masks) == 1 {
		return last, nil
	}
	eq, err := function.Resolve("=", argTypes([]plan.Expr{set, set}), nil)
	if err != nil {
		return nil, err
	}
	var arms []plan.Expr
	for _, mask := range masks[:len(masks)-1] {
		in := &plan.Special{Form: plan.In, Args: append([]plan.Expr{set}, members[mask]...), Typ: types.BooleanType, Eq: eq}
		arms = append(arms, in, &plan.Literal{Value: mask, Typ: g.typ})
	}
	return &plan.Special{Form: plan.Case, Args: append(arms, last), Typ: g.typ}, nil
}
