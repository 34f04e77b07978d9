package plan

import "github.com/traillake/traillake/query/types"

// Folder is an optional ability of a Table: to yield rows that are equal in the
// columns asked for once, with how many there are of them.
type Folder interface {
	// Folds reports whether it can be worth while to ask for such rows.
	Folds(columns []ColumnPath) bool
}

// TimesColumn is the name of the column behind those of a folded scan: a bigint above
// zero that says how many rows of the table a row stands for, or NULL where that is one.
const TimesColumn = "$times"

// Times returns the column of a node's rows that says how many rows each stands for;
// ok is false when each stands for itself.
func Times(n Node) (column *Column, ok bool) {
	switch n := n.(type) {
	case *Scan:
		if n.Folded {
			return timesAt(len(n.Columns)), true
		}
	case *Filter:
		return Times(n.Input)
	case *Project:
		if below, folded := Times(n.Input); folded {
			last := len(n.Exprs) - 1
			if c, isColumn := n.Exprs[last].(*Column); isColumn && c.Index == below.Index {
				return timesAt(last), true
			}
		}
	}
	return nil, false
}

func timesAt(index int) *Column {
	return &Column{Index: index, Name: TimesColumn, Typ: types.BigIntType}
}
