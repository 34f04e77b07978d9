package parse

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// reservedCalls are the reserved words that are called like functions.
var reservedCalls = wordSet(`CAST EXTRACT TRIM NORMALIZE GROUPING LISTAGG
	JSON_ARRAY JSON_EXISTS JSON_OBJECT JSON_QUERY JSON_VALUE`)

// callAhead reports whether a call comes next, or nothing else may.
func (r *reader) callAhead() bool {
	t := r.peek(0)
	return t.kind == wordToken && reservedCalls[t.value] || t.named() && r.peek(1).is("(")
}

// call reads a function call in any of its forms.
func (r *reader) call() {
	switch t := r.peek(0); {
	case t.is("CAST", "TRY_CAST"):
		r.cast()
	case t.is("EXTRACT"):
		r.extract()
	case t.is("TRIM"):
		r.trim()
	case t.is("JSON_EXISTS", "JSON_QUERY", "JSON_VALUE"):
		r.jsonCall()
	case t.is("JSON_ARRAY", "JSON_OBJECT"):
		r.jsonMaker()
	case t.is("POSITION"):
		r.position()
	case t.is("SUBSTRING"):
		r.substring()
	case t.is("ROW") && !r.peek(2).is(")"):
		r.row()
	case t.is("OVERLAY") && r.hasWord("PLACING"):
		r.overlay()
	default:
		r.plainCall(r.pos)
	}
}

