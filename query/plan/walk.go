package plan

// Walk calls fn for n and the nodes below it, parents first. fn returns false
// to leave out what is below a node.
func Walk(n Node, fn func(Node) bool) {
	if !fn(n) {
		return
	}
	for _, in := range n.Inputs() {
		Walk(in, fn)
	}
}

// Transform rebuilds the tree from its leaves up: fn gets every node with its
// inputs already transformed and returns what takes its place.
func Transform(n Node, fn func(Node) (Node, error)) (Node, error) {
	n, err := MapInputs(n, func(in Node) (Node, error) { return Transform(in, fn) })
	if err != nil {
		return nil, err
	}
	return fn(n)
}

// MapInputs returns the node over fn of each input; n itself when none changed.
func MapInputs(n Node, fn func(Node) (Node, error)) (Node, error) {
	inputs := n.Inputs()
	var changed []Node
	for i, in := range inputs {
		got, err := fn(in)
		if err != nil {
			return nil, err
		}
		if got != in && changed == nil {
			changed = append([]Node(nil), inputs...)
		}
		if changed != nil {
			changed[i] = got
		}
	}
	if changed == nil {
		return n, nil
	}
	return n.WithInputs(changed), nil
}

// Exprs returns the expressions of a node itself, in a fixed order. Those of a
// Join are not all over the same columns: left keys, right keys, residual.
func Exprs(n Node) []Expr {
	var out []Expr
	MapExprs(n, func(e Expr) Expr { out = append(out, e); return e })
	return out
}

// MapExprs returns the node with fn of each of its own expressions, in the
// order of Exprs. The inputs stay. Hints of a Scan count as its expressions.
func MapExprs(n Node, fn func(Expr) Expr) Node {
	list := func(in []Expr) []Expr {
		if in == nil {
			return nil
		}
		out := make([]Expr, len(in))
		for i, e := range in {
			out[i] = fn(e)
		}
		return out
	}
	opt := func(e Expr) Expr {
		if e == nil {
			return nil
		}
		return fn(e)
	}
	switch n := n.(type) {
	case *Scan:
		c := *n
		c.Conjuncts = list(n.Conjuncts)
		if n.Top != nil {
			c.Top = &Top{Keys: mapKeys(n.Top.Keys, fn), Limit: n.Top.Limit}
		}
		return &c
	case *Values:
		c := *n
		c.Rows = make([][]Expr, len(n.Rows))
		for i, r := range n.Rows {
			c.Rows[i] = list(r)
		}
		return &c
	case *Filter:
		return &Filter{Input: n.Input, Cond: fn(n.Cond)}
	case *Project:
		return &Project{Input: n.Input, Exprs: list(n.Exprs), Names: n.Names}
	case *Aggregate:
		c := *n
		c.Keys = list(n.Keys)
		c.Aggs = make([]AggCall, len(n.Aggs))
		for i, a := range n.Aggs {
			a.Args, a.Filter, a.OrderBy = list(a.Args), opt(a.Filter), mapKeys(a.OrderBy, fn)
			c.Aggs[i] = a
		}
		c.Times = opt(n.Times)
		return &c
	case *Sort:
		return &Sort{Input: n.Input, Keys: mapKeys(n.Keys, fn), Limit: n.Limit}
	case *Join:
		c := *n
		c.LeftKeys, c.RightKeys, c.Residual = list(n.LeftKeys), list(n.RightKeys), opt(n.Residual)
		return &c
	case *Unnest:
		c := *n
		c.Exprs = list(n.Exprs)
		return &c
	case *Ties:
		c := *n
		c.Keys = mapKeys(n.Keys, fn)
		return &c
	case *Previous:
		c := *n
		return &c
	case *Repeat:
		return &Repeat{Input: n.Input, Count: fn(n.Count)}
	case *Expand:
		c := *n
		c.Keys = list(n.Keys)
		return &c
	case *Window:
		return n.mapExprs(list, fn)
	}
	return n
}

func mapKeys(keys []SortKey, fn func(Expr) Expr) []SortKey {
	if keys == nil {
		return nil
	}
	out := make([]SortKey, len(keys))
	for i, k := range keys {
		k.Expr = fn(k.Expr)
		out[i] = k
	}
	return out
}

// Children returns the direct operands of an expression.
func Children(e Expr) []Expr {
	switch e := e.(type) {
	case *Call:
		return e.Args
	case *Lambda:
		return []Expr{e.Body}
	case *Cast:
		return []Expr{e.Expr}
	case *Field:
		return []Expr{e.Expr}
	case *Special:
		return e.Args
	}
	return nil
}

