package plan

import "strconv"

// Recursion yields the rows of Base, and then those of Step over and over: in it,
// the Previous of the same ID stands for the rows that came last, Base's at first.
// It ends when Step yields no row. Step has the columns and types of Base. With
// Distinct each row comes once, and Step sees only rows that have not come before.
type Recursion struct {
	Base, Step Node
	ID         int
	Distinct   bool
}

// Previous stands, in the Step of the Recursion of the same ID, for the rows of
// the step before.
type Previous struct {
	ID      int
	Columns []Output
}

// Outputs implements Node.
func (n *Recursion) Outputs() []Output { return n.Base.Outputs() }

// Inputs implements Node.
func (n *Recursion) Inputs() []Node { return []Node{n.Base, n.Step} }

// WithInputs implements Node.
func (n *Recursion) WithInputs(inputs []Node) Node {
	check(n, inputs, 2)
	c := *n
	c.Base, c.Step = inputs[0], inputs[1]
	return &c
}

// Outputs implements Node.
func (n *Previous) Outputs() []Output { return n.Columns }

// Inputs implements Node.
func (n *Previous) Inputs() []Node { return nil }

// WithInputs implements Node.
func (n *Previous) WithInputs(inputs []Node) Node { check(n, inputs, 0); return n }

func recursionLine(n *Recursion) string {
	s := "Recursion " + strconv.Itoa(n.ID)
	if n.Distinct {
		s += " distinct"
	}
	return s
}
