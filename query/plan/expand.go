package plan

import (
	"strings"

	"github.com/traillake/traillake/query/types"
)

// Expand yields every row of its input once for each grouping set: the input's
// columns, then the keys, NULL where the set does not have them, then the number
// of the set (bigint), then whether the row is one of the input (boolean). For
// each set without keys it adds one row that is none, whose other columns but
// the set's number are NULL, so that the set has a group also without input.
type Expand struct {
	Input Node
	Keys  []Expr
	Names []string // of the keys
	Sets  [][]int  // the numbers of the keys of each set
}

// Outputs implements Node.
func (n *Expand) Outputs() []Output {
	out := append([]Output(nil), n.Input.Outputs()...)
	for i, k := range n.Keys {
		out = append(out, Output{Name: n.Names[i], Type: k.Type()})
	}
	return append(out, Output{Name: "$set", Type: types.BigIntType}, Output{Name: "$real", Type: types.BooleanType})
}

// Inputs implements Node.
func (n *Expand) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Expand) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	c := *n
	c.Input = inputs[0]
	return &c
}

func expandLine(n *Expand) string {
	sets := make([]string, len(n.Sets))
	for i, set := range n.Sets {
		names := make([]string, len(set))
		for j, k := range set {
			names[j] = n.Names[k]
		}
		sets[i] = "(" + strings.Join(names, ", ") + ")"
	}
	return "Expand " + named(n.Names, n.Keys) + " sets [" + strings.Join(sets, ", ") + "]"
}
