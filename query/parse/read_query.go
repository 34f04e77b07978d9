package parse

import "github.com/traillake/traillake/query/ast"

// isQuery reports whether the bracket at token i holds a query.
func (r *reader) isQuery(i int) bool {
	// Innermost first: whether what a bracket holds is a query depends on what
	// follows the bracket inside it.
	inner := i
	for r.toks[inner].is("(") {
		inner++
	}
	if r.toks[inner].is("WITH") {
		return inner == i+1 // only a whole query has WITH, not a term
	}
	if !r.toks[inner].is("SELECT", "VALUES", "TABLE") {
		return false
	}
	for inner--; inner > i; inner-- {
		after := r.toks[inner].match + 1
		if !r.token(after).is(")", "UNION", "INTERSECT", "EXCEPT", "ORDER") && !r.clauseAt(after) {
			return false
		}
	}
	return true
}

// doubled reports whether the bracket at token i holds another bracket and
// nothing else.
func (r *reader) doubled(i int) bool {
	inner := r.token(i + 1)
	return inner.is("(") && inner.match+1 == r.toks[i].match
}

// query reads [WITH …] terms [ORDER BY …] [OFFSET …] [LIMIT …].
func (r *reader) query() {
	r.enter()
	defer r.leave()
	info := &queryInfo{first: r.pos}
	if r.peek(0).is("WITH") {
		at := r.next()
		r.refuseWith()
		info.recursive = r.accept("RECURSIVE")
		info.with = r.pos - at
		r.add(construct{kind: withKind, first: at, last: r.pos - 1})
		r.list(r.cte)
	}
	r.term()
	for r.peek(0).is("UNION", "INTERSECT", "EXCEPT") {
		r.setOp()
		r.term()
	}
	info.bodyEnd = r.end()
	r.wants("UNION", "INTERSECT", "EXCEPT")
	if r.peek(0).is("ORDER") {
		r.orderBy()
	} else {
		r.wants("ORDER")
	}
	info.orderEnd = r.end()
	r.tail()
	info.last = r.pos - 1
	r.queries[info.first] = info
}

// refuseWith refuses functions and session properties defined in a query.
func (r *reader) refuseWith() {
	t, name, after := r.peek(0), r.peek(1), r.peek(2)
	if t.is("FUNCTION") && name.named() && after.is("(", ".") || t.is("SESSION") && name.named() && after.is("=", ".") {
		r.refuse(r.pos-1, r.pos, "WITH "+t.value)
	}
}

// cte reads name [(columns)] AS (query).
func (r *reader) cte() {
	first := r.pos
	node := &ast.CTE{Name: r.ident()}
	if r.peek(0).is("(") {
		node.Columns = r.idents()
	}
	at := r.expect("AS")
	open, last := r.bracketed("(", r.query)
	node.Pos = r.span(first, last)
	r.add(construct{kind: cteKind, first: first, last: last, at: at, open: open, node: node})
}

// setOp reads UNION, INTERSECT or EXCEPT with what belongs to it.
func (r *reader) setOp() {
	first := r.next()
	op := &setOp{pos: r.span(first, first)}
	switch r.toks[first].value {
	case "INTERSECT":
		op.op = ast.Intersect
	case "EXCEPT":
		op.op = ast.Except
	}
	if r.accept("ALL") {
		op.all = true
	} else {
		r.accept("DISTINCT")
	}
	if r.peek(0).is("CORRESPONDING") {
		r.refuse(r.pos, r.pos, "CORRESPONDING")
	}
	r.wants("ALL", "CORRESPONDING")
	r.setOps[r.pos] = op
	r.leaf(setOpKind, first, op)
}

