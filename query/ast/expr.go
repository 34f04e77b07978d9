package ast

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// LiteralKind tells which literal it is.
type LiteralKind uint8

// The kinds of literals.
const (
	NullLiteral    LiteralKind = iota
	BooleanLiteral             // Text is "true" or "false"
	IntegerLiteral             // digits
	DecimalLiteral             // digits with a point: decimal(p,s) as in Trino
	DoubleLiteral              // with an exponent
	StringLiteral              // Text is the value, escapes resolved (U&'' too)
	BinaryLiteral              // X'…': Text is the hex digits
	TypedLiteral               // TYPE 'text': TypeName and Text, as DATE '2020-01-01'
)

// Literal is a constant as written.
type Literal struct {
	At
	Kind LiteralKind
	Text string
	// TypeName is the type of a TypedLiteral, upper case: DATE, TIMESTAMP, JSON, UUID, …
	TypeName string
}

// Interval is INTERVAL [-]'value' unit [TO unit]; units are upper case.
type Interval struct {
	At
	Negative bool
	Text     string
	From, To string // To is "" when absent
}

// Name is a possibly qualified reference: a, t.a, t.col.field.field.
type Name struct {
	At
	Parts []Ident
}

// Field is expr.field where expr is not itself a Name (a call, a subscript, parentheses).
type Field struct {
	At
	Expr  Expr
	Field Ident
}

// Subscript is expr[index].
type Subscript struct {
	At
	Expr, Index Expr
}

// Unary is -x, +x or NOT x; Op is "-", "+" or "NOT". In Trino a minus before a
// number is part of it, so -9223372036854775808 is a bigint and -1[2] a subscript
// of -1; here it is a Unary over a Literal of the digits.
type Unary struct {
	At
	Op   string
	Expr Expr
}

// Binary is left op right. Op is one of
// AND OR = <> < <= > >= + - * / % || ("!=" is normalised to "<>"),
// "IS DISTINCT FROM" or "IS NOT DISTINCT FROM". x IS [NOT] TRUE and FALSE are
// the last two with a literal on the right; x IS UNKNOWN is x IS NULL.
type Binary struct {
	At
	Op          string
	OpPos       Span
	Left, Right Expr
}

// Predicate is where the words of a predicate begin that follow its first operand:
// IS, [NOT] BETWEEN, [NOT] IN, [NOT] LIKE, or the operator before ALL, ANY or SOME.
type Predicate struct{ OpPos Span }

func (p Predicate) opPos() Span { return p.OpPos }

// IsNull is expr IS [NOT] NULL.
type IsNull struct {
	At
	Predicate
	Expr Expr
	Not  bool
}

// Between is expr [NOT] BETWEEN [SYMMETRIC] low AND high.
type Between struct {
	At
	Predicate
	Expr, Low, High Expr
	Not             bool
	// Symmetric takes the bounds in either order.
	Symmetric bool
}

// InList is expr [NOT] IN (list).
type InList struct {
	At
	Predicate
	Expr Expr
	List []Expr
	Not  bool
}

// InSubquery is expr [NOT] IN (query).
type InSubquery struct {
	At
	Predicate
	Expr  Expr
	Query *Query
	Not   bool
}

// Exists is EXISTS (query).
type Exists struct {
	At
	Query *Query
}

// ScalarSubquery is (query) in expression position.
type ScalarSubquery struct {
	At
	Query *Query
}

// Quantified is expr op ALL|ANY|SOME (query); Quantifier is "ALL" or "ANY".
type Quantified struct {
	At
	Predicate
	Expr       Expr
	Op         string
	Quantifier string
	Query      *Query
}

// Like is expr [NOT] LIKE pattern [ESCAPE escape].
type Like struct {
	At
	Predicate
	Expr, Pattern Expr
	Escape        Expr // nil when absent
	Not           bool
}

// Case is CASE [operand] WHEN … THEN … [ELSE …] END.
type Case struct {
	At
	Operand Expr // nil for the searched form
	Whens   []When
	Else    Expr // nil when absent
}

// When is one arm of a Case.
type When struct {
	At
	Cond, Result Expr
}

// Cast is CAST or TRY_CAST (expr AS type).
type Cast struct {
	At
	Expr    Expr
	Type    string // the type as written, whitespace normalised: "map(varchar,json)"
	TypePos Span
	Try     bool
}

// Extract is EXTRACT(field FROM expr); Field is as the user wrote it.
type Extract struct {
	At
	Field string
	Expr  Expr
}

// AtTimeZone is expr AT TIME ZONE zone, or expr AT LOCAL, where the zone is a call
// of current_timezone.
type AtTimeZone struct {
	At
	Expr, Zone Expr
}

