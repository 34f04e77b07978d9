package eval

import (
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/types"
)

// piece is the result on some rows of a frame.
type piece struct {
	value function.Value
	rows  []int32
}

// pieces are results on disjoint rows.
type pieces []piece

func (ps pieces) release() {
	for _, p := range ps {
		p.value.Array.Release()
	}
}

// scatter puts the pieces together; rows in none are NULL. One piece with all
// rows is the result itself.
func (ps pieces) scatter(ctx *function.Context, t types.Type, rows int) (function.Value, error) {
	if len(ps) == 1 && len(ps[0].rows) == rows {
		v := ps[0].value
		v.Array.Retain()
		return v, nil
	}
	parts := make([]vector.Piece, len(ps))
	for i, p := range ps {
		parts[i] = vector.Piece{Array: p.value.Array, Const: p.value.Const, Rows: p.rows}
	}
	arr, err := vector.Scatter(ctx.Mem, t.Arrow(), parts, rows)
	return function.Value{Array: arr}, err
}
