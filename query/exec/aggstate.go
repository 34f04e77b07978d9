package exec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
)

// aggState is one aggregate call over the groups of a table. FILTER leaves rows
// out before anything else; DISTINCT and ORDER BY hold the rows back until the end.
type aggState struct {
	env    *Env
	call   plan.AggCall
	args   []*eval.Expr
	filter *eval.Predicate // nil when absent
	times  *eval.Expr      // how many rows each row stands for, the table's; nil: itself, or it makes no difference
	held   *heldRows       // nil without DISTINCT and ORDER BY
	acc    function.Accumulator
}

func newAggState(call plan.AggCall, env *Env, times *eval.Expr) (*aggState, error) {
	a := &aggState{env: env, call: call, acc: call.Function.New(env.Context)}
	if call.Function.Repeats == function.RepeatsCount {
		a.times = times
	}
	var err error
	if a.args, err = eval.CompileAll(env.Context, call.Args); err != nil {
		return nil, err
	}
	if call.Filter != nil {
		if a.filter, err = eval.CompilePredicate(env.Context, call.Filter); err != nil {
			return nil, errors.Join(err, a.close())
		}
	}
	if call.Distinct && len(call.Args) > 0 || len(call.OrderBy) > 0 {
		if a.held, err = newHeldRows(call, env); err != nil {
			return nil, errors.Join(err, a.close())
		}
	}
	return a, nil
}

// add takes the rows of a frame; row i belongs to group groups[i] of n.
func (a *aggState) add(f *eval.Frame, groups []int32, n int) error {
	a.acc.Grow(n)
	if a.filter != nil {
		rows, err := a.filter.Select(f)
		if err != nil || len(rows) == 0 {
			return err
		}
		if len(rows) < f.Rows() {
			f = f.Sub(rows)
			defer f.Release()
			all := groups
			groups = make([]int32, len(rows))
			for i, r := range rows {
				groups[i] = all[r]
			}
		}
	}
	if a.held != nil {
		return a.held.add(f, groups, a.args)
	}
	args, err := a.values(f)
	if err != nil {
		return err
	}
	defer releaseValues(args)
	if a.times == nil {
		return a.acc.Update(groups, args)
	}
	arr, err := a.times.Array(f)
	if err != nil {
		return err
	}
	defer arr.Release()
	times, ok := timesOf(arr)
	if !ok {
		return a.acc.Update(groups, args)
	}
	return a.acc.(function.RowCounter).UpdateTimes(groups, times, args)
}

// timesOf is how many rows each row of a batch stands for, by its column of
// plan.TimesColumn; ok is false when each stands for itself.
func timesOf(arr arrow.Array) (times []int64, ok bool) {
	nulls := arr.NullN()
	if nulls == arr.Len() {
		return nil, false
	}
	times = arr.(*array.Int64).Int64Values()
	if nulls > 0 {
		times = slices.Clone(times)
		for i := range times {
			if arr.IsNull(i) {
				times[i] = 1
			}
		}
	}
	return times, true
}

// values evaluates the arguments as an accumulator takes them: without dictionaries.
func (a *aggState) values(f *eval.Frame) ([]function.Value, error) {
	out := make([]function.Value, 0, len(a.args))
	for _, e := range a.args {
		v, err := e.Value(f)
		if err != nil {
			releaseValues(out)
			return nil, err
		}
		plain := vector.Decode(a.env.Context.Mem, v.Array)
		v.Array.Release()
		v.Array = plain
		out = append(out, v)
	}
	return out, nil
}

func releaseValues(vs []function.Value) {
	for _, v := range vs {
		v.Array.Release()
	}
}

// merge adds the state of the same call in another table; its group i is groups[i] of n.
func (a *aggState) merge(o *aggState, groups []int32, n int) error {
	a.acc.Grow(n)
	if a.held != nil {
		return a.held.merge(o.held, groups)
	}
	return a.acc.Merge(o.acc, groups)
}

// result returns one value per group.
func (a *aggState) result(n int, dt arrow.DataType) (arrow.Array, error) {
	a.acc.Grow(n)
	if a.held != nil {
		if err := a.held.flush(a.acc); err != nil {
			return nil, err
		}
	}
	arr, err := a.acc.Result()
	if err != nil {
		return nil, err
	}
	defer arr.Release()
	if arr.Len() != n {
		return nil, fmt.Errorf("aggregate %s made %d values for %d groups", a.call.Function.Name, arr.Len(), n)
	}
	return vector.Conform(arr, dt)
}

func (a *aggState) size() int64 {
	if a.held != nil {
		return a.held.size() + a.acc.Size()
	}
	return a.acc.Size()
}

func (a *aggState) close() error {
	eval.CloseAll(a.args)
	if a.filter != nil {
		a.filter.Close()
	}
	if a.held != nil {
		return a.held.close()
	}
	return nil
}
