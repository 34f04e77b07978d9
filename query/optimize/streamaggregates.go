package optimize

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// streamAggregates marks aggregates whose input comes with equal keys beside each
// other, as that of a window does in its partitions and that of a sort in its keys:
// they yield groups while they read, and hold few.
//
//	Aggregate by [name#0]                      Aggregate (streaming) by [name#0]
//	  Window partition [name#0] …                Window partition [name#0] …
func streamAggregates(n plan.Node) (plan.Node, error) {
	return plan.Transform(n, func(n plan.Node) (plan.Node, error) {
		a, ok := n.(*plan.Aggregate)
		if !ok || len(a.Keys) == 0 {
			return n, nil
		}
		columns := columnSet(a.Keys)
		if columns == nil || !clustered(a.Input, columns) {
			return n, nil
		}
		out := *a
		out.Clustered = true
		return &out, nil
	})
}

// columnSet returns the columns that the expressions are, each once and rising, or
// nil when one of them is something else.
func columnSet(exprs []plan.Expr) []int {
	var out []int
	for _, e := range exprs {
		c, ok := e.(*plan.Column)
		if !ok {
			return nil
		}
		out = append(out, c.Index)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// clustered reports whether rows that are equal in the columns follow each other.
func clustered(n plan.Node, columns []int) bool {
	switch n := n.(type) {
	case *plan.Filter:
		return clustered(n.Input, columns)
	case *plan.Limit:
		return clustered(n.Input, columns)
	case *plan.Project:
		exprs := make([]plan.Expr, len(columns))
		for i, c := range columns {
			exprs[i] = n.Exprs[c]
		}
		below := columnSet(exprs)
		return below != nil && clustered(n.Input, below)
	case *plan.Sort:
		return leads(nil, n.Keys, columns)
	case *plan.Window:
		if slices.Max(columns) >= len(n.Input.Outputs()) {
			return false // what the window computes
		}
		return leads(n.PartitionBy, n.OrderBy, columns)
	}
	return false
}

// leads reports whether an order by parts, and then by keys, begins with the columns.
func leads(parts []plan.Expr, keys []plan.SortKey, columns []int) bool {
	first := columnSet(parts)
	if len(parts) > 0 && first == nil {
		return false
	}
	for _, k := range keys {
		if slices.Equal(first, columns) {
			return true
		}
		c, ok := k.Expr.(*plan.Column)
		if !ok || !exactOrder(c.Typ) {
			return false
		}
		if at, found := slices.BinarySearch(first, c.Index); !found {
			first = slices.Insert(first, at, c.Index)
		}
	}
	return slices.Equal(first, columns)
}

// exactOrder reports whether values of a type that are equal in an order are equal in a group.
func exactOrder(t types.Type) bool {
	switch t.Kind {
	case types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Varchar, types.Varbinary, types.Date, types.Timestamp:
		return true
	}
	return false
}
