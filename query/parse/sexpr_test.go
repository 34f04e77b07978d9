package parse

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// printer writes a tree as s-expressions. With spans, each node that has one is
// followed by @ and the text it came from.
//
// As Trino's own tree has it (trino): || is the function concat, a negated
// predicate is NOT of it, AND and OR are flat, a comma in FROM is a join, and
// (a).b is the name a.b; case and spaces of function and type names are not kept.
type printer struct {
	spans, trino bool
}

func (p printer) list(head string, at ast.Span, parts ...string) string {
	if !p.trino {
		head += p.at(at)
	}
	return group(head, parts...)
}

// node is list for what has a place in Trino's tree too.
func (p printer) node(head string, at ast.Span, parts ...string) string {
	return group(head+p.at(at), parts...)
}

// at is the place of a node: all of it, or its start when the tree is compared
// with Trino's, which knows no more.
func (p printer) at(at ast.Span) string {
	switch {
	case !p.spans || at.IsZero():
		return ""
	case p.trino:
		return fmt.Sprintf("@%d", at.Start)
	}
	return fmt.Sprintf("@%d:%d", at.Start, at.End)
}

func group(head string, parts ...string) string {
	var b strings.Builder
	b.WriteByte('(')
	b.WriteString(head)
	for _, part := range parts {
		if part == "" {
			continue
		}
		b.WriteByte(' ')
		b.WriteString(part)
	}
	b.WriteByte(')')
	return b.String()
}

func flag(on bool, word string) string {
	if on {
		return word
	}
	return ""
}

func (p printer) statement(s ast.Statement) string {
	switch s := s.(type) {
	case *ast.QueryStatement:
		return p.query(s.Query)
	case *ast.Explain:
		return p.list("explain", s.Pos, flag(s.Analyze, "analyze"), p.query(s.Query))
	case *ast.Show:
		return p.show(s)
	}
	return fmt.Sprintf("?%T", s)
}

func (p printer) show(s *ast.Show) string {
	literal := func(head string, l *ast.Literal) string {
		if l == nil {
			return ""
		}
		return group(head, printer{}.literal(l))
	}
	head := strings.ToLower(strings.ReplaceAll(s.Kind.String(), " ", "-"))
	return p.list(head, s.Pos, p.idents(s.Of, "."), literal("like", s.Like), literal("escape", s.Escape))
}

func (p printer) tableFunction(t *ast.TableFunction) string {
	parts := []string{p.idents(t.Name, ".")}
	for _, a := range t.Args {
		value := ""
		switch {
		case a.Expr != nil:
			value = p.expr(a.Expr)
		case a.Table != nil:
			value = p.table(a.Table)
		default:
			value = "(descriptor " + p.idents(a.Columns, " ") + ")"
		}
		if a.Name != nil {
			value = p.list("=>", a.Pos, p.ident(*a.Name), value)
		}
		parts = append(parts, value)
	}
	return p.list("table-function", t.Pos, append(parts, p.alias(t.Alias))...)
}

func (p printer) ident(id ast.Ident) string {
	name := id.Name
	if id.Quoted {
		name = `"` + name + `"`
	}
	return name + p.at(id.Pos)
}

func (p printer) idents(ids []ast.Ident, sep string) string {
	var parts []string
	for _, id := range ids {
		parts = append(parts, p.ident(id))
	}
	return strings.Join(parts, sep)
}

func (p printer) query(q *ast.Query) string {
	var with []string
	for _, c := range q.With {
		cols := ""
		if len(c.Columns) > 0 {
			cols = "[" + p.idents(c.Columns, " ") + "]"
		}
		with = append(with, p.list("cte", c.Pos, p.ident(c.Name), cols, p.query(c.Query)))
	}
	parts := []string{flag(q.Recurse, "recursive")}
	parts = append(parts, with...)
	limit := p.named("limit", q.Limit)
	if q.Limit != nil && p.trino && q.Limit.Span().End-q.Limit.Span().Start == len("FIRST") {
		limit = "(limit 1)" // FETCH FIRST ROW has no number
	}
	parts = append(parts, p.body(q.Body), p.orderBy("order-by", q.OrderBy), p.named("offset", q.Offset), limit, flag(q.WithTies, "with-ties"))
	return p.list("query", q.Pos, parts...)
}

func (p printer) named(head string, e ast.Expr) string {
	if e == nil {
		return ""
	}
	return p.list(head, ast.Span{}, p.expr(e))
}

