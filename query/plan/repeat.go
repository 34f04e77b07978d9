package plan

// Repeat yields each row of its input Count times. Count is a bigint over the
// input; a row for which it is NULL or below one does not come.
type Repeat struct {
	Input Node
	Count Expr
}

// Outputs implements Node.
func (n *Repeat) Outputs() []Output { return n.Input.Outputs() }

// Inputs implements Node.
func (n *Repeat) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Repeat) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	return &Repeat{Input: inputs[0], Count: n.Count}
}
