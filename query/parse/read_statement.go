package parse

import "github.com/traillake/traillake/query/ast"

// otherStatements are the first words of Trino's statements that are not read.
var otherStatements = wordSet(`
	ALTER ANALYZE CALL COMMENT COMMIT CREATE DEALLOCATE DELETE DENY DROP
	EXECUTE GRANT INSERT MERGE PREPARE REFRESH RESET REVOKE ROLLBACK SET
	START TRUNCATE UPDATE USE`)

// statementWords are the words that Trino's statements start with, beside a query.
var statementWords = []string{
	"ALTER", "ANALYZE", "CALL", "COMMENT", "COMMIT", "CREATE", "DEALLOCATE", "DELETE", "DENY", "DESC", "DESCRIBE", "DROP",
	"EXECUTE", "EXPLAIN", "GRANT", "INSERT", "MERGE", "PREPARE", "REFRESH", "RESET", "REVOKE", "ROLLBACK", "SET", "SHOW",
	"START", "TRUNCATE", "UPDATE", "USE", "WITH",
}

// whole is the statement around a query, or in place of one.
type whole struct {
	explain *ast.Explain // nil without EXPLAIN
	// first and last are the tokens for Vitess: the query, or the SHOW.
	first, last int
}

// statement reads the whole text.
func (r *reader) statement() (w whole) {
	r.refuseOther("")
	if r.peek(0).is("EXPLAIN") {
		w.explain = r.explain()
	}
	w.first = r.pos
	switch {
	case r.peek(0).is("SHOW"):
		r.show()
	case r.peek(0).is("DESCRIBE", "DESC"):
		r.describe()
	default:
		if !r.peek(0).is("SELECT", "WITH", "VALUES", "TABLE", "(") {
			r.wants(statementWords...)
			r.wants("<query>")
			r.mismatch(r.pos)
		}
		r.query()
	}
	w.last = r.pos - 1
	if r.peek(0).is(";") {
		r.next()
	}
	if r.peek(0).kind != eofToken {
		r.wants("<EOF>")
		r.mismatch(r.pos)
	}
	if r.late != nil {
		panic(fault{r.late})
	}
	return w
}

// refuseOther refuses a statement that only Trino has, after what stands before it.
func (r *reader) refuseOther(after string) {
	if t := r.peek(0); t.kind == wordToken && otherStatements[t.value] {
		panic(fault{ast.Errorf(ast.NotSupported, t.span, "only SELECT statements are supported, not %s%s", after, t.value)})
	}
}

// explain reads EXPLAIN [ANALYZE | (option, …)].
func (r *reader) explain() *ast.Explain {
	at := r.next()
	node := &ast.Explain{Analyze: r.accept("ANALYZE")}
	switch {
	case node.Analyze && r.peek(0).is("VERBOSE"):
		r.refuse(at, r.pos, "EXPLAIN ANALYZE VERBOSE")
	case !node.Analyze && r.peek(0).is("(") && r.peek(1).is("TYPE", "FORMAT"):
		r.bracketed("(", func() { r.list(r.explainOption) })
	}
	if r.peek(0).is("SHOW", "DESCRIBE", "DESC", "EXPLAIN") {
		r.refuse(at, r.pos, "EXPLAIN "+r.peek(0).value)
	}
	r.refuseOther("EXPLAIN ")
	return node
}

// explainOption reads TYPE LOGICAL or DISTRIBUTED and FORMAT TEXT, which are
// what EXPLAIN shows without them: there is one plan. The other types and formats
// are refused.
func (r *reader) explainOption() {
	at := r.expect("TYPE", "FORMAT")
	if r.toks[at].is("TYPE") {
		if !r.toks[r.expect("LOGICAL", "DISTRIBUTED", "VALIDATE", "IO")].is("LOGICAL", "DISTRIBUTED") {
			r.refuse(at, r.pos-1, "EXPLAIN (TYPE "+r.toks[r.pos-1].value+")")
		}
		return
	}
	if !r.toks[r.expect("TEXT", "GRAPHVIZ", "JSON")].is("TEXT") {
		r.refuse(at, r.pos-1, "EXPLAIN (FORMAT "+r.toks[r.pos-1].value+")")
	}
}

// show reads SHOW TABLES, COLUMNS, SCHEMAS, CATALOGS or FUNCTIONS.
func (r *reader) show() {
	first := r.next()
	node := &ast.Show{}
	switch t := r.peek(0); {
	case r.accept("TABLES"):
		node.Kind = ast.ShowTables
		r.showFrom(node, false)
	case r.accept("COLUMNS"):
		node.Kind = ast.ShowColumns
		r.showFrom(node, true)
	case r.accept("SCHEMAS"):
		node.Kind = ast.ShowSchemas
		if r.peek(0).is("FROM", "IN") {
			r.next()
			node.Of = []ast.Ident{r.ident()}
		}
	case r.accept("CATALOGS"):
		node.Kind = ast.ShowCatalogs
	case r.accept("FUNCTIONS"):
		node.Kind = ast.ShowFunctions
		r.showFrom(node, false)
	case t.is("BRANCHES", "CREATE", "CURRENT", "GRANTS", "ROLE", "ROLES", "SESSION", "STATS"):
		r.refuse(first, r.pos, "SHOW "+t.value)
	default:
		r.mismatch(r.pos)
	}
	if r.accept("LIKE") {
		node.Like = r.stringLiteral()
		if r.accept("ESCAPE") {
			node.Escape = r.stringLiteral()
		}
	}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(showKind, first, node)
}

// showFrom reads FROM or IN and a name.
func (r *reader) showFrom(node *ast.Show, required bool) {
	if required || r.peek(0).is("FROM", "IN") {
		r.expect("FROM", "IN")
		node.Of = r.tableName()
	}
}

// describe reads DESCRIBE name or DESC name.
func (r *reader) describe() {
	first := r.next()
	if t := r.peek(0); t.is("INPUT", "OUTPUT") && r.peek(1).named() {
		r.refuse(first, r.pos, "DESCRIBE "+t.value)
	}
	node := &ast.Show{Kind: ast.ShowColumns, Of: r.tableName()}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(showKind, first, node)
}

// stringLiteral reads a string that is no expression.
func (r *reader) stringLiteral() *ast.Literal {
	first := r.pos
	if !r.stringAt(r.pos) {
		r.wants("<string>")
		r.mismatch(r.pos)
	}
	node := &ast.Literal{Kind: ast.StringLiteral, Text: r.text()}
	node.Pos = r.span(first, r.pos-1)
	return node
}
