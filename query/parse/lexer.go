package parse

import (
	"math/big"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/traillake/traillake/query/ast"
)

// A scanner reads one kind of lexeme at the lexer's position. It reports
// whether it was there; a fault is in l.err.
type scanner struct {
	name string
	scan func(l *lexer) bool
}

// scanners are tried in order at each place of the text. Order matters: a
// comment starts with an operator's character, U& and X before a quote are not
// names, and a store's id would otherwise be a number, names and minus signs.
var scanners = []scanner{
	{"white space", (*lexer).space},
	{"comment", (*lexer).comment},
	{"unicode string", (*lexer).unicodeString},
	{"binary literal", (*lexer).binary},
	{"string", (*lexer).str},
	{"quoted name", (*lexer).quotedName},
	{"table id", (*lexer).tableID},
	{"number", (*lexer).number},
	{"word", (*lexer).word},
	{"placeholder", (*lexer).placeholder},
	{"symbol", (*lexer).symbol},
}

// lexer cuts the user's text into tokens.
type lexer struct {
	sql    string
	pos    int
	toks   []token
	levels []level // open brackets, the statement itself first
	err    error
}

// level is what the lexer knows of one bracket level, enough to tell where a
// table's name may stand.
type level struct {
	open    int  // token index of the bracket, -1 for the statement
	selects bool // a SELECT was seen
	from    bool // after FROM, before the next clause
}

// lex cuts sql into tokens, the last of which is the end of the text. Brackets
// are matched, one that is never closed with the end; comments and white space
// are gone. What no token starts with ends the tokens as one of its own, with an
// error that says why.
func lex(sql string, scanners []scanner) ([]token, error) {
	l := &lexer{sql: sql, levels: []level{{open: -1}}}
	invalid := invalidUTF8(sql)
	if invalid >= 0 {
		l.sql = sql[:invalid]
	}
	for l.pos < len(l.sql) && l.err == nil {
		l.next(scanners)
	}
	if invalid >= 0 && l.err == nil {
		l.fail(ast.Span{Start: invalid, End: invalid + 1}, "", "the statement is not valid UTF-8")
	}
	for _, open := range l.levels[1:] {
		l.toks[open.open].match = len(l.toks)
	}
	l.add(eofToken, l.pos, "")
	return l.toks, l.err
}

// next reads one lexeme.
func (l *lexer) next(scanners []scanner) {
	for _, s := range scanners {
		if s.scan(l) || l.err != nil {
			return
		}
	}
	l.unknown("")
}

// unknown ends the tokens with the character at the lexer's position.
func (l *lexer) unknown(hint string) {
	_, n := utf8.DecodeRuneInString(l.sql[l.pos:])
	l.refuse(n, hint)
}

// refuse ends the tokens with n bytes that are no token.
func (l *lexer) refuse(n int, hint string) {
	at := l.here(n)
	l.fail(at, hint, "mismatched input '%s'", l.sql[at.Start:at.End])
	l.toks = append(l.toks, token{kind: unknownToken, span: at, text: l.sql[at.Start:at.End], match: -1})
}

func (l *lexer) here(n int) ast.Span { return ast.Span{Start: l.pos, End: l.pos + n} }

func (l *lexer) fail(at ast.Span, hint, format string, args ...any) {
	e := ast.Errorf(ast.SyntaxError, at, format, args...)
	e.Hint = hint
	l.err = e
}

// peek returns the byte n places ahead, 0 past the end.
func (l *lexer) peek(n int) byte {
	if l.pos+n < len(l.sql) {
		return l.sql[l.pos+n]
	}
	return 0
}

// add ends a token that started at start.
func (l *lexer) add(kind tokenKind, start int, value string) {
	l.toks = append(l.toks, token{
		kind: kind, span: ast.Span{Start: start, End: l.pos},
		text: l.sql[start:l.pos], value: value, match: -1,
	})
}

func (l *lexer) space() bool {
	start := l.pos
	for l.pos < len(l.sql) && strings.IndexByte(" \t\r\n", l.sql[l.pos]) >= 0 {
		l.pos++
	}
	return l.pos > start
}