// Call is name([DISTINCT] args [ORDER BY …]) [FILTER (WHERE …)] [OVER …].
// count(*) has Star and no Args. Keyword-like functions (current_timestamp,
// localtime, …) are calls without arguments, or with their precision as the only
// one. Special forms are the calls that Trino makes of them: TRIM([BOTH] y FROM x)
// is trim(x, y), LEADING is ltrim, TRAILING rtrim; POSITION(x IN y) is strpos(y, x);
// SUBSTRING(x FROM y FOR z) is substr(x, y, z); OVERLAY(x PLACING y FROM z FOR n)
// is overlay(x, y, z, n); NORMALIZE(x, NFC) is normalize(x, 'NFC'). IF, COALESCE,
// NULLIF, TRY, GREATEST and LEAST are ordinary calls here.
type Call struct {
	At
	Name     Ident
	Star     bool
	Distinct bool
	Args     []Expr
	OrderBy  []OrderItem
	Filter   Expr    // nil when absent
	Window   *Window // nil when absent
	// IgnoreNulls and RespectNulls are IGNORE NULLS and RESPECT NULLS on a window function.
	IgnoreNulls, RespectNulls bool
	// WithinGroup is LISTAGG's WITHIN GROUP (ORDER BY …).
	WithinGroup []OrderItem
	// Overflow is LISTAGG's ON OVERFLOW clause, "" when absent.
	Overflow string
	// JSON is set for the calls of SQL/JSON. Args of JSON_EXISTS, JSON_QUERY and
	// JSON_VALUE are the input, the path, what is passed, and the values of DEFAULT ON
	// EMPTY and ON ERROR; those of JSON_OBJECT a key and a value for each member; those
	// of JSON_ARRAY its elements.
	JSON *JSONClauses
}

// JSONClauses are the clauses of a call of SQL/JSON, "" where absent.
type JSONClauses struct {
	// Formats are the FORMATs of Args, but for the values of DEFAULT.
	Formats         []JSONFormat
	Passing         []Ident
	Returning       string // a type
	ReturningPos    Span
	ReturningFormat JSONFormat
	Wrapper         string // WITHOUT, WITH or WITH CONDITIONAL
	Quotes          string // KEEP or OMIT
	OnEmpty         string // NULL, ERROR, DEFAULT, EMPTY ARRAY or EMPTY OBJECT
	OnError         string // the same; TRUE, FALSE, UNKNOWN or ERROR of JSON_EXISTS
	OnNull          string // NULL or ABSENT of JSON_OBJECT and JSON_ARRAY
	UniqueKeys      bool   // WITH UNIQUE KEYS of JSON_OBJECT
}

// JSONFormat is FORMAT JSON [ENCODING name]: "JSON" or the name, UTF8, UTF16 or
// UTF32; "" where absent. The last two are little-endian.
type JSONFormat string

// String is what stands after FORMAT.
func (f JSONFormat) String() string {
	if f == "" || f == "JSON" {
		return string(f)
	}
	return "JSON ENCODING " + string(f)
}

// Window is OVER name or OVER (…). As in Trino, its span starts at the word OVER
// in the first form and after the bracket in the second.
type Window struct {
	At
	Bracketed   bool
	Base        *Ident // OVER w, or OVER (w …)
	PartitionBy []Expr
	OrderBy     []OrderItem
	Frame       *Frame // nil when absent
}

// WindowDef is one WINDOW clause item.
type WindowDef struct {
	Name   Ident
	Window Window
}

// Frame is ROWS|RANGE|GROUPS BETWEEN start AND end.
type Frame struct {
	At
	Unit       string // ROWS, RANGE or GROUPS
	Start, End Bound
}

// Bound is one end of a Frame. Kind is one of UNBOUNDED PRECEDING, PRECEDING,
// CURRENT ROW, FOLLOWING, UNBOUNDED FOLLOWING.
type Bound struct {
	Kind   string
	Offset Expr // for PRECEDING and FOLLOWING
}

// Lambda is (params) -> body.
type Lambda struct {
	At
	Params []Ident
	Body   Expr
}

// Array is ARRAY[…] or […].
type Array struct {
	At
	Elems []Expr
}

// Row is ROW(…) or (a, b, …).
type Row struct {
	At
	Elems []Expr
	// Names are those of ROW(x AS name), one for each of Elems, nil for those
	// without; empty when none has a name.
	Names []*Ident
}

// Parameter is a ? that was not substituted; the binder refuses it.
type Parameter struct {
	At
	Index int // from zero
}

func (*Literal) expr()        {}
func (*Interval) expr()       {}
func (*Name) expr()           {}
func (*Field) expr()          {}
func (*Subscript) expr()      {}
func (*Unary) expr()          {}
func (*Binary) expr()         {}
func (*IsNull) expr()         {}
func (*Between) expr()        {}
func (*InList) expr()         {}
func (*InSubquery) expr()     {}
func (*Exists) expr()         {}
func (*ScalarSubquery) expr() {}
func (*Quantified) expr()     {}
func (*Like) expr()           {}
func (*Case) expr()           {}
func (*Cast) expr()           {}
func (*Extract) expr()        {}
func (*AtTimeZone) expr()     {}
func (*Call) expr()           {}
func (*Lambda) expr()         {}
func (*Array) expr()          {}
func (*Row) expr()            {}
func (*Parameter) expr()      {}
