package difftest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

var (
	number  = flag.Int("n", 2000, "statements")
	from    = flag.Int("from", 0, "number of the first statement")
	seed    = flag.Uint64("seed", 1, "seed of tables and statements")
	peer    = flag.String("peer", "self,duckdb", "compare with: self, duckdb, trino; several with commas")
	server  = flag.String("server", "http://127.0.0.1:8080", "Trino server with the memory connector")
	each    = flag.Int("each", 3, "under how many of the conditions of self each statement runs; 0 is all")
	workers = flag.Int("workers", 2, "statements at a time")
	show    = flag.Bool("show", false, "print the statements, do not run them")
)

// TestRandom compares random statements with the peers asked for.
func TestRandom(t *testing.T) {
	if testing.Short() {
		*number = min(*number, 300)
	}
	if *show {
		for n := *from; n < *from+*number; n++ {
			fmt.Println(n, Generate(*seed, n, Tables(*seed, n/Block, false), false).SQL)
		}
		return
	}
	for name := range strings.SplitSeq(*peer, ",") {
		t.Run(name, func(t *testing.T) { compareWith(t, name) })
	}
}

func compareWith(t *testing.T, name string) {
	r := &Run{Seed: *seed, From: *from, N: *number, Workers: *workers, Ours: &Ours{Variant: "ours"}, Progress: os.Stdout}
	var spilled atomic.Int64
	switch name {
	case "self":
		r.Peers, r.PeersEach = Variants(&spilled), *each
	case "trino":
		r.Peers = []Peer{&Trino{Server: *server, Schema: fmt.Sprintf("difftest_%d_%d_%d", *seed, *from, os.Getpid())}}
	case "duckdb":
		if !HasDuckDB() {
			optional(t, "the comparison with DuckDB: python3 has no module duckdb")
		}
		d, err := NewDuckDB()
		if err != nil {
			t.Fatal(err)
		}
		r.Peers, r.Portable = []Peer{d}, true
	default:
		t.Fatalf("no peer %q", name)
	}
	rep, err := r.Do(context.Background())
	for _, p := range r.Peers {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := spilled.Load(); n > 0 {
		t.Logf("%d files spilled", n)
	}
	t.Logf("seed %d: %s", *seed, rep.Text())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(rep.Differences); n > 0 {
		t.Errorf("%d differences", n)
	}
}

// optional skips a test whose part is not installed, unless nothing may be left out.
func optional(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("TRAILLAKE_REQUIRE_OPTIONAL") != "" {
		t.Fatal("required here and missing: ", what)
	}
	t.Skip("skipped: ", what)
}

// liar answers as our engine does, but changes some answers.
type liar struct {
	Ours
	change func(s *Statement, a *Answer)
}

func (l *liar) Answer(ctx context.Context, s *Statement) (Answer, error) {
	a, err := l.Ours.Answer(ctx, s)
	l.change(s, &a)
	return a, err
}

// TestDifferencesAreFound holds the comparison itself to finding wrong answers,
// and the reduction to keeping what is wrong.
func TestDifferencesAreFound(t *testing.T) {
	tests := []struct {
		name   string
		change func(s *Statement, a *Answer)
		what   string
	}{
		{"a row is missing", func(s *Statement, a *Answer) {
			if strings.Contains(s.SQL, "LEFT JOIN") && len(a.Rows) > 0 {
				a.Rows = a.Rows[1:]
			}
		}, "rows"},
		{"another type", func(s *Statement, a *Answer) {
			if strings.Contains(s.SQL, "count(") && len(a.Types) > 0 {
				a.Types[0] = "hyperloglog"
			}
		}, "types"},
		{"an error", func(s *Statement, a *Answer) {
			if strings.Contains(s.SQL, "DISTINCT") && a.Err == nil {
				*a = failed("INTERNAL", "wrong")
			}
		}, "only theirs fails: INTERNAL: wrong"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &Run{Seed: 7, N: 150, Ours: &Ours{}, Peers: []Peer{&liar{Ours{Variant: "liar"}, tt.change}}}
			rep, err := r.Do(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(rep.Differences) == 0 {
				t.Fatal("no difference found")
			}
			shorter := 0
			for _, d := range rep.Differences {
				if d.What != tt.what {
					t.Errorf("difference %q, want %q", d.What, tt.what)
				}
				if len(d.Statement.SQL) < len(Generate(7, d.Statement.Number, Tables(7, 0, false), false).SQL) {
					shorter++
				}
			}
			if shorter == 0 {
				t.Error("no statement was made smaller")
			}
		})
	}
}

// TestTape holds a tape to making the same statement again: what a difference
// is reported with, made smaller by and told to DuckDB by.
func TestTape(t *testing.T) {
	tables := Tables(3, 0, true)
	for n := range 500 {
		s := Generate(3, n, tables, true)
		if again := replay(s, s.tape, false); again.SQL != s.SQL {
			t.Fatalf("statement %d:\n%s\nagain:\n%s", n, s.SQL, again.SQL)
		}
		g := newGenerator(newTape(s.tape, nil), tables, DuckSQL, true)
		g.statement()
		if len(g.tape.out) != len(s.tape) {
			t.Fatalf("statement %d draws %d numbers, in DuckDB's dialect %d", n, len(s.tape), len(g.tape.out))
		}
	}
}

func TestEqualRows(t *testing.T) {
	row := func(v ...any) []any { return v }
	nan := []any{"x", 0.1 + 0.2}
	tests := []struct {
		name    string
		a, b    [][]any
		ordered bool
		want    bool
	}{
		{"any order", [][]any{row("1"), row(nil)}, [][]any{row(nil), row("1")}, false, true},
		{"order counts", [][]any{row("1"), row(nil)}, [][]any{row(nil), row("1")}, true, false},
		{"how often counts", [][]any{row("1"), row("1"), row("2")}, [][]any{row("1"), row("2"), row("2")}, false, false},
		{"last digits", [][]any{nan}, [][]any{row("x", 0.3)}, false, true},
		{"digits", [][]any{nan}, [][]any{row("x", 0.30001)}, false, false},
		{"NULL is not empty", [][]any{row(nil)}, [][]any{row("")}, false, false},
		{"kinds", [][]any{row("1")}, [][]any{row([]any{"1"})}, false, false},
		{"entries", [][]any{row(newNormalMap([]normalEntry{{"b", nil}, {"a", "1"}}))}, [][]any{row(newNormalMap([]normalEntry{{"a", "1"}, {"b", nil}}))}, false, true},
		{"a value of a map", [][]any{row(newNormalMap([]normalEntry{{"a", "1"}}))}, [][]any{row(newNormalMap([]normalEntry{{"a", nil}}))}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := equalRows(tt.a, tt.b, tt.ordered); got != tt.want {
				t.Errorf("equalRows = %v, want %v", got, tt.want)
			}
		})
	}
}

// TestMatchRows pairs a row with its like before rows that are only near it.
func TestMatchRows(t *testing.T) {
	a := [][]any{{0.9e-9}, {0.0}}
	b := [][]any{{0.0}, {1.8e-9}}
	if !matchRows(a, b) {
		t.Errorf("matchRows(%v, %v) = false", a, b)
	}
	if c := [][]any{{0.0}, {5e-9}}; matchRows(a, c) {
		t.Errorf("matchRows(%v, %v) = true", a, c)
	}
}
