package exec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
)

// tempFiles are TempFiles in memory. The operation number fail of all (made,
// written to, opened, read) fails; below zero none does.
type tempFiles struct {
	mu             sync.Mutex // guards what follows
	files          []*tempFile
	fail, ops      int
	open, notThere int // readers not closed; removals of what was removed
}

var errDisk = errors.New("disk on fire")

func (d *tempFiles) op() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops++
	if d.ops-1 == d.fail {
		return errDisk
	}
	return nil
}

func (d *tempFiles) create() (TempFile, error) {
	if err := d.op(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files = append(d.files, &tempFile{disk: d})
	return d.files[len(d.files)-1], nil
}

// check reports files and readers left behind.
func (d *tempFiles) check(t *testing.T) {
	t.Helper()
	for i, f := range d.files {
		if !f.removed {
			t.Errorf("file %d of %d was not removed", i, len(d.files))
		}
	}
	if d.open != 0 || d.notThere != 0 {
		t.Errorf("%d readers not closed, %d files removed twice", d.open, d.notThere)
	}
}

type tempFile struct {
	disk    *tempFiles
	data    []byte
	removed bool
}

func (f *tempFile) Write(p []byte) (int, error) {
	if err := f.disk.op(); err != nil {
		return 0, err
	}
	f.data = append(f.data, p...)
	return len(p), nil
}

func (f *tempFile) Open() (io.ReadCloser, error) {
	if err := f.disk.op(); err != nil {
		return nil, err
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.disk.open++
	return &tempReader{f: f, r: bytes.NewReader(f.data)}, nil
}

func (f *tempFile) Remove() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.removed {
		f.disk.notThere++
	}
	f.removed = true
	return nil
}

type tempReader struct {
	f *tempFile
	r *bytes.Reader
}

func (r *tempReader) Read(p []byte) (int, error) {
	if err := r.f.disk.op(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func (r *tempReader) Close() error {
	r.f.disk.mu.Lock()
	defer r.f.disk.mu.Unlock()
	r.f.disk.open--
	return nil
}

// spillEnv is testEnv with a disk, whose files must be gone at the end.
func spillEnv(t *testing.T, partitions int, bound int64) (*Env, *tempFiles) {
	env, disk := testEnv(t, partitions, 0), &tempFiles{fail: -1}
	env.CreateTemp, env.SpillBytes = disk.create, bound
	t.Cleanup(func() { disk.check(t) })
	return env, disk
}

// TestJoinSpills compares joins that spill with their definition: with no memory
// at all, so that every batch is a part of its own, and with some.
func TestJoinSpills(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	tests := []struct {
		left, right, keys int
		bound             int64
		variant           memtable.Options
	}{
		{40, 60, 8, 1, memtable.Options{Partitions: 3, BatchRows: 4, Dictionary: true}},
		{60, 40, 8, 1, memtable.Options{BatchRows: 8}},
		{0, 50, 8, 1, memtable.Options{BatchRows: 8}},
		{50, 0, 8, 1, memtable.Options{BatchRows: 8}},
		{500, 600, 300, 8 << 10, memtable.Options{Partitions: 2, BatchRows: 30}},
		{150, 140, 1, 2 << 10, memtable.Options{BatchRows: 30}},
	}
	for _, tt := range tests {
		left, right := randomPairs(rnd, tt.left, tt.keys), randomPairs(rnd, tt.right, tt.keys)
		l, r := pairTable(t, "l", left).With(tt.variant), pairTable(t, "r", right).With(tt.variant)
		for _, c := range joinCases() {
			if !c.keyed && tt.left > 100 {
				continue // too many pairs
			}
			n := c.node(scanPairs(l), scanPairs(r))
			env, disk := spillEnv(t, max(1, tt.variant.Partitions), tt.bound)
			got, err := lines(build(t, n, env), n.Outputs())
			if want := c.want(left, right); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s, %+v: %v\n%d rows, want %d", plan.Line(n), tt, err, len(got), len(want))
			}
			if len(disk.files) == 0 && tt.left > 0 && tt.right > 0 {
				t.Errorf("%s, %+v: did not spill", plan.Line(n), tt)
			}
		}
	}
}

// spillingPlans are plans whose operators spill when there is no memory.
func spillingPlans(t *testing.T) map[string]plan.Node {
	rnd := rand.New(rand.NewPCG(5, 6))
	variant := memtable.Options{Partitions: 2, BatchRows: 10}
	l := pairTable(t, "l", randomPairs(rnd, 60, 20)).With(variant)
	r := pairTable(t, "r", randomPairs(rnd, 50, 20)).With(variant)
	out := map[string]plan.Node{
		"topN": &plan.Sort{Input: scanPairs(l), Keys: []plan.SortKey{{Expr: plan.ColumnRefs(scanPairs(l))[1]}}, Limit: 30},
		"sort": &plan.Sort{Input: scanPairs(l), Keys: []plan.SortKey{{Expr: plan.ColumnRefs(scanPairs(l))[1]}}},
	}
	for _, c := range joinCases() {
		n := c.node(scanPairs(l), scanPairs(r))
		out[plan.Line(n)] = n
	}
	out["shared"], out["recursion"] = sharedPairs(l), countDown(t, r, false)
	for _, keys := range []int{0, 1, 2} {
		out[fmt.Sprintf("aggregate by %d keys", keys)] = groupPairs(t, scanPairs(l), keys)
	}
	return out
}

// sharedPairs joins the sorted rows of a table with themselves, beside them once more.
func sharedPairs(l *memtable.Table) plan.Node {
	shared := func() plan.Node {
		return &plan.Shared{Input: &plan.Sort{Input: scanPairs(l), Keys: []plan.SortKey{{Expr: plan.ColumnRefs(scanPairs(l))[0]}}}, ID: 1}
	}
	key := plan.ColumnRefs(scanPairs(l))[:1]
	join := &plan.Join{Kind: plan.Semi, Left: shared(), Right: shared(), LeftKeys: key, RightKeys: key}
	return &plan.Union{Sources: []plan.Node{join, shared()}}
}

// TestSharedSpills reads shared rows at several places from a file.
func TestSharedSpills(t *testing.T) {
	pairs := randomPairs(rand.New(rand.NewPCG(9, 10)), 300, 100)
	for _, bound := range []int64{1, 8 << 10} {
		n := sharedPairs(pairTable(t, "l", pairs).With(memtable.Options{Partitions: 2, BatchRows: 20, Dictionary: true}))
		want, err := lines(build(t, n, testEnv(t, 1, 0)), n.Outputs())
		if err != nil {
			t.Fatal(err)
		}
		env, _ := spillEnv(t, 2, bound)
		got, err := lines(build(t, n, env), n.Outputs())
		if err != nil || !slices.Equal(got, want) || len(got) < 300 {
			t.Errorf("bound %d: %v\n%d rows, want %d", bound, err, len(got), len(want))
		}
		files := int64(0)
		plan.Walk(n, func(n plan.Node) bool {
			if _, ok := n.(*plan.Shared); ok {
				files += env.Stats.Operator(n).SpillFiles.Load()
			}
			return true
		})
		if files != 1 {
			t.Errorf("bound %d: the shared rows went to %d files, want 1", bound, files)
		}
	}
}

// groupPairs groups by the first keys columns and computes what holds rows back
// and what does not.
func groupPairs(t *testing.T, in plan.Node, keys int) *plan.Aggregate {
	t.Helper()
	n := &plan.Aggregate{Input: in, Keys: plan.ColumnRefs(in)[:keys], Names: []string{"k", "v"}[:keys]}
	v := plan.ColumnRefs(in)[1]
	add := func(name string, distinct bool, order []plan.SortKey, args ...plan.Expr) {
		var types []function.Arg
		for _, a := range args {
			types = append(types, function.Arg{Type: a.Type()})
		}
		f, err := function.ResolveAggregate(name, types, nil)
		if err != nil {
			t.Fatal(err)
		}
		n.Aggs = append(n.Aggs, plan.AggCall{Function: f, Args: args, Distinct: distinct, OrderBy: order, Name: fmt.Sprintf("a%d", len(n.Aggs))})
	}
	add("count", false, nil)
	add("sum", false, nil, v)
	add("count", true, nil, v)
	add("array_agg", false, []plan.SortKey{{Expr: v, Desc: true}}, v)
	add("array_agg", true, []plan.SortKey{{Expr: v}}, v)
	return n
}

// TestAggregateSpills compares groups made with hardly any memory with those
// made in memory.
func TestAggregateSpills(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, tt := range []struct {
		rows, keys int
		bound      int64
		variant    memtable.Options
	}{
		{300, 100, 1, memtable.Options{BatchRows: 7}},
		{300, 100, 1, memtable.Options{Partitions: 3, BatchRows: 7, Dictionary: true}},
		{5000, 3000, 64 << 10, memtable.Options{Partitions: 3, BatchRows: 100}},
		{5000, 1, 64 << 10, memtable.Options{BatchRows: 100}},
	} {
		table := pairTable(t, "l", randomPairs(rnd, tt.rows, tt.keys)).With(tt.variant)
		for keys := range 3 {
			n := groupPairs(t, scanPairs(table), keys)
			want, err := lines(build(t, n, testEnv(t, 1, 0)), n.Outputs())
			if err != nil {
				t.Fatal(err)
			}
			env, disk := spillEnv(t, max(1, tt.variant.Partitions), tt.bound)
			got, err := lines(build(t, n, env), n.Outputs())
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%d keys, %+v: %v\n%d groups, want %d", keys, tt, err, len(got), len(want))
			}
			stats := env.Stats.Operator(n)
			if len(disk.files) == 0 || stats.SpillFiles.Load() != int64(len(disk.files)) || stats.SpillBytes.Load() == 0 {
				t.Errorf("%d keys, %+v: %d files made, %d counted with %d bytes", keys, tt, len(disk.files), stats.SpillFiles.Load(), stats.SpillBytes.Load())
			}
		}
	}
}

// TestSpillFaults lets one operation of the disk after another fail: the query
// must report it, and give everything back.
func TestSpillFaults(t *testing.T) {
	for name, n := range spillingPlans(t) {
		for at := 0; ; {
			t.Run(fmt.Sprintf("%s/%d", name, at), func(t *testing.T) {
				env, disk := spillEnv(t, 2, 1)
				disk.fail = at
				_, err := lines(build(t, n, env), n.Outputs())
				if disk.ops <= at {
					at = -1
					if err != nil {
						t.Errorf("nothing failed, but: %v", err)
					}
				} else if !errors.Is(err, errDisk) {
					t.Errorf("operation %d of the disk failed, but the query said %v", at, err)
				}
			})
			if at < 0 {
				break
			}
			at += 1 + at/8
		}
	}
}

// TestSpillCancelled cancels a query at one batch of its tables after another.
func TestSpillCancelled(t *testing.T) {
	for name, n := range spillingPlans(t) {
		for at := range 30 {
			env, _ := spillEnv(t, 2, 1)
			ctx, cancel := context.WithCancel(context.Background())
			var calls atomic.Int64 // the workers of one query create files at once
			create := env.CreateTemp
			env.CreateTemp = func() (TempFile, error) {
				if calls.Add(1) > int64(at) {
					cancel()
				}
				return create()
			}
			s := build(t, n, env)
			var err error
			for err == nil {
				var rec interface{ Release() }
				if rec, err = s.Next(ctx); err == nil {
					rec.Release()
				}
			}
			if calls.Load() > int64(at) && !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "EOF") {
				t.Errorf("%s: cancelled at file %d, but the query said %v", name, at, err)
			}
			cancel()
			if err := s.Close(); err != nil {
				t.Errorf("%s: Close = %v", name, err)
			}
		}
	}
}
