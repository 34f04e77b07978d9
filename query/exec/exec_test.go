package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// TestMain fails when a test leaves a goroutine behind.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			os.Exit(code)
		}
		runtime.Gosched()
		runtime.GC()
	}
	buf := make([]byte, 1<<16)
	fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", buf[:runtime.Stack(buf, true)])
	os.Exit(1)
}

// numbers is a table of one bigint column: partition p of parts holds p, p+parts,
// p+2*parts, … below n in batches of step rows.
type numbers struct {
	n, parts, step int
	fail           error        // of every partition, after its first batch
	yielded        atomic.Int64 // batches
	open           atomic.Int64 // streams not closed
}

func (t *numbers) Name() string { return "numbers" }
func (t *numbers) Columns() []plan.TableColumn {
	return []plan.TableColumn{{Name: "x", Type: types.BigIntType}}
}

func (t *numbers) Scan(_ context.Context, req plan.ScanRequest) ([]plan.Stream, error) {
	out := make([]plan.Stream, t.parts)
	for p := range out {
		t.open.Add(1)
		out[p] = &numberStream{table: t, at: p, mem: req.Mem}
	}
	return out, nil
}

type numberStream struct {
	table  *numbers
	at     int
	mem    memory.Allocator
	begun  bool
	closed bool
}

func (s *numberStream) Schema() *arrow.Schema { return Schema(scanOf(s.table).Outputs()) }

func (s *numberStream) Next(context.Context) (arrow.Record, error) {
	if s.begun && s.table.fail != nil {
		return nil, s.table.fail
	}
	if s.at >= s.table.n {
		return nil, io.EOF
	}
	s.begun = true
	b := array.NewInt64Builder(s.mem)
	defer b.Release()
	for ; s.at < s.table.n && b.Len() < s.table.step; s.at += s.table.parts {
		b.Append(int64(s.at))
	}
	s.table.yielded.Add(1)
	rows := b.Len()
	return newRecord(s.Schema(), []arrow.Array{b.NewArray()}, rows), nil
}

func (s *numberStream) Close() error {
	if !s.closed {
		s.closed = true
		s.table.open.Add(-1)
	}
	return nil
}

var x = &plan.Column{Index: 0, Name: "x", Typ: types.BigIntType}

func scanOf(t plan.Table) *plan.Scan {
	return &plan.Scan{Table: t, Columns: []plan.ColumnPath{{Column: 0, Name: "x", Type: types.BigIntType}}}
}

// testEnv is an Env whose memory must all be back at the end of the test.
func testEnv(t *testing.T, partitions int, limit int64) *Env {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	budget := NewBudget(mem, limit)
	t.Cleanup(func() {
		mem.AssertSize(t, 0)
		if used := budget.Used(); used != 0 {
			t.Errorf("budget still counts %d bytes", used)
		}
	})
	return &Env{
		Context: &function.Context{Mem: budget}, Budget: budget,
		Partitions: partitions, Stats: NewStats(), Clock: time.Now,
	}
}

// read returns the first column of all rows.
func read(ctx context.Context, s plan.Stream) ([]int64, error) {
	var out []int64
	for {
		rec, err := s.Next(ctx)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, rec.Column(0).(*array.Int64).Int64Values()...)
		rec.Release()
	}
}

func build(t *testing.T, n plan.Node, env *Env) plan.Stream {
	t.Helper()
	s, err := Build(context.Background(), n, env)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func countTo(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(i)
	}
	return out
}

func TestExchangeYieldsEveryPartition(t *testing.T) {
	table := &numbers{n: 1000, parts: 7, step: 10}
	s := build(t, scanOf(table), testEnv(t, 3, 0))
	got, err := read(context.Background(), s)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, countTo(1000)) {
		t.Errorf("read = %d rows, %v; want all 1000 once", len(got), err)
	}
	if err := s.Close(); err != nil || table.open.Load() != 0 {
		t.Errorf("Close = %v with %d streams open", err, table.open.Load())
	}
}

