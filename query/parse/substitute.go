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
	places := Placeholders(sql)
	if len(places) != len(params) {
		e := ast.Errorf(ast.InvalidParameterUsage, ast.Span{Start: 0, End: len(sql)},
			"Incorrect number of parameters: expected %d but found %d", len(places), len(params))
		e.Text = sql
		return "", e
	}
	var b strings.Builder
	done := 0
	for i, p := range places {
		b.WriteString(sql[done:p.Offset])
		b.WriteString(params[i])
		done = p.Offset + 1
	}
	b.WriteString(sql[done:])
	return b.String(), nil
}

// Placeholder is a ? of a statement that Substitute replaces.
type Placeholder struct {
	Offset int  // in bytes
	Quoted bool // inside quotes
}

// Placeholders lists the ? of a statement in their order.
func Placeholders(sql string) []Placeholder {
	var out []Placeholder
	for i := 0; i < len(sql); {
		if end := commentEnd(sql, i); end > i {
			i = end
			continue
		}
		end := quoteEnd(sql, i)
		for at := i; at < end; at++ {
			if sql[at] == '?' {
				out = append(out, Placeholder{Offset: at, Quoted: end > i+1})
			}
		}
		i = end
	}
	return out
}

// BeforeSubstitute returns where a place of the statement that Substitute made is
// in the statement as it was: a parameter's text is at its ?.
func BeforeSubstitute(sql string, params []string, span ast.Span) ast.Span {
	if len(params) == 0 || span.IsZero() {
		return span
	}
	return ast.Span{Start: before(sql, params, span.Start, false), End: before(sql, params, span.End, true)}
}

// before maps one offset; an end inside a parameter is behind its ?.
func before(sql string, params []string, offset int, end bool) int {
	shift := 0 // what the parameters so far have added
	for i, p := range Placeholders(sql) {
		if i == len(params) {
			break
		}
		start := p.Offset + shift
		after := start + len(params[i])
		if offset < start || offset == start && end {
			break
		}
		if offset < after || offset == after && end {
			if end {
				return p.Offset + 1
			}
			return p.Offset
		}
		shift += len(params[i]) - 1
	}
	return offset - shift
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