// WithChildren returns the expression over other operands of the same types.
func WithChildren(e Expr, children []Expr) Expr {
	switch e := e.(type) {
	case *Call:
		return &Call{Function: e.Function, Args: children}
	case *Lambda:
		return &Lambda{ID: e.ID, Params: e.Params, Body: children[0]}
	case *Cast:
		return &Cast{Expr: children[0], Typ: e.Typ, Try: e.Try}
	case *Field:
		return &Field{Expr: children[0], Index: e.Index}
	case *Special:
		return &Special{Form: e.Form, Args: children, Typ: e.Typ, Eq: e.Eq}
	}
	return e
}

// WalkExpr calls fn for e and its operands, parents first. fn returns false to
// leave out what is below an expression.
func WalkExpr(e Expr, fn func(Expr) bool) {
	if !fn(e) {
		return
	}
	for _, c := range Children(e) {
		WalkExpr(c, fn)
	}
}

// TransformExpr rebuilds an expression from its operands up; parts that fn
// leaves alone are shared with the original.
func TransformExpr(e Expr, fn func(Expr) Expr) Expr {
	return fn(mapChildren(e, func(c Expr) Expr { return TransformExpr(c, fn) }))
}

// RewriteExpr rebuilds an expression from its root down: where fn gives a
// replacement, that is taken as it is; elsewhere the operands are rewritten.
func RewriteExpr(e Expr, fn func(Expr) (Expr, bool)) Expr {
	if got, ok := fn(e); ok {
		return got
	}
	return mapChildren(e, func(c Expr) Expr { return RewriteExpr(c, fn) })
}

func mapChildren(e Expr, fn func(Expr) Expr) Expr {
	children := Children(e)
	var changed []Expr
	for i, c := range children {
		got := fn(c)
		if got != c && changed == nil {
			changed = append([]Expr(nil), children...)
		}
		if changed != nil {
			changed[i] = got
		}
	}
	if changed == nil {
		return e
	}
	return WithChildren(e, changed)
}

// MapColumns returns e with every column index replaced by fn of it.
func MapColumns(e Expr, fn func(int) int) Expr {
	return TransformExpr(e, func(e Expr) Expr {
		c, ok := e.(*Column)
		if !ok || fn(c.Index) == c.Index {
			return e
		}
		return &Column{Index: fn(c.Index), Name: c.Name, Typ: c.Typ}
	})
}

// Substitute returns e with column i replaced by exprs[i].
func Substitute(e Expr, exprs []Expr) Expr {
	return TransformExpr(e, func(e Expr) Expr {
		if c, ok := e.(*Column); ok {
			return exprs[c.Index]
		}
		return e
	})
}

// ColumnsOf calls fn for every column reference in e.
func ColumnsOf(e Expr, fn func(*Column)) {
	WalkExpr(e, func(e Expr) bool {
		if c, ok := e.(*Column); ok {
			fn(c)
		}
		return true
	})
}

// IsConstant reports whether e has the same value on every row of one query:
// no columns, no free lambda parameters, no volatile functions.
func IsConstant(e Expr) bool {
	constant := !IsVolatile(e)
	bound := map[int]bool{}
	WalkExpr(e, func(e Expr) bool {
		switch e := e.(type) {
		case *Column, *Outer:
			constant = false
		case *Lambda:
			bound[e.ID] = true
		case *LambdaParam:
			constant = constant && bound[e.ID]
		}
		return constant
	})
	return constant
}

// IsVolatile reports whether e calls a function such as random().
func IsVolatile(e Expr) bool {
	volatile := false
	WalkExpr(e, func(e Expr) bool {
		if c, ok := e.(*Call); ok && c.Function.Volatile {
			volatile = true
		}
		return !volatile
	})
	return volatile
}

// ColumnRefs returns a reference to every output of a node.
func ColumnRefs(n Node) []Expr {
	outputs := n.Outputs()
	refs := make([]Expr, len(outputs))
	for i, o := range outputs {
		refs[i] = &Column{Index: i, Name: o.Name, Typ: o.Type}
	}
	return refs
}

// Size counts the parts of an expression, up to limit. Parts that are shared
// count each time.
func Size(e Expr, limit int) int {
	n := 0
	WalkExpr(e, func(Expr) bool {
		n++
		return n < limit
	})
	return min(n, limit)
}