// term reads SELECT …, VALUES …, TABLE t or (query).
func (r *reader) term() {
	switch t := r.peek(0); {
	case t.is("SELECT"):
		r.selectBody()
	case t.is("VALUES"):
		r.values()
	case t.is("TABLE"):
		first := r.next()
		node := &ast.Select{Items: []ast.SelectItem{{At: ast.At{Pos: r.toks[first].span}, Star: true}}}
		r.add(construct{kind: tableBodyKind, first: first, last: first, node: node})
		r.table(false)
	case t.is("("):
		node := &ast.Nested{}
		if r.peek(1).is("WITH") {
			r.mismatch(r.pos + 1)
		}
		open, last := r.bracketed("(", r.query)
		node.Pos = r.span(open, last)
		r.add(construct{kind: nestedKind, first: open, last: last, open: open, node: node})
	default:
		r.wants("(", "SELECT", "TABLE", "VALUES")
		r.mismatch(r.pos)
	}
}

// values reads VALUES row, row, ….
func (r *reader) values() {
	at := r.next()
	r.add(construct{kind: valuesKind, first: at, last: at, node: &ast.Values{}})
	r.list(r.expr)
}

// selectBody reads SELECT … up to the end of the WINDOW clause.
func (r *reader) selectBody() {
	first := r.next()
	node := &ast.Select{Distinct: r.accept("DISTINCT")}
	if !node.Distinct && r.quantifierAhead() {
		r.next()
	}
	if r.pos == first+1 {
		r.wants("ALL")
	}
	r.add(construct{kind: selectKind, first: first, last: r.pos - 1, node: node})
	r.list(r.selectItem)
	node.Ends.Items = r.end()
	if r.accept("FROM") {
		r.list(r.relation)
	}
	node.Ends.From = r.end()
	if r.accept("WHERE") {
		node.WherePos = r.toks[r.pos-1].span
		r.expr()
	}
	node.Ends.Where = r.end()
	if r.peek(0).is("GROUP") {
		r.groupBy()
	}
	node.Ends.GroupBy = r.end()
	r.wants("GROUP")
	if r.accept("HAVING") {
		node.HavingPos = r.toks[r.pos-1].span
		r.expr()
	}
	node.Ends.Having = r.end()
	if r.peek(0).is("WINDOW") && r.clauseAhead() {
		r.next()
		r.list(r.windowItem)
	}
	r.wants("WINDOW")
}

// end is where the text of the token just read ends.
func (r *reader) end() int { return r.toks[r.pos-1].span.End }

// quantifierAhead reports whether ALL, which is not reserved, stands before an
// expression here rather than being one.
func (r *reader) quantifierAhead() bool {
	if !r.peek(0).is("ALL") {
		return false
	}
	switch t := r.peek(1); t.kind {
	case symbolToken:
		return t.is("+", "-", "*") || t.is("(") && !r.peek(2).is(")")
	case wordToken:
		return !r.clauseAt(r.pos+1) && (t.named() || valueWords[t.value] || t.is("ROLLUP", "CUBE", "AUTO"))
	case eofToken:
		return false
	}
	return true
}

// valueWords are the reserved words with which an expression can start.
var valueWords = wordSet(`CASE CAST EXISTS EXTRACT FALSE GROUPING JSON_ARRAY JSON_EXISTS JSON_OBJECT
	JSON_QUERY JSON_VALUE LISTAGG NORMALIZE NOT NULL TRIM TRUE CURRENT_CATALOG CURRENT_DATE
	CURRENT_PATH CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER LOCALTIME LOCALTIMESTAMP`)

// clauseAt reports whether token i, a word that is not reserved, starts a clause
// there rather than being an alias.
func (r *reader) clauseAt(i int) bool {
	t, after := r.token(i), r.token(i+1)
	switch {
	case t.is("LIMIT"):
		return after.kind == integerToken || after.kind == parameterToken || after.is("ALL")
	case t.is("OFFSET"):
		return after.kind == integerToken || after.kind == parameterToken
	case t.is("FETCH"):
		return after.is("FIRST", "NEXT")
	case t.is("TABLESAMPLE"):
		return after.is("BERNOULLI", "SYSTEM")
	case t.is("MATCH_RECOGNIZE"):
		return after.is("(") && r.holds(i+1, "PATTERN")
	case t.is("PIVOT"):
		return after.is("(") && r.holds(i+1, "FOR")
	case t.is("WINDOW"):
		return after.named() && !after.is("WINDOW") && !r.clauseAt(i+1) || after.is("WINDOW") && r.token(i+2).is("AS")
	}
	return false
}

