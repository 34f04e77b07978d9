package function

import (
	"math/rand/v2"

	"github.com/apache/arrow/go/v15/arrow"
)

// randomFunctions are random() and rand(), which are called for every row.
func randomFunctions() []entry {
	var list []entry
	for _, name := range []string{"random", "rand"} {
		list = append(list, entry{sig: name + "() double", make: randomFloat, volatile: true})
		list = append(list, randomWhole[int8](name, "tinyint")...)
		list = append(list, randomWhole[int16](name, "smallint")...)
		list = append(list, randomWhole[int32](name, "integer")...)
		list = append(list, randomWhole[int64](name, "bigint")...)
	}
	return list
}

func randomFloat(c *call) Kernel {
	return func(ctx *Context, _ []Value, rows int) (arrow.Array, error) {
		return each(ctx, c, rows, func(int) (float64, error) { return rand.Float64(), nil })
	}
}

// randomWhole draws below a bound, or from a first value to before a last.
func randomWhole[T signed](name, kind string) []entry {
	return []entry{
		{sig: name + "(" + kind + ") " + kind, volatile: true, make: f1(func(n T) (T, error) {
			if n <= 0 {
				return 0, invalidArgument("bound must be positive")
			}
			return T(rand.Int64N(int64(n))), nil
		})},
		{sig: name + "(" + kind + ", " + kind + ") " + kind, volatile: true, make: f2(func(from, to T) (T, error) {
			if from >= to {
				return 0, invalidArgument("start value must be less than stop value")
			}
			// The width may pass the largest bigint, but not the largest unsigned one.
			width := uint64(int64(to)) - uint64(int64(from))
			return T(uint64(int64(from)) + rand.Uint64N(width)), nil
		})},
	}
}
