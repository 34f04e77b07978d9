// Package query answers SQL over tables it is given. This file is the whole way
// of a statement:
//
//	text ─parse─► ast ─bind─► plan ─optimize─► plan ─exec.Build─► stream of Arrow batches
//
// Tables come from a plan.Catalog; the package knows nothing of where they lie.
package query

import (
	"cmp"
	"context"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/bind"
	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/plan"
)

// Options choose how a statement is compiled. The zero value is the usual way.
type Options struct {
	// DisableRules names rules of query/optimize to leave out; tests compare
	// answers with and without them.
	DisableRules []string
	// Now is what now() is in FOR TIMESTAMP AS OF; the zero time leaves it unknown.
	Now time.Time
}

// Query is a compiled statement. It is immutable and may run any number of times.
type Query struct {
	text    string
	root    plan.Node
	columns []plan.Output
	tables  []plan.Table
	explain explainKind
}

// Compile reads a statement, finds what its names mean in cat, and plans it. A
// fault of the user is an *ast.Error; errors of the catalog pass through.
func Compile(ctx context.Context, sql string, cat plan.Catalog, opts Options) (*Query, error) {
	stmt, err := parse.Statement(sql)
	if err != nil {
		return nil, withText(err, sql)
	}
	bound, err := bind.Statement(ctx, stmt, cat, bind.Options{Text: sql, Eval: pointers(opts.Now), Parse: parse.Statement})
	if err != nil {
		return nil, withText(err, sql)
	}
	fold := folder(function.Context{})
	root, err := optimize.Optimize(bound.Root, optimize.Options{Disable: opts.DisableRules, Eval: fold})
	if err != nil {
		return nil, withText(err, sql)
	}
	columns := make([]plan.Output, len(bound.Names))
	for i, name := range bound.Names {
		columns[i] = plan.Output{Name: name, Type: bound.Types[i]}
	}
	return &Query{
		text: sql, root: root, columns: columns, tables: bound.Tables,
		explain: explainOf(bound.Explain, bound.Analyze),
	}, nil
}

// Columns are the columns of the result.
func (q *Query) Columns() []plan.Output {
	if q.explain != notExplain {
		return explainColumns
	}
	return q.columns
}

// Tables are the tables the query reads, each once.
func (q *Query) Tables() []plan.Table { return q.tables }

// Explain reports whether the statement asks for the plan instead of the rows.
func (q *Query) Explain() bool { return q.explain != notExplain }

// Run starts the query, which ends when ctx does. The caller reads the Run and
// closes it. Faults of the data and the memory limit are *ast.Error values from Run.Next.
func (q *Query) Run(ctx context.Context, opts RunOptions) (*Run, error) {
	opts = opts.withDefaults()
	budget := exec.NewBudget(opts.Mem, opts.MemoryLimit)
	fctx := &function.Context{
		Mem: budget, Now: opts.Now, Zone: opts.Zone, User: opts.User,
		Stop: func() error { return cmp.Or(ctx.Err(), budget.Err()) },
	}
	env := &exec.Env{
		Context: fctx, Budget: budget, Partitions: opts.Partitions,
		CreateTemp: opts.CreateTemp, SpillBytes: opts.SpillBytes, Clock: opts.Clock, Stats: exec.NewStats(),
	}
	root := optimize.ForRun(q.root, folder(*fctx))
	if q.explain == explainPlan {
		return newRun(q, env, root, &explained{query: q, root: root, env: env}), nil
	}
	rows, err := exec.Build(ctx, root, env)
	if err != nil {
		return nil, withText(err, q.text)
	}
	if q.explain == explainAnalyze {
		return newRun(q, env, root, &explained{query: q, root: root, env: env, rows: rows}), nil
	}
	return newRun(q, env, root, rows), nil
}

// pointers evaluates the constants of FOR TIMESTAMP AS OF.
func pointers(now time.Time) func(plan.Expr) (*plan.Literal, bool) {
	if now.IsZero() {
		return func(e plan.Expr) (*plan.Literal, bool) {
			folded, ok := optimize.Fold(e, folder(function.Context{}), false).(*plan.Literal)
			return folded, ok
		}
	}
	return folder(function.Context{Now: now})
}

// foldMemory bounds a constant that is worth knowing before the rows are read.
const foldMemory = 1 << 20

// folder evaluates constant expressions for the optimizer, in memory of its own:
// whether a large value is too large is for the run to say, if a row needs it.
func folder(ctx function.Context) optimize.Eval {
	return func(e plan.Expr) (value *plan.Literal, ok bool) {
		defer func() {
			if recover() != nil {
				value, ok = nil, false
			}
		}()
		budget := exec.NewBudget(memory.DefaultAllocator, foldMemory)
		ctx := ctx
		ctx.Mem = budget
		value, ok = eval.Literal(&ctx, e)
		return value, ok && budget.Err() == nil
	}
}
