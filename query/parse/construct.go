package parse

import "github.com/traillake/traillake/query/ast"

// kind is what a construct is; one rewrite rule carries each kind to Vitess.
type kind uint8

const (
	// Leaves: the whole construct becomes one name.
	nameKind          kind = iota // a.b.c; node is *ast.Name
	literalKind                   // 1, 'x', X'00', DATE 'x', NULL, TRUE; *ast.Literal, or -1; *ast.Unary
	intervalKind                  // INTERVAL '1' DAY; *ast.Interval
	paramKind                     // ?; *ast.Parameter
	keywordKind                   // current_date, current_timestamp(3); *ast.Call
	starKind                      // * or t.* in a SELECT list; *ast.SelectItem
	tableKind                     // a table with its alias; *ast.Table
	usingKind                     // (a, b) of USING; []ast.Ident
	tailKind                      // OFFSET and LIMIT or FETCH; *tail
	namedArgumentKind             // TABLE(t) or DESCRIPTOR(a) of a table function; *ast.TableArg
	showKind                      // SHOW … or DESCRIBE …; *ast.Show

	// Calls: the construct becomes a function over what it holds.
	parenKind         // (expr); no node
	operandKind       // the pattern or the escape of LIKE; no node
	rowKind           // ROW(…) or (a, b); *ast.Row
	arrayKind         // ARRAY[…]; *ast.Array
	subscriptKind     // x[i]; *ast.Subscript
	fieldKind         // f(x).field; *ast.Field
	rowFieldKind      // x AS name in ROW(…); *ast.Ident
	atLocalKind       // x AT LOCAL; *ast.AtTimeZone
	timeZoneKind      // x AT TIME ZONE z; *ast.AtTimeZone
	castKind          // CAST(x AS t); *ast.Cast
	extractKind       // EXTRACT(f FROM x); *ast.Extract
	keywordCallKind   // TRIM, JSON_VALUE and others with words between arguments; *ast.Call
	callKind          // f(…) and all that follows; *ast.Call
	filterKind        // FILTER (WHERE x); no node
	windowKind        // OVER w, OVER (…), or what a WINDOW item defines; *ast.Window
	frameKind         // ROWS BETWEEN … AND …; *ast.Frame
	withinKind        // WITHIN GROUP (ORDER BY …); no node
	orderKind         // ORDER BY inside a call or a window; no node, no marker
	lambdaKind        // x -> y; *ast.Lambda
	caseKind          // CASE … END; *ast.Case
	scalarKind        // (SELECT …) as a value; *ast.ScalarSubquery
	existsKind        // EXISTS (SELECT …); *ast.Exists
	quantifiedKind    // ALL (SELECT …) after a comparison; *ast.Quantified
	sortKind          // one ORDER BY key; *ast.OrderItem
	itemKind          // one SELECT item; *ast.SelectItem
	groupingSetKind   // (a, b) as a grouping set; no node
	groupingKind      // ROLLUP, CUBE, GROUPING SETS; *ast.GroupingElement
	argumentKind      // an expression given to a table function; *ast.TableArg
	queryArgumentKind // TABLE(query) given to a table function; *ast.TableArg

	// Relations.
	selectKind        // SELECT; *ast.Select
	valuesKind        // VALUES; *ast.Values
	tableBodyKind     // TABLE t; *ast.Select
	nestedKind        // (query) as a term; *ast.Nested
	versionedKind     // a table FOR VERSION AS OF x; *versioned
	derivedKind       // (query) in FROM; *ast.Subquery or *ast.Lateral
	unnestKind        // UNNEST(…); *ast.Unnest
	tableFunctionKind // TABLE(f(…)); *ast.TableFunction
	groupByKind       // GROUP BY; *ast.GroupBy
	cteKind           // name (columns) AS; *ast.CTE
	windowItemKind    // one item of WINDOW; *ast.WindowDef

	// Operators: other words for what Vitess has its own words for.
	plusKind     // unary +
	operatorKind // every other operator symbol, IS [NOT] DISTINCT FROM, BETWEEN [SYMMETRIC]
	setOpKind    // UNION, INTERSECT, EXCEPT with ALL or DISTINCT; *setOp
	joinKind     // the words of a join; *join
	withKind     // WITH [RECURSIVE]
	sampleKind   // TABLESAMPLE …; *ast.Sample
	kinds        // how many there are
)

// construct is a piece of the user's statement, found by the reader.
type construct struct {
	kind        kind
	first, last int // tokens, both inside
	// at is the construct's own token: the function's name, the bracket of a
	// subscript, the point of a field. open is its opening bracket, if it has one.
	at, open int
	// commas are own tokens that separate arguments, words are own tokens that
	// say what node already says.
	commas, words []int
	// joined is whether an argument of the same list stands before the construct.
	joined bool
	// node is the part of the tree that the reader could already fill in.
	node any
}

// tail is what follows the body and the ORDER BY of a query.
type tail struct {
	offset, limit ast.Expr
	ties          bool
	fetch         ast.Span
	// offsetPos and limitPos are the words OFFSET, and LIMIT or FETCH.
	offsetPos, limitPos ast.Span
}

// join is what the words of a join say.
type join struct {
	kind    ast.JoinKind
	natural bool
}

// setOp is what the words between two terms of a query say.
type setOp struct {
	op  ast.SetOp
	pos ast.Span // of its first word
	all bool
}

// versioned is a table FOR VERSION or TIMESTAMP AS OF an expression; alias is
// the token where its alias starts.
type versioned struct {
	table   *ast.Table
	version bool
	alias   int
}

// queryInfo is what the reader knows of a query expression.
type queryInfo struct {
	bodyEnd, orderEnd int // offsets, as in ast.Query
	first, last       int
	with              int // tokens of WITH [RECURSIVE]
	recursive         bool
}
