package parse

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// Substitute replaces each ? of a statement by the parameter in its place, as
// text, inside quotes too: with one parameter 5, "WHERE a > ? AND b = '?'" wants
// two. A ? in a comment is left alone, and a parameter's own text is not searched.
// Without parameters the statement is returned as it is. Any other count than
// the statement has is an *ast.Error.
func Substitute(sql string, params []string) (string, error) {
	if len(params) == 0 {
		return sql, nil
	}
	var b strings.Builder
	n := 0
	for i := 0; i < len(sql); {
		if end := commentEnd(sql, i); end > i {
			b.WriteString(sql[i:end])
			i = end
			continue
		}
		end := quoteEnd(sql, i)
		for _, c := range []byte(sql[i:end]) {
			if c != '?' {
				b.WriteByte(c)
				continue
			}
			if n < len(params) {
				b.WriteString(params[n])
			}
			n++
		}
		i = end
	}
	if n != len(params) {
		e := ast.Errorf(ast.InvalidParameterUsage, ast.Span{Start: 0, End: len(sql)},
			"Incorrect number of parameters: expected %d but found %d", n, len(params))
		e.Text = sql
		return "", e
	}
	return b.String(), nil
}

// commentEnd returns the end of the comment that starts at i, or i.
func commentEnd(sql string, i int) int {
	rest, n := sql[i:], -1
	switch {
	case strings.HasPrefix(rest, "--"):
		n = strings.IndexAny(rest, "\r\n")
	case strings.HasPrefix(rest, "/*"):
		if n = strings.Index(rest[2:], "*/"); n >= 0 {
			n += len("/**/")
		}
	default:
		return i
	}
	if n < 0 {
		return len(sql)
	}
	return i + n
}

// quoteEnd returns the end of the quoted text that starts at i, or i+1. What is
// never closed ends with the statement.
func quoteEnd(sql string, i int) int {
	if sql[i] != '\'' && sql[i] != '"' {
		return i + 1
	}
	if n := strings.IndexByte(sql[i+1:], sql[i]); n >= 0 {
		return i + n + 2
	}
	return len(sql)
}