func (p printer) orderBy(head string, items []ast.OrderItem) string {
	if len(items) == 0 {
		return ""
	}
	var parts []string
	for _, o := range items {
		if !o.Desc && !o.NullsFirst && (!p.spans || p.trino) {
			parts = append(parts, p.expr(o.Expr))
			continue
		}
		parts = append(parts, p.list("key", o.Pos, p.expr(o.Expr), flag(o.Desc, "desc"), flag(o.NullsFirst, "nulls-first")))
	}
	return p.list(head, ast.Span{}, parts...)
}

func (p printer) body(b ast.QueryBody) string {
	switch b := b.(type) {
	case *ast.Select:
		return p.selectBody(b)
	case *ast.SetOperation:
		return p.list(strings.ToLower(b.Op.String()), b.Pos, flag(b.All, "all"), p.body(b.Left), p.body(b.Right))
	case *ast.Values:
		var rows []string
		for _, r := range b.Rows {
			rows = append(rows, "["+p.exprs(r)+"]")
		}
		return p.list("values", b.Pos, rows...)
	case *ast.Nested:
		return p.list("nested", b.Pos, p.query(b.Query))
	}
	return fmt.Sprintf("?%T", b)
}

func (p printer) selectBody(s *ast.Select) string {
	parts := []string{flag(s.Distinct, "distinct")}
	for _, it := range s.Items {
		parts = append(parts, p.item(it))
	}
	if len(s.From) > 0 {
		var from []string
		for i, t := range s.From {
			if i > 0 && p.trino {
				from[0] = p.list("implicit-join", ast.Span{}, from[0], p.table(t))
				continue
			}
			from = append(from, p.table(t))
		}
		parts = append(parts, p.list("from", ast.Span{}, from...))
	}
	parts = append(parts, p.named("where", s.Where), p.groupBy(s.GroupBy), p.named("having", s.Having))
	for _, w := range s.Windows {
		parts = append(parts, p.list("window", ast.Span{}, p.ident(w.Name), p.window(&w.Window)))
	}
	return p.list("select", s.Pos, parts...)
}

func (p printer) item(it ast.SelectItem) string {
	switch {
	case it.Star:
		aliases := ""
		if len(it.StarAliases) > 0 {
			aliases = "[" + p.idents(it.StarAliases, " ") + "]"
		}
		of := p.idents(it.Qualifier, ".")
		if it.Expr != nil {
			of = p.expr(it.Expr)
		}
		if of == "" && (!p.spans || p.trino) {
			return "*"
		}
		return p.list("*", it.Pos, of, aliases)
	case it.Alias != nil:
		return p.list("as", it.Pos, p.expr(it.Expr), p.ident(*it.Alias))
	case p.spans && !p.trino:
		return p.list("item", it.Pos, p.expr(it.Expr))
	}
	return p.expr(it.Expr)
}

// autoName is the only name of an element, if it is that.
func autoName(el ast.GroupingElement) *ast.Name {
	if len(el.Sets[0]) != 1 {
		return nil
	}
	n, _ := el.Sets[0][0].(*ast.Name)
	return n
}

func (p printer) groupBy(g *ast.GroupBy) string {
	if g == nil {
		return ""
	}
	parts := []string{flag(g.Distinct, "distinct")}
	for _, el := range g.Elements {
		head := [...]string{"set", "rollup", "cube", "grouping-sets"}[el.Kind]
		if el.Kind == ast.SimpleGrouping {
			if n := autoName(el); p.trino && n != nil && n.Parts[0].Name == "AUTO" && !n.Parts[0].Quoted {
				parts = append(parts, "auto")
				continue
			}
			if len(el.Sets[0]) == 1 && (!p.spans || p.trino) {
				parts = append(parts, p.expr(el.Sets[0][0]))
				continue
			}
			parts = append(parts, p.list(head, el.Pos, p.exprs(el.Sets[0])))
			continue
		}
		var sets []string
		for _, s := range el.Sets {
			sets = append(sets, "["+p.exprs(s)+"]")
		}
		parts = append(parts, p.list(head, el.Pos, sets...))
	}
	return p.list("group-by", g.Pos, parts...)
}

func (p printer) alias(a *ast.TableAlias) string {
	if a == nil {
		return ""
	}
	cols := ""
	if len(a.Columns) > 0 {
		cols = "[" + p.idents(a.Columns, " ") + "]"
	}
	return p.list("as", a.Pos, p.ident(a.Name), cols)
}

