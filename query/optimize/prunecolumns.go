package optimize

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
)

// pruneColumns lets every node yield only what those above it use, and every
// scan read only that: columns, single fields of rows, single keys of maps, and of
// texts that are only searched whether a condition holds.
//
//	Project [arn := useridentity#1.arn, element_at(requestparameters#2, 'k')]
//	  Scan trail [eventtime, useridentity, requestparameters, eventjson]
//
// becomes
//
//	Project [arn := useridentity.arn#0, requestparameters['k']#1]
//	  Scan trail [useridentity.arn, requestparameters['k']]
//
// A count(*) reads no column at all. Of a map, single keys are read only when
// nothing uses the map itself; of a row likewise.
func pruneColumns(n plan.Node) (plan.Node, error) {
	return allColumns(n), nil
}

// prune returns a node that yields at least the parts need of n's outputs, and
// which part of them each of its outputs is.
func prune(n plan.Node, need []path) (plan.Node, []path) {
	need = minimal(need)
	switch n := n.(type) {
	case *plan.Scan:
		return pruneScan(n, need)
	case *plan.Values:
		return pruneValues(n, need)
	case *plan.Filter:
		in, have := prune(n.Input, collect(need, n.Cond))
		return &plan.Filter{Input: in, Cond: over(n.Cond, in, have)}, have
	case *plan.Repeat:
		in, have := prune(n.Input, collect(need, n.Count))
		return &plan.Repeat{Input: in, Count: over(n.Count, in, have)}, have
	case *plan.Project:
		return pruneProject(n, need)
	case *plan.Aggregate:
		return pruneAggregate(n, need)
	case *plan.Sort:
		return pruneSort(n, need)
	case *plan.Union:
		return pruneUnion(n, need)
	case *plan.Join:
		return pruneJoin(n, need)
	case *plan.Unnest:
		return pruneUnnest(n, need)
	case *plan.Window:
		return pruneWindow(n, need)
	case *plan.Shared:
		return pruneShared(n)
	case *plan.Recursion:
		return n.WithInputs([]plan.Node{allColumns(n.Base), allColumns(n.Step)}), allPaths(n)
	case *plan.Previous:
		return n, allPaths(n)
	case *plan.Ties:
		need = minimal(collect(need, keyExprs(n.Keys)...))
		in, have := prune(n.Input, need)
		return &plan.Ties{Input: in, Keys: overKeys(n.Keys, in, have), Offset: n.Offset, Count: n.Count}, have
	case *plan.Expand:
		return pruneExpand(n, need)
	}
	// Limit and OneRow pass their input on.
	in, have := prune(n.Inputs()[0], need)
	return n.WithInputs([]plan.Node{in}), have
}

func pruneScan(n *plan.Scan, need []path) (plan.Node, []path) {
	var have []path
	need = minimal(collect(need, n.Conjuncts...))
	for i, p := range need {
		if p.test != nil && !searches(n, p) {
			need[i].test = nil
		}
	}
	out := &plan.Scan{Table: n.Table, Limit: n.Limit}
	for _, p := range minimal(need) {
		c := scanPath(n, p)
		out.Columns = append(out.Columns, c)
		have = append(have, p)
	}
	out.Conjuncts = nil
	for _, c := range n.Conjuncts {
		out.Conjuncts = append(out.Conjuncts, over(c, out, have))
	}
	return out, have
}

// scanPath is what a scan reads for a part of one of its outputs.
func scanPath(n *plan.Scan, p path) plan.ColumnPath {
	base := n.Columns[p.column]
	if base.Key != nil {
		p.fields, p.key = nil, nil
	}
	c := plan.ColumnPath{
		Column: base.Column, Key: base.Key, Test: base.Test, Name: p.name(base.Name, base.Type),
		Fields: append(slices.Clone(base.Fields), p.fields...),
		Type:   p.apply(&plan.Column{Index: p.column, Typ: base.Type}).Type(),
	}
	if key, ok := literalText(p.key); ok {
		c.Key = &key
	}
	if p.test != nil {
		c.Test = p.test
	}
	return c
}

// searches reports whether the table can tell whether a condition holds without
// handing out what it is about.
func searches(n *plan.Scan, p path) bool {
	table, ok := n.Table.(plan.Searcher)
	return ok && n.Columns[p.column].Key == nil && table.Searches(scanPath(n, p))
}

