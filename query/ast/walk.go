package ast

// Walk calls fn for n and the nodes in it, parents first and otherwise in the
// order of the text. fn returns false to leave out what is in a node. Only
// queries, their bodies, FROM items and expressions are called for.
func Walk(n Node, fn func(Node) bool) {
	if !fn(n) {
		return
	}
	w := walker(fn)
	switch n := n.(type) {
	case *Query:
		for _, item := range n.With {
			Walk(item.Query, fn)
		}
		Walk(n.Body, fn)
		w.order(n.OrderBy)
		w.exprs(n.Offset, n.Limit)
	case *Select:
		w.selected(n)
	case *SetOperation:
		Walk(n.Left, fn)
		Walk(n.Right, fn)
	case *Values:
		for _, row := range n.Rows {
			w.exprs(row...)
		}
	case *Nested:
		Walk(n.Query, fn)
	case TableExpr:
		w.table(n)
	case Expr:
		w.expr(n)
	}
}

type walker func(Node) bool

// exprs walks the expressions that are there.
func (w walker) exprs(list ...Expr) {
	for _, e := range list {
		if e != nil {
			Walk(e, w)
		}
	}
}

func (w walker) order(items []OrderItem) {
	for _, it := range items {
		w.exprs(it.Expr)
	}
}

func (w walker) selected(s *Select) {
	for _, it := range s.Items {
		w.exprs(it.Expr)
	}
	for _, t := range s.From {
		Walk(t, w)
	}
	w.exprs(s.Where)
	if s.GroupBy != nil {
		for _, e := range s.GroupBy.Elements {
			for _, set := range e.Sets {
				w.exprs(set...)
			}
		}
	}
	w.exprs(s.Having)
	for i := range s.Windows {
		w.window(&s.Windows[i].Window)
	}
}

func (w walker) window(n *Window) {
	if n == nil {
		return
	}
	w.exprs(n.PartitionBy...)
	w.order(n.OrderBy)
	if n.Frame != nil {
		w.exprs(n.Frame.Start.Offset, n.Frame.End.Offset)
	}
}

func (w walker) table(n TableExpr) {
	switch n := n.(type) {
	case *Table:
		w.exprs(n.Version, n.Timestamp)
	case *Subquery:
		Walk(n.Query, w)
	case *Lateral:
		Walk(n.Query, w)
	case *Unnest:
		w.exprs(n.Exprs...)
	case *Join:
		Walk(n.Left, w)
		Walk(n.Right, w)
		w.exprs(n.On)
	case *Sample:
		Walk(n.Input, w)
		w.exprs(n.Percentage)
	case *TableFunction:
		for _, a := range n.Args {
			w.exprs(a.Expr)
			if a.Table != nil {
				Walk(a.Table, w)
			}
		}
	}
}

func (w walker) expr(n Expr) {
	switch n := n.(type) {
	case *Field:
		w.exprs(n.Expr)
	case *Subscript:
		w.exprs(n.Expr, n.Index)
	case *Unary:
		w.exprs(n.Expr)
	case *Binary:
		w.exprs(n.Left, n.Right)
	case *IsNull:
		w.exprs(n.Expr)
	case *Between:
		w.exprs(n.Expr, n.Low, n.High)
	case *InList:
		w.exprs(append([]Expr{n.Expr}, n.List...)...)
	case *Like:
		w.exprs(n.Expr, n.Pattern, n.Escape)
	case *Case:
		w.exprs(n.Operand)
		for _, arm := range n.Whens {
			w.exprs(arm.Cond, arm.Result)
		}
		w.exprs(n.Else)
	case *Cast:
		w.exprs(n.Expr)
	case *Extract:
		w.exprs(n.Expr)
	case *AtTimeZone:
		w.exprs(n.Expr, n.Zone)
	case *Lambda:
		w.exprs(n.Body)
	case *Array:
		w.exprs(n.Elems...)
	case *Row:
		w.exprs(n.Elems...)
	case *Call:
		w.exprs(n.Args...)
		w.order(n.OrderBy)
		w.exprs(n.Filter)
		w.window(n.Window)
		w.order(n.WithinGroup)
	default:
		w.subquery(n)
	}
}

// subquery walks the expressions that have a query in them.
func (w walker) subquery(n Expr) {
	switch n := n.(type) {
	case *InSubquery:
		w.exprs(n.Expr)
		Walk(n.Query, w)
	case *Exists:
		Walk(n.Query, w)
	case *ScalarSubquery:
		Walk(n.Query, w)
	case *Quantified:
		w.exprs(n.Expr)
		Walk(n.Query, w)
	}
}
