package parse

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// What the printer does as Trino's own tree has it.

// trinoType is a type without what Trino's tree does not keep.
func trinoType(typ string) string {
	return strings.NewReplacer("doubleprecision", "double", "withouttimezone", "").
		Replace(strings.NewReplacer(" ", "", "\"", "").Replace(strings.ToLower(typ)))
}

// trinoNegative is a minus and a number, which is one literal in Trino's tree.
func trinoNegative(e *ast.Unary) (string, bool) {
	l, ok := e.Expr.(*ast.Literal)
	if !ok || e.Op != "-" || l.Pos.End != e.Pos.End || l.Kind > ast.DoubleLiteral || l.Kind < ast.IntegerLiteral {
		return "", false
	}
	return "(- " + printer{trino: true}.literal(l) + ")", true
}

// trinoBinary is a Binary as Trino's tree has it.
func (p printer) trinoBinary(e *ast.Binary) string {
	op := strings.ToLower(strings.ReplaceAll(e.Op, " ", "-"))
	switch e.Op {
	case "||":
		op = "concat"
	case "IS NOT DISTINCT FROM":
		return p.list("not", ast.Span{}, p.node("is-distinct-from", e.OpPos, p.expr(e.Left), p.expr(e.Right)))
	case "IS DISTINCT FROM":
		return p.node("is-distinct-from", e.OpPos, p.expr(e.Left), p.expr(e.Right))
	case "AND", "OR":
		terms := []string{p.expr(e.Right)}
		left := e.Left
		for {
			l, ok := left.(*ast.Binary)
			if !ok || l.Op != e.Op {
				break
			}
			terms = append([]string{p.expr(l.Right)}, terms...)
			left = l.Left
		}
		return p.node(op, e.Pos, append([]string{p.expr(left)}, terms...)...)
	}
	return p.node(op, e.OpPos, p.expr(e.Left), p.expr(e.Right))
}

// placeless are the calls whose arguments have no place in Trino's tree, and forms
// the calls that are nodes of their own there, whether the name is quoted or not.
var (
	placeless = map[string]bool{
		"grouping": true, "current_timestamp": true, "current_time": true, "localtime": true, "localtimestamp": true,
	}
	forms = map[string]bool{"if": true, "coalesce": true, "nullif": true, "try": true, "format": true}
)

// trinoCall is what Trino's tree has of a call: NORMALIZE and LISTAGG have all
// their arguments there, given or not.
func (p printer) trinoCall(e *ast.Call) (name, args, overflow string) {
	name = strings.ToLower(e.Name.Name)
	bare := printer{trino: true}
	args = p.exprs(e.Args)
	switch {
	case e.Name.Quoted && !forms[name]:
		return `"` + name + `"`, args, ""
	case placeless[name]:
		return name, strings.ToLower(bare.exprs(e.Args)), ""
	case name == "normalize" && len(e.Args) == 1:
		args += " 'NFC'"
	case name == "normalize":
		args = p.expr(e.Args[0]) + " " + bare.expr(e.Args[1])
	case name == "listagg" && len(e.Args) == 1:
		args += " ''"
	case name == "listagg":
		args = p.expr(e.Args[0]) + " " + bare.expr(e.Args[1])
	}
	if rest, ok := strings.CutPrefix(e.Overflow, "TRUNCATE "); ok {
		if rest[0] != '\'' {
			rest = "'...' " + rest
		}
		rest, with := strings.CutSuffix(rest, " WITH COUNT")
		rest = strings.TrimSuffix(rest, " WITHOUT COUNT")
		overflow = "(overflow " + rest + " " + map[bool]string{true: "with-count", false: "without-count"}[with] + ")"
	}
	return name, args, overflow
}
