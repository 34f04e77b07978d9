package parse

import (
	"regexp"
	"strconv"
	"sync"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/traillake/traillake/query/ast"
)

// newVitess makes the parser, once.
var newVitess = sync.OnceValues(func() (*sqlparser.Parser, error) {
	return sqlparser.New(sqlparser.Options{})
})

// vitessPlace is how Vitess says where it stopped: just past the token it did
// not expect.
var vitessPlace = regexp.MustCompile(`at position (\d+)`)

// vitess parses rewritten text. Its errors come back as Trino's, at the token of
// the user's that Vitess stopped at.
func vitess(out *emitted, toks []token) (tree sqlparser.TableStatement, err error) {
	defer func() {
		if p := recover(); p != nil {
			tree, err = nil, ast.Errorf(ast.NotSupported, toks[out.at(0)].span, "the statement cannot be parsed: %v", p)
		}
	}()
	parser, err := newVitess()
	if err != nil {
		return nil, err
	}
	statement, err := parser.Parse(out.text)
	if err != nil {
		return nil, vitessError(err, out, toks)
	}
	table, ok := statement.(sqlparser.TableStatement)
	if !ok {
		return nil, unsupported(toks[out.at(0)].span, "this statement")
	}
	return table, nil
}

// vitessError says an error of Vitess's in Trino's words.
func vitessError(err error, out *emitted, toks []token) error {
	i := len(toks) - 1
	if m := vitessPlace.FindStringSubmatch(err.Error()); m != nil {
		pos, _ := strconv.Atoi(m[1])
		if pos <= len(out.text) {
			i = out.at(pos - 1)
		} else if n := len(out.token); n > 0 {
			i = out.token[n-1] + 1
		}
	}
	return mismatch(toks[i])
}
