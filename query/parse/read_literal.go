package parse

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/traillake/traillake/query/ast"
)

// literalKinds says which literal a token is.
var literalKinds = map[tokenKind]ast.LiteralKind{
	stringToken: ast.StringLiteral, unicodeToken: ast.StringLiteral, binaryToken: ast.BinaryLiteral,
	integerToken: ast.IntegerLiteral, decimalToken: ast.DecimalLiteral, doubleToken: ast.DoubleLiteral,
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

// text reads a string in either form and returns its value.
func (r *reader) text() string {
	t := r.toks[r.next()]
	if t.kind == stringToken {
		return t.value
	}
	escape := "\\"
	if r.accept("UESCAPE") {
		e := r.toks[r.next()]
		if e.kind != stringToken || len(e.value) != 1 || strings.ContainsAny(e.value, `+'" `) || isHex(e.value) {
			panic(fault{ast.Errorf(ast.SyntaxError, e.span, "Invalid Unicode escape character")})
		}
		escape = e.value
	}
	text, ok := unescapeUnicode(t.value, escape[0])
	if !ok {
		panic(fault{ast.Errorf(ast.SyntaxError, t.span, "Invalid Unicode escape sequence")})
	}
	return text
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// unescapeUnicode resolves \XXXX, \+XXXXXX and \\ for an escape character.
func unescapeUnicode(s string, escape byte) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != escape {
			b.WriteByte(s[i])
			i++
			continue
		}
		if i++; i < len(s) && s[i] == escape {
			b.WriteByte(escape)
			i++
			continue
		}
		n := 4
		if i < len(s) && s[i] == '+' {
			i, n = i+1, 6
		}
		if i+n > len(s) || !isHex(s[i:i+n]) {
			return "", false
		}
		v, _ := strconv.ParseUint(s[i:i+n], 16, 32)
		if !utf8.ValidRune(rune(v)) {
			return "", false
		}
		b.WriteRune(rune(v))
		i += n
	}
	return b.String(), true
}

// typedLiteral reads TYPE 'text' and DOUBLE PRECISION 'text' if one comes next.
func (r *reader) typedLiteral() bool {
	n := 1
	if r.peek(0).is("DOUBLE") && r.peek(1).is("PRECISION") {
		n = 2
	}
	if k := r.peek(n).kind; k != stringToken && k != unicodeToken || !r.peek(0).named() {
		return false
	}
	first := r.pos
	if r.peek(0).is("X") {
		panic(fault{ast.Errorf(ast.SyntaxError, r.peek(0).span, "Spaces are not allowed between 'X' and the starting quote of a binary literal")})
	}
	node := &ast.Literal{Kind: ast.TypedLiteral, TypeName: strings.ToUpper(r.toks[r.next()].ident().Name)}
	if n == 2 {
		node.TypeName += " " + r.toks[r.next()].value
	}
	node.Text = r.text()
	node.Pos = r.span(first, r.pos-1)
	r.leaf(literalKind, first, node)
	return true
}

// interval reads INTERVAL [+|-] 'value' unit [TO unit].
func (r *reader) interval() {
	first := r.next()
	node := &ast.Interval{}
	if !r.accept("+") {
		node.Negative = r.accept("-")
	}
	node.Text = r.text()
	node.From = r.intervalUnit()
	if r.accept("TO") {
		node.To = r.intervalUnit()
	}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(intervalKind, first, node)
}

// intervalUnit reads YEAR … SECOND.
func (r *reader) intervalUnit() string {
	return r.toks[r.expect("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")].value
}
