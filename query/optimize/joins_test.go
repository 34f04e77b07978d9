package optimize_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// TestConditionsOverJoins puts conditions on each column above every kind of
// join, and into its ON condition: the rules must not change the rows.
func TestConditionsOverJoins(t *testing.T) {
	left := rows(t, "l", `a bigint, b bigint`, `[1, 1]`, `[1, 5]`, `[2, 3]`, `[3, null]`, `[null, 2]`)
	right := rows(t, "r", `c bigint, d bigint`, `[1, 2]`, `[2, null]`, `[2, 4]`, `[4, 1]`, `[null, 3]`)
	scan := func(table plan.Table) plan.Node {
		n := &plan.Scan{Table: table}
		for i, c := range table.Columns() {
			n.Columns = append(n.Columns, plan.ColumnPath{Column: i, Name: c.Name, Type: c.Type})
		}
		return n
	}
	for kind := plan.Inner; kind <= plan.Mark; kind++ {
		pairs := &plan.Join{Left: scan(left), Right: scan(right)}
		for _, on := range conditions(t, pairs) {
			join := &plan.Join{Kind: kind, Left: pairs.Left, Right: pairs.Right, Residual: on}
			for _, where := range conditions(t, join) {
				n := plan.Node(join)
				if where != nil {
					n = &plan.Filter{Input: join, Cond: where}
				}
				want := run(t, n)
				better, err := optimize.Optimize(n, optimize.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if got := run(t, better); !slices.Equal(got, want) {
					t.Errorf("%sbecame\n%swith the rows\n%s\nwant:\n%s", plan.Format(n), plan.Format(better), strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		}
	}
}

// conditions are nil, comparisons within and between the outputs of a node, NULL
// tests, and some of these together.
func conditions(t *testing.T, n plan.Node) []plan.Expr {
	refs := plan.ColumnRefs(n)
	out := []plan.Expr{nil}
	special := func(form plan.Form, args ...plan.Expr) plan.Expr {
		return &plan.Special{Form: form, Args: args, Typ: types.BooleanType}
	}
	if mark := refs[len(refs)-1]; mark.Type().Kind == types.Boolean {
		out = append(out, mark, special(plan.Not, mark))
		refs = refs[:len(refs)-1]
	}
	compare := func(op string, a, b plan.Expr) plan.Expr {
		f, err := function.Resolve(op, []function.Arg{{Type: a.Type()}, {Type: b.Type()}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return &plan.Call{Function: f, Args: []plan.Expr{a, b}}
	}
	two := &plan.Literal{Value: int64(2), Typ: types.BigIntType}
	for i, r := range refs {
		out = append(out, compare("<=", r, two), special(plan.IsNull, r), special(plan.Not, special(plan.IsNull, r)), compare("=", refs[0], refs[(i+2)%len(refs)]))
	}
	for i := range len(out) - 4 {
		if i > 0 {
			out = append(out, special(plan.And, out[i], out[i+3]), special(plan.Or, out[i], out[i+4]))
		}
	}
	return out
}

// run returns the rows of a plan as sorted text.
func run(t *testing.T, n plan.Node) []string {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	budget := exec.NewBudget(mem, 0)
	env := &exec.Env{Context: &function.Context{Mem: budget}, Budget: budget, Stats: exec.NewStats()}
	s, err := exec.Build(context.Background(), n, env)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out := []string{}
	for {
		rec, err := s.Next(context.Background())
		if errors.Is(err, io.EOF) {
			slices.Sort(out)
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		for row := range int(rec.NumRows()) {
			var line []byte
			for i, o := range n.Outputs() {
				line = append(line, " | "...)
				if types.IsNull(rec.Column(i), row) {
					line = append(line, "NULL"...)
				} else {
					line = types.AppendText(line, o.Type, rec.Column(i), row)
				}
			}
			out = append(out, string(line))
		}
		rec.Release()
	}
}