// comment skips -- to the end of the line and /* to the next */.
func (l *lexer) comment() bool {
	rest := l.sql[l.pos:]
	switch {
	case strings.HasPrefix(rest, "--"):
		if n := strings.IndexAny(rest, "\r\n"); n >= 0 {
			l.pos += n
		} else {
			l.pos = len(l.sql)
		}
		return true
	case strings.HasPrefix(rest, "/*"):
		n := strings.Index(rest[2:], "*/")
		if n < 0 {
			// Without an end it is two operators, of which the second fits nowhere.
			l.pos++
			l.add(symbolToken, l.pos-1, "/")
			l.refuse(1, "The comment is never closed")
			return false
		}
		l.pos += n + 4
		return true
	}
	return false
}

// quoted reads text between quotes, a doubled quote standing for one.
func (l *lexer) quoted(quote byte) (string, bool) {
	var b strings.Builder
	for i := l.pos + 1; i < len(l.sql); i++ {
		if l.sql[i] != quote {
			b.WriteByte(l.sql[i])
			continue
		}
		if i+1 < len(l.sql) && l.sql[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		l.pos = i + 1
		return b.String(), true
	}
	l.refuse(1, "The quote is never closed")
	return "", false
}

// str reads 'text'. A backslash is a character like any other.
func (l *lexer) str() bool {
	start := l.pos
	if l.peek(0) != '\'' {
		return false
	}
	value, ok := l.quoted('\'')
	if ok {
		l.add(stringToken, start, value)
	}
	return ok
}

// unicodeString reads U&'text'; the reader resolves the escapes, because
// UESCAPE may follow.
func (l *lexer) unicodeString() bool {
	start := l.pos
	if l.peek(0)|0x20 != 'u' || l.peek(1) != '&' || l.peek(2) != '\'' {
		return false
	}
	l.pos += 2
	value, ok := l.quoted('\'')
	if ok {
		l.add(unicodeToken, start, value)
	}
	return ok
}

// binary reads X'digits'; spaces between the digits are allowed. Without its
// second quote it is a name and no token, as in Trino.
func (l *lexer) binary() bool {
	start := l.pos
	if l.peek(0)|0x20 != 'x' || l.peek(1) != '\'' {
		return false
	}
	end := strings.IndexByte(l.sql[start+2:], '\'')
	if end < 0 {
		return false
	}
	value := l.sql[start+2 : start+2+end]
	l.pos = start + end + 3
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, value)
	l.add(binaryToken, start, digits)
	switch {
	case strings.Trim(digits, "0123456789abcdefABCDEF") != "":
		l.wrong("Binary literal can only contain hexadecimal digits")
	case len(digits)%2 != 0:
		l.wrong("Binary literal must contain an even number of digits")
	}
	return true
}

// wrong says what is wrong with the token just added.
func (l *lexer) wrong(msg string) {
	t := &l.toks[len(l.toks)-1]
	t.err = ast.Errorf(ast.SyntaxError, t.span, "%s", msg)
}

// quotedName reads "name"; `name` is no name, and says so where one fits.
func (l *lexer) quotedName() bool {
	start, quote := l.pos, l.peek(0)
	if quote != '"' && quote != '`' {
		return false
	}
	value, ok := l.quoted(quote)
	if !ok {
		return false
	}
	l.add(quotedToken, start, value)
	switch {
	case quote == '`':
		l.wrong("backquoted identifiers are not supported; use double quotes to quote identifiers")
	case value == "":
		l.wrong("Zero-length delimited identifier not allowed")
	}
	return true
}