// columnsOf cuts paths to whole columns, for nodes that make their own.
func columnsOf(need []path) []path {
	var out []path
	for _, p := range need {
		out = append(out, whole(p.column))
	}
	return minimal(out)
}

func pruneValues(n *plan.Values, need []path) (plan.Node, []path) {
	have := columnsOf(need)
	out := &plan.Values{Rows: make([][]plan.Expr, len(n.Rows))}
	for _, p := range have {
		out.Columns = append(out.Columns, n.Columns[p.column])
	}
	for i, r := range n.Rows {
		out.Rows[i] = []plan.Expr{}
		for _, p := range have {
			out.Rows[i] = append(out.Rows[i], r[p.column])
		}
	}
	return out, have
}

// pruneProject computes only what is needed. Where an expression only passes a
// part of a column on, the part needed of it is passed on instead.
func pruneProject(n *plan.Project, need []path) (plan.Node, []path) {
	var have []path
	for _, p := range need {
		if _, ok := pathOf(n.Exprs[p.column]); !ok {
			p = whole(p.column)
		}
		have = append(have, p)
	}
	have = minimal(have)
	out := &plan.Project{}
	var below []path
	for _, p := range have {
		e := p.apply(n.Exprs[p.column])
		below = collect(below, e)
		out.Exprs = append(out.Exprs, e)
		out.Names = append(out.Names, p.name(n.Names[p.column], n.Exprs[p.column].Type()))
	}
	in, got := prune(n.Input, below)
	out.Input, out.Exprs = in, overAll(out.Exprs, in, got)
	return out, have
}

// pruneAggregate drops aggregates that nothing uses; the keys make the groups,
// so all of them stay.
func pruneAggregate(n *plan.Aggregate, need []path) (plan.Node, []path) {
	out := &plan.Aggregate{Names: n.Names}
	var have []path
	below := collect(nil, n.Keys...)
	for i := range n.Keys {
		have = append(have, whole(i))
	}
	for _, p := range columnsOf(need) {
		if p.column < len(n.Keys) {
			continue
		}
		call := n.Aggs[p.column-len(n.Keys)]
		have = append(have, p)
		out.Aggs = append(out.Aggs, call)
		below = collect(below, append(append([]plan.Expr{call.Filter}, call.Args...), keyExprs(call.OrderBy)...)...)
	}
	if len(have) == 0 {
		return &plan.Values{Rows: [][]plan.Expr{{}}}, nil
	}
	in, got := prune(n.Input, below)
	out.Input, out.Keys = in, overAll(n.Keys, in, got)
	for i, call := range out.Aggs {
		call.Args = overAll(call.Args, in, got)
		call.Filter = over(call.Filter, in, got)
		call.OrderBy = overKeys(call.OrderBy, in, got)
		out.Aggs[i] = call
	}
	return out, have
}

func keyExprs(keys []plan.SortKey) []plan.Expr {
	out := make([]plan.Expr, len(keys))
	for i, k := range keys {
		out[i] = k.Expr
	}
	return out
}

func overKeys(keys []plan.SortKey, n plan.Node, have []path) []plan.SortKey {
	out := make([]plan.SortKey, len(keys))
	for i, k := range keys {
		k.Expr = over(k.Expr, n, have)
		out[i] = k
	}
	return out
}

func pruneSort(n *plan.Sort, need []path) (plan.Node, []path) {
	need = minimal(collect(need, keyExprs(n.Keys)...))
	in, have := narrow(n.Input, need)
	return &plan.Sort{Input: in, Keys: overKeys(n.Keys, in, have), Limit: n.Limit}, have
}

// narrow prunes a node whose rows are kept or copied, so that columns which
// only it needed, such as those of a filter, are taken out before.
func narrow(n plan.Node, need []path) (plan.Node, []path) {
	in, have := prune(n, need)
	var kept []path
	var refs []plan.Expr
	var names []string
	for i, o := range in.Outputs() {
		if slices.ContainsFunc(need, have[i].covers) {
			kept = append(kept, have[i])
			refs = append(refs, &plan.Column{Index: i, Name: o.Name, Typ: o.Type})
			names = append(names, o.Name)
		}
	}
	if len(kept) == len(have) {
		return in, have
	}
	return &plan.Project{Input: in, Exprs: refs, Names: names}, kept
}

