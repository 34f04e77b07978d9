package parse

import "github.com/traillake/traillake/query/ast"

// source is the user's tokens, which the reader and the converter point into.
type source struct{ toks []token }

// fault is how the reader and the converter stop; read turns it into an error.
type fault struct{ err *ast.Error }

// read runs fn and returns the fault that stopped it.
func (source) read(fn func()) (err error) {
	defer func() {
		switch f := recover().(type) {
		case nil:
		case fault:
			err = f.err
		default:
			panic(f)
		}
	}()
	fn()
	return nil
}

// token returns token i; past the end it is the end.
func (s source) token(i int) token { return s.toks[min(i, len(s.toks)-1)] }

// mismatch is Trino's error for a token that fits nowhere.
func mismatch(t token) *ast.Error {
	return ast.Errorf(ast.SyntaxError, t.span, "mismatched input '%s'", t.describe())
}

// unsupported is the error for syntax of Trino's that is not carried.
func unsupported(span ast.Span, what string) *ast.Error {
	return ast.Errorf(ast.NotSupported, span, "unsupported syntax: %s", what)
}

func (s source) mismatch(i int) { panic(fault{mismatch(s.toks[i])}) }

func (s source) refuse(first, last int, what string) {
	panic(fault{unsupported(s.span(first, last), what)})
}

func (s source) span(first, last int) ast.Span {
	return ast.Span{Start: s.toks[first].span.Start, End: s.toks[last].span.End}
}