func (p printer) table(t ast.TableExpr) string {
	switch t := t.(type) {
	case *ast.Table:
		if t.Alias == nil && t.Version == nil && t.Timestamp == nil && (!p.spans || p.trino) {
			return p.idents(t.Name, ".")
		}
		return p.list("table", t.Pos, p.idents(t.Name, "."), p.named("version", t.Version), p.named("timestamp", t.Timestamp), p.alias(t.Alias))
	case *ast.Subquery:
		return p.list("derived", t.Pos, p.query(t.Query), p.alias(t.Alias))
	case *ast.Sample:
		return p.list("sample", t.Pos, p.table(t.Input), flag(t.System, "system"), p.expr(t.Percentage))
	case *ast.Lateral:
		return p.list("lateral", t.Pos, p.query(t.Query), p.alias(t.Alias))
	case *ast.Unnest:
		return p.list("unnest", t.Pos, p.exprs(t.Exprs), flag(t.Ordinality, "ordinality"), p.alias(t.Alias))
	case *ast.TableFunction:
		return p.tableFunction(t)
	case *ast.Join:
		using := ""
		if len(t.Using) > 0 {
			using = "(using " + p.idents(t.Using, " ") + ")"
		}
		head := strings.ToLower(strings.ReplaceAll(t.Kind.String(), " ", "-"))
		return p.list(head, t.Pos, flag(t.Natural, "natural"), p.table(t.Left), p.table(t.Right), p.named("on", t.On), using)
	}
	return fmt.Sprintf("?%T", t)
}

func (p printer) exprs(list []ast.Expr) string {
	var parts []string
	for _, e := range list {
		parts = append(parts, p.expr(e))
	}
	return strings.Join(parts, " ")
}

func (p printer) window(w *ast.Window) string {
	base := ""
	if w.Base != nil {
		base = p.ident(*w.Base)
	}
	partition := ""
	if len(w.PartitionBy) > 0 {
		partition = p.list("partition", ast.Span{}, p.exprs(w.PartitionBy))
	}
	frame := ""
	if f := w.Frame; f != nil {
		frame = p.list(strings.ToLower(f.Unit), f.Pos, p.bound(f.Start), p.bound(f.End))
	}
	return p.list("over", w.Pos, base, partition, p.orderBy("order-by", w.OrderBy), frame)
}

func (p printer) bound(b ast.Bound) string {
	kind := strings.ToLower(strings.ReplaceAll(b.Kind, " ", "-"))
	if b.Offset == nil {
		return kind
	}
	return "(" + kind + " " + p.expr(b.Offset) + ")"
}

// isName reports whether a field of e continues a name.
func isName(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Name:
		return true
	case *ast.Field:
		return isName(e.Expr)
	}
	return false
}

// negated is a predicate that may be negated.
func (p printer) negated(on bool, head string, at ast.Span, parts ...string) string {
	if on && p.trino {
		return p.list("not", ast.Span{}, p.list(head, at, parts...))
	}
	return p.list(not(on, head), at, parts...)
}

func not(on bool, head string) string {
	if on {
		return "not-" + head
	}
	return head
}

