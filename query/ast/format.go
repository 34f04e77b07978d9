package ast

import (
	"strconv"
	"strings"
)

// Format is the text form of an expression as Trino's messages show it, with
// brackets around every operator: "(sum(b) + 1)"
// (https://github.com/trinodb/trino, io.trino.sql.ExpressionFormatter). A subquery
// is shown as (SELECT …).
func Format(e Expr) string {
	switch e := e.(type) {
	case *Literal:
		return e.format()
	case *Interval:
		return e.format()
	case *Name:
		return formatNames(e.Parts)
	case *Field:
		return Format(e.Expr) + "." + e.Field.format()
	case *Subscript:
		return Format(e.Expr) + "[" + Format(e.Index) + "]"
	case *Unary:
		return e.format()
	case *Binary:
		return e.format()
	case *IsNull:
		return "(" + Format(e.Expr) + " IS " + not(e.Not) + "NULL)"
	case *Between:
		return "(" + Format(e.Expr) + " " + not(e.Not) + "BETWEEN " + Format(e.Low) + " AND " + Format(e.High) + ")"
	case *InList:
		return "(" + Format(e.Expr) + " " + not(e.Not) + "IN (" + formatList(e.List, ", ") + "))"
	case *InSubquery:
		return "(" + Format(e.Expr) + " " + not(e.Not) + "IN (SELECT …))"
	case *Exists:
		return "(EXISTS (SELECT …))"
	case *ScalarSubquery:
		return "(SELECT …)"
	case *Quantified:
		return "(" + Format(e.Expr) + " " + e.Op + " " + e.Quantifier + " (SELECT …))"
	case *Like:
		return e.format()
	case *Case:
		return e.format()
	case *Cast:
		return e.format()
	case *Extract:
		return "EXTRACT(" + e.Field + " FROM " + Format(e.Expr) + ")"
	case *AtTimeZone:
		return Format(e.Expr) + " AT TIME ZONE " + Format(e.Zone)
	case *Call:
		return e.format()
	case *Lambda:
		return "(" + formatIdents(e.Params) + ") -> " + Format(e.Body)
	case *Array:
		return "ARRAY[" + formatList(e.Elems, ",") + "]"
	case *Row:
		return "ROW(" + formatList(e.Elems, ", ") + ")"
	}
	return "?"
}

// Place is where Trino says an expression stands: at the operator of an
// arithmetic operation or a comparison, where the words of a predicate begin, else
// at its start.
func Place(e Node) Span {
	var pos Span
	switch e := e.(type) {
	case *Binary:
		if e.Op != "AND" && e.Op != "OR" {
			pos = e.OpPos
		}
	case interface{ opPos() Span }:
		pos = e.opPos()
	}
	if pos.IsZero() {
		return e.Span()
	}
	return pos
}

func not(yes bool) string {
	if yes {
		return "NOT "
	}
	return ""
}

func formatList(list []Expr, sep string) string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = Format(e)
	}
	return strings.Join(out, sep)
}

func formatNames(parts []Ident) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p.format()
	}
	return strings.Join(out, ".")
}

func formatIdents(list []Ident) string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.format()
	}
	return strings.Join(out, ", ")
}

func (i Ident) format() string {
	if !i.Quoted {
		return i.Name
	}
	return QuoteName(i.Name)
}

// QuoteName writes a name so that it is read as it is: "a b".
func QuoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// QuoteText writes text as a literal: 'it”s'.
func QuoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (e *Literal) format() string {
	switch e.Kind {
	case NullLiteral:
		return "null"
	case DecimalLiteral:
		return "DECIMAL '" + e.Text + "'"
	case DoubleLiteral:
		return formatDouble(e.Text)
	case StringLiteral:
		return QuoteText(e.Text)
	case BinaryLiteral:
		return "X'" + e.Text + "'"
	case TypedLiteral:
		return e.TypeName + " " + QuoteText(e.Text)
	}
	return e.Text
}

// formatDouble writes a number as 1.5E0 and 1E10.
func formatDouble(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'E', -1, 64), "E")
	n, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(n)
}

func (e *Interval) format() string {
	s := "INTERVAL "
	if e.Negative {
		s += "- "
	}
	s += "'" + e.Text + "' " + e.From
	if e.To != "" {
		s += " TO " + e.To
	}
	return s
}