// cast reads CAST(expr AS type) and TRY_CAST.
func (r *reader) cast() {
	at := r.next()
	node := &ast.Cast{Try: r.toks[at].is("TRY_CAST")}
	c := construct{kind: castKind, first: at, at: at, node: node}
	c.open, c.last = r.bracketed("(", func() {
		r.expr()
		c.commas = []int{r.expect("AS")}
		first := r.pos
		node.Type = r.typeText()
		node.TypePos = r.span(first, r.pos-1)
	})
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// extract reads EXTRACT(field FROM expr).
func (r *reader) extract() {
	at := r.next()
	node := &ast.Extract{}
	c := construct{kind: extractKind, first: at, at: at, node: node}
	c.open, c.last = r.bracketed("(", func() {
		node.Field = r.ident().Name
		c.commas = []int{r.expect("FROM")}
		r.value()
	})
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// trim reads TRIM([LEADING|TRAILING|BOTH] [chars] FROM text), TRIM(text) and
// TRIM(text, chars). As in Trino the first is ltrim, rtrim or trim of (text, chars).
func (r *reader) trim() {
	at := r.next()
	node := &ast.Call{Name: r.toks[at].ident()}
	swapped := false
	c := construct{kind: keywordCallKind, first: at, at: at, node: node}
	c.open, c.last = r.bracketed("(", func() {
		spec := r.peek(0)
		switch {
		case spec.is("LEADING") && !r.peek(1).is(",", ")"):
			node.Name.Name = "ltrim"
		case spec.is("TRAILING") && !r.peek(1).is(",", ")"):
			node.Name.Name = "rtrim"
		case spec.is("BOTH") && !r.peek(1).is(",", ")"):
		default:
			spec = token{}
		}
		if spec.text != "" {
			c.words = append(c.words, r.next())
		}
		if r.peek(0).is("FROM") {
			if spec.text == "" {
				r.wrong(ast.Errorf(ast.SyntaxError, node.Name.Pos,
					"The 'trim' function must have specification, char or both arguments when it takes FROM"))
			}
			c.words = append(c.words, r.next())
			r.value()
			return
		}
		r.value()
		if spec.text != "" || r.peek(0).is("FROM") {
			swapped = true
			c.commas = append(c.commas, r.expect("FROM"))
			r.value()
		} else if r.peek(0).is(",") {
			r.next()
			r.value()
		}
	})
	c.joined = swapped // the arguments change places
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// position reads POSITION(part IN text), which Trino calls strpos(text, part).
func (r *reader) position() {
	if !r.hasWord("IN") {
		r.plainCall(r.pos)
		return
	}
	at := r.next()
	node := &ast.Call{Name: r.toks[at].ident()}
	node.Name.Name = "strpos"
	c := construct{kind: keywordCallKind, first: at, at: at, joined: true, node: node}
	c.open, c.last = r.bracketed("(", func() {
		r.value()
		c.commas = []int{r.expect("IN")}
		r.value()
	})
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// substring reads SUBSTRING(text FROM start [FOR length]).
func (r *reader) substring() {
	if !r.hasWord("FROM") {
		r.plainCall(r.pos)
		return
	}
	at := r.next()
	node := &ast.Call{Name: r.toks[at].ident()}
	node.Name.Name = "substr"
	c := construct{kind: keywordCallKind, first: at, at: at, node: node}
	c.open, c.last = r.bracketed("(", func() {
		r.value()
		c.commas = []int{r.expect("FROM")}
		r.value()
		if r.peek(0).is("FOR") {
			c.commas = append(c.commas, r.next())
			r.value()
		}
	})
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// overlay reads OVERLAY(text PLACING part FROM start [FOR length]).
func (r *reader) overlay() {
	at := r.next()
	node := &ast.Call{Name: r.toks[at].ident()}
	c := construct{kind: keywordCallKind, first: at, at: at, node: node}
	c.open, c.last = r.bracketed("(", func() {
		r.value()
		for _, word := range []string{"PLACING", "FROM"} {
			c.commas = append(c.commas, r.expect(word))
			r.value()
		}
		if r.peek(0).is("FOR") {
			c.commas = append(c.commas, r.next())
			r.value()
		}
	})
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// hasWord reports whether the bracket after the current token holds the word,
// outside inner brackets.
func (r *reader) hasWord(word string) bool { return r.holds(r.pos+1, word) }

// holds reports whether the bracket at token open holds the word, outside inner
// brackets.
func (r *reader) holds(open int, word string) bool {
	for i := open + 1; i < min(r.toks[open].match, len(r.toks)); i++ {
		if r.toks[i].is(word) {
			return true
		}
		if r.toks[i].match > i {
			i = r.toks[i].match
		}
	}
	return false
}

// row reads ROW(a, b), with names for those that have one: ROW(a AS x, b y).
func (r *reader) row() {
	at := r.next()
	node := &ast.Row{}
	open, last := r.bracketed("(", func() {
		r.list(func() {
			c := construct{kind: rowFieldKind, first: r.pos}
			r.expr()
			c.at = r.pos
			if r.accept("AS") || r.peek(0).named() {
				name := r.ident()
				c.last, c.node = r.pos-1, &name
				r.add(c)
			}
		})
	})
	node.Pos = r.span(at, last)
	r.add(construct{kind: rowKind, first: at, last: last, at: at, open: open, node: node})
}

// plainCall reads name([DISTINCT] args [ORDER BY …]) and the clauses after it, in
// an operand that starts at token first.
func (r *reader) plainCall(first int) {
	at := r.next()
	node := &ast.Call{Name: r.toks[at].ident()}
	c := construct{kind: callKind, first: first, at: at, node: node}
	var closing int
	c.open, closing = r.bracketed("(", func() { c.joined = r.arguments(node, &c) })
	c.words = append(c.words, closing)
	if r.toks[at].is("LISTAGG") || r.peek(0).is("WITHIN") && r.peek(1).is("GROUP") {
		r.within(c.joined)
		c.joined = true
	}
	r.afterCall(node, &c)
	c.last = r.pos - 1
	node.Pos = r.span(first, c.last)
	r.add(c)
}

// arguments reads what stands between a call's brackets; it reports whether
// there was anything that reaches Vitess.
func (r *reader) arguments(node *ast.Call, c *construct) bool {
	switch {
	case r.peek(0).is("*"):
		c.words = append(c.words, r.next())
		node.Star = true
		return false
	case r.peek(0).is(")"):
		return false
	}
	if r.peek(0).is("DISTINCT") {
		c.words = append(c.words, r.next())
		node.Distinct = true
	} else if r.quantifierAhead() {
		c.words = append(c.words, r.next())
	}
	first := true
	if r.toks[c.at].is("LISTAGG") {
		r.argument(node, c, true)
		if r.accept(",") {
			r.literalString()
		}
		r.wants("ON")
		r.refuseClauses(node, c)
		return true
	}
	if !r.peek(0).is("ORDER") {
		r.list(func() { r.argument(node, c, first); first = false })
	}
	r.refuseClauses(node, c)
	if r.peek(0).is("ORDER") {
		if first {
			r.mismatch(r.pos)
		}
		at := r.pos
		r.orderBy()
		r.add(construct{kind: orderKind, first: at, last: r.pos - 1, at: at, joined: true})
	}
	return true
}

// argument reads one argument.
func (r *reader) argument(node *ast.Call, c *construct, first bool) {
	if r.peek(0).named() && r.peek(1).is("=>") {
		r.refuse(r.pos, r.pos+1, "named arguments")
	}
	if r.toks[c.at].is("GROUPING") {
		r.qualifiedName()
		return
	}
	if !first && strings.EqualFold(node.Name.Name, "normalize") && !node.Name.Quoted {
		t := r.toks[r.expect("NFC", "NFD", "NFKC", "NFKD")]
		r.leaf(literalKind, r.pos-1, &ast.Literal{At: ast.At{Pos: t.span}, Kind: ast.StringLiteral, Text: t.value})
		return
	}
	if r.peek(0).named() && r.peek(1).is(".") && r.peek(2).is("*") {
		r.refuse(r.pos, r.pos+2, "a qualified * as an argument")
	}
	r.expr()
}

// refuseClauses reads the clause inside the brackets of LISTAGG.
func (r *reader) refuseClauses(node *ast.Call, c *construct) {
	t := r.peek(0)
	if t.is(")", ",", "ORDER") {
		return
	}
	name := strings.ToUpper(node.Name.Name)
	if first := r.pos; name == "LISTAGG" && r.acceptAll("ON", "OVERFLOW") {
		r.overflow(node)
		for i := first; i < r.pos; i++ {
			c.words = append(c.words, i)
		}
		return
	}
}

// overflow reads the rest of ON OVERFLOW ERROR | TRUNCATE ['text'] WITH|WITHOUT COUNT.
func (r *reader) overflow(node *ast.Call) {
	first := r.pos
	if !r.accept("ERROR") {
		r.expect("TRUNCATE")
		if r.peek(0).kind == stringToken {
			r.next()
		}
		r.expect("WITH", "WITHOUT")
		r.expect("COUNT")
	}
	words := make([]string, 0, 4)
	for _, t := range r.toks[first:r.pos] {
		if t.kind == wordToken {
			words = append(words, t.value)
		} else {
			words = append(words, "'"+strings.ReplaceAll(t.value, "'", "''")+"'")
		}
	}
	node.Overflow = strings.Join(words, " ")
}

// within reads WITHIN GROUP (ORDER BY …).
func (r *reader) within(joined bool) {
	at := r.expect("WITHIN")
	r.expect("GROUP")
	open, last := r.bracketed("(", r.orderBy)
	r.add(construct{kind: withinKind, first: at, last: last, at: at, open: open, joined: joined})
}

// afterCall reads FILTER (WHERE …), IGNORE|RESPECT NULLS and OVER.
func (r *reader) afterCall(node *ast.Call, c *construct) {
	joined := c.joined
	if r.peek(0).is("FILTER") && r.peek(1).is("(") {
		at := r.next()
		open, last := r.bracketed("(", func() {
			r.expect("WHERE")
			r.expr()
		})
		r.add(construct{kind: filterKind, first: at, last: last, at: at, open: open, joined: joined})
		joined = true
	}
	if r.peek(0).is("IGNORE", "RESPECT") && r.peek(1).is("NULLS") {
		node.IgnoreNulls = r.peek(0).is("IGNORE")
		node.RespectNulls = !node.IgnoreNulls
		c.words = append(c.words, r.next(), r.next())
		if !r.peek(0).is("OVER") {
			r.mismatch(r.pos)
		}
	}
	if r.peek(0).is("OVER") && (r.peek(1).is("(") || r.peek(1).named() && r.peek(1).kind != eofToken) {
		r.over(joined)
	}
}
