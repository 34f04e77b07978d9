package optimize

import (
	"cmp"
	"slices"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// path is a part of a node's output: a column, a row field below it, one key of a
// map there, or whether a condition of plan.SplitSearch holds for it.
type path struct {
	column int
	fields []int
	key    *plan.Literal    // of a map; nil for the whole
	get    *function.Scalar // element_at, when key is set
	test   plan.Expr        // the condition, on column 0; nil for what it is about
}

// pathOf reads an expression that does nothing but pick a part of a column.
func pathOf(e plan.Expr) (path, bool) {
	switch e := e.(type) {
	case *plan.Column:
		return path{column: e.Index}, true
	case *plan.Field:
		p, ok := pathOf(e.Expr)
		if !ok || p.key != nil {
			return path{}, false
		}
		p.fields = append(slices.Clone(p.fields), e.Index)
		return p, true
	case *plan.Call:
		if of, test, ok := plan.SplitSearch(e); ok {
			p, isPath := pathOf(of)
			if !isPath || p.key != nil || p.test != nil {
				return path{}, false
			}
			p.test = test
			return p, true
		}
		if e.Function.Name != "element_at" || len(e.Args) != 2 || !isTextMap(e.Args[0].Type()) {
			return path{}, false
		}
		key, ok := e.Args[1].(*plan.Literal)
		p, isPath := pathOf(e.Args[0])
		if _, isText := literalText(key); !ok || !isPath || !isText || p.key != nil {
			return path{}, false
		}
		p.key, p.get = key, e.Function
		return p, true
	}
	return path{}, false
}

func isTextMap(t types.Type) bool {
	return t.Kind == types.Map && t.Key.Kind == types.Varchar && t.Elem.Kind == types.Varchar
}

func literalText(l *plan.Literal) (string, bool) {
	if l == nil {
		return "", false
	}
	s, ok := l.Value.(string)
	return s, ok
}

// covers reports whether p is q or contains it.
func (p path) covers(q path) bool {
	if p.column != q.column || len(p.fields) > len(q.fields) || !slices.Equal(p.fields, q.fields[:len(p.fields)]) {
		return false
	}
	if p.test != nil {
		return len(p.fields) == len(q.fields) && q.test != nil && plan.Equal(p.test, q.test)
	}
	if p.key == nil {
		return true
	}
	return len(p.fields) == len(q.fields) && q.key != nil && p.key.Value == q.key.Value
}

// apply picks the path's part out of the value of its column.
func (p path) apply(e plan.Expr) plan.Expr { return p.below(path{}, e) }

// below picks the path's part out of a value that already is the part outer of it.
func (p path) below(outer path, e plan.Expr) plan.Expr {
	for _, f := range p.fields[len(outer.fields):] {
		if row, ok := e.(*plan.Special); ok && row.Form == plan.MakeRow {
			e = row.Args[f]
			continue
		}
		e = &plan.Field{Expr: e, Index: f}
	}
	if p.key != nil && outer.key == nil {
		e = &plan.Call{Function: p.get, Args: []plan.Expr{e, p.key}}
	}
	if p.test != nil && outer.test == nil {
		e = plan.Substitute(p.test, []plan.Expr{e})
	}
	return e
}

// name is the printed form below a column's name.
func (p path) name(column string, t types.Type) string {
	for _, f := range p.fields {
		column += "." + t.Fields[f].Name
		t = t.Fields[f].Type
	}
	if p.key != nil {
		column += "[" + plan.String(p.key) + "]"
	}
	if p.test != nil {
		column = plan.String(plan.Substitute(p.test, []plan.Expr{&plan.LambdaParam{Name: column, Typ: t}}))
	}
	return column
}

// whole is the path of a column itself.
func whole(column int) path { return path{column: column} }

// shifted is the path in a node whose columns are moved by n.
func (p path) shifted(n int) path {
	p.column += n
	return p
}

func (p path) compare(q path) int {
	if c := cmp.Or(cmp.Compare(p.column, q.column), slices.Compare(p.fields, q.fields)); c != 0 {
		return c
	}
	a, _ := literalText(p.key)
	b, _ := literalText(q.key)
	if (p.key == nil) != (q.key == nil) {
		if p.key == nil {
			return -1
		}
		return 1
	}
	if c := cmp.Compare(a, b); c != 0 {
		return c
	}
	return cmp.Compare(plan.String(p.test), plan.String(q.test)) // without one first
}

// minimal sorts paths and drops those that another one contains.
func minimal(paths []path) []path {
	sorted := slices.Clone(paths)
	slices.SortStableFunc(sorted, path.compare)
	var out []path
	for _, p := range sorted {
		if !slices.ContainsFunc(out, func(o path) bool { return o.covers(p) }) {
			out = append(out, p)
		}
	}
	return out
}

// collect adds the paths that an expression reads.
func collect(paths []path, exprs ...plan.Expr) []path {
	for _, e := range exprs {
		if e == nil {
			continue
		}
		plan.WalkExpr(e, func(e plan.Expr) bool {
			p, ok := pathOf(e)
			if ok {
				paths = append(paths, p)
			}
			return !ok
		})
	}
	return paths
}

// over rewrites an expression over a node whose outputs are now the paths have.
func over(e plan.Expr, n plan.Node, have []path) plan.Expr {
	if e == nil {
		return nil
	}
	outputs := n.Outputs()
	return plan.RewriteExpr(e, func(e plan.Expr) (plan.Expr, bool) {
		p, ok := pathOf(e)
		if !ok {
			return nil, false
		}
		for i, h := range have {
			if h.covers(p) {
				return p.below(h, &plan.Column{Index: i, Name: outputs[i].Name, Typ: outputs[i].Type}), true
			}
		}
		return nil, false
	})
}

func overAll(exprs []plan.Expr, n plan.Node, have []path) []plan.Expr {
	out := make([]plan.Expr, len(exprs))
	for i, e := range exprs {
		out[i] = over(e, n, have)
	}
	return out
}
