package parse

// A rule carries one kind of construct to Vitess: it says what Vitess reads in
// place of the construct's own tokens. The user's names, literals and types
// never get there; a marker stands for each construct, a name or a function
// called k<N>, where N is the construct's number.
type rule struct {
	name   string
	encode func(e *edits, c construct, id string)
}

// ruleSet holds one rule for each kind of construct.
type ruleSet [kinds]rule

// rules are in the order of the kinds. The comment of each function shows what
// it reads and what it writes.
var rules = ruleSet{
	nameKind:          {"name", leaf},
	literalKind:       {"literal", leaf},
	intervalKind:      {"interval", leaf},
	paramKind:         {"parameter", leaf},
	keywordKind:       {"function without brackets", leaf},
	starKind:          {"star", leaf},
	tableKind:         {"table", leaf},
	usingKind:         {"using", using},
	tailKind:          {"offset and limit", limit},
	namedArgumentKind: {"named table or columns", leaf},
	showKind:          {"show", show},

	parenKind:         {"brackets", opened},
	operandKind:       {"operand of like", wrapped},
	rowKind:           {"row", called},
	arrayKind:         {"array", array},
	subscriptKind:     {"subscript", subscript},
	fieldKind:         {"field", field},
	rowFieldKind:      {"row field", suffixed},
	atLocalKind:       {"at local", field},
	timeZoneKind:      {"at time zone", timeZone},
	castKind:          {"cast", cast},
	extractKind:       {"extract", extract},
	keywordCallKind:   {"call with words", keywordCall},
	callKind:          {"call", call},
	filterKind:        {"filter", filter},
	windowKind:        {"over", over},
	frameKind:         {"frame", frame},
	withinKind:        {"within group", within},
	orderKind:         {"order inside a call", innerOrder},
	lambdaKind:        {"lambda", lambda},
	caseKind:          {"case", wrapped},
	scalarKind:        {"subquery", subquery},
	existsKind:        {"exists", subquery},
	quantifiedKind:    {"quantified comparison", subquery},
	sortKind:          {"sort key", suffixed},
	itemKind:          {"select item", suffixed},
	groupingSetKind:   {"grouping set", opened},
	groupingKind:      {"grouping sets", called},
	argumentKind:      {"argument of a table function", argument},
	queryArgumentKind: {"query argument", queryArgument},

	selectKind:        {"select", selectMarker},
	valuesKind:        {"values", selectMarker},
	tableBodyKind:     {"table term", tableTerm},
	nestedKind:        {"query in brackets", nested},
	versionedKind:     {"table version", versionedTable},
	derivedKind:       {"derived table", derived},
	unnestKind:        {"unnest", unnest},
	tableFunctionKind: {"table function", tableFunction},
	groupByKind:       {"group by", groupMarker},
	cteKind:           {"with item", cte},
	windowItemKind:    {"window item", windowItem},

	plusKind:     {"unary plus", plus},
	operatorKind: {"operator", operator},
	setOpKind:    {"set operation", setOperation},
	joinKind:     {"join", joinWords},
	withKind:     {"with", with},
	sampleKind:   {"sample", sample},
}

// leaf: a.b.c → k1
func leaf(e *edits, c construct, id string) {
	e.drop(c.first, c.last)
	e.set(c.first, id)
}

// using: USING (a, b) → USING (k1)
func using(e *edits, c construct, id string) {
	e.drop(c.first, c.last)
	e.set(c.first, "USING ( "+id+" )")
}

// limit: OFFSET 5 ROWS FETCH FIRST 3 ROWS ONLY → LIMIT k1
func limit(e *edits, c construct, id string) {
	e.drop(c.first, c.last)
	e.set(c.first, "LIMIT "+id)
}

// opened: (x) → k1(x)
func opened(e *edits, c construct, id string) { e.set(c.open, id+" (") }

// wrapped: CASE … END → k1(CASE … END)
func wrapped(e *edits, c construct, id string) { e.wrap(c, id+" (", ")") }

// called: ROW(x, y) → k1(x, y); (x, y) → k1(x, y)
func called(e *edits, c construct, id string) {
	e.drop(c.first, c.open-1)
	e.set(c.open, id+" (")
}

// array: ARRAY[x, y] → k1(x, y)
func array(e *edits, c construct, id string) {
	called(e, c, id)
	e.set(c.last, ")")
}

// subscript: x[y] → k1(x, y)
func subscript(e *edits, c construct, id string) {
	e.wrap(c, id+" (", "")
	e.set(c.open, ",")
	e.set(c.last, ")")
}

// field: f(x).y → k1(f(x)); x AT LOCAL → k1(x)
func field(e *edits, c construct, id string) {
	e.wrap(c, id+" (", ")")
	e.drop(c.at, c.last)
}

