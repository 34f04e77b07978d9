package exec

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// groupTable holds the groups of one partition and the aggregates over them.
type groupTable struct {
	env      *Env
	keys     []*eval.Expr
	times    *eval.Expr // how many rows each row stands for; nil: itself
	groups   *grouper
	aggs     []*aggState
	held     *holding
	reserved int64 // what the budget was told of
	bytes    int64 // all that is held
	sinceAsk int   // batches since the accumulators were asked for their size
	asked    int   // groups there were then
	frozen   bool  // takes no new groups
}

func newGroupTable(n *plan.Aggregate, env *Env, held *holding) (*groupTable, error) {
	keys, err := eval.CompileAll(env.Context, n.Keys)
	if err != nil {
		return nil, err
	}
	keyTypes := make([]types.Type, len(keys))
	for i, k := range keys {
		keyTypes[i] = k.Type()
	}
	t := &groupTable{env: env, held: held, keys: keys, groups: newGrouper(env.Context.Mem, keyTypes)}
	if n.Times != nil {
		if t.times, err = eval.Compile(env.Context, n.Times); err != nil {
			return nil, errors.Join(err, t.close())
		}
	}
	for _, call := range n.Aggs {
		a, err := newAggState(call, env, t.times)
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
		t.aggs = append(t.aggs, a)
	}
	return t, nil
}

// fill adds the rows of a stream until it ends or the tables that fill at the
// same time, so many of them, hold too much, which whoever sees it tells the
// others through full. Merging them takes memory again.
func (t *groupTable) fill(ctx context.Context, in plan.Stream, tables int, full *atomic.Bool) (ended bool, err error) {
	err = drain(ctx, in, func(rec arrow.Record) error {
		if err := t.add(rec); err != nil {
			return err
		}
		if err := t.account(); err != nil {
			return err
		}
		if t.held.fullTo(int64(min(tables, 2))) {
			full.Store(true)
		}
		if full.Load() {
			return errFull
		}
		return nil
	})
	if err == errFull {
		return false, nil
	}
	return true, err
}

// errFull ends the filling of a table before the end of its input.
var errFull = errors.New("the table is full")

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
	if t.groups.count() > batchRows && t.groups.count() < t.asked+t.asked/4 && t.sinceAsk < 16 {
		return t.env.Budget.Err()
	}
	return t.measureAll()
}

// measureAll is account at every call.
func (t *groupTable) measureAll() error {
	t.sinceAsk, t.asked = 0, t.groups.count()
	size, bytes := t.groups.size(), t.groups.bytes()
	for _, a := range t.aggs {
		size += a.size()
		if a.held != nil {
			bytes += a.held.bytes()
		}
	}
	t.reserve(size, size+bytes)
	return t.env.Budget.Err()
}

// reserve tells the budget what is held outside Arrow arrays, and the operator
// what is held in all.
func (t *groupTable) reserve(size, bytes int64) {
	t.env.Budget.Reserve(size - t.reserved)
	t.held.add(bytes - t.bytes)
	t.reserved, t.bytes = size, bytes
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
		if err := t.env.stopped(); err != nil {
			releaseArrays(cols)
			return nil, err
		}
		arr, err := a.result(n, schema.Field(len(t.keys)+i).Type)
		if err != nil {
			releaseArrays(cols)
			return nil, err
		}
		cols = append(cols, arr)
	}
	return newRecord(schema, cols, n), nil
}

func (t *groupTable) close() error {
	eval.CloseAll(t.keys)
	if t.times != nil {
		t.times.Close()
	}
	t.groups.release()
	var errs []error
	for _, a := range t.aggs {
		errs = append(errs, a.close())
	}
	t.reserve(0, 0)
	return errors.Join(errs...)
}
