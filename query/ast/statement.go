package ast

// Node is any part of the tree.
type Node interface {
	// Span returns where in the user's text the node came from.
	Span() Span
}

// At is embedded by every node and carries its span.
type At struct{ Pos Span }

// Span implements Node.
func (a At) Span() Span { return a.Pos }

// Statement is what a user submits: *QueryStatement, *Explain or *Show.
type Statement interface {
	Node
	statement()
}

// QueryStatement is a SELECT in statement position.
type QueryStatement struct {
	At
	Query *Query
}

// Explain is EXPLAIN [ANALYZE] query. The options of EXPLAIN that change nothing
// here, (TYPE LOGICAL | DISTRIBUTED, FORMAT TEXT), are not kept.
type Explain struct {
	At
	Analyze bool
	Query   *Query
}

// ShowKind tells what a Show lists.
type ShowKind uint8

// The kinds of Show.
const (
	ShowTables    ShowKind = iota // SHOW TABLES [FROM schema]
	ShowColumns                   // SHOW COLUMNS FROM table, DESCRIBE table, DESC table
	ShowSchemas                   // SHOW SCHEMAS [FROM catalog]
	ShowCatalogs                  // SHOW CATALOGS
	ShowFunctions                 // SHOW FUNCTIONS [FROM schema]
)

// String returns the SQL keywords.
func (k ShowKind) String() string {
	return [...]string{"SHOW TABLES", "SHOW COLUMNS", "SHOW SCHEMAS", "SHOW CATALOGS", "SHOW FUNCTIONS"}[k]
}

// Show lists what there is: SHOW kind [FROM name] [LIKE pattern [ESCAPE escape]].
type Show struct {
	At
	Kind ShowKind
	// Of is the name after FROM, IN or DESCRIBE: the parts of a schema, a catalog
	// or a table, outermost first; empty when not given.
	Of []Ident
	// Like is the pattern, Escape its escape character; nil when absent.
	Like, Escape *Literal
}

func (*QueryStatement) statement() {}
func (*Explain) statement()        {}
func (*Show) statement()           {}