// timeZone: x AT TIME ZONE 'UTC' → k1(x, k2)
func timeZone(e *edits, c construct, id string) {
	e.wrap(c, id+" (", ")")
	e.drop(c.at, c.at+2)
	e.set(c.at, ",")
}

// cast: CAST(x AS map(varchar, json)) → k1(x)
func cast(e *edits, c construct, id string) {
	called(e, c, id)
	e.drop(c.commas[0], c.last-1)
}

// extract: EXTRACT(YEAR FROM x) → k1(x)
func extract(e *edits, c construct, id string) {
	called(e, c, id)
	e.drop(c.open+1, c.commas[0])
}

// keywordCall: TRIM(BOTH x FROM y) → k1(x, y)
func keywordCall(e *edits, c construct, id string) {
	called(e, c, id)
	e.dropAll(c.words)
	for _, i := range c.commas {
		e.set(i, ",")
	}
}

// call: count(DISTINCT x) FILTER (WHERE y) → k1(x, k2(y))
func call(e *edits, c construct, id string) {
	called(e, c, id)
	e.dropAll(c.words)
	e.wrap(c, "", ")")
}

// filter: FILTER (WHERE x) → , k1(x)
func filter(e *edits, c construct, id string) {
	e.set(c.at, comma(c))
	e.set(c.open, id+" (")
	e.drop(c.open+1, c.open+1)
}

// over: OVER (PARTITION BY x ORDER BY y) → , k1(x, k2(y)); OVER w → , k1()
func over(e *edits, c construct, id string) {
	e.set(c.at, comma(c)+id+" (")
	e.drop(c.at+1, c.at+1)
	e.dropAll(c.words)
	if c.open == 0 {
		e.wrap(c, "", ")")
	}
}

// frame: ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING → , k1(k2, k3)
func frame(e *edits, c construct, id string) {
	e.dropAll(c.words)
	e.set(c.at, comma(c)+id+" (")
	for _, i := range c.commas {
		if e.toks[i-1].is("PRECEDING", "FOLLOWING") && !e.toks[i-2].is("UNBOUNDED") && e.frameOffset(i+1) {
			e.set(i, ",")
		} else {
			e.set(i, "")
		}
	}
	e.wrap(c, "", ")")
}

// frameOffset reports whether the bound at token i has an expression.
func (e *edits) frameOffset(i int) bool {
	return !(e.toks[i].is("CURRENT") && e.toks[i+1].is("ROW")) &&
		!(e.toks[i].is("UNBOUNDED") && e.toks[i+1].is("PRECEDING", "FOLLOWING"))
}

// within: WITHIN GROUP (ORDER BY x) → , k1(k2(x))
func within(e *edits, c construct, id string) {
	e.drop(c.at, c.open+2)
	e.set(c.at, comma(c)+id+" (")
}

// innerOrder: array_agg(x ORDER BY y) → k1(x, k2(y))
func innerOrder(e *edits, c construct, _ string) {
	e.drop(c.at, c.at+1)
	e.set(c.at, comma(c))
}

// lambda: (x, y) -> z → k1(z)
func lambda(e *edits, c construct, id string) {
	e.drop(c.first, c.at)
	e.set(c.first, id+" (")
	e.wrap(c, "", ")")
}

// subquery: EXISTS (SELECT …) → k1((SELECT …))
func subquery(e *edits, c construct, id string) {
	called(e, c, id+" (")
	e.set(c.last, ") )")
}

// suffixed: x DESC NULLS FIRST → k1(x); x AS y → k1(x), of a SELECT item or a row
func suffixed(e *edits, c construct, id string) {
	e.wrap(c, id+" (", ")")
	e.drop(c.at, c.last)
}

// selectMarker: SELECT DISTINCT x → SELECT k1, x; VALUES x → SELECT k1, x
func selectMarker(e *edits, c construct, id string) {
	e.drop(c.first, c.last)
	e.set(c.first, "SELECT "+id+" ,")
}

// tableTerm: TABLE t → SELECT k1 FROM k2
func tableTerm(e *edits, c construct, id string) { e.set(c.first, "SELECT "+id+" FROM") }

// nested: (SELECT …) UNION … → SELECT k1 FROM (SELECT …) AS k1 UNION …
func nested(e *edits, c construct, id string) {
	e.set(c.open, "SELECT "+id+" FROM (")
	e.set(c.last, ") AS "+id)
}

// versionedTable: t FOR VERSION AS OF x AS a → (SELECT k1, x) AS k1
func versionedTable(e *edits, c construct, id string) {
	e.drop(c.first, c.at)
	e.set(c.first, "( SELECT "+id+" ,")
	e.drop(c.node.(*versioned).alias, c.last)
	e.wrap(c, "", ") AS "+id)
}

