package plan

import (
	"fmt"
	"slices"

	"github.com/traillake/traillake/query/types"
)

// OneRow makes the result of a scalar subquery: the row of its input, a row of
// NULLs when the input has none, and the error SUBQUERY_MULTIPLE_ROWS ("Scalar
// sub-query has returned multiple rows") when it has more than one.
type OneRow struct {
	Input Node
}

// Outputs implements Node.
func (n *Scan) Outputs() []Output {
	out := make([]Output, len(n.Columns))
	for i, c := range n.Columns {
		out[i] = Output{Name: c.Name, Type: c.Type}
	}
	if n.Folded {
		out = append(out, Output{Name: TimesColumn, Type: types.BigIntType})
	}
	return out
}

// Inputs implements Node.
func (n *Scan) Inputs() []Node { return nil }

// WithInputs implements Node.
func (n *Scan) WithInputs(inputs []Node) Node { check(n, inputs, 0); return n }

// Outputs implements Node.
func (n *Values) Outputs() []Output { return n.Columns }

// Inputs implements Node.
func (n *Values) Inputs() []Node { return nil }

// WithInputs implements Node.
func (n *Values) WithInputs(inputs []Node) Node { check(n, inputs, 0); return n }

// Outputs implements Node.
func (n *Filter) Outputs() []Output { return n.Input.Outputs() }

// Inputs implements Node.
func (n *Filter) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Filter) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	return &Filter{Input: inputs[0], Cond: n.Cond}
}

// Outputs implements Node.
func (n *Project) Outputs() []Output {
	out := make([]Output, len(n.Exprs))
	for i, e := range n.Exprs {
		out[i] = Output{Name: n.Names[i], Type: e.Type()}
	}
	return out
}

// Inputs implements Node.
func (n *Project) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Project) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	return &Project{Input: inputs[0], Exprs: n.Exprs, Names: n.Names}
}

// Outputs implements Node.
func (n *Aggregate) Outputs() []Output {
	out := make([]Output, 0, len(n.Keys)+len(n.Aggs))
	for i, k := range n.Keys {
		out = append(out, Output{Name: n.Names[i], Type: k.Type()})
	}
	for _, a := range n.Aggs {
		out = append(out, Output{Name: a.Name, Type: a.Function.Result})
	}
	return out
}

// Inputs implements Node.
func (n *Aggregate) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Aggregate) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	out := *n
	out.Input = inputs[0]
	return &out
}

// Outputs implements Node.
func (n *Sort) Outputs() []Output { return n.Input.Outputs() }

// Inputs implements Node.
func (n *Sort) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Sort) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	return &Sort{Input: inputs[0], Keys: n.Keys, Limit: n.Limit}
}

// Outputs implements Node.
func (n *Limit) Outputs() []Output { return n.Input.Outputs() }

// Inputs implements Node.
func (n *Limit) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Limit) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	return &Limit{Input: inputs[0], Offset: n.Offset, Count: n.Count}
}

// Outputs implements Node. They are those of the first source; the others have
// the same types.
func (n *Union) Outputs() []Output { return n.Sources[0].Outputs() }

// Inputs implements Node.
func (n *Union) Inputs() []Node { return n.Sources }

// WithInputs implements Node.
func (n *Union) WithInputs(inputs []Node) Node {
	check(n, inputs, len(n.Sources))
	return &Union{Sources: inputs}
}

// Outputs implements Node.
func (n *Join) Outputs() []Output {
	switch n.Kind {
	case Semi, Anti:
		return n.Left.Outputs()
	case Mark:
		return append(slices.Clip(n.Left.Outputs()), Output{Name: "$mark", Type: types.BooleanType})
	}
	return n.Pairs()
}

// Pairs are the columns that Residual is over: left's, then right's.
func (n *Join) Pairs() []Output {
	return append(slices.Clip(n.Left.Outputs()), n.Right.Outputs()...)
}

// Inputs implements Node.
func (n *Join) Inputs() []Node { return []Node{n.Left, n.Right} }

// WithInputs implements Node.
func (n *Join) WithInputs(inputs []Node) Node {
	check(n, inputs, 2)
	c := *n
	c.Left, c.Right = inputs[0], inputs[1]
	return &c
}

// Outputs implements Node.
func (n *Unnest) Outputs() []Output {
	out := append([]Output(nil), n.Input.Outputs()...)
	i := 0
	for _, e := range n.Exprs {
		for _, t := range ElementTypes(e.Type()) {
			out = append(out, Output{Name: n.Names[i], Type: t})
			i++
		}
	}
	if n.Ordinality {
		out = append(out, Output{Name: n.Names[i], Type: types.BigIntType})
	}
	return out
}

// Inputs implements Node.
func (n *Unnest) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Unnest) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	c := *n
	c.Input = inputs[0]
	return &c
}

// ElementTypes returns the types of the columns into which UNNEST expands a
// value of type t: the fields of an array's rows, its element, or a map's key
// and value. It is empty for a type that cannot be unnested.
func ElementTypes(t types.Type) []types.Type {
	switch {
	case t.Kind == types.Map:
		return []types.Type{*t.Key, *t.Elem}
	case t.Kind == types.Array && t.Elem.Kind == types.Row:
		out := make([]types.Type, len(t.Elem.Fields))
		for i, f := range t.Elem.Fields {
			out[i] = f.Type
		}
		return out
	case t.Kind == types.Array:
		return []types.Type{*t.Elem}
	}
	return nil
}

// Outputs implements Node.
func (n *OneRow) Outputs() []Output { return n.Input.Outputs() }

// Inputs implements Node.
func (n *OneRow) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *OneRow) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	return &OneRow{Input: inputs[0]}
}

// Outputs implements Node.
func (n *Shared) Outputs() []Output { return n.Input.Outputs() }

// Inputs implements Node.
func (n *Shared) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Shared) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	return &Shared{Input: inputs[0], ID: n.ID}
}

// check panics when a rule hands a node the wrong number of inputs.
func check(n Node, inputs []Node, want int) {
	if len(inputs) != want {
		panic(fmt.Sprintf("plan: %T over %d inputs, want %d", n, len(inputs), want))
	}
}