func TestExchangeStopsWhenClosed(t *testing.T) {
	table := &numbers{n: 1 << 30, parts: 4, step: 10}
	s := build(t, scanOf(table), testEnv(t, 4, 0))
	rec, err := s.Next(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	rec.Release()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if table.open.Load() != 0 {
		t.Errorf("%d streams open after Close", table.open.Load())
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close = %v", err)
	}
}

func TestExchangeCloseBeforeNext(t *testing.T) {
	table := &numbers{n: 10, parts: 4, step: 10}
	if err := build(t, scanOf(table), testEnv(t, 4, 0)).Close(); err != nil || table.open.Load() != 0 {
		t.Errorf("Close = %v with %d streams open", err, table.open.Load())
	}
}

func TestErrorOfPartition(t *testing.T) {
	want := errors.New("disk on fire")
	for _, parts := range []int{1, 4} {
		table := &numbers{n: 1 << 20, parts: parts, step: 10, fail: want}
		for name, n := range allOperators(table) {
			s := build(t, n, testEnv(t, parts, 0))
			if _, err := read(context.Background(), s); !errors.Is(err, want) {
				t.Errorf("%s over %d partitions: error %v, want %v", name, parts, err, want)
			}
			if err := s.Close(); err != nil || table.open.Load() != 0 {
				t.Errorf("%s: Close = %v with %d streams open", name, err, table.open.Load())
			}
		}
	}
}

func TestCancelStopsEveryOperator(t *testing.T) {
	for _, parts := range []int{1, 4} {
		table := &numbers{n: 1 << 40, parts: parts, step: 10}
		for name, n := range allOperators(table) {
			ctx, cancel := context.WithCancel(context.Background())
			s := build(t, n, testEnv(t, parts, 0))
			stopped := make(chan error)
			before := table.yielded.Load()
			go func() {
				_, err := read(ctx, s)
				stopped <- err
			}()
			for table.yielded.Load() < before+5 {
				runtime.Gosched()
			}
			cancel()
			if err := <-stopped; !errors.Is(err, context.Canceled) {
				t.Errorf("%s over %d partitions: error %v, want %v", name, parts, err, context.Canceled)
			}
			if err := s.Close(); err != nil || table.open.Load() != 0 {
				t.Errorf("%s: Close = %v with %d streams open", name, err, table.open.Load())
			}
		}
	}
}

// allOperators are plans that read all of a table through each kind of operator.
func allOperators(table *numbers) map[string]plan.Node {
	scan := scanOf(table)
	count, err := function.ResolveAggregate("count", nil, nil)
	if err != nil {
		panic(err)
	}
	rowNumber, err := function.ResolveWindow("row_number", nil)
	if err != nil {
		panic(err)
	}
	keys := []plan.SortKey{{Expr: x, Desc: true}}
	empty := &plan.Values{Columns: []plan.Output{{Name: "y", Type: types.BigIntType}}}
	return map[string]plan.Node{
		"filter":    &plan.Filter{Input: scan, Cond: &plan.Special{Form: plan.IsNull, Args: []plan.Expr{x}, Typ: types.BooleanType}},
		"project":   &plan.Project{Input: scan, Exprs: []plan.Expr{x}, Names: []string{"x"}},
		"union":     &plan.Union{Sources: []plan.Node{scan, scan}},
		"aggregate": &plan.Aggregate{Input: scan, Aggs: []plan.AggCall{{Function: count, Name: "n"}}},
		"sort":      &plan.Sort{Input: scan, Keys: keys},
		"topN":      &plan.Sort{Input: scan, Keys: keys, Limit: 3},
		"limit":     &plan.Limit{Input: scan, Offset: 1 << 50, Count: 1},
		"join":      &plan.Join{Kind: plan.Left, Left: scan, Right: empty, LeftKeys: []plan.Expr{x}, RightKeys: []plan.Expr{x}},
		"build":     &plan.Join{Left: &plan.Values{Columns: empty.Columns, Rows: [][]plan.Expr{{&plan.Literal{Value: int64(1), Typ: types.BigIntType}}}}, Right: scan},
		"expand":    &plan.Expand{Input: scan, Keys: []plan.Expr{x}, Names: []string{"x"}, Sets: [][]int{{0}, {}}},
		"recursion": &plan.Recursion{Base: scan, Step: &plan.Previous{ID: 1, Columns: scan.Outputs()}, ID: 1},
		"repeat":    &plan.Repeat{Input: scan, Count: &plan.Literal{Value: int64(2), Typ: types.BigIntType}},
		"window":    &plan.Window{Input: scan, Calls: []plan.WindowCall{{Window: rowNumber, Name: "r"}}},
	}
}

func TestLimitStopsItsInput(t *testing.T) {
	table := &numbers{n: 1 << 40, parts: 1, step: 10}
	s := build(t, &plan.Limit{Input: scanOf(table), Offset: 15, Count: 10}, testEnv(t, 1, 0))
	got, err := read(context.Background(), s)
	if err != nil || !slices.Equal(got, countTo(25)[15:]) {
		t.Errorf("read = %v, %v", got, err)
	}
	if table.yielded.Load() != 3 || table.open.Load() != 0 {
		t.Errorf("read %d batches with %d streams open at the end; want 3 and 0", table.yielded.Load(), table.open.Load())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestMemoryLimit(t *testing.T) {
	table := &numbers{n: 1 << 40, parts: 2, step: 4096}
	nodes := allOperators(table)
	for _, name := range []string{"sort", "window", "build"} {
		s := build(t, nodes[name], testEnv(t, 2, 1<<20))
		_, err := read(context.Background(), s)
		var e *ast.Error
		if !errors.As(err, &e) || e.Code != ast.ExceededMemoryLimit || e.Msg != "Query exceeded per-node memory limit of 1MB" {
			t.Errorf("%s: error %v", name, err)
		}
		if err := s.Close(); err != nil || table.open.Load() != 0 {
			t.Errorf("%s: Close = %v with %d streams open", name, err, table.open.Load())
		}
	}
}

func TestBudgetRefusesHugeAllocation(t *testing.T) {
	b := NewBudget(memory.DefaultAllocator, 1<<20)
	defer func() {
		if err := recovered(recover()); !strings.Contains(err.Error(), "exceeded per-node memory limit of 1MB") {
			t.Errorf("recovered %v", err)
		}
	}()
	b.Allocate(1 << 30)
	t.Error("allocated 1 GiB of 1 MiB")
}

func TestSortSpills(t *testing.T) {
	const n = 200_000
	for _, limit := range []int{0, topRows - 5, n - 1234, 2 * n} {
		table := &numbers{n: n, parts: 3, step: 1000}
		env, disk := spillEnv(t, 2, 1<<19)
		s := build(t, &plan.Sort{Input: scanOf(table), Keys: []plan.SortKey{{Expr: x, Desc: true}}, Limit: int64(limit)}, env)
		got, err := read(context.Background(), s)
		want := countTo(n)
		slices.Reverse(want)
		if limit > 0 {
			want = want[:min(limit, n)]
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("limit %d: read %d rows, %v; want %d in falling order", limit, len(got), err, len(want))
		}
		if len(disk.files) < 2 {
			t.Errorf("limit %d: %d files; the sort did not spill", limit, len(disk.files))
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestStatsCountRows(t *testing.T) {
	table := &numbers{n: 1000, parts: 4, step: 10}
	env := testEnv(t, 2, 0)
	scan := scanOf(table)
	top := &plan.Sort{Input: scan, Keys: []plan.SortKey{{Expr: x}}, Limit: 5}
	s := build(t, top, env)
	got, err := read(context.Background(), s)
	if err != nil || !slices.Equal(got, countTo(5)) {
		t.Errorf("read = %v, %v", got, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if rows := env.Stats.Operator(scan).Rows.Load(); rows != 1000 {
		t.Errorf("scan yielded %d rows, want 1000", rows)
	}
	if rows := env.Stats.Operator(top).Rows.Load(); rows != 5 {
		t.Errorf("top-N yielded %d rows, want 5", rows)
	}
}