// derived: LATERAL (SELECT …) a (x, y) → (SELECT …) AS k1
func derived(e *edits, c construct, id string) {
	e.drop(c.first, c.open-1)
	e.drop(c.at+1, c.last)
	e.wrap(c, "", "AS "+id)
}

// unnest: UNNEST(x) WITH ORDINALITY AS t (y, z) → (SELECT k1, x) AS k1
func unnest(e *edits, c construct, id string) {
	e.drop(c.first, c.open)
	e.set(c.first, "( SELECT "+id+" ,")
	e.drop(c.at, c.last)
	e.wrap(c, "", ") AS "+id)
}

// tableFunction: TABLE(f(x, y)) AS t (a) → (SELECT k1, x, y) AS k1
func tableFunction(e *edits, c construct, id string) {
	e.drop(c.first, c.open)
	text := "( SELECT " + id
	if c.joined {
		text += " ,"
	}
	e.set(c.first, text)
	e.drop(c.at, c.last)
	e.wrap(c, "", ") AS "+id)
}

// argument: a => x → k1(x)
func argument(e *edits, c construct, id string) {
	e.drop(c.first, c.at-1)
	e.wrap(c, id+" (", ")")
}

// queryArgument: a => TABLE(SELECT …) AS t → k1((SELECT …))
func queryArgument(e *edits, c construct, id string) {
	closing := e.toks[c.open].match
	e.drop(c.first, c.open-1)
	e.set(c.open, id+" ( (")
	e.drop(closing, c.last)
	e.set(closing, ") )")
}

// show: SHOW TABLES LIKE 'x' → SELECT k1
func show(e *edits, c construct, id string) {
	e.drop(c.first, c.last)
	e.set(c.first, "SELECT "+id)
}

// groupMarker: GROUP BY DISTINCT x → GROUP BY k1, x
func groupMarker(e *edits, c construct, id string) {
	e.drop(c.first, c.last)
	e.set(c.first, "GROUP BY "+id+" ,")
}

// cte: t (x, y) AS (SELECT …) → k1 AS (SELECT …)
func cte(e *edits, c construct, id string) {
	e.drop(c.first, c.at-1)
	e.set(c.first, id)
}

// windowItem: w AS (PARTITION BY x) → k1 AS (PARTITION BY k1(x)); Vitess wants
// the word WINDOW again after a comma
func windowItem(e *edits, c construct, id string) {
	e.drop(c.first, c.open)
	e.dropAll(c.words)
	text := id + " AS ( PARTITION BY " + id + " ("
	if e.toks[c.first-1].is(",") {
		text = "WINDOW " + text
	}
	e.set(c.first, text)
	e.set(c.last, ") )")
}

// plus: + x → ~ x, because Vitess forgets a unary plus
func plus(e *edits, c construct, _ string) { e.operator(c.first, c.last, "~") }

// operators are the spellings of Trino's operators on Vitess's side.
var operators = map[string]string{
	"+": "+", "-": "-", "*": "*", "/": "/", "%": "%",
	"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
	"||":      "|", // MySQL's || is OR; its | binds as Trino's || does
	"IS":      "<=>",
	"BETWEEN": "BETWEEN",
}

// operator: x || y → x | y; x IS NOT DISTINCT FROM y → x <=> y; x BETWEEN
// SYMMETRIC y AND z → x BETWEEN y AND z. The converter reads in the user's tokens which operator it was.
func operator(e *edits, c construct, _ string) {
	e.operator(c.first, c.last, operators[e.toks[c.first].value])
}

// setOperation: INTERSECT ALL → UNION ALL; the converter gives every operator
// its own precedence.
func setOperation(e *edits, c construct, _ string) { e.operator(c.first, c.last, "UNION ALL") }

// joinWords: FULL OUTER JOIN → LEFT JOIN; CROSS JOIN, NATURAL LEFT JOIN →
// NATURAL JOIN. In Vitess's grammar those two nest as Trino's joins do: the
// first needs a condition and may have a join on its right, the second neither.
func joinWords(e *edits, c construct, _ string) {
	text := "LEFT JOIN"
	if e.toks[c.first].is("CROSS", "NATURAL") {
		text = "NATURAL JOIN"
	}
	e.operator(c.first, c.last, text)
}

// with: WITH RECURSIVE → WITH
func with(e *edits, c construct, _ string) { e.operator(c.first, c.last, "WITH") }

// sample: TABLESAMPLE SYSTEM (10) → nothing
func sample(e *edits, c construct, _ string) { e.drop(c.first, c.last) }

// comma is what joins a construct to the argument before it.
func comma(c construct) string {
	if c.joined {
		return ", "
	}
	return ""
}