func (p printer) expr(e ast.Expr) string {
	at := e.Span()
	switch e := e.(type) {
	case *ast.Literal:
		return p.literal(e)
	case *ast.Interval:
		return p.node("interval", at, flag(e.Negative, "-"), fmt.Sprintf("%q", e.Text), e.From, e.To)
	case *ast.Name:
		return p.idents(e.Parts, ".")
	case *ast.Field:
		base := p.expr(e.Expr)
		if p.trino && isName(e.Expr) {
			return base + "." + p.ident(e.Field)
		}
		return p.node("field", at, base, p.ident(e.Field))
	case *ast.Subscript:
		return p.node("[]", at, p.expr(e.Expr), p.expr(e.Index))
	case *ast.Unary:
		if text, ok := trinoNegative(e); ok && p.trino {
			return text
		}
		if e.Op == "NOT" {
			return p.list("not", at, p.expr(e.Expr))
		}
		return p.node(strings.ToLower(e.Op), at, p.expr(e.Expr))
	case *ast.Binary:
		if p.trino {
			return p.trinoBinary(e)
		}
		op := strings.ToLower(strings.ReplaceAll(e.Op, " ", "-")) + p.at(e.OpPos)
		return p.list(op, at, p.expr(e.Left), p.expr(e.Right))
	case *ast.IsNull:
		return p.list(not(e.Not, "null"), at, p.expr(e.Expr))
	case *ast.Between:
		return p.negated(e.Not, "between", at, flag(e.Symmetric, "symmetric"), p.expr(e.Expr), p.expr(e.Low), p.expr(e.High))
	case *ast.InList:
		return p.negated(e.Not, "in", at, p.expr(e.Expr), p.exprs(e.List))
	case *ast.InSubquery:
		return p.negated(e.Not, "in", at, p.expr(e.Expr), p.query(e.Query))
	case *ast.Exists:
		return p.node("exists", at, p.query(e.Query))
	case *ast.ScalarSubquery:
		return p.node("scalar", at, p.query(e.Query))
	case *ast.Quantified:
		return p.list(e.Op+"-"+strings.ToLower(e.Quantifier), at, p.expr(e.Expr), p.query(e.Query))
	case *ast.Like:
		return p.negated(e.Not, "like", at, p.expr(e.Expr), p.expr(e.Pattern), p.named("escape", e.Escape))
	case *ast.Case:
		return p.caseExpr(e)
	case *ast.Cast:
		head := "cast"
		if e.Try {
			head = "try-cast"
		}
		typ := "<" + e.Type + ">"
		if p.trino {
			typ = trinoType(typ)
		} else {
			typ += p.at(e.TypePos)
		}
		return p.node(head, at, p.expr(e.Expr), typ)
	case *ast.Extract:
		return p.node("extract", at, strings.ToUpper(e.Field), p.expr(e.Expr))
	case *ast.AtTimeZone:
		return p.list("at-time-zone", at, p.expr(e.Expr), p.expr(e.Zone))
	case *ast.Call:
		return p.call(e)
	case *ast.Lambda:
		return p.node("->", at, "["+p.idents(e.Params, " ")+"]", p.expr(e.Body))
	case *ast.Array:
		return p.node("array", at, p.exprs(e.Elems))
	case *ast.Row:
		return p.row(e)
	case *ast.Parameter:
		return fmt.Sprintf("?%d", e.Index)
	}
	return fmt.Sprintf("?%T", e)
}

func (p printer) row(e *ast.Row) string {
	var parts []string
	for i, el := range e.Elems {
		field := p.expr(el)
		if len(e.Names) > 0 && e.Names[i] != nil {
			field = "(as " + field + " " + p.ident(*e.Names[i]) + ")"
		}
		parts = append(parts, field)
	}
	return p.node("row", e.Pos, parts...)
}

func (p printer) literal(e *ast.Literal) string {
	var text string
	switch e.Kind {
	case ast.NullLiteral:
		text = "NULL"
	case ast.StringLiteral:
		text = "'" + e.Text + "'"
	case ast.BinaryLiteral:
		text = "X'" + strings.ToUpper(e.Text) + "'"
	case ast.TypedLiteral:
		text = e.TypeName + "'" + e.Text + "'"
	case ast.IntegerLiteral:
		text = e.Text
		if zero := strings.TrimLeft(text, "0"); p.trino && zero != text {
			text = cmp.Or(zero, "0")
		}
	case ast.DecimalLiteral, ast.DoubleLiteral, ast.BooleanLiteral:
		text = e.Text
	}
	if p.trino {
		text = strings.Replace(text, "DOUBLE PRECISION'", "DOUBLE'", 1)
	}
	return text + p.at(e.Pos)
}

func (p printer) caseExpr(e *ast.Case) string {
	var parts []string
	if e.Operand != nil {
		parts = append(parts, p.expr(e.Operand))
	}
	for _, w := range e.Whens {
		parts = append(parts, p.list("when", w.Pos, p.expr(w.Cond), p.expr(w.Result)))
	}
	return p.node("case", e.Pos, append(parts, p.named("else", e.Else))...)
}

func (p printer) call(e *ast.Call) string {
	window := ""
	if e.Window != nil {
		window = p.window(e.Window)
	}
	overflow := ""
	if e.Overflow != "" {
		overflow = "(overflow " + e.Overflow + ")"
	}
	name, args := p.ident(e.Name), p.exprs(e.Args)
	if p.trino {
		name, args, overflow = p.trinoCall(e)
	}
	return p.node(name, e.Pos, flag(e.Star, "*"), flag(e.Distinct, "distinct"), args,
		p.orderBy("order-by", e.OrderBy), p.named("filter", e.Filter), overflow,
		p.orderBy("within-group", e.WithinGroup), flag(e.IgnoreNulls, "ignore-nulls"), window)
}
