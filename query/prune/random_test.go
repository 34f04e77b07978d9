package prune_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/traillake/traillake/query/prune"
)

var seed = flag.Uint64("seed", 1, "seed of the random conditions")

// row has the columns i and j; nil is NULL.
type row [2]any

// TestNeverSkipsAMatch makes random conditions and data and holds MayMatch to
// its one promise: where a row satisfies the condition, it may match. The
// conditions are evaluated here, by SQL's three-valued logic.
func TestNeverSkipsAMatch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(*seed, 0))
	skipped := 0
	for n := range 4000 {
		text, eval := randomCondition(rnd, 3)
		rows := make([]row, rnd.IntN(4))
		for i := range rows {
			for c := range rows[i] {
				if rnd.IntN(4) > 0 {
					rows[i][c] = rnd.Int64N(6)
				}
			}
		}
		conjuncts, cols := conditions(t, text)
		may := prune.MayMatch(conjuncts, cols, statsOf(rows))
		if !may {
			skipped++
		}
		for _, r := range rows {
			if eval(r) == true && !may {
				t.Fatalf("seed %d, condition %d: %s skips rows %v, but %v matches", *seed, n, text, rows, r)
			}
		}
	}
	if skipped < 400 {
		t.Errorf("only %d of 4000 conditions skipped anything: the statistics are hardly used", skipped)
	}
}

func statsOf(rows []row) stats {
	st := stats{}
	for c, name := range []string{"i", "j"} {
		cs := &columnStats{rows: int64(len(rows)), has: []any{}}
		for _, r := range rows {
			v, ok := r[c].(int64)
			if !ok {
				cs.nulls++
				continue
			}
			cs.has = append(cs.has, v)
			if !cs.ranged || v < cs.min.(int64) {
				cs.min = v
			}
			if !cs.ranged || v > cs.max.(int64) {
				cs.max = v
			}
			cs.ranged = true
		}
		st[name] = cs
	}
	return st
}

// randomCondition returns a condition as SQL and as a function; the function
// answers true, false or nil.
func randomCondition(rnd *rand.Rand, depth int) (string, func(row) any) {
	if depth > 0 && rnd.IntN(3) > 0 {
		a, evalA := randomCondition(rnd, depth-1)
		b, evalB := randomCondition(rnd, depth-1)
		switch rnd.IntN(3) {
		case 0:
			return "(" + a + " AND " + b + ")", func(r row) any { return and(evalA(r), evalB(r)) }
		case 1:
			return "(" + a + " OR " + b + ")", func(r row) any { return negate(and(negate(evalA(r)), negate(evalB(r)))) }
		}
		return "NOT " + a, func(r row) any { return negate(evalA(r)) }
	}
	return randomLeaf(rnd)
}

func randomLeaf(rnd *rand.Rand) (string, func(row) any) {
	x, evalX := randomOperand(rnd)
	y, evalY := randomOperand(rnd)
	z, evalZ := randomOperand(rnd)
	op := []string{"=", "<>", "<", "<=", ">", ">="}[rnd.IntN(6)]
	switch rnd.IntN(5) {
	case 0:
		return fmt.Sprintf("(%s BETWEEN %s AND %s)", x, y, z), func(r row) any {
			return and(relate(">=", evalX(r), evalY(r)), relate("<=", evalX(r), evalZ(r)))
		}
	case 1:
		return fmt.Sprintf("(%s IN (%s, %s))", x, y, z), func(r row) any {
			return negate(and(relate("<>", evalX(r), evalY(r)), relate("<>", evalX(r), evalZ(r))))
		}
	case 2:
		return fmt.Sprintf("(%s IS NULL)", x), func(r row) any { return evalX(r) == nil }
	case 3:
		return fmt.Sprintf("(%s IS DISTINCT FROM %s)", x, y), func(r row) any { return evalX(r) != evalY(r) }
	}
	return fmt.Sprintf("(%s %s %s)", x, op, y), func(r row) any { return relate(op, evalX(r), evalY(r)) }
}

func randomOperand(rnd *rand.Rand) (string, func(row) any) {
	switch rnd.IntN(5) {
	case 0, 1:
		return "i", func(r row) any { return r[0] }
	case 2:
		return "j", func(r row) any { return r[1] }
	case 3:
		if rnd.IntN(4) == 0 {
			return "CAST(NULL AS bigint)", func(row) any { return nil }
		}
	}
	v := rnd.Int64N(6)
	return fmt.Sprint(v), func(row) any { return v }
}

func and(a, b any) any {
	switch {
	case a == false || b == false:
		return false
	case a == nil || b == nil:
		return nil
	}
	return true
}

func negate(a any) any {
	if a == nil {
		return nil
	}
	return !a.(bool)
}

func relate(op string, a, b any) any {
	x, ok1 := a.(int64)
	y, ok2 := b.(int64)
	if !ok1 || !ok2 {
		return nil
	}
	switch {
	case x == y:
		return op == "=" || op == "<=" || op == ">="
	case x < y:
		return op == "<" || op == "<=" || op == "<>"
	}
	return op == ">" || op == ">=" || op == "<>"
}