// clauseAhead is clauseAt for the current token.
func (r *reader) clauseAhead() bool { return r.clauseAt(r.pos) }

// alias reads [AS] name; nil when there is none.
func (r *reader) alias() *ast.Ident {
	if r.accept("AS") || r.peek(0).named() && !r.clauseAhead() {
		id := r.ident()
		return &id
	}
	r.wants("<identifier>")
	return nil
}

// selectItem reads *, t.*, expr.* [AS (…)] or expr [[AS] alias].
func (r *reader) selectItem() {
	first := r.pos
	if r.star() {
		return
	}
	r.expr()
	node := &ast.SelectItem{}
	c := construct{kind: itemKind, first: first, node: node}
	if r.peek(0).is(".") && r.peek(1).is("*") && r.primarySince(first) {
		c.at = r.next()
		r.next()
		node.Star = true
		if r.accept("AS") {
			node.StarAliases = r.idents()
		}
	} else {
		c.at = r.pos
		node.Alias = r.alias()
	}
	c.last = r.pos - 1
	node.Pos = r.span(first, c.last)
	r.add(c)
}

// primarySince reports whether what was read since token first is one operand
// without operators.
func (r *reader) primarySince(first int) bool {
	c := r.constructs[len(r.constructs)-1]
	return c.first == first && c.last == r.pos-1 && c.kind != timeZoneKind && c.kind < plusKind
}

// star reads * or a.b.* [AS (…)].
func (r *reader) star() bool {
	first := r.pos
	node := &ast.SelectItem{Star: true}
	n := 0
	for r.peek(n).named() && r.peek(n+1).is(".") {
		n += 2
	}
	if !r.peek(n).is("*") {
		r.wants("*")
		return false
	}
	for ; n > 0; n -= 2 {
		node.Qualifier = append(node.Qualifier, r.ident())
		r.next()
	}
	r.next()
	if len(node.Qualifier) > 0 && r.accept("AS") {
		node.StarAliases = r.idents()
	}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(starKind, first, node)
	return true
}

// orderBy reads ORDER BY key, ….
func (r *reader) orderBy() {
	r.expect("ORDER")
	r.expect("BY")
	r.list(r.sortItem)
}

// sortItem reads expr [ASC|DESC] [NULLS FIRST|LAST].
func (r *reader) sortItem() {
	first := r.pos
	r.expr()
	node := &ast.OrderItem{}
	c := construct{kind: sortKind, first: first, at: r.pos, node: node}
	if r.accept("DESC") {
		node.Desc = true
	} else {
		r.accept("ASC")
	}
	if r.accept("NULLS") {
		node.NullsFirst = r.toks[r.expect("FIRST", "LAST")].is("FIRST")
	}
	c.last = r.pos - 1
	node.Pos = r.span(first, c.last)
	r.add(c)
}

// tail reads [OFFSET n [ROWS]] [LIMIT n | FETCH FIRST n ROWS ONLY].
func (r *reader) tail() {
	first, t := r.pos, &tail{}
	word := r.toks[r.pos].span
	if r.accept("OFFSET") {
		t.offsetPos = word
		t.offset = r.rowCount()
		if !r.accept("ROW") {
			r.accept("ROWS")
		}
	}
	word = r.toks[r.pos].span
	switch {
	case r.accept("LIMIT"):
		t.limitPos = word
		if !r.accept("ALL") {
			t.limit = r.rowCount()
		}
	case r.accept("FETCH"):
		t.limitPos, t.fetch = word, word
		r.fetch(t)
	}
	if r.pos == first {
		return
	}
	if r.peek(0).is("OFFSET") {
		e := mismatch(r.peek(0))
		e.Hint = "OFFSET comes before LIMIT"
		panic(fault{e})
	}
	r.leaf(tailKind, first, t)
}

