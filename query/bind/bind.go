// Package bind gives a syntax tree its meaning: every name becomes a column
// index, every expression a type, every implicit conversion a cast. What comes
// out is a logical plan that nothing later needs names for.
//
// Before: ast.Statement, text with structure. After: plan.Node. A fault of the
// user is an *ast.Error with the place it is at, worded as Trino words it; what
// the lake does not do is refused by name, never dropped. Errors of the catalog
// other than "no such table" pass through as they are.
package bind

import (
	"context"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// Bounds on what a short statement can grow into: WITH items that use each
// other twice double the plan with every item, as do nested IN conditions; a
// lambda may be typed more than once, and so may those inside it.
const (
	maxNodes    = 5000
	maxLambdas  = 5000
	maxCaseSize = 20000
)

// Options are what binding may know beside the statement and the catalog.
type Options struct {
	// Text is the user's statement, which spans point into. Errors quote from
	// it; without it they name the place only.
	Text string
	// Eval computes expressions without columns, with the time that now() will
	// be; nil computes none.
	Eval func(plan.Expr) (*plan.Literal, bool)
	// Parse reads the text of a view; nil: there are no views.
	Parse func(sql string) (ast.Statement, error)
	// OpenParameters takes a ? for a value that is not known yet. Such a statement
	// can be described, not run.
	OpenParameters bool
}

// Bound is a statement with its meaning settled.
type Bound struct {
	Root plan.Node
	// Names are the result columns' names as the user is to see them, one for
	// each output of Root: an identifier as typed, an alias, or _colN.
	Names []string
	Types []types.Type
	// Tables are the tables the statement reads, each once.
	Tables []plan.Table
	// Explain and Analyze tell that the plan is wanted, not its rows.
	Explain, Analyze bool
}

// Statement binds a statement to the tables of a catalog.
func Statement(ctx context.Context, stmt ast.Statement, cat plan.Catalog, opts Options) (*Bound, error) {
	b := &binder{ctx: ctx, catalog: cat, text: opts.Text, eval: opts.Eval, parse: opts.Parse, open: opts.OpenParameters, tables: map[string]plan.Table{}, typed: map[lambdaKey]*plan.Lambda{}}
	bound := &Bound{}
	var rel *relation
	var err error
	switch s := stmt.(type) {
	case *ast.QueryStatement:
		rel, err = b.query(s.Query, nil)
	case *ast.Explain:
		bound.Explain, bound.Analyze = true, s.Analyze
		rel, err = b.query(s.Query, nil)
	case *ast.Show:
		rel, err = b.show(s)
	default:
		return nil, notSupported(stmt.Span(), "This statement")
	}
	if err != nil {
		return nil, err
	}
	bound.Root = rel.node
	for i, c := range rel.cols {
		bound.Names = append(bound.Names, outputName(c.name, i))
		bound.Types = append(bound.Types, c.typ)
	}
	bound.Tables = b.order
	return bound, nil
}

// binder is the state of one Statement call.
type binder struct {
	ctx     context.Context
	catalog plan.Catalog
	text    string
	eval    func(plan.Expr) (*plan.Literal, bool)
	parse   func(sql string) (ast.Statement, error)
	open    bool                  // Options.OpenParameters
	tables  map[string]plan.Table // by name as the catalog was asked
	order   []plan.Table          // the same, in order of appearance
	lambdas int                   // numbers given to lambdas
	typed   map[lambdaKey]*plan.Lambda
	nodes   int  // nodes beyond those written
	textID  int  // the last number given to a column with a text
	lenient bool // the statement reads a table whose columns have texts
	shares  int  // numbers given to plan.Shared
	// recursions counts the numbers given to plan.Recursion.
	recursions int
}

// env is what a query sees of the queries around it.
type env struct {
	ctes  *cte
	outer *enclosing
	// keepTexts makes a SELECT's result keep the texts of its columns, hidden.
	keepTexts bool
}

func (e *env) cteList() *cte {
	if e == nil {
		return nil
	}
	return e.ctes
}

func (e *env) around() *enclosing {
	if e == nil {
		return nil
	}
	return e.outer
}
