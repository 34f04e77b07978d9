package parse

import "github.com/traillake/traillake/query/ast"

// jsonMaker reads JSON_OBJECT and JSON_ARRAY:
//
//	JSON_OBJECT([[KEY] k VALUE v [FORMAT …] | k : v [FORMAT …], …
//	    [NULL | ABSENT ON NULL] [WITH | WITHOUT UNIQUE [KEYS]]] [RETURNING type [FORMAT …]])
//	JSON_ARRAY([v [FORMAT …], … [NULL | ABSENT ON NULL]] [RETURNING type [FORMAT …]])
func (r *reader) jsonMaker() {
	at := r.next()
	node := &ast.Call{Name: r.toks[at].ident(), JSON: &ast.JSONClauses{}}
	object := r.toks[at].is("JSON_OBJECT")
	c := construct{kind: keywordCallKind, first: at, at: at, node: node}
	c.open, c.last = r.bracketed("(", func() {
		r.wants(")", "RETURNING")
		if !r.peek(0).is(")") && !r.returningAhead() {
			r.list(func() {
				if object {
					r.jsonKey(node.JSON, &c)
				}
				r.expr()
				node.JSON.Formats = append(node.JSON.Formats, r.format(&c))
			})
			r.onNull(node.JSON, &c)
			if object {
				r.uniqueKeys(node.JSON, &c)
			}
		}
		r.returning(node.JSON, &c, true)
	})
	node.Pos = r.span(at, c.last)
	r.add(c)
}

// jsonKey reads [KEY] k VALUE or k and a colon.
func (r *reader) jsonKey(node *ast.JSONClauses, c *construct) {
	wanted := []string{"VALUE"}
	r.wants("KEY")
	if r.keyAhead() {
		c.words = append(c.words, r.next())
	} else {
		wanted = append(wanted, ":")
	}
	r.expr()
	node.Formats = append(node.Formats, "")
	c.commas = append(c.commas, r.expect(wanted...))
}

// keyAhead reports whether KEY, which is not reserved, is the word before a
// member's key here rather than a name: then a key and VALUE v follow.
func (r *reader) keyAhead() bool {
	if !r.peek(0).is("KEY") || !r.valueAt(r.pos+1) {
		return false
	}
	for i := r.pos + 1; i < len(r.toks) && !r.toks[i].is(",", ")"); i++ {
		if i > r.pos+1 && r.toks[i].is("VALUE") && r.valueAt(i+1) && !r.afterMember(i+1) {
			return true
		}
		if r.toks[i].match > i {
			i = r.toks[i].match
		}
	}
	return false
}

// afterMember reports whether token i starts a clause behind the last member.
func (r *reader) afterMember(i int) bool {
	return r.token(i).is("NULL", "ABSENT") && r.token(i+1).is("ON") ||
		r.token(i).is("WITHOUT") && r.token(i+1).is("UNIQUE") ||
		r.token(i).is("FORMAT") && r.token(i+1).is("JSON") ||
		r.token(i).is("RETURNING") && r.token(i+1).named()
}

// valueAt reports whether an expression can start at token i.
func (r *reader) valueAt(i int) bool {
	switch t := r.token(i); t.kind {
	case symbolToken:
		return t.is("+", "-", "(", "[")
	case wordToken:
		return t.named() || valueWords[t.value]
	case eofToken:
		return false
	}
	return true
}

// returningAhead reports whether RETURNING, which is not reserved, starts the
// clause of an empty constructor rather than being a name.
func (r *reader) returningAhead() bool {
	if !r.peek(0).is("RETURNING") || !r.peek(1).named() {
		return false
	}
	switch {
	case r.peek(1).is("FORMAT"):
		return !r.peek(2).is("JSON")
	case r.peek(1).is("ABSENT"):
		return !r.peek(2).is("ON")
	case r.peek(1).is("VALUE"):
		return !r.valueAt(r.pos + 2)
	case r.peek(1).is("RETURNING"):
		return !r.peek(2).named()
	}
	return true
}

// onNull reads NULL ON NULL or ABSENT ON NULL.
func (r *reader) onNull(node *ast.JSONClauses, c *construct) {
	r.wants("ABSENT", "NULL")
	if !r.peek(0).is("ABSENT", "NULL") {
		return
	}
	r.silent(c, func() {
		node.OnNull = r.toks[r.next()].value
		r.expect("ON")
		r.expect("NULL")
	})
}

// uniqueKeys reads WITH | WITHOUT UNIQUE [KEYS].
func (r *reader) uniqueKeys(node *ast.JSONClauses, c *construct) {
	r.wants("WITH", "WITHOUT")
	if !r.peek(0).is("WITH", "WITHOUT") {
		return
	}
	r.silent(c, func() {
		node.UniqueKeys = r.toks[r.next()].is("WITH")
		r.expect("UNIQUE")
		r.accept("KEYS")
	})
}