// pruneUnion gives all sources the same columns in the same order.
func pruneUnion(n *plan.Union, need []path) (plan.Node, []path) {
	outputs := n.Outputs()
	sources := make([]plan.Node, len(n.Sources))
	for i, s := range n.Sources {
		in, have := prune(s, need)
		if slices.EqualFunc(have, need, func(a, b path) bool { return a.compare(b) == 0 }) {
			sources[i] = in
			continue
		}
		p := &plan.Project{Input: in}
		for _, part := range need {
			o := s.Outputs()[part.column]
			e := part.apply(&plan.Column{Index: part.column, Name: o.Name, Typ: o.Type})
			p.Exprs = append(p.Exprs, over(e, in, have))
			p.Names = append(p.Names, part.name(outputs[part.column].Name, outputs[part.column].Type))
		}
		sources[i] = p
	}
	return &plan.Union{Sources: sources}, need
}

// pruneShared keeps all columns: what is not needed here may be elsewhere.
func pruneShared(n *plan.Shared) (plan.Node, []path) {
	return &plan.Shared{Input: allColumns(n.Input), ID: n.ID}, allPaths(n)
}

func allPaths(n plan.Node) []path {
	out := make([]path, len(n.Outputs()))
	for i := range out {
		out[i] = whole(i)
	}
	return out
}

// allColumns prunes what is below a node whose outputs have to stay.
func allColumns(n plan.Node) plan.Node {
	all := allPaths(n)
	in, have := prune(n, all)
	if slices.EqualFunc(have, all, func(a, b path) bool { return a.compare(b) == 0 }) {
		return in
	}
	p := &plan.Project{Input: in}
	for i, o := range n.Outputs() {
		p.Names = append(p.Names, o.Name)
		p.Exprs = append(p.Exprs, over(&plan.Column{Index: i, Name: o.Name, Typ: o.Type}, in, have))
	}
	return p
}

func pruneUnnest(n *plan.Unnest, need []path) (plan.Node, []path) {
	width := len(n.Input.Outputs())
	below := collect(nil, n.Exprs...)
	for _, p := range need {
		if p.column < width {
			below = append(below, p)
		}
	}
	in, have := narrow(n.Input, minimal(below))
	out := &plan.Unnest{Input: in, Exprs: overAll(n.Exprs, in, have), Names: n.Names, Ordinality: n.Ordinality, Outer: n.Outer}
	have = slices.Clone(have)
	for i := range n.Names {
		have = append(have, whole(width+i))
	}
	return out, have
}

func pruneWindow(n *plan.Window, need []path) (plan.Node, []path) {
	width := len(n.Input.Outputs())
	out := &plan.Window{}
	var below, added []path
	for _, p := range need {
		if p.column < width {
			below = append(below, p)
			continue
		}
		call := n.Calls[p.column-width]
		if len(added) > 0 && added[len(added)-1].column == p.column {
			continue
		}
		added = append(added, whole(p.column))
		out.Calls = append(out.Calls, call)
		below = collect(below, call.Exprs()...)
	}
	if len(out.Calls) == 0 {
		return prune(n.Input, below)
	}
	below = collect(collect(below, n.PartitionBy...), keyExprs(n.OrderBy)...)
	in, have := narrow(n.Input, minimal(below))
	out.Input = in
	out.PartitionBy = overAll(n.PartitionBy, in, have)
	out.OrderBy = overKeys(n.OrderBy, in, have)
	for i, call := range out.Calls {
		out.Calls[i] = call.MapExprs(func(e plan.Expr) plan.Expr { return over(e, in, have) })
	}
	return out, append(slices.Clone(have), added...)
}

func pruneExpand(n *plan.Expand, need []path) (plan.Node, []path) {
	width := len(n.Input.Outputs())
	below := collect(nil, n.Keys...)
	for _, p := range need {
		if p.column < width {
			below = append(below, p)
		}
	}
	in, have := narrow(n.Input, minimal(below))
	out := &plan.Expand{Input: in, Keys: overAll(n.Keys, in, have), Names: n.Names, Sets: n.Sets}
	have = slices.Clone(have)
	for i := range len(n.Keys) + 2 {
		have = append(have, whole(width+i))
	}
	return out, have
}
