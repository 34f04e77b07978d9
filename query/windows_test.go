package query

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

var windowSeed = flag.Uint64("seed", 1, "of the random windows")

// windowRow is a row of the table w; nil is NULL.
type windowRow struct {
	id         int64
	p, o, v    *int64
	near, part int // group of equals and partition, set by the reference
}

// windowSpec is a random window.
type windowSpec struct {
	partitioned, desc, nullsFirst bool
	total                         bool // ordered by id too, so that no rows are equal
	unit                          string
	start, end                    int // -9 is unbounded preceding, 9 unbounded following
}

func randomSpec(r *rand.Rand) windowSpec {
	s := windowSpec{
		partitioned: r.IntN(3) > 0, desc: r.IntN(2) == 0, nullsFirst: r.IntN(2) == 0,
		unit: []string{"ROWS", "RANGE", "GROUPS"}[r.IntN(3)], start: -9, end: 9,
	}
	s.total = s.unit == "ROWS"
	width := 4
	if r.IntN(2) == 0 {
		width = 200 // frames that share a tree
	}
	if r.IntN(4) > 0 {
		s.start = r.IntN(2*width) - width
	}
	if r.IntN(4) > 0 {
		s.end = r.IntN(2*width) - width
	}
	if s.start > 0 && s.end <= 0 || s.start == 0 && s.end < 0 {
		s.start, s.end = s.end, s.start // what Trino refuses
	}
	return s
}

func (s windowSpec) bound(n int) string {
	switch {
	case n == -9:
		return "UNBOUNDED PRECEDING"
	case n == 9:
		return "UNBOUNDED FOLLOWING"
	case n < 0:
		return fmt.Sprintf("%d PRECEDING", -n)
	case n > 0:
		return fmt.Sprintf("%d FOLLOWING", n)
	}
	return "CURRENT ROW"
}

func (s windowSpec) sql() string {
	over := ""
	if s.partitioned {
		over = "PARTITION BY p "
	}
	over += "ORDER BY o"
	if s.desc {
		over += " DESC"
	}
	if s.nullsFirst {
		over += " NULLS FIRST"
	}
	if s.total {
		over += ", id"
	}
	return over + " " + s.unit + " BETWEEN " + s.bound(s.start) + " AND " + s.bound(s.end)
}

// sorted is the rows in the window's order, with their partitions and groups of equals.
func (s windowSpec) sorted(rows []windowRow) []windowRow {
	compare := func(a, b *int64, first bool) int {
		switch {
		case a == nil && b == nil:
			return 0
		case a == nil || b == nil:
			if (a == nil) == first {
				return -1
			}
			return 1
		}
		return cmp.Compare(*a, *b)
	}
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b windowRow) int {
		if c := compare(a.p, b.p, false); s.partitioned && c != 0 {
			return c
		}
		c := compare(a.o, b.o, s.nullsFirst)
		if s.desc && a.o != nil && b.o != nil {
			c = -c
		}
		if c == 0 {
			return cmp.Compare(a.id, b.id)
		}
		return c
	})
	for i := 1; i < len(out); i++ {
		out[i].part, out[i].near = out[i-1].part, out[i-1].near
		if s.partitioned && compare(out[i].p, out[i-1].p, false) != 0 {
			out[i].part++
			out[i].near++
		} else if s.total || compare(out[i].o, out[i-1].o, false) != 0 {
			out[i].near++
		}
	}
	return out
}

// frame lists the rows that row i sees, by the definition: each row of its
// partition is in or out.
func (s windowSpec) frame(rows []windowRow, i int) (out []windowRow) {
	for j, r := range rows {
		if r.part != rows[i].part {
			continue
		}
		distance, known := 0, true // how far r is after row i
		switch s.unit {
		case "ROWS":
			distance = j - i
		case "GROUPS":
			distance = r.near - rows[i].near
		default:
			switch a, b := rows[i].o, r.o; {
			case a == nil && b == nil:
				out = append(out, r) // NULLs see each other, whatever the offsets
				continue
			case a == nil || b == nil:
				known = false
			case s.desc:
				distance = int(*a - *b)
			default:
				distance = int(*b - *a)
			}
		}
		after := func(n int) bool { return known && distance >= n || !known && j > i }
		before := func(n int) bool { return known && distance <= n || !known && j < i }
		if (s.start == -9 || after(s.start)) && (s.end == 9 || before(s.end)) {
			out = append(out, r)
		}
	}
	return out
}

// windowFuncs are calls with what they make of the rows of a frame, in order.
var windowFuncs = []struct {
	sql   string
	total bool // needs an order that tells all rows apart
	value func(rows []windowRow) string
}{
	{"count(*)", false, func(rows []windowRow) string { return fmt.Sprint(len(rows)) }},
	{"sum(v)", false, func(rows []windowRow) string { return sumText(present(rows)) }},
	{"count(DISTINCT v)", false, func(rows []windowRow) string {
		vs := present(rows)
		slices.Sort(vs)
		return fmt.Sprint(len(slices.Compact(vs)))
	}},
	{"max(v)", false, func(rows []windowRow) string { return lastText(slices.Sorted(slices.Values(present(rows)))) }},
	{"min_by(id, -id)", false, func(rows []windowRow) string {
		top := []int64{}
		for _, r := range rows {
			top = append(top, r.id)
		}
		return lastText(slices.Sorted(slices.Values(top)))
	}},
	{"array_agg(id ORDER BY id DESC)", false, func(rows []windowRow) string {
		ids := []int64{}
		for _, r := range rows {
			ids = append(ids, -r.id)
		}
		slices.Sort(ids)
		return listText(ids, -1)
	}},
	{"array_agg(id)", true, func(rows []windowRow) string {
		ids := []int64{}
		for _, r := range rows {
			ids = append(ids, r.id)
		}
		return listText(ids, 1)
	}},
	{"first_value(v)", true, func(rows []windowRow) string {
		if len(rows) == 0 || rows[0].v == nil {
			return "NULL"
		}
		return fmt.Sprint(*rows[0].v)
	}},
	{"last_value(v) IGNORE NULLS", true, func(rows []windowRow) string { return lastText(present(rows)) }},
	{"nth_value(v, 3) IGNORE NULLS", true, func(rows []windowRow) string {
		if vs := present(rows); len(vs) > 2 {
			return fmt.Sprint(vs[2])
		}
		return "NULL"
	}},
}

