package plan

// Ties skips Offset rows of a sorted input, yields the next Count, and after
// them the rows that are equal to the last one in the sort keys (FETCH FIRST …
// ROWS WITH TIES).
type Ties struct {
	Input         Node
	Keys          []SortKey
	Offset, Count int64
}

// Outputs implements Node.
func (n *Ties) Outputs() []Output { return n.Input.Outputs() }

// Inputs implements Node.
func (n *Ties) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Ties) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	c := *n
	c.Input = inputs[0]
	return &c
}
