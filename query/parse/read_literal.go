package parse

import (
	"slices"
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// literalKinds says which literal a token is.
var literalKinds = map[tokenKind]ast.LiteralKind{
	stringToken: ast.StringLiteral, unicodeToken: ast.StringLiteral, binaryToken: ast.BinaryLiteral,
	integerToken: ast.IntegerLiteral, decimalToken: ast.DecimalLiteral, doubleToken: ast.DoubleLiteral,
}

// literalString reads a string where no other expression fits.
func (r *reader) literalString() {
	if !r.stringAt(r.pos) {
		r.wants("<string>")
		r.mismatch(r.pos)
	}
	r.literal()
}

// literal reads a number or a string.
func (r *reader) literal() {
	first := r.pos
	kind := literalKinds[r.peek(0).kind]
	node := &ast.Literal{Kind: kind}
	if kind == ast.StringLiteral {
		node.Text = r.text()
	} else {
		node.Text = r.toks[r.next()].value
	}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(literalKind, first, node)
}

// stringAt reports whether token i is a string in either form.
func (r *reader) stringAt(i int) bool {
	k := r.token(i).kind
	return k == stringToken || k == unicodeToken
}

// text reads a string in either form and returns its value.
func (r *reader) text() string {
	if !r.stringAt(r.pos) {
		r.wants("<string>")
		r.mismatch(r.pos)
	}
	t := r.toks[r.next()]
	if t.kind == stringToken {
		return t.value
	}
	escape := "\\"
	if r.accept("UESCAPE") {
		if r.peek(0).kind != stringToken {
			r.wants("STRING")
			r.mismatch(r.pos)
		}
		escape = r.toks[r.next()].value
	}
	text, wrong := unescapeUnicode(t.value, escape)
	if wrong != "" {
		r.wrong(ast.Errorf(ast.SyntaxError, t.span, "%s", wrong))
	}
	return text
}

// typedLiteral reads TYPE 'text' and DOUBLE PRECISION 'text' if one comes next.
func (r *reader) typedLiteral() bool {
	n := 1
	if r.peek(0).is("DOUBLE") && r.peek(1).is("PRECISION") {
		n = 2
	}
	if !r.stringAt(r.pos+n) || !r.peek(0).named() {
		return false
	}
	first := r.pos
	node := &ast.Literal{Kind: ast.TypedLiteral, TypeName: strings.ToUpper(r.toks[r.next()].ident().Name)}
	if n == 2 {
		node.TypeName += " " + r.toks[r.next()].value
	}
	node.Text = r.text()
	node.Pos = r.span(first, r.pos-1)
	r.leaf(literalKind, first, node)
	return true
}

// intervalAhead reports whether an interval comes next. Without a unit, INTERVAL
// 'x' is a literal of a type called so.
func (r *reader) intervalAhead() bool {
	n := 1
	if r.peek(1).is("+", "-") {
		n++
	}
	unit := n + 1
	if r.peek(unit).is("UESCAPE") {
		unit += 2
	}
	return r.stringAt(r.pos+n) && (n == 2 || r.peek(unit).is("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"))
}

// interval reads INTERVAL [+|-] 'value' unit [TO unit].
func (r *reader) interval() {
	first := r.next()
	node := &ast.Interval{}
	if !r.accept("+") {
		node.Negative = r.accept("-")
	}
	node.Text = r.text()
	node.From, node.To = r.intervalQualifier()
	node.Pos = r.span(first, r.pos-1)
	r.leaf(intervalKind, first, node)
}

// dayTimeUnits are the units of a day to second interval, larger ones first.
var dayTimeUnits = []string{"DAY", "HOUR", "MINUTE", "SECOND"}

// intervalQualifier reads YEAR [TO MONTH] and its like; to is "" without TO.
func (r *reader) intervalQualifier() (from, to string) {
	first := r.pos
	from = r.toks[r.expect("DAY", "HOUR", "MINUTE", "MONTH", "SECOND", "YEAR")].value
	precise := r.intervalPrecision()
	if from != "MONTH" && from != "SECOND" && r.accept("TO") {
		if from == "YEAR" {
			r.expect("MONTH")
		} else {
			r.expect("HOUR", "MINUTE", "SECOND")
		}
		to = r.toks[r.pos-1].value
		precise = r.intervalPrecision() || precise
	}
	if units := dayTimeUnits; slices.Contains(units, to) && slices.Index(units, to) <= slices.Index(units, from) {
		r.wrong(ast.Errorf(ast.SyntaxError, r.span(first, r.pos-1), "Invalid interval qualifier: %s TO %s", r.toks[first].text, r.toks[r.pos-1].text))
	}
	if precise {
		r.wrong(ast.Errorf(ast.NotSupported, r.span(first, r.pos-1), "Only INTERVAL literals with default precision are supported"))
	}
	return from, to
}

// intervalPrecision reads (digits) or (digits, digits) of a unit, if it is there.
func (r *reader) intervalPrecision() bool {
	if !r.peek(0).is("(") || r.peek(1).kind != integerToken {
		return false
	}
	r.bracketed("(", func() {
		r.next()
		if r.accept(",") && r.peek(0).kind == integerToken {
			r.next()
		}
	})
	return true
}
