package parse

import "github.com/traillake/traillake/query/ast"

// over reads OVER name or OVER (…).
func (r *reader) over(joined bool) {
	at := r.next()
	node := &ast.Window{}
	c := construct{kind: windowKind, first: at, at: at, joined: joined, node: node}
	if r.peek(0).is("(") {
		c.open, c.last = r.bracketed("(", func() { c.words = r.windowSpec(node) })
	} else {
		base := r.ident()
		node.Base = &base
		c.last = r.pos - 1
		node.Pos = r.span(at, c.last)
	}
	r.add(c)
}

// windowItem reads name AS (…) of a WINDOW clause.
func (r *reader) windowItem() {
	first := r.pos
	node := &ast.WindowDef{Name: r.ident()}
	at := r.expect("AS")
	c := construct{kind: windowItemKind, first: first, at: at, node: node}
	c.open, c.last = r.bracketed("(", func() { c.words = r.windowSpec(&node.Window) })
	r.add(c)
}

// windowSpec reads [name] [PARTITION BY …] [ORDER BY …] [frame]. Its parts
// become the arguments of one function, told apart by their own constructs; it
// returns the tokens that do not.
func (r *reader) windowSpec(node *ast.Window) (words []int) {
	first := r.pos
	defer func() { node.Bracketed, node.Pos = true, r.span(first, max(first, r.pos-1)) }()
	if t := r.peek(0); t.named() && !r.frameAhead() && !(t.is("PARTITION") && r.peek(1).is("BY")) && !(t.is("MEASURES") && r.peek(1).named()) {
		words = append(words, r.pos)
		base := r.ident()
		node.Base = &base
	}
	joined := false
	if r.peek(0).is("PARTITION") {
		words = append(words, r.next(), r.expect("BY"))
		r.list(r.expr)
		joined = true
	}
	if r.peek(0).is("ORDER") {
		at := r.pos
		r.orderBy()
		r.add(construct{kind: orderKind, first: at, last: r.pos - 1, at: at, joined: joined})
		joined = true
	}
	if r.peek(0).is("MEASURES") {
		r.refuse(r.pos, r.pos, "row patterns in a window")
	}
	if r.peek(0).is("ROWS", "RANGE", "GROUPS") {
		r.frame(joined)
	} else {
		r.wants("GROUPS", "MEASURES", "RANGE", "ROWS")
	}
	if r.peek(0).is("AFTER", "INITIAL", "SEEK", "PATTERN", "SUBSET", "DEFINE") {
		r.refuse(r.pos, r.pos, "row patterns in a window")
	}
	return words
}

// frameAhead reports whether a frame starts here.
func (r *reader) frameAhead() bool {
	return r.peek(0).is("ROWS", "RANGE", "GROUPS") && !r.peek(1).is(")", "ORDER", "PARTITION", "ROWS", "RANGE", "GROUPS")
}

// frame reads ROWS|RANGE|GROUPS start, or BETWEEN start AND end.
func (r *reader) frame(joined bool) {
	at := r.next()
	node := &ast.Frame{Unit: r.toks[at].value}
	c := construct{kind: frameKind, first: at, at: at, joined: joined, node: node}
	if r.peek(0).is("BETWEEN") {
		c.words = append(c.words, r.next())
		node.Start = r.bound(&c)
		c.commas = []int{r.expect("AND")}
		node.End = r.bound(&c)
	} else {
		node.Start = r.bound(&c)
		node.End = ast.Bound{Kind: "CURRENT ROW"}
	}
	c.last = r.pos - 1
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// bound reads one end of a frame. The converter adds the expression of
// PRECEDING and FOLLOWING.
func (r *reader) bound(c *construct) ast.Bound {
	for _, words := range [][2]string{{"CURRENT", "ROW"}, {"UNBOUNDED", "PRECEDING"}, {"UNBOUNDED", "FOLLOWING"}} {
		if at := r.pos; r.acceptAll(words[:]...) {
			c.words = append(c.words, at, at+1)
			return ast.Bound{Kind: words[0] + " " + words[1]}
		}
	}
	r.wants("CURRENT", "UNBOUNDED")
	r.expr()
	at := r.expect("FOLLOWING", "PRECEDING")
	c.words = append(c.words, at)
	return ast.Bound{Kind: r.toks[at].value}
}
