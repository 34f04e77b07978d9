package optimize_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/query/bind"
	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// catalog has the tables that a test's "table" commands made.
type catalog map[string]plan.Table

func (c catalog) Table(_ context.Context, name []string) (plan.Table, error) {
	if t, ok := c[strings.ToLower(name[0])]; ok {
		return t, nil
	}
	return nil, plan.ErrTableNotFound
}

type table struct {
	name string
	cols []plan.TableColumn
}

func (t *table) Name() string                { return t.name }
func (t *table) Columns() []plan.TableColumn { return t.cols }

// searching is a table that is a plan.Searcher, but for its last column.
type searching struct{ *table }

func (t searching) Searches(c plan.ColumnPath) bool { return c.Column < len(t.cols)-1 }
func (t *table) Scan(context.Context, plan.ScanRequest) ([]plan.Stream, error) {
	return nil, errors.New("not for reading")
}

// foldingTable is a table that can fold its rows when all columns are varchar.
type foldingTable struct{ *table }

func (t foldingTable) Folds(columns []plan.ColumnPath) bool {
	return !slices.ContainsFunc(columns, func(c plan.ColumnPath) bool { return c.Type.Kind != types.Varchar })
}

// TestRules reads testdata. "table NAME" takes one column per line, name and
// type; with "search" it can be asked for conditions on texts, with "folds" it is a
// plan.Folder. "optimize" takes a statement and prints the plan; with "only=(rule,…)"
// just those rules run, with "without=(rule,…)" all but those, and with "run"
// the plan is folded as for a run at 2026-01-10 12:00 UTC.
func TestRules(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		cat := catalog{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "table":
				name := d.CmdArgs[0].Key
				cat[name] = defineTable(t, name, d.Input)
				if d.HasArg("search") {
					cat[name] = searching{defineTable(t, name, d.Input)}
				}
				if d.HasArg("folds") {
					cat[name] = foldingTable{defineTable(t, name, d.Input)}
				}
				return ""
			case "optimize":
				return optimized(t, cat, d)
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func defineTable(t *testing.T, name, text string) *table {
	out := &table{name: name}
	for _, line := range strings.Split(text, "\n") {
		col, typ, _ := strings.Cut(strings.TrimSpace(line), " ")
		parsed, err := types.Parse(typ)
		if err != nil {
			t.Fatal(err)
		}
		out.cols = append(out.cols, plan.TableColumn{Name: col, Type: parsed})
	}
	return out
}

func optimized(t *testing.T, cat catalog, d *datadriven.TestData) string {
	root, err := bound(t, cat, d.Input)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	opts := optimize.Options{Eval: evaluator(time.Time{})}
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "without":
			opts.Disable = arg.Vals
		case "only":
			for _, r := range optimize.Rules() {
				if !slices.Contains(arg.Vals, r) {
					opts.Disable = append(opts.Disable, r)
				}
			}
		}
	}
	out, err := optimize.Optimize(root, opts)
	if err != nil {
		return err.Error() + "\n"
	}
	if d.HasArg("run") {
		out = optimize.ForRun(out, evaluator(time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)))
	}
	checkPlan(t, out)
	checkSchema(t, root, out)
	return plan.Format(out)
}

func bound(t *testing.T, cat catalog, sql string) (plan.Node, error) {
	t.Helper()
	stmt, err := parse.Statement(sql)
	if err != nil {
		return nil, err
	}
	b, err := bind.Statement(context.Background(), stmt, cat, bind.Options{Text: sql})
	if err != nil {
		return nil, err
	}
	checkPlan(t, b.Root)
	return b.Root, nil
}

func evaluator(now time.Time) optimize.Eval {
	ctx := &function.Context{Mem: memory.DefaultAllocator, Now: now}
	return func(e plan.Expr) (*plan.Literal, bool) { return eval.Literal(ctx, e) }
}

// checkPlan holds every column reference of a plan to the node's input.
func checkPlan(t *testing.T, root plan.Node) {
	t.Helper()
	plan.Walk(root, func(n plan.Node) bool {
		var inputs []plan.Output
		for _, in := range n.Inputs() {
			inputs = append(inputs, in.Outputs()...)
		}
		check := func(e plan.Expr, outputs []plan.Output) {
			plan.ColumnsOf(e, func(c *plan.Column) {
				if c.Index < 0 || c.Index >= len(outputs) || !outputs[c.Index].Type.Equal(c.Typ) {
					t.Fatalf("%s refers to %s, which its input does not have:\n%s", plan.Line(n), plan.String(c), plan.Format(root))
				}
			})
		}
		switch n := n.(type) {
		case *plan.Scan:
			for _, e := range n.Conjuncts {
				check(e, n.Outputs())
			}
		case *plan.Join:
			for i := range n.LeftKeys {
				check(n.LeftKeys[i], n.Left.Outputs())
				check(n.RightKeys[i], n.Right.Outputs())
				if !n.LeftKeys[i].Type().Equal(n.RightKeys[i].Type()) {
					t.Fatalf("join keys of different types:\n%s", plan.Format(root))
				}
			}
			if n.Residual != nil {
				check(n.Residual, inputs)
			}
		case *plan.Union:
			for _, s := range n.Sources {
				for i, o := range s.Outputs() {
					if !o.Type.Equal(n.Outputs()[i].Type) {
						t.Fatalf("union of different types:\n%s", plan.Format(root))
					}
				}
			}
		default:
			for _, e := range plan.Exprs(n) {
				check(e, inputs)
			}
		}
		return true
	})
}

// checkSchema holds an optimized plan to the columns it had.
func checkSchema(t *testing.T, before, after plan.Node) {
	t.Helper()
	was, is := before.Outputs(), after.Outputs()
	if len(was) != len(is) {
		t.Fatalf("%d outputs became %d:\n%s", len(was), len(is), plan.Format(after))
	}
	for i := range was {
		if !was[i].Type.Equal(is[i].Type) || was[i].Name != is[i].Name {
			t.Fatalf("output %d was %s %s, is %s %s", i, was[i].Name, was[i].Type, is[i].Name, is[i].Type)
		}
	}
}

// TestUnknownRule holds Optimize to refusing a name that switches nothing off.
func TestUnknownRule(t *testing.T) {
	_, err := optimize.Optimize(&plan.Values{}, optimize.Options{Disable: []string{"pushDownFilters"}})
	if err == nil || !strings.Contains(err.Error(), "pushDownFilter,") {
		t.Errorf("Optimize with an unknown rule: %v, want an error that lists the rules", err)
	}
	if got := fmt.Sprint(optimize.Rules()); !strings.Contains(got, "pruneColumns") {
		t.Errorf("Rules() = %s", got)
	}
}