func isLetter(c byte) bool { c |= 0x20; return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' }

// word reads an unquoted name or keyword.
func (l *lexer) word() bool {
	start := l.pos
	if c := l.peek(0); !isLetter(c) && c != '_' {
		return false
	}
	for isWord(l.peek(0)) {
		l.pos++
	}
	value := strings.ToUpper(l.sql[start:l.pos])
	l.clause(value)
	l.add(wordToken, start, value)
	return true
}

// number reads 12, 1_000, 0xFF, 1.5, .5, 1. and 1e3.
func (l *lexer) number() bool {
	start := l.pos
	if !isDigit(l.peek(0)) && (l.peek(0) != '.' || !isDigit(l.peek(1))) || l.pointOfTable() {
		return false
	}
	if l.digitName() || l.prefixedInteger() {
		return true
	}
	kind := integerToken
	l.digits()
	if l.peek(0) == '.' {
		kind = decimalToken
		l.pos++
		l.digits()
	}
	if l.exponent() {
		kind = doubleToken
	}
	l.add(kind, start, strings.ReplaceAll(l.sql[start:l.pos], "_", ""))
	return true
}

// digits skips digits with single underscores between them.
func (l *lexer) digits() {
	for isDigit(l.peek(0)) || l.peek(0) == '_' && isDigit(l.peek(1)) && l.pos > 0 && isDigit(l.sql[l.pos-1]) {
		l.pos++
	}
}

// exponent skips E[+-]digits when it is there.
func (l *lexer) exponent() bool {
	if l.peek(0)|0x20 != 'e' {
		return false
	}
	n := 1
	if c := l.peek(1); c == '+' || c == '-' {
		n = 2
	}
	if !isDigit(l.peek(n)) {
		return false
	}
	for l.pos += n; isDigit(l.peek(0)); l.pos++ {
	}
	return true
}

var (
	// anyNumber are the numbers that start with a digit, prefixes and exponents included.
	anyNumber = regexp.MustCompile(`^(?i:0x(_?[0-9a-f])+|0o(_?[0-7])+|0b(_?[01])+|[0-9]+(\.[0-9]*)?e[+-]?[0-9]+|[0-9](_?[0-9])*(\.([0-9](_?[0-9])*)?)?)`)
	// anyDigitName are the words that start with a digit.
	anyDigitName = regexp.MustCompile(`^[0-9][0-9A-Za-z_]+`)
)

// digitName reads a word that starts with a digit when no number is as long. It
// is no name, and says so where one fits.
func (l *lexer) digitName() bool {
	start := l.pos
	name := anyDigitName.FindString(l.sql[start:])
	if len(name) <= len(anyNumber.FindString(l.sql[start:])) {
		return false
	}
	l.pos += len(name)
	l.add(wordToken, start, strings.ToUpper(name))
	l.wrong("identifiers must not start with a digit; surround the identifier with double quotes")
	return true
}

// prefixedInteger reads 0x…, 0o… and 0b….
func (l *lexer) prefixedInteger() bool {
	start := l.pos
	if l.peek(0) != '0' || strings.IndexByte("xob", l.peek(1)|0x20) < 0 {
		return false
	}
	digits := anyNumber.FindString(l.sql[start:])
	v, ok := new(big.Int).SetString(strings.ReplaceAll(digits, "_", ""), 0)
	if !ok || len(digits) < 3 {
		return false
	}
	l.pos += len(digits)
	l.add(integerToken, start, v.String())
	return true
}

// placeholder refuses $EDS_ID and its like.
func (l *lexer) placeholder() bool {
	n := 1
	if l.peek(0) != '$' {
		return false
	}
	for isWord(l.peek(n)) || l.peek(n) == '$' {
		n++
	}
	l.refuse(n, "Replace the placeholder with the ID, name or ARN of an event data store, or with the value it stands for")
	return false
}

// symbols are the operators and punctuation, longer ones first.
var symbols = []string{
	"<>", "!=", "<=", ">=", "||", "->", "=>", "::",
	"(", ")", "[", "]", ",", ".", ";", ":", "=", "<", ">", "+", "-", "*", "/", "%", "?", "@",
}

// symbol reads an operator or punctuation.
func (l *lexer) symbol() bool {
	for _, s := range symbols {
		if !strings.HasPrefix(l.sql[l.pos:], s) {
			continue
		}
		start := l.pos
		l.pos += len(s)
		kind := symbolToken
		switch s {
		case "?":
			kind = parameterToken
		case "!=":
			s = "<>"
		}
		l.add(kind, start, s)
		l.bracket()
		return true
	}
	return false
}

// bracket pairs the token just added when it is a bracket. One that closes what
// is not open has no other; it fits nowhere.
func (l *lexer) bracket() {
	i := len(l.toks) - 1
	t := &l.toks[i]
	switch t.value {
	case "(", "[":
		l.levels = append(l.levels, level{open: i})
	case ")", "]":
		top := l.levels[len(l.levels)-1]
		if top.open < 0 || (l.toks[top.open].value == "(") != (t.value == ")") {
			return
		}
		t.match, l.toks[top.open].match = top.open, i
		l.levels = l.levels[:len(l.levels)-1]
	}
}

// invalidUTF8 returns the place of the first byte that is no UTF-8, or -1.
func invalidUTF8(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}
