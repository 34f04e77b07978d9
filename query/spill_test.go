package query

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

var (
	spillRows  = flag.Int("spillrows", 200_000, "rows of each table of TestSpill")
	spillLimit = flag.Int64("spilllimit", 8<<20, "bytes a query of TestSpill may hold")
)

// scrambled is a table of n generated rows: id counts from 0, k holds the same
// numbers in another order, label is a text of k.
type scrambled struct {
	name   string
	n      int64
	factor int64 // prime and no divisor of n
}

func (t *scrambled) Name() string { return t.name }
func (t *scrambled) Columns() []plan.TableColumn {
	return []plan.TableColumn{{Name: "id", Type: types.BigIntType}, {Name: "k", Type: types.BigIntType}, {Name: "label", Type: types.VarcharType}}
}
func (t *scrambled) k(id int64) int64 { return id * t.factor % t.n }
func label(k int64) string            { return fmt.Sprintf("arn:aws:iam::%012d:role/r", k) }
func (t *scrambled) bounds(part, of int64) (int64, int64) {
	return t.n * part / of, t.n * (part + 1) / of
}

func (t *scrambled) Scan(_ context.Context, req plan.ScanRequest) ([]plan.Stream, error) {
	out := make([]plan.Stream, max(1, req.Partitions))
	for i := range out {
		s := &scrambledStream{table: t, req: req}
		s.at, s.end = t.bounds(int64(i), int64(len(out)))
		out[i] = s
	}
	return out, nil
}

type scrambledStream struct {
	table   *scrambled
	req     plan.ScanRequest
	at, end int64
}

func (s *scrambledStream) Schema() *arrow.Schema {
	fields := make([]arrow.Field, len(s.req.Columns))
	for i, c := range s.req.Columns {
		fields[i] = types.ToField(c.Name, c.Type)
	}
	return arrow.NewSchema(fields, nil)
}

func (s *scrambledStream) Next(context.Context) (arrow.Record, error) {
	end := min(s.at+4096, s.end)
	if s.at == end {
		return nil, io.EOF
	}
	b := array.NewRecordBuilder(s.req.Mem, s.Schema())
	defer b.Release()
	for i, c := range s.req.Columns {
		for id := s.at; id < end; id++ {
			switch c.Column {
			case 0:
				b.Field(i).(*array.Int64Builder).Append(id)
			case 1:
				b.Field(i).(*array.Int64Builder).Append(s.table.k(id))
			default:
				b.Field(i).(*array.StringBuilder).Append(label(s.table.k(id)))
			}
		}
	}
	rows := end - s.at
	s.req.Stats.Rows.Add(rows)
	s.at = end
	if len(s.req.Columns) == 0 {
		return array.NewRecord(s.Schema(), nil, rows), nil
	}
	return b.NewRecord(), nil
}

func (s *scrambledStream) Close() error { s.at = s.end; return nil }

type tableList []plan.Table

func (l tableList) Table(_ context.Context, name []string) (plan.Table, error) {
	for _, t := range l {
		if t.Name() == strings.Join(name, ".") {
			return t, nil
		}
	}
	return nil, plan.ErrTableNotFound
}

// spillFile is a temporary file of the operating system.
type spillFile struct {
	*os.File
	left *atomic.Int64
}

func (f *spillFile) Open() (io.ReadCloser, error) { return os.Open(f.Name()) }
func (f *spillFile) Remove() error {
	f.left.Add(-1)
	return errors.Join(f.File.Close(), os.Remove(f.Name()))
}