func present(rows []windowRow) []int64 {
	out := []int64{}
	for _, r := range rows {
		if r.v != nil {
			out = append(out, *r.v)
		}
	}
	return out
}

func sumText(vs []int64) string {
	if len(vs) == 0 {
		return "NULL"
	}
	sum := int64(0)
	for _, v := range vs {
		sum += v
	}
	return fmt.Sprint(sum)
}

func lastText(vs []int64) string {
	if len(vs) == 0 {
		return "NULL"
	}
	return fmt.Sprint(vs[len(vs)-1])
}

func listText(vs []int64, sign int64) string {
	if len(vs) == 0 {
		return "NULL"
	}
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = fmt.Sprint(v * sign)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// TestRandomWindows computes random windows over random rows, in memory and
// spilled, and compares every row with the definition of its frame.
func TestRandomWindows(t *testing.T) {
	t.Logf("seed %d", *windowSeed)
	r := rand.New(rand.NewPCG(*windowSeed, 0))
	var spilled atomic.Int64
	for round := range 40 {
		rows := randomRows(r, 1+r.IntN(700))
		spec := randomSpec(r)
		want := map[int64]string{}
		var calls []string
		order := spec.sorted(rows)
		frames := make([][]windowRow, len(order))
		for i := range order {
			frames[i] = spec.frame(order, i)
		}
		for _, f := range windowFuncs {
			if f.total && !spec.total {
				continue
			}
			calls = append(calls, f.sql+" OVER w")
			for i, row := range order {
				want[row.id] += "|" + f.value(frames[i])
			}
		}
		sql := "SELECT id, " + strings.Join(calls, ", ") + " FROM w WINDOW w AS (" + spec.sql() + ")"
		table := windowTable(t, rows)
		for name, opts := range map[string]RunOptions{
			"in memory": {},
			"spilled":   {SpillBytes: 1, CreateTemp: func() (exec.TempFile, error) { spilled.Add(1); return &memoryFile{}, nil }},
		} {
			got := rowsByID(t, sql, table.With(memtable.Options{Partitions: 1 + round%3, BatchRows: 50}), opts)
			for id, w := range want {
				if got[id] != w {
					t.Fatalf("round %d, %s: %s\nid %d is %s, want %s", round, name, sql, id, got[id], w)
				}
			}
			if len(got) != len(want) {
				t.Fatalf("round %d, %s: %s\n%d rows, want %d", round, name, sql, len(got), len(want))
			}
		}
	}
	if spilled.Load() == 0 {
		t.Error("no window spilled")
	}
}

func randomRows(r *rand.Rand, n int) []windowRow {
	value := func(least, most int, nulls float64) *int64 {
		if r.Float64() < nulls {
			return nil
		}
		v := int64(least + r.IntN(most-least+1))
		return &v
	}
	spread := []int{3, 50, 2000}[r.IntN(3)]
	rows := make([]windowRow, n)
	for i := range rows {
		rows[i] = windowRow{id: int64(i), p: value(0, 3, 0.1), o: value(-spread, spread, 0.1), v: value(-9, 9, 0.3)}
	}
	r.Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

func windowTable(t *testing.T, rows []windowRow) *memtable.Table {
	t.Helper()
	raw := make([]json.RawMessage, len(rows))
	for i, r := range rows {
		text, err := json.Marshal([]any{r.id, r.p, r.o, r.v})
		if err != nil {
			t.Fatal(err)
		}
		raw[i] = text
	}
	table, err := memtable.FromJSON("w", []plan.TableColumn{
		{Name: "id", Type: types.BigIntType}, {Name: "p", Type: types.BigIntType}, {Name: "o", Type: types.BigIntType}, {Name: "v", Type: types.BigIntType},
	}, raw)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// rowsByID runs a statement and returns the text of each row's other columns.
func rowsByID(t *testing.T, sql string, table *memtable.Table, opts RunOptions) map[int64]string {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	opts.Mem = mem
	ctx := context.Background()
	q, err := Compile(ctx, sql, memtable.Catalog{table}, Options{})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	run, err := q.Run(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := run.Close(); err != nil {
			t.Error(err)
		}
	}()
	out := map[int64]string{}
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		for i := range int(rec.NumRows()) {
			text := ""
			for c, o := range q.Columns()[1:] {
				if types.IsNull(rec.Column(c+1), i) {
					text += "|NULL"
				} else {
					text += "|" + string(types.AppendText(nil, o.Type, rec.Column(c+1), i))
				}
			}
			out[types.Int64At(rec.Column(0), i)] = text
		}
		rec.Release()
	}
}

// memoryFile is a temporary file outside the query's memory.
type memoryFile struct{ bytes.Buffer }

// Open implements exec.TempFile.
func (f *memoryFile) Open() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(f.Bytes())), nil
}

// Remove implements exec.TempFile.
func (f *memoryFile) Remove() error { return nil }
