package ast

// Ident is a name as the user typed it. Unquoted names and quoted ones compare
// case-insensitively, as in Trino; Quoted is kept for reserved words and output names.
type Ident struct {
	At
	Name   string // without quotes, escapes resolved
	Quoted bool
}

// Query is a query expression: [WITH …] body [ORDER BY …] [OFFSET …] [LIMIT …].
type Query struct {
	At
	With    []CTE // WITH; empty when absent
	Recurse bool  // WITH RECURSIVE
	Body    QueryBody
	OrderBy []OrderItem
	Offset  Expr // nil when absent
	Limit   Expr // nil when absent or LIMIT ALL
	// WithTies is FETCH FIRST … WITH TIES. Fetch is the place of FETCH, zero with LIMIT.
	WithTies bool
	Fetch    Span
	// OrderPos, OffsetPos and LimitPos are the places of the words ORDER, OFFSET,
	// and LIMIT or FETCH; zero when absent.
	OrderPos, OffsetPos, LimitPos Span
	// BodyEnd and OrderEnd are where the text of the body and of ORDER BY ends; they
	// are equal without ORDER BY.
	BodyEnd, OrderEnd int
}

// CTE is one WITH item.
type CTE struct {
	At
	Name    Ident
	Columns []Ident // empty when not given
	Query   *Query
}

// QueryBody is *Select, *SetOperation, *Values or *Nested.
type QueryBody interface {
	Node
	queryBody()
}

// Select is one SELECT … FROM … WHERE … GROUP BY … HAVING ….
type Select struct {
	At
	Distinct bool
	Items    []SelectItem
	From     []TableExpr // comma list; empty when there is no FROM
	Where    Expr        // nil when absent
	GroupBy  *GroupBy    // nil when absent
	Having   Expr        // nil when absent
	Windows  []WindowDef // WINDOW clause
	// WherePos and HavingPos are the places of the words; zero when absent.
	WherePos, HavingPos Span
	// Ends are where the clauses' texts end; all zero for TABLE t.
	Ends ClauseEnds
}

// ClauseEnds are byte offsets behind the clauses of a Select. That of an absent
// clause is that of the clause before it.
type ClauseEnds struct{ Items, From, Where, GroupBy, Having int }

// SetOp is the operator of a SetOperation.
type SetOp uint8

// The set operators.
const (
	Union SetOp = iota
	Intersect
	Except
)

// String returns the SQL keyword.
func (o SetOp) String() string { return [...]string{"UNION", "INTERSECT", "EXCEPT"}[o] }

// SetOperation is left op [ALL] right.
type SetOperation struct {
	At
	Op          SetOp
	OpPos       Span // of the word
	All         bool
	Left, Right QueryBody
}

// Values is VALUES (…), (…). A row of one column is a *Row when it is written as
// ROW(x); any other single expression may be a row itself, whose fields are columns.
type Values struct {
	At
	Rows [][]Expr
}

// Nested is a parenthesised query used as a body, so that its own ORDER BY and LIMIT apply.
type Nested struct {
	At
	Query *Query
}

func (*Select) queryBody()       {}
func (*SetOperation) queryBody() {}
func (*Values) queryBody()       {}
func (*Nested) queryBody()       {}

// SelectItem is one item of the SELECT list.
type SelectItem struct {
	At
	// Star is *, prefix.* or (expr).*. Qualifier holds the prefix and Expr is nil;
	// for (expr).*, where expr is no name, Expr is set and Qualifier is empty.
	Star      bool
	Qualifier []Ident
	Expr      Expr
	Alias     *Ident // nil when not given
	// StarAliases is prefix.* or (expr).* AS (a, b); empty when not given.
	StarAliases []Ident
}

// GroupBy is the GROUP BY clause: the cross product of its elements' grouping sets.
// The element AUTO is the unquoted name, which Trino reserves.
type GroupBy struct {
	At
	Distinct bool
	Elements []GroupingElement
}

// GroupingKind tells the form of a GroupingElement.
type GroupingKind uint8

// The forms of GROUP BY elements.
const (
	SimpleGrouping GroupingKind = iota // one expression, or a parenthesised list as one set
	Rollup
	Cube
	GroupingSets
)

// GroupingElement is one element of GROUP BY. For SimpleGrouping, Sets has one
// set; for Rollup and Cube each of Sets is one item; for GroupingSets each is a set.
type GroupingElement struct {
	At
	Kind GroupingKind
	Sets [][]Expr
}

// OrderItem is one ORDER BY key. Trino's default puts NULLs last in both directions.
type OrderItem struct {
	At
	Expr       Expr
	Desc       bool
	NullsFirst bool
}

// TableExpr is a FROM item: *Table, *Subquery, *Join, *Unnest, *Lateral,
// *TableFunction or *Sample.
type TableExpr interface {
	Node
	tableExpr()
}

// TableAlias is AS name [(columns)].
type TableAlias struct {
	At
	Name    Ident
	Columns []Ident
}

// Table is a named table: an event data store's id, name or ARN, or a CTE.
type Table struct {
	At
	Name  []Ident // parts, outermost first; a bare UUID or an ARN is one part
	Alias *TableAlias
	// Version is FOR VERSION AS OF, Timestamp FOR TIMESTAMP AS OF; nil when absent.
	Version, Timestamp Expr
	For                Span // of the word FOR before them; zero when absent
}

// Subquery is (query) [AS alias] in FROM.
type Subquery struct {
	At
	Query *Query
	Alias *TableAlias
}

// Lateral is LATERAL (query) [AS alias].
type Lateral struct {
	At
	Query *Query
	Alias *TableAlias
}

// Unnest is UNNEST(exprs) [WITH ORDINALITY] [AS alias].
type Unnest struct {
	At
	Exprs      []Expr
	Ordinality bool
	Alias      *TableAlias
}

// TableFunction is TABLE(name(args)) [AS alias].
type TableFunction struct {
	At
	Name  []Ident // parts, outermost first
	Args  []TableArg
	Alias *TableAlias
}

// TableArg is one argument of a TableFunction, in one of three forms: a value, a
// table, or a list of columns.
type TableArg struct {
	At
	Name *Ident // of name => argument; nil when given by position
	Expr Expr   // nil in the other forms
	// Table is TABLE(name) or TABLE(query), with its alias: *Table or *Subquery;
	// nil in the other forms.
	Table TableExpr
	// Columns is DESCRIPTOR(a, b); nil in the other forms.
	Columns []Ident
}

// JoinKind is the kind of a Join.
type JoinKind uint8

// The kinds of joins.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
	CrossJoin
)

// String returns the SQL keywords.
func (k JoinKind) String() string {
	return [...]string{"INNER JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"}[k]
}

// Join is left kind JOIN right with ON, USING or NATURAL.
type Join struct {
	At
	Kind        JoinKind
	Natural     bool
	Left, Right TableExpr
	On          Expr    // nil when absent
	Using       []Ident // empty when absent
}

// Sample is a relation TABLESAMPLE BERNOULLI|SYSTEM (percentage).
type Sample struct {
	At
	Input      TableExpr
	System     bool     // SYSTEM, not BERNOULLI
	Percentage *Literal // a number
}

func (*Sample) tableExpr()        {}
func (*Table) tableExpr()         {}
func (*Subquery) tableExpr()      {}
func (*Lateral) tableExpr()       {}
func (*Unnest) tableExpr()        {}
func (*Join) tableExpr()          {}
func (*TableFunction) tableExpr() {}
