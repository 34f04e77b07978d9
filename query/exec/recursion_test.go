package exec

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// countDown makes of every pair (k, v) the pairs down to (k, 0). With distinct,
// each comes once.
func countDown(t *testing.T, table *memtable.Table, distinct bool) *plan.Recursion {
	t.Helper()
	base := scanPairs(table)
	previous := &plan.Previous{ID: 1, Columns: base.Outputs()}
	refs := plan.ColumnRefs(previous)
	call := func(op string, args ...plan.Expr) plan.Expr {
		f, err := function.Resolve(op, []function.Arg{{Type: args[0].Type()}, {Type: args[1].Type()}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return &plan.Call{Function: f, Args: args}
	}
	number := func(n int64) plan.Expr { return &plan.Literal{Value: n, Typ: types.BigIntType} }
	step := &plan.Project{
		Input: &plan.Filter{Input: previous, Cond: call(">", refs[1], number(0))},
		Exprs: []plan.Expr{refs[0], call("-", refs[1], number(1))}, Names: []string{"k", "v"},
	}
	return &plan.Recursion{Base: base, Step: step, ID: 1, Distinct: distinct}
}

// TestRecursion compares a recursion with its definition, in memory and without any.
func TestRecursion(t *testing.T) {
	pairs := randomPairs(rand.New(rand.NewPCG(11, 12)), 80, 6)
	for _, distinct := range []bool{false, true} {
		var want []string
		for _, p := range pairs {
			for v := p.value; v >= 0; v-- {
				want = append(want, pair{p.key, v}.text())
			}
		}
		slices.Sort(want)
		if distinct {
			want = slices.Compact(want)
		}
		for _, variant := range []memtable.Options{{}, {Partitions: 3, BatchRows: 7, Dictionary: true}} {
			n := countDown(t, pairTable(t, "l", pairs).With(variant), distinct)
			got, err := lines(build(t, n, testEnv(t, 2, 0)), n.Outputs())
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("distinct %t, %+v: %v\n%d rows, want %d", distinct, variant, err, len(got), len(want))
			}
			env, disk := spillEnv(t, 2, 1)
			got, err = lines(build(t, n, env), n.Outputs())
			if err != nil || !slices.Equal(got, want) || len(disk.files) < 10 {
				t.Errorf("distinct %t, %+v, spilling to %d files: %v\n%d rows, want %d", distinct, variant, len(disk.files), err, len(got), len(want))
			}
		}
	}
}

// TestRecursionMemory lets a recursion that never ends meet the memory limit.
func TestRecursionMemory(t *testing.T) {
	table := &numbers{n: 1 << 40, parts: 1, step: 4096}
	n := &plan.Recursion{Base: scanOf(table), Step: &plan.Previous{ID: 1, Columns: scanOf(table).Outputs()}, ID: 1, Distinct: true}
	s := build(t, n, testEnv(t, 1, 1<<20))
	_, err := lines(s, n.Outputs())
	if err == nil || !strings.Contains(err.Error(), "exceeded per-node memory limit") || table.open.Load() != 0 {
		t.Errorf("error %v with %d streams open", err, table.open.Load())
	}
}
