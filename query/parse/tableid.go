package parse

import "regexp"

var (
	bareUUID = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)
	// samplePlace is what AWS's samples write for a store; the catalog says what it is.
	samplePlace = regexp.MustCompile(`^(?i:\$EDS_ID)`)
	bareARN     = regexp.MustCompile(`^(?i:arn):[A-Za-z0-9-]+:[A-Za-z0-9-]*:[A-Za-z0-9-]*:[0-9]*:[A-Za-z0-9_./:-]*[A-Za-z0-9]`)
)

// tableID reads a store's bare id or ARN where a table's name may stand.
//
// Anywhere else the same characters are an expression, as in Trino.
func (l *lexer) tableID() bool {
	rest := l.sql[l.pos:]
	id := bareUUID.FindString(rest)
	if id == "" {
		id = bareARN.FindString(rest)
	}
	if id == "" {
		id = samplePlace.FindString(rest)
	}
	if id == "" || !l.tablePlace() {
		return false
	}
	if len(rest) > len(id) && (isWord(rest[len(id)]) || rest[len(id)] == '-') {
		return false
	}
	start := l.pos
	l.pos += len(id)
	l.add(tableToken, start, id)
	return true
}

// pointOfTable reports whether a point stands between the parts of a table's name.
func (l *lexer) pointOfTable() bool {
	if l.peek(0) != '.' || len(l.toks) == 0 || !l.levels[len(l.levels)-1].from && !l.shows() {
		return false
	}
	prev := l.toks[len(l.toks)-1]
	return prev.named() && bareUUID.MatchString(l.sql[l.pos+1:])
}

// tablePlace reports whether the next token stands where a table's name may:
// after FROM or JOIN, after a comma or a bracket of a FROM list, after TABLE,
// after the point of a qualified name there, or in a SHOW or DESCRIBE.
func (l *lexer) tablePlace() bool {
	if len(l.toks) == 0 {
		return false
	}
	top := l.levels[len(l.levels)-1]
	prev := l.toks[len(l.toks)-1]
	switch {
	case prev.is("JOIN", "TABLE"):
		return true
	case l.shows():
		return prev.is("FROM", "IN", ".", "DESCRIBE", "DESC")
	case prev.is("FROM", ",", "."):
		return top.from
	case prev.is("("):
		return l.fromBracket(len(l.levels) - 1)
	}
	return false
}

// shows reports whether the statement is a SHOW or a DESCRIBE.
func (l *lexer) shows() bool { return l.toks[0].is("SHOW", "DESCRIBE", "DESC") }

// fromBracket reports whether the bracket of a level opens a relation in
// brackets: it follows FROM, JOIN, TABLE, a comma or another such bracket of a FROM list.
func (l *lexer) fromBracket(n int) bool {
	if n == 0 {
		return false
	}
	open, outer := l.levels[n].open, l.levels[n-1]
	if open == 0 {
		return false
	}
	before := l.toks[open-1]
	switch {
	case before.is("JOIN", "TABLE"):
		return true
	case before.is("FROM", ","):
		return outer.from
	case before.is("("):
		return l.fromBracket(n - 1)
	}
	return false
}

// clause follows SELECT, FROM and the clauses after it on each bracket level.
func (l *lexer) clause(word string) {
	top := &l.levels[len(l.levels)-1]
	switch word {
	case "SELECT":
		top.selects, top.from = true, false
	case "FROM":
		// Not the FROM of EXTRACT, TRIM or IS DISTINCT FROM.
		if n := len(l.toks); top.selects && !(n > 1 && l.toks[n-1].is("DISTINCT") && l.toks[n-2].is("IS", "NOT")) {
			top.from = true
		}
	case "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "INTERSECT", "EXCEPT":
		top.from = false
	}
}
