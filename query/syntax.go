package query

import "github.com/traillake/traillake/query/parse"

// Syntax reads a statement and forgets it again. What is wrong with its form is
// an *ast.Error; what its names mean is not asked.
func Syntax(sql string) error {
	_, err := parse.Statement(sql)
	return withText(err, sql)
}