func (e *Unary) format() string {
	if e.Op == "NOT" {
		return "(NOT " + Format(e.Expr) + ")"
	}
	if l, ok := e.Expr.(*Literal); ok && e.Op == "-" && l.Kind != StringLiteral && l.Kind != TypedLiteral {
		return "-" + Format(e.Expr)
	}
	return e.Op + "(" + Format(e.Expr) + ")"
}

func (e *Binary) format() string {
	switch e.Op {
	case "AND", "OR":
		return "(" + strings.Join(e.terms(e.Op, nil), " "+e.Op+" ") + ")"
	case "||":
		return "concat(" + Format(e.Left) + ", " + Format(e.Right) + ")"
	}
	return "(" + Format(e.Left) + " " + e.Op + " " + Format(e.Right) + ")"
}

// terms lists the terms of a chain of one connective.
func (e *Binary) terms(op string, out []string) []string {
	if l, ok := e.Left.(*Binary); ok && l.Op == op {
		out = l.terms(op, out)
	} else {
		out = append(out, Format(e.Left))
	}
	return append(out, Format(e.Right))
}

func (e *Like) format() string {
	s := "(" + Format(e.Expr) + " " + not(e.Not) + "LIKE " + Format(e.Pattern)
	if e.Escape != nil {
		s += " ESCAPE " + Format(e.Escape)
	}
	return s + ")"
}

func (e *Case) format() string {
	parts := []string{"CASE"}
	if e.Operand != nil {
		parts = append(parts, Format(e.Operand))
	}
	for _, w := range e.Whens {
		parts = append(parts, "WHEN", Format(w.Cond), "THEN", Format(w.Result))
	}
	if e.Else != nil {
		parts = append(parts, "ELSE", Format(e.Else))
	}
	return "(" + strings.Join(parts, " ") + " END)"
}

func (e *Cast) format() string {
	name := "CAST"
	if e.Try {
		name = "TRY_CAST"
	}
	return name + "(" + Format(e.Expr) + " AS " + e.Type + ")"
}

// specialCalls are the functions that Trino writes in capitals.
var specialCalls = map[string]bool{"if": true, "coalesce": true, "nullif": true, "try": true}

func (e *Call) format() string {
	if e.JSON != nil {
		return e.formatJSON()
	}
	name := e.Name.format()
	if lower := strings.ToLower(e.Name.Name); specialCalls[lower] {
		name = strings.ToUpper(lower)
	} else if lower == "grouping" {
		return "GROUPING (" + formatList(e.Args, ", ") + ")"
	}
	args := formatList(e.Args, ", ")
	if e.Star || len(e.Args) == 0 && strings.EqualFold(name, "count") {
		args = "*"
	}
	if e.Distinct {
		args = "DISTINCT " + args
	}
	if len(e.OrderBy) > 0 {
		args += " " + formatOrder(e.OrderBy)
	}
	s := name + "(" + args + ")"
	if len(e.WithinGroup) > 0 {
		s += " WITHIN GROUP (" + formatOrder(e.WithinGroup) + ")"
	}
	switch {
	case e.IgnoreNulls:
		s += " IGNORE NULLS"
	case e.RespectNulls:
		s += " RESPECT NULLS"
	}
	if e.Filter != nil {
		s += " FILTER (WHERE " + Format(e.Filter) + ")"
	}
	if e.Window != nil {
		s += " OVER " + e.Window.format()
	}
	return s
}

func formatOrder(items []OrderItem) string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = Format(it.Expr) + " ASC"
		if it.Desc {
			out[i] = Format(it.Expr) + " DESC"
		}
		if it.NullsFirst {
			out[i] += " NULLS FIRST"
		}
	}
	return "ORDER BY " + strings.Join(out, ", ")
}

func (w *Window) format() string {
	if !w.Bracketed {
		return w.Base.format()
	}
	var parts []string
	if w.Base != nil {
		parts = append(parts, w.Base.format())
	}
	if len(w.PartitionBy) > 0 {
		parts = append(parts, "PARTITION BY "+formatList(w.PartitionBy, ", "))
	}
	if len(w.OrderBy) > 0 {
		parts = append(parts, formatOrder(w.OrderBy))
	}
	if f := w.Frame; f != nil {
		parts = append(parts, f.Unit+" BETWEEN "+f.Start.format()+" AND "+f.End.format())
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func (b Bound) format() string {
	if b.Offset != nil {
		return Format(b.Offset) + " " + b.Kind
	}
	return b.Kind
}
