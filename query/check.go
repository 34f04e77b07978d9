package query

import (
	"context"
	"errors"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/bind"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/plan"
)

// Checked is what a statement means, as far as that can be told without
// planning it. Without parameters, a ? fits everywhere.
type Checked struct {
	Columns []plan.Output // of the result
	Tables  []plan.Table  // it reads, each once
}

// Check reads a statement with its parameters and finds what its names mean.
// Errors are those of Substitute and Compile, but their places are in sql as it
// is without parameters.
func Check(ctx context.Context, sql string, params []string, cat plan.Catalog, opts Options) (*Checked, error) {
	text, err := Substitute(sql, params)
	if err != nil {
		return nil, err
	}
	bound, err := check(ctx, text, len(params) == 0, cat, opts)
	if err != nil {
		return nil, beforeSubstitute(withText(err, text), sql, params)
	}
	if bound.Explain {
		return &Checked{Columns: explainColumns, Tables: bound.Tables}, nil
	}
	out := &Checked{Tables: bound.Tables}
	for i, name := range bound.Names {
		out.Columns = append(out.Columns, plan.Output{Name: name, Type: bound.Types[i]})
	}
	return out, nil
}

func check(ctx context.Context, sql string, open bool, cat plan.Catalog, opts Options) (*bind.Bound, error) {
	stmt, err := parse.Statement(sql)
	if err != nil {
		return nil, err
	}
	return bind.Statement(ctx, stmt, cat, bind.Options{Text: sql, Eval: pointers(opts.Now), Parse: parse.Statement, OpenParameters: open})
}

// beforeSubstitute moves an error to where it is in the statement with its ?.
func beforeSubstitute(err error, sql string, params []string) error {
	if len(params) == 0 {
		return err
	}
	var user *ast.Error
	if errors.As(err, &user) {
		moved := *user
		moved.Span, moved.Text = parse.BeforeSubstitute(sql, params, user.Span), sql
		return &moved
	}
	var table *bind.TableError
	if errors.As(err, &table) {
		return &bind.TableError{Span: parse.BeforeSubstitute(sql, params, table.Span), Err: table.Err}
	}
	return err
}

// Place is where in the statement an error of Check or Compile is; zero when it
// has no place.
func Place(err error) ast.Span {
	var user *ast.Error
	if errors.As(err, &user) {
		return user.Span
	}
	var table *bind.TableError
	if errors.As(err, &table) {
		return table.Span
	}
	return ast.Span{}
}

// Parameters counts the ? of a statement that Substitute replaces, and those of
// them inside quotes.
func Parameters(sql string) (all, quoted int) {
	for _, p := range parse.Placeholders(sql) {
		all++
		if p.Quoted {
			quoted++
		}
	}
	return all, quoted
}
