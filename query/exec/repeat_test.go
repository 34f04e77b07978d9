package exec

import (
	"context"
	"testing"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// TestRepeat reads the first rows of more than there could ever be: a row's
// copies come batch by batch.
func TestRepeat(t *testing.T) {
	values := &plan.Values{Columns: []plan.Output{{Name: "x", Type: types.BigIntType}, {Name: "n", Type: types.BigIntType}}}
	for _, row := range [][]any{{int64(1), int64(batchRows + 1)}, {int64(2), int64(-5)}, {int64(3), nil}, {int64(4), int64(0)}, {int64(5), int64(2)}, {int64(6), int64(1) << 60}} {
		values.Rows = append(values.Rows, []plan.Expr{&plan.Literal{Value: row[0], Typ: types.BigIntType}, &plan.Literal{Value: row[1], Typ: types.BigIntType}})
	}
	count := &plan.Column{Index: 1, Name: "n", Typ: types.BigIntType}
	s := build(t, &plan.Limit{Input: &plan.Repeat{Input: values, Count: count}, Count: 3 * batchRows}, testEnv(t, 1, 0))
	got, err := read(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	times := map[int64]int{}
	for _, v := range got {
		times[v]++
	}
	if len(times) != 3 || times[1] != batchRows+1 || times[5] != 2 || times[6] != 2*batchRows-3 {
		t.Errorf("rows and how often they come: %v", times)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
