package exec

import (
	"context"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// TestNullSafeJoin joins the values NULL, NaN and 1 with themselves.
func TestNullSafeJoin(t *testing.T) {
	double := types.Type{Kind: types.Double}
	values := &plan.Values{Columns: []plan.Output{{Name: "v", Type: double}}}
	for _, v := range []any{nil, math.NaN(), 1.0} {
		values.Rows = append(values.Rows, []plan.Expr{&plan.Literal{Value: v, Typ: double}})
	}
	key := []plan.Expr{&plan.Column{Name: "v", Typ: double}}
	for _, tt := range []struct {
		name string
		safe []bool
		want int64
	}{{"equal", nil, 1}, {"null-safe", []bool{true}, 3}} {
		t.Run(tt.name, func(t *testing.T) {
			env := testEnv(t, 1, 0)
			rows, err := Build(context.Background(), &plan.Join{Left: values, Right: values, LeftKeys: key, RightKeys: key, NullSafe: tt.safe}, env)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			got := int64(0)
			for {
				rec, err := rows.Next(context.Background())
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got += rec.NumRows()
				rec.Release()
			}
			if got != tt.want {
				t.Errorf("%d rows, want %d", got, tt.want)
			}
		})
	}
}