// TestSpill sorts, joins and groups more rows than the memory limit has room for,
// and checks every answer by arithmetic.
func TestSpill(t *testing.T) {
	n := int64(*spillRows)
	a, b := &scrambled{"a", n, 7919}, &scrambled{"b", n, 104729}
	sum := n * (n - 1) / 2
	rows := func(check func(i int64, rec arrow.Record, row int) bool) func(*testing.T, int64, arrow.Record, int) {
		return func(t *testing.T, i int64, rec arrow.Record, row int) {
			if !check(i, rec, row) {
				t.Fatalf("row %d is wrong: %v", i, rec.NewSlice(int64(row), int64(row)+1))
			}
		}
	}
	ints := func(want ...int64) func(*testing.T, int64, arrow.Record, int) {
		return rows(func(_ int64, rec arrow.Record, row int) bool {
			for c, w := range want {
				if rec.Column(c).(*array.Int64).Value(row) != w {
					return false
				}
			}
			return true
		})
	}
	for _, tt := range []struct {
		name, sql string
		rows      int64
		check     func(*testing.T, int64, arrow.Record, int)
	}{
		{"sort", "SELECT k, label, id FROM a ORDER BY k", n, rows(func(i int64, rec arrow.Record, row int) bool {
			return rec.Column(0).(*array.Int64).Value(row) == i && rec.Column(1).(*array.String).Value(row) == label(i) && a.k(rec.Column(2).(*array.Int64).Value(row)) == i
		})},
		{"join", "SELECT count(*), sum(a.id), sum(b.id), sum(length(a.label || b.label)) FROM a JOIN b ON a.k = b.k", 1, ints(n, sum, sum, 2*n*int64(len(label(0))))},
		{"left join", "SELECT count(*), count(a.label), count(b.label), sum(a.k + b.k) FROM a LEFT JOIN b ON a.label = b.label AND a.k < " + fmt.Sprint(n/2), 1,
			ints(n, n, n/2, (n/2)*(n/2-1))},
		{"aggregate", "SELECT count(*), sum(c), sum(s), sum(m) FROM (SELECT label, count(*) c, sum(id) s, max(k) m FROM (SELECT * FROM a UNION ALL SELECT * FROM b) GROUP BY label)", 1,
			ints(n, 2*n, 2*sum, sum)},
		{"distinct", "SELECT count(DISTINCT label), count(DISTINCT k) FROM a", 1, ints(n, n)},
		{"all three", "SELECT b.label, sum(a.k) s FROM a JOIN b ON a.label = b.label GROUP BY b.label ORDER BY s DESC", n, rows(func(i int64, rec arrow.Record, row int) bool {
			return rec.Column(1).(*array.Int64).Value(row) == n-1-i && rec.Column(0).(*array.String).Value(row) == label(n-1-i)
		})},
	} {
		t.Run(tt.name, func(t *testing.T) { spilled(t, tt.sql, tableList{a, b}, tt.rows, tt.check) })
	}
}

// spilled runs a statement under the limit, checks its rows, and that it spilled
// and removed its files.
func spilled(t *testing.T, sql string, cat plan.Catalog, rows int64, check func(*testing.T, int64, arrow.Record, int)) {
	ctx, mem := context.Background(), memory.NewCheckedAllocator(memory.DefaultAllocator)
	q, err := Compile(ctx, sql, cat, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var left atomic.Int64
	dir := t.TempDir()
	start := time.Now()
	run, err := q.Run(ctx, RunOptions{Mem: mem, MemoryLimit: *spillLimit, Partitions: 2, CreateTemp: func() (exec.TempFile, error) {
		f, err := os.Create(filepath.Join(dir, fmt.Sprint(left.Add(1))+fmt.Sprint(time.Now().UnixNano())))
		return &spillFile{f, &left}, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	at := int64(0)
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(errors.Join(err, run.Close()))
		}
		for row := range int(rec.NumRows()) {
			check(t, at, rec, row)
			at++
		}
		rec.Release()
	}
	if err := run.Close(); err != nil {
		t.Error(err)
	}
	mem.AssertSize(t, 0)
	stats := run.Stats()
	t.Logf("%d rows in %s, peak memory %s, spilled %s in %d files", at, time.Since(start).Round(time.Millisecond),
		exec.SizeText(stats.PeakMemory), exec.SizeText(stats.SpilledBytes), stats.SpillFiles)
	if at != rows || left.Load() != 0 || stats.PeakMemory > *spillLimit || stats.SpilledBytes == 0 || stats.SpillFiles == 0 {
		t.Errorf("%d rows, want %d; %d files left; %+v", at, rows, left.Load(), stats)
	}
}
