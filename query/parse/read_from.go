package parse

import "github.com/traillake/traillake/query/ast"

// relation reads a FROM item with its joins. A join with a condition takes the
// joins after its right side with it, up to its ON or USING; CROSS and NATURAL
// joins take no more than one relation.
func (r *reader) relation() {
	r.enter()
	defer r.leave()
	r.factor()
	for r.peek(0).is("CROSS", "NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "JOIN") {
		if r.join() {
			r.relation()
			r.joinCondition()
		} else {
			r.factor()
		}
	}
	r.wants("CROSS", "NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "JOIN")
}

// joinCondition reads ON or USING.
func (r *reader) joinCondition() {
	r.want = r.want[:0] // as Trino, which names nothing else here
	first := r.expect("ON", "USING")
	if r.toks[first].is("ON") {
		r.expr()
		return
	}
	columns := r.idents()
	r.leaf(usingKind, first, columns)
}

// join reads the words of a join; it reports whether a condition must follow.
func (r *reader) join() bool {
	first, j := r.pos, &join{}
	if r.accept("CROSS") {
		j.kind = ast.CrossJoin
	} else {
		j.natural = r.accept("NATURAL")
		outer := true
		switch {
		case r.accept("LEFT"):
			j.kind = ast.LeftJoin
		case r.accept("RIGHT"):
			j.kind = ast.RightJoin
		case r.accept("FULL"):
			j.kind = ast.FullJoin
		default:
			outer = false
			r.accept("INNER")
		}
		if outer {
			r.accept("OUTER")
		}
	}
	r.joins[r.expect("JOIN")] = j
	r.leaf(joinKind, first, j)
	return j.kind != ast.CrossJoin && !j.natural
}

// factor reads one relation of a FROM list or a join.
func (r *reader) factor() {
	first := r.pos
	switch t := r.peek(0); {
	case t.is("LATERAL") && r.peek(1).is("("):
		r.next()
		r.derived(first, &ast.Lateral{})
	case t.is("UNNEST"):
		r.unnest()
	case t.is("TABLE"):
		r.tableFunction()
	case t.is("JSON_TABLE"), t.is("NEAREST") && r.peek(1).is("("):
		r.refuse(first, first, t.value)
	case t.is("(") && r.isQuery(first):
		r.derived(first, &ast.Subquery{})
	case t.is("("):
		r.bracketed("(", r.relation)
		if r.peek(0).is("AS") || r.peek(0).named() && !r.clauseAhead() {
			r.refuse(first, r.pos, "an alias of a join in brackets")
		}
	case t.named() || t.kind == tableToken:
		r.table(true)
	default:
		r.wants("(", "JSON_TABLE", "LATERAL", "NEAREST", "TABLE", "UNNEST", "<identifier>")
		r.mismatch(first)
	}
	r.refuseShaping()
	if r.clauseAhead() && r.peek(0).is("TABLESAMPLE") {
		if t := r.toks[first]; t.is("UNNEST", "TABLE") || t.is("LATERAL") && r.token(first+1).is("(") {
			r.refuse(r.pos, r.pos, "TABLESAMPLE of "+t.value)
		}
		r.sample()
	}
}

// refuseShaping refuses what may follow a relation and is not carried.
func (r *reader) refuseShaping() {
	if r.clauseAhead() && r.peek(0).is("MATCH_RECOGNIZE", "PIVOT") {
		r.refuse(r.pos, r.pos, r.peek(0).value)
	}
	r.wants("MATCH_RECOGNIZE", "PIVOT", "TABLESAMPLE")
}

// sample reads TABLESAMPLE BERNOULLI|SYSTEM (number).
func (r *reader) sample() {
	first := r.next()
	node := &ast.Sample{System: r.toks[r.expect("BERNOULLI", "SYSTEM")].is("SYSTEM")}
	r.expect("(")
	at := r.pos
	switch kind := r.peek(0).kind; {
	case (kind == integerToken || kind == decimalToken || kind == doubleToken) && r.peek(1).is(")"):
		node.Percentage = &ast.Literal{Kind: literalKinds[kind], Text: r.toks[r.next()].value}
		node.Percentage.Pos = r.span(at, r.pos-1)
	default:
		r.expr()
		r.refuse(at, r.pos-1, "a percentage of TABLESAMPLE that is not a number")
	}
	r.expect(")")
	c := construct{kind: sampleKind, first: first, last: r.pos - 1, node: node}
	r.samples[first] = c
	r.add(c)
}

// table reads name [FOR VERSION|TIMESTAMP AS OF expr] [alias].
func (r *reader) table(aliased bool) {
	first := r.pos
	node := &ast.Table{Name: r.tableName()}
	c := construct{kind: tableKind, first: first, node: node}
	if aliased && r.accept("FOR") {
		c.kind, c.open = versionedKind, r.pos-1
		node.For = r.span(c.open, c.open)
		v := &versioned{table: node, version: r.toks[r.expect("TIMESTAMP", "VERSION")].is("VERSION")}
		r.expect("AS")
		c.at = r.expect("OF")
		r.value()
		v.alias = r.pos
		c.node = v
	}
	if aliased {
		r.refuseShaping()
		node.Alias = r.tableAlias()
	}
	c.last = r.pos - 1
	node.Pos = r.span(first, c.last)
	r.add(c)
	if t := r.peek(0); aliased && node.Alias == nil && t.is("-") {
		e := mismatch(t)
		e.Hint = "A table name with other characters than letters, digits and _ goes in double quotes"
		panic(fault{e})
	}
}

// tableName reads the parts of a table's name, any of which may be a store's
// bare id.
func (r *reader) tableName() []ast.Ident {
	var parts []ast.Ident
	for {
		if t := r.peek(0); t.kind != tableToken && !t.named() {
			r.wants("<identifier>")
			r.mismatch(r.pos)
		}
		parts = append(parts, r.toks[r.next()].ident())
		if !r.accept(".") {
			return parts
		}
	}
}

// tableAlias reads [AS] name [(columns)]; nil when there is none.
func (r *reader) tableAlias() *ast.TableAlias {
	first := r.pos
	name := r.alias()
	if name == nil {
		return nil
	}
	a := &ast.TableAlias{Name: *name}
	if r.peek(0).is("(") {
		a.Columns = r.idents()
	}
	a.Pos = r.span(first, r.pos-1)
	return a
}

// derived reads (query) [alias] after what came before it from token first.
func (r *reader) derived(first int, node ast.TableExpr) {
	open, last := r.bracketed("(", r.query)
	r.refuseShaping()
	alias := r.tableAlias()
	switch n := node.(type) {
	case *ast.Subquery:
		n.Alias, n.Pos = alias, r.span(first, r.pos-1)
	case *ast.Lateral:
		n.Alias, n.Pos = alias, r.span(first, r.pos-1)
	}
	r.add(construct{kind: derivedKind, first: first, last: r.pos - 1, open: open, at: last, node: node})
}

// unnest reads UNNEST(exprs) [WITH ORDINALITY] [alias].
func (r *reader) unnest() {
	first := r.next()
	node := &ast.Unnest{}
	open, last := r.bracketed("(", func() { r.list(r.expr) })
	node.Ordinality = r.acceptAll("WITH", "ORDINALITY")
	node.Alias = r.tableAlias()
	node.Pos = r.span(first, r.pos-1)
	r.add(construct{kind: unnestKind, first: first, last: r.pos - 1, open: open, at: last, node: node})
}