// fetch reads the rest of FETCH FIRST [n] ROWS ONLY|WITH TIES.
func (r *reader) fetch(t *tail) {
	at := r.expect("FIRST", "NEXT")
	if r.peek(0).is("ROW", "ROWS") {
		t.limit = &ast.Literal{At: ast.At{Pos: r.toks[at].span}, Kind: ast.IntegerLiteral, Text: "1"}
	} else {
		t.limit = r.rowCount()
	}
	r.expect("ROW", "ROWS")
	if r.acceptAll("WITH", "TIES") {
		t.ties = true
		return
	}
	r.expect("ONLY")
}

// rowCount reads an integer or a parameter.
func (r *reader) rowCount() ast.Expr {
	t := r.toks[r.pos]
	switch t.kind {
	case integerToken:
		r.next()
		return &ast.Literal{At: ast.At{Pos: t.span}, Kind: ast.IntegerLiteral, Text: t.value}
	case parameterToken:
		r.next()
		r.params++
		return &ast.Parameter{At: ast.At{Pos: t.span}, Index: r.params - 1}
	}
	r.wants("<integer>", "?")
	r.mismatch(r.pos)
	return nil
}

// groupBy reads GROUP BY [ALL|DISTINCT] element, ….
func (r *reader) groupBy() {
	first := r.expect("GROUP")
	r.expect("BY")
	node := &ast.GroupBy{Distinct: r.accept("DISTINCT")}
	if !node.Distinct && (r.quantifierAhead() || r.peek(0).is("ALL") && r.peek(1).is("(")) {
		r.next()
	}
	r.add(construct{kind: groupByKind, first: first, last: r.pos - 1, node: node})
	r.list(r.grouping)
}

// grouping reads one element of GROUP BY.
func (r *reader) grouping() {
	first := r.pos
	node := &ast.GroupingElement{}
	switch {
	case r.peek(0).is("AUTO"):
		t := r.toks[r.next()]
		r.leaf(nameKind, first, &ast.Name{At: ast.At{Pos: t.span}, Parts: []ast.Ident{{At: ast.At{Pos: t.span}, Name: "AUTO"}}})
		return
	case r.accept("ROLLUP"):
		node.Kind = ast.Rollup
	case r.accept("CUBE"):
		node.Kind = ast.Cube
	case r.acceptAll("GROUPING", "SETS"):
		node.Kind = ast.GroupingSets
	default:
		r.groupingSet()
		return
	}
	open, last := r.bracketed("(", func() {
		if !r.peek(0).is(")") || node.Kind == ast.GroupingSets {
			r.list(r.groupingSet)
		}
	})
	node.Pos = r.span(first, last)
	r.add(construct{kind: groupingKind, first: first, last: last, open: open, node: node})
}

// groupingSet reads (a, b, …), () or one expression.
func (r *reader) groupingSet() {
	t := r.peek(0)
	if !t.is("(") || r.isQuery(r.pos) && !r.doubled(r.pos) || !r.endsElement(t.match+1) {
		r.expr()
		return
	}
	open, last := r.bracketed("(", func() {
		if !r.peek(0).is(")") {
			r.list(r.expr)
		}
	})
	r.add(construct{kind: groupingSetKind, first: open, last: last, open: open})
}

// endsElement reports whether token i can follow an element of GROUP BY.
func (r *reader) endsElement(i int) bool {
	t := r.token(i)
	return t.kind == eofToken || t.is(",", ")", ";", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH",
		"UNION", "INTERSECT", "EXCEPT", "WINDOW", "WHERE", "GROUP")
}
