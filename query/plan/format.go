package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// Format is the text form of a plan, one node per line, inputs indented under
// what reads them. EXPLAIN shows it and tests compare it.
func Format(n Node) string { return FormatWith(n, nil) }

// FormatWith is Format with lines of its own under each node, such as what an
// operator counted; notes may be nil.
func FormatWith(n Node, notes func(Node) []string) string {
	var b strings.Builder
	formatNode(&b, n, notes, 0)
	return b.String()
}

func formatNode(b *strings.Builder, n Node, notes func(Node) []string, depth int) {
	indent := strings.Repeat("  ", depth)
	b.WriteString(indent + Line(n) + "\n")
	if notes != nil {
		for _, note := range notes(n) {
			b.WriteString(indent + "    " + note + "\n")
		}
	}
	for _, in := range n.Inputs() {
		formatNode(b, in, notes, depth+1)
	}
}

// Line is the text form of a node alone, without what is below it.
func Line(n Node) string {
	switch n := n.(type) {
	case *Scan:
		return scanLine(n)
	case *Values:
		return valuesLine(n)
	case *Filter:
		return "Filter " + String(n.Cond)
	case *Project:
		return "Project " + named(n.Names, n.Exprs)
	case *Aggregate:
		return aggregateLine(n)
	case *Sort:
		return "Sort " + keys(n.Keys) + positive(" limit ", n.Limit)
	case *Limit:
		return strings.TrimRight("Limit"+count(n.Count)+positive(" offset ", n.Offset), " ")
	case *Union:
		return "Union"
	case *Join:
		return joinLine(n)
	case *Unnest:
		return unnestLine(n)
	case *Window:
		return windowLine(n)
	case *Ties:
		return "Limit" + count(n.Count) + positive(" offset ", n.Offset) + " with ties " + keys(n.Keys)
	case *Recursion:
		return recursionLine(n)
	case *Previous:
		return "Previous " + strconv.Itoa(n.ID)
	case *Repeat:
		return "Repeat " + String(n.Count)
	case *Expand:
		return expandLine(n)
	case *OneRow:
		return "OneRow"
	case *Shared:
		return "Shared " + strconv.Itoa(n.ID)
	}
	return fmt.Sprintf("%T", n)
}

func scanLine(n *Scan) string {
	names := make([]string, len(n.Columns))
	for i, c := range n.Columns {
		names[i] = c.Name
	}
	s := "Scan " + n.Table.Name() + " [" + strings.Join(names, ", ") + "]"
	if len(n.Conjuncts) > 0 {
		s += " hints " + list(n.Conjuncts)
	}
	if n.Top != nil {
		s += " top " + keys(n.Top.Keys) + positive(" limit ", n.Top.Limit)
	}
	if n.Folded {
		s += " folded"
	}
	return s + positive(" limit ", n.Limit)
}

func valuesLine(n *Values) string {
	rows := make([]string, len(n.Rows))
	for i, r := range n.Rows {
		rows[i] = "(" + strings.TrimSuffix(strings.TrimPrefix(list(r), "["), "]") + ")"
	}
	names := make([]string, len(n.Columns))
	for i, c := range n.Columns {
		names[i] = c.Name
	}
	return strings.TrimRight("Values ["+strings.Join(names, ", ")+"] "+strings.Join(rows, " "), " ")
}

func aggregateLine(n *Aggregate) string {
	s := "Aggregate"
	if n.Clustered {
		s += " (streaming)"
	}
	if len(n.Keys) > 0 {
		s += " by " + named(n.Names, n.Keys)
	}
	aggs := make([]string, len(n.Aggs))
	for i, a := range n.Aggs {
		aggs[i] = rename(a.Name, a.String())
	}
	if len(aggs) > 0 {
		s += " compute [" + strings.Join(aggs, ", ") + "]"
	}
	if n.Times != nil {
		s += " times " + String(n.Times)
	}
	return s
}

// String is the text form of the call: count(distinct x#0) filter (y#1).
func (a AggCall) String() string {
	var b strings.Builder
	b.WriteString(a.Function.Name + "(")
	if a.Distinct {
		b.WriteString("distinct ")
	}
	if len(a.Args) == 0 && a.Function.Name == "count" {
		b.WriteString("*")
	}
	b.WriteString(join(a.Args))
	if len(a.OrderBy) > 0 {
		b.WriteString(" order by " + strings.Trim(keys(a.OrderBy), "[]"))
	}
	b.WriteString(")")
	if a.Filter != nil {
		b.WriteString(" filter (" + String(a.Filter) + ")")
	}
	return b.String()
}

func joinLine(n *Join) string {
	s := [...]string{"Inner", "Left", "Full", "Semi", "Anti", "Mark"}[n.Kind] + "Join"
	var conds []string
	for i := range n.LeftKeys {
		op := " = "
		if n.IsNullSafe(i) {
			op = " is "
		}
		conds = append(conds, String(n.LeftKeys[i])+op+String(n.RightKeys[i]))
	}
	if len(conds) > 0 {
		s += " on [" + strings.Join(conds, ", ") + "]"
	}
	if n.Residual != nil {
		s += " where " + String(n.Residual)
	}
	return s
}

func unnestLine(n *Unnest) string {
	s := "Unnest " + list(n.Exprs) + " as [" + strings.Join(n.Names, ", ") + "]"
	if n.Ordinality {
		s += " with ordinality"
	}
	if n.Outer {
		s += " outer"
	}
	return s
}

// named prints "[name := expr, …]", without the name where the expression
// already prints as it.
func named(names []string, exprs []Expr) string {
	out := make([]string, len(exprs))
	for i, e := range exprs {
		if c, ok := e.(*Column); ok && c.Name == names[i] {
			out[i] = String(e)
		} else {
			out[i] = rename(names[i], String(e))
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func rename(name, text string) string {
	if name == "" {
		return text
	}
	return name + " := " + text
}

func keys(ks []SortKey) string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = k.String()
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// String is the text form of the key: x#0 desc nulls first.
func (k SortKey) String() string {
	s := String(k.Expr)
	if k.Desc {
		s += " desc"
	}
	if k.NullsFirst {
		s += " nulls first"
	}
	return s
}

func count(n int64) string {
	if n < 0 {
		return ""
	}
	return " " + strconv.FormatInt(n, 10)
}

func positive(label string, n int64) string {
	if n <= 0 {
		return ""
	}
	return label + strconv.FormatInt(n, 10)
}

func join(exprs []Expr) string {
	out := make([]string, len(exprs))
	for i, e := range exprs {
		out[i] = String(e)
	}
	return strings.Join(out, ", ")
}

func list(exprs []Expr) string { return "[" + join(exprs) + "]" }
