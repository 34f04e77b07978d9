package parse

import (
	"github.com/traillake/traillake/query/ast"
)

// jsonCall reads JSON_EXISTS, JSON_QUERY and JSON_VALUE:
//
//	JSON_VALUE(input [FORMAT …], 'path' [PASSING x [FORMAT …] AS name, …]
//	    [RETURNING type] [behavior ON EMPTY] [behavior ON ERROR])
func (r *reader) jsonCall() {
	at := r.next()
	node := &ast.Call{Name: r.toks[at].ident(), JSON: &ast.JSONClauses{}}
	c := construct{kind: keywordCallKind, first: at, at: at, node: node}
	c.open, c.last = r.bracketed("(", func() {
		r.expr()
		node.JSON.Formats = []ast.JSONFormat{r.format(&c), ""}
		r.expect(",")
		r.literalString()
		if r.peek(0).is("AS") {
			r.silent(&c, func() {
				r.next()
				r.wrong(ast.Errorf(ast.InvalidPath, r.ident().Pos, "JSON path name is not allowed in %s function", r.toks[at].value))
			})
		}
		r.wants("AS", "PASSING")
		if r.peek(0).is("PASSING") {
			c.commas = append(c.commas, r.next())
			r.list(func() { r.passed(node.JSON, &c) })
		}
		if !r.toks[at].is("JSON_EXISTS") {
			r.returning(node.JSON, &c, r.toks[at].is("JSON_QUERY"))
		}
		if r.toks[at].is("JSON_QUERY") {
			r.silent(&c, func() { r.wrapper(node.JSON) })
		}
		for r.behavior(node.JSON, r.toks[at], &c) {
		}
	})
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// silent reads tokens that reach Vitess in no form.
func (r *reader) silent(c *construct, read func()) {
	first := r.pos
	read()
	for i := first; i < r.pos; i++ {
		c.words = append(c.words, i)
	}
}

// format reads FORMAT JSON [ENCODING UTF8 | UTF16 | UTF32].
func (r *reader) format(c *construct) (format ast.JSONFormat) {
	if !r.peek(0).is("FORMAT") {
		r.wants("FORMAT")
		return ""
	}
	r.silent(c, func() {
		r.next()
		r.expect("JSON")
		format = "JSON"
		if r.accept("ENCODING") {
			format = ast.JSONFormat(r.toks[r.expect("UTF8", "UTF16", "UTF32")].value)
		}
	})
	return format
}

// returning reads RETURNING type [FORMAT …].
func (r *reader) returning(node *ast.JSONClauses, c *construct, formatted bool) {
	if !r.peek(0).is("RETURNING") {
		r.wants("RETURNING")
		return
	}
	r.silent(c, func() {
		first := r.next() + 1
		node.Returning = r.typeText()
		node.ReturningPos = r.span(first, r.pos-1)
	})
	if formatted {
		node.ReturningFormat = r.format(c)
	}
}

// passed reads one argument of PASSING.
func (r *reader) passed(node *ast.JSONClauses, c *construct) {
	r.expr()
	node.Formats = append(node.Formats, r.format(c))
	r.silent(c, func() {
		r.expect("AS")
		node.Passing = append(node.Passing, r.ident())
	})
}

// wrapper reads WITHOUT | WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY] WRAPPER and
// KEEP | OMIT QUOTES [ON SCALAR STRING].
func (r *reader) wrapper(node *ast.JSONClauses) {
	r.wants("WITH", "WITHOUT")
	if r.peek(0).is("WITH", "WITHOUT") {
		node.Wrapper = r.toks[r.next()].value
		switch {
		case node.Wrapper == "WITH" && r.accept("CONDITIONAL"):
			node.Wrapper = "WITH CONDITIONAL"
		case node.Wrapper == "WITH":
			r.accept("UNCONDITIONAL")
		}
		r.accept("ARRAY")
		r.expect("WRAPPER")
	}
	r.wants("KEEP", "OMIT")
	if r.peek(0).is("KEEP", "OMIT") {
		node.Quotes = r.toks[r.next()].value
		r.expect("QUOTES")
		if r.peek(0).is("ON") && r.peek(1).is("SCALAR") {
			r.next()
			r.next()
			r.expect("STRING")
		}
	}
}

// behavior reads what to do ON EMPTY or ON ERROR; it is false at the end.
func (r *reader) behavior(node *ast.JSONClauses, call token, c *construct) bool {
	if r.peek(0).is(")") || node.OnError != "" {
		return false
	}
	value, exists := call.is("JSON_VALUE"), call.is("JSON_EXISTS")
	text := r.peek(0).value
	switch {
	case r.peek(0).is("ERROR"), !exists && r.peek(0).is("NULL"), exists && r.peek(0).is("TRUE", "FALSE", "UNKNOWN"):
		c.words = append(c.words, r.next())
	case value && r.peek(0).is("DEFAULT"):
		c.commas = append(c.commas, r.next())
		r.expr()
	case call.is("JSON_QUERY") && r.peek(0).is("EMPTY") && r.peek(1).is("ARRAY", "OBJECT"):
		r.silent(c, func() {
			r.next()
			text += " " + r.toks[r.next()].value
		})
	default:
		r.wants(")", "ERROR")
		switch {
		case exists:
			r.wants("FALSE", "TRUE", "UNKNOWN")
		case value:
			r.wants("DEFAULT", "NULL")
		default:
			r.wants("EMPTY", "NULL")
		}
		r.mismatch(r.pos)
	}
	r.silent(c, func() {
		r.expect("ON")
		switch {
		case !exists && node.OnEmpty == "" && r.accept("EMPTY"):
			node.OnEmpty = text
		default:
			r.expect("ERROR")
			node.OnError = text
		}
	})
	return true
}
