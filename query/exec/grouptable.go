package exec

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// groupTable holds the groups of one partition and the aggregates over them.
type groupTable struct {
	env      *Env
	keys     []*eval.Expr
	groups   *grouper
	aggs     []*aggState
	reserved int64 // what the budget was told of
	sinceAsk int   // batches since the accumulators were asked for their size
}

func newGroupTable(n *plan.Aggregate, env *Env) (*groupTable, error) {
	keys, err := eval.CompileAll(env.Context, n.Keys)
	if err != nil {
		return nil, err
	}
	keyTypes := make([]types.Type, len(keys))
	for i, k := range keys {
		keyTypes[i] = k.Type()
	}
	t := &groupTable{env: env, keys: keys, groups: newGrouper(env.Context.Mem, keyTypes)}
	for _, call := range n.Aggs {
		a, err := newAggState(call, env)
		if err != nil {
			t.close()
			return nil, err
		}
		t.aggs = append(t.aggs, a)
	}
	return t, nil
}

// fill adds all rows of a stream.
func (t *groupTable) fill(ctx context.Context, in plan.Stream) error {
	return drain(ctx, in, func(rec arrow.Record) error {
		if err := t.add(rec); err != nil {
			return err
		}
		return t.account()
	})
}

func (t *groupTable) add(rec arrow.Record) error {
	f := t.env.frame(rec)
	keys, err := evalArrays(t.keys, f)
	if err != nil {
		return err
	}
	groups := t.groups.number(keys, f.Rows())
	releaseArrays(keys)
	n := t.groups.count()
	for _, a := range t.aggs {
		if err := a.add(f, groups, n); err != nil {
			return err
		}
	}
	return nil
}

// account tells the budget what is held. Asking accumulators can take time in
// the number of groups, so with many groups it is not done at every batch.
func (t *groupTable) account() error {
	t.sinceAsk++
	if t.groups.count() > batchRows && t.sinceAsk < 16 {
		return t.env.Budget.Err()
	}
	t.sinceAsk = 0
	size := t.groups.size()
	for _, a := range t.aggs {
		size += a.size()
	}
	t.env.Budget.Reserve(size - t.reserved)
	t.reserved = size
	return t.env.Budget.Err()
}

// merge adds the groups of another table, which may be used for nothing else any more.
func (t *groupTable) merge(o *groupTable) error {
	all := firstN(o.groups.count())
	keys, err := o.groups.values(all)
	if err != nil {
		return err
	}
	groups := t.groups.number(keys, len(all))
	releaseArrays(keys)
	n := t.groups.count()
	for i, a := range t.aggs {
		o.aggs[i].acc.Grow(len(all)) // a table without a row has its groups still to make
		if err := a.merge(o.aggs[i], groups, n); err != nil {
			return err
		}
	}
	return t.account()
}

// result returns the keys and aggregates of all groups.
func (t *groupTable) result(schema *arrow.Schema) (arrow.Record, error) {
	n := t.groups.count()
	cols, err := t.groups.values(firstN(n))
	if err != nil {
		return nil, err
	}
	for i, a := range t.aggs {
		arr, err := a.result(n, schema.Field(len(t.keys)+i).Type)
		if err != nil {
			releaseArrays(cols)
			return nil, err
		}
		cols = append(cols, arr)
	}
	return newRecord(schema, cols, n), nil
}

func (t *groupTable) close() {
	eval.CloseAll(t.keys)
	t.groups.release()
	for _, a := range t.aggs {
		a.close()
	}
	t.env.Budget.Reserve(-t.reserved)
	t.reserved = 0
}
