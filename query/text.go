package query

import (
	"errors"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/parse"
)

// Substitute puts parameters, as text, in the place of each ? of a statement,
// also of those inside quotes.
func Substitute(sql string, params []string) (string, error) {
	out, err := parse.Substitute(sql, params)
	return out, withText(err, sql)
}

// withText lets the place of a user's fault be shown.
func withText(err error, sql string) error {
	var e *ast.Error
	if errors.As(err, &e) && e.Text == "" {
		with := *e
		with.Text = sql
		return &with
	}
	return err
}
