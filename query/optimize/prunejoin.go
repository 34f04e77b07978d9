package optimize

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
)

// pruneJoin lets the sides yield what is needed of them and what the conditions
// read. Of what only a key reads, the key is computed before the join, which then
// holds that and not what it is made of:
//
//	Join on (t.id#1 = json_extract_scalar(a.response#5, '$.id'))
//
// becomes
//
//	Join on (t.id#1 = key#4)
//	  …
//	  Project […, key := json_extract_scalar(response#5, '$.id')]
func pruneJoin(n *plan.Join, need []path) (plan.Node, []path) {
	width := len(n.Left.Outputs())
	var left, right []path
	if n.Kind == plan.Mark {
		need = slices.DeleteFunc(slices.Clone(need), func(p path) bool { return p.column == width })
	}
	for _, p := range collect(need, n.Residual) {
		if p.column < width {
			left = append(left, p)
		} else {
			right = append(right, p.shifted(-width))
		}
	}
	out := &plan.Join{NullSafe: n.NullSafe}
	var haveLeft, haveRight []path
	out.Left, out.LeftKeys, haveLeft = pruneSide(n.Left, n.LeftKeys, left)
	out.Right, out.RightKeys, haveRight = pruneSide(n.Right, n.RightKeys, right)
	have := slices.Clone(haveLeft)
	for _, p := range haveRight {
		have = append(have, p.shifted(width))
	}
	out.Residual = over(n.Residual, out, have) // over all pairs, as an inner join has them
	out.Kind = n.Kind
	switch n.Kind {
	case plan.Semi, plan.Anti:
		have = haveLeft
	case plan.Mark:
		have = append(slices.Clone(haveLeft), whole(width))
	}
	return out, have
}

// madeColumn is the path of a column that no output of the node was: nothing asks for it.
const madeColumn = 1 << 30

// pruneSide prunes a side of a join for its keys and for what else is needed of
// it. It returns the side, the keys over it, and which part each output is.
func pruneSide(n plan.Node, keys []plan.Expr, need []path) (plan.Node, []plan.Expr, []path) {
	for _, k := range keys {
		if _, isPath := pathOf(k); isPath || plan.IsVolatile(k) {
			need = collect(slices.Clone(need), k)
		}
	}
	made := func(key plan.Expr) bool {
		return slices.ContainsFunc(collect(nil, key), func(p path) bool {
			return !slices.ContainsFunc(need, func(q path) bool { return q.covers(p) })
		})
	}
	in, have := narrow(n, minimal(collect(need, keys...)))
	if !slices.ContainsFunc(keys, made) {
		return in, overAll(keys, in, have), have
	}
	p := &plan.Project{Input: in}
	var kept []path
	for i, o := range in.Outputs() {
		if slices.ContainsFunc(need, have[i].covers) {
			p.Exprs, p.Names = append(p.Exprs, &plan.Column{Index: i, Name: o.Name, Typ: o.Type}), append(p.Names, o.Name)
			kept = append(kept, have[i])
		}
	}
	out := make([]plan.Expr, len(keys))
	for i, k := range keys {
		if !made(k) {
			out[i] = over(k, p, kept)
			continue
		}
		p.Exprs, p.Names = append(p.Exprs, over(k, in, have)), append(p.Names, "key")
		out[i] = &plan.Column{Index: len(kept), Name: "key", Typ: k.Type()}
		kept = append(kept, whole(madeColumn))
	}
	return p, out, kept
}
