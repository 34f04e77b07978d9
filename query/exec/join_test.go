package exec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// pair is a row of the tables that joins are tested on; a key below zero is NULL.
type pair struct{ key, value int }

var pairColumns = []plan.TableColumn{{Name: "k", Type: types.VarcharType}, {Name: "v", Type: types.BigIntType}}

// pairTable is a table of (key varchar, value bigint).
func pairTable(t *testing.T, name string, rows []pair) *memtable.Table {
	t.Helper()
	raw := make([]json.RawMessage, len(rows))
	for i, r := range rows {
		key := fmt.Sprintf(`"k%d"`, r.key)
		if r.key < 0 {
			key = "null"
		}
		raw[i] = json.RawMessage(fmt.Sprintf(`[%s, %d]`, key, r.value))
	}
	table, err := memtable.FromJSON(name, pairColumns, raw)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func scanPairs(table *memtable.Table) *plan.Scan {
	return &plan.Scan{Table: table, Columns: []plan.ColumnPath{
		{Column: 0, Name: "k", Type: types.VarcharType}, {Column: 1, Name: "v", Type: types.BigIntType},
	}}
}

// randomPairs makes rows whose keys are few and sometimes NULL.
func randomPairs(rnd *rand.Rand, n, keys int) []pair {
	out := make([]pair, n)
	for i := range out {
		out[i] = pair{rnd.IntN(keys+1) - 1, rnd.IntN(20)}
	}
	return out
}

// joinCase is a join on equal keys (when keyed) and left value < right value (when residual).
type joinCase struct {
	kind            plan.JoinKind
	keyed, residual bool
}

func (c joinCase) node(left, right plan.Node) *plan.Join {
	n := &plan.Join{Kind: c.kind, Left: left, Right: right}
	if c.keyed {
		n.LeftKeys = []plan.Expr{&plan.Column{Index: 0, Name: "k", Typ: types.VarcharType}}
		n.RightKeys = n.LeftKeys
	}
	if c.residual {
		less, err := function.Resolve("<", []function.Arg{{Type: types.BigIntType}, {Type: types.BigIntType}}, nil)
		if err != nil {
			panic(err)
		}
		n.Residual = &plan.Call{Function: less, Args: []plan.Expr{
			&plan.Column{Index: 1, Name: "v", Typ: types.BigIntType}, &plan.Column{Index: 3, Name: "v", Typ: types.BigIntType},
		}}
	}
	return n
}

func (c joinCase) matches(l, r pair) bool {
	return (!c.keyed || l.key >= 0 && l.key == r.key) && (!c.residual || l.value < r.value)
}

// text is the pair as lines has it.
func (p pair) text() string {
	if p.key < 0 {
		return fmt.Sprintf("NULL %d", p.value)
	}
	return fmt.Sprintf("k%d %d", p.key, p.value)
}

// want is the join by definition, as sorted lines.
func (c joinCase) want(left, right []pair) []string {
	out := []string{}
	rightMatched := make([]bool, len(right))
	for _, l := range left {
		matched := false
		for i, r := range right {
			if c.matches(l, r) {
				matched, rightMatched[i] = true, true
				if yieldsPairs(c.kind) {
					out = append(out, l.text()+" "+r.text())
				}
			}
		}
		switch {
		case c.kind == plan.Mark:
			out = append(out, fmt.Sprintf("%s %v", l.text(), matched))
		case c.kind == plan.Semi && matched, c.kind == plan.Anti && !matched:
			out = append(out, l.text())
		case (c.kind == plan.Left || c.kind == plan.Full) && !matched:
			out = append(out, l.text()+" NULL NULL")
		}
	}
	for i, r := range right {
		if c.kind == plan.Full && !rightMatched[i] {
			out = append(out, "NULL NULL "+r.text())
		}
	}
	slices.Sort(out)
	return out
}

// lines returns all rows of a stream, sorted, and closes it.
func lines(s plan.Stream, outputs []plan.Output) (out []string, err error) {
	out = []string{}
	defer func() { err = errors.Join(err, s.Close()) }()
	for {
		rec, err := s.Next(context.Background())
		if errors.Is(err, io.EOF) {
			slices.Sort(out)
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		for row := range int(rec.NumRows()) {
			cells := make([]string, len(outputs))
			for i, o := range outputs {
				cells[i] = "NULL"
				if !types.IsNull(rec.Column(i), row) {
					cells[i] = string(types.AppendText(nil, o.Type, rec.Column(i), row))
				}
			}
			out = append(out, strings.Join(cells, " "))
		}
		rec.Release()
	}
}

func joinCases() (out []joinCase) {
	for kind := plan.Inner; kind <= plan.Mark; kind++ {
		for _, keyed := range []bool{true, false} {
			for _, residual := range []bool{true, false} {
				out = append(out, joinCase{kind, keyed, residual})
			}
		}
	}
	return out
}

// TestJoinKinds compares every kind of join with its definition, on tables of
// all sizes relative to each other, cut up and encoded in several ways.
func TestJoinKinds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, sizes := range [][2]int{{0, 0}, {0, 7}, {7, 0}, {1, 1}, {30, 5}, {5, 30}, {60, 60}} {
		left, right := randomPairs(rnd, sizes[0], 8), randomPairs(rnd, sizes[1], 8)
		for _, variant := range []memtable.Options{{}, {Partitions: 3, BatchRows: 4, Dictionary: true}} {
			for _, c := range joinCases() {
				n := c.node(scanPairs(pairTable(t, "l", left).With(variant)), scanPairs(pairTable(t, "r", right).With(variant)))
				env := testEnv(t, max(1, variant.Partitions), 0)
				got, err := lines(build(t, n, env), n.Outputs())
				if want := c.want(left, right); err != nil || !slices.Equal(got, want) {
					t.Errorf("%s over %v rows, %+v: %v\n%s\nwant:\n%s", plan.Line(n), sizes, variant, err, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		}
	}
}
