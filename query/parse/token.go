package parse

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// tokenKind tells what a token is before any context is known.
type tokenKind uint8

const (
	eofToken       tokenKind = iota
	wordToken                // unquoted name or keyword
	quotedToken              // "name"; value has the quotes resolved
	stringToken              // 'text'; value has the quotes resolved
	unicodeToken             // U&'text'; value is the text before its escapes are read
	binaryToken              // X'hex'; value is the digits
	integerToken             // value is decimal digits
	decimalToken             // 1.5
	doubleToken              // 1e3
	tableToken               // a bare UUID or ARN in table position
	parameterToken           // ?
	symbolToken              // operator or punctuation
	unknownToken             // what no token starts with
)

// token is one lexeme of the user's text.
type token struct {
	kind tokenKind
	span ast.Span
	text string // as typed
	// value is the decoded text of a literal or a quoted name, the upper-case
	// form of a word, and text itself for anything else.
	value string
	// match is the index of the other bracket of a pair, -1 for any other token.
	match int
	// err is what is wrong with the token itself. It is raised when the token is
	// read in a place where it fits; elsewhere it is a mismatch as any other.
	err *ast.Error
}

// is reports whether the token is an unquoted word or a symbol spelled so;
// words are given in upper case.
func (t token) is(values ...string) bool {
	if t.kind != wordToken && t.kind != symbolToken {
		return false
	}
	for _, v := range values {
		if t.value == v {
			return true
		}
	}
	return false
}

// named reports whether the token can be an identifier.
func (t token) named() bool {
	return t.kind == quotedToken || t.kind == wordToken && !reserved[t.value]
}

// name is the name that the token stands for, "" if it can be none.
func (t token) name() string {
	if !t.named() {
		return ""
	}
	return t.ident().Name
}

// ident makes the identifier of a token.
func (t token) ident() ast.Ident {
	id := ast.Ident{Name: t.text}
	id.Pos = t.span
	if t.kind == quotedToken {
		id.Name, id.Quoted = t.value, true
	}
	if t.kind == tableToken {
		id.Name = t.value
	}
	return id
}

// describe is the token as messages quote it.
func (t token) describe() string {
	if t.kind == eofToken {
		return "<EOF>"
	}
	return t.text
}

// reserved are the words that Trino does not take as names without quotes
// (https://trino.io/docs/current/language/reserved.html, and what its grammar
// reserves beside them).
var reserved = wordSet(`
	ALTER AND AS AUTO BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE
	CURRENT_CATALOG CURRENT_DATE CURRENT_PATH CURRENT_ROLE CURRENT_SCHEMA
	CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE
	DISTINCT DROP ELSE END ESCAPE EXCEPT EXISTS EXTRACT FALSE FOR FROM
	FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS JOIN JSON_ARRAY
	JSON_EXISTS JSON_OBJECT JSON_QUERY JSON_TABLE JSON_VALUE LEFT LIKE LISTAGG
	LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER
	OVERLAPS PREPARE RECURSIVE RIGHT ROLLUP SELECT SKIP TABLE THEN TRIM TRUE UESCAPE
	UNION UNNEST USING VALUES WHEN WHERE WITH`)

// wordSet makes a set of the words of a text.
func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// WriteName writes a name as SQL reads it: quoted when it must be.
func WriteName(name string) string {
	for i := range len(name) {
		if c := name[i]; !isWord(c) || i == 0 && isDigit(c) {
			return ast.QuoteName(name)
		}
	}
	if name == "" || reserved[strings.ToUpper(name)] {
		return ast.QuoteName(name)
	}
	return name
}
