package function

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"
)

// vectorFunctions compare arrays of numbers as vectors, and maps as sparse ones.
var vectorFunctions = []entry{
	{sig: "dot_product(array(double), array(double)) double", make: overVectors(false, func(p *products) (float64, error) { return p.dot, nil })},
	{sig: "euclidean_distance(array(double), array(double)) double", make: overVectors(false, func(p *products) (float64, error) { return math.Sqrt(p.apart), nil })},
	{sig: "cosine_similarity(array(double), array(double)) double", make: overVectors(true, (*products).cosine)},
	{sig: "cosine_distance(array(double), array(double)) double", make: overVectors(true, func(p *products) (float64, error) {
		cos, err := p.cosine()
		return 1 - cos, err
	})},
	{sig: "cosine_similarity(map(varchar,double), map(varchar,double)) double", make: overSparse(func(cos float64) float64 { return cos })},
	{sig: "cosine_distance(map(varchar,double), map(varchar,double)) double", make: overSparse(func(cos float64) float64 { return 1 - cos })},
}

// products are the sums over two vectors that the functions are made of.
type products struct{ dot, left, right, apart float64 }

func (p *products) add(x, y float64) {
	p.dot += x * y
	p.left += x * x
	p.right += y * y
	p.apart += (x - y) * (x - y)
}

func (p *products) cosine() (float64, error) {
	if p.left == 0 || p.right == 0 {
		return 0, invalidArgument("Vector magnitude cannot be zero")
	}
	return p.dot / math.Sqrt(p.left*p.right), nil
}

// overVectors makes a function of two arrays of one length. A NULL element
// makes the result NULL, or counts as zero.
func overVectors(nulls bool, f func(p *products) (float64, error)) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a, b := listColumnOf(args[0]), listColumnOf(args[1])
			left, right := valuesOf[float64](a.elements), valuesOf[float64](b.elements)
			at := func(v values[float64], k int) (float64, bool) {
				if v.IsNull(k) {
					return 0, false
				}
				return v.Value(k), true
			}
			return each(ctx, c, rows, func(i int) (float64, error) {
				as, ae, okA := a.at(i)
				bs, be, okB := b.at(i)
				switch {
				case !okA || !okB:
					return 0, errNull
				case ae-as != be-bs:
					return 0, invalidArgument("The arguments must have the same length")
				}
				var p products
				for k := range ae - as {
					x, okX := at(left, as+k)
					y, okY := at(right, bs+k)
					if nulls && (!okX || !okY) {
						return 0, errNull
					}
					p.add(x, y)
				}
				return f(&p)
			})
		}
	}
}

// overSparse makes a function of the cosine of two maps; what a map lacks is zero.
func overSparse(f func(cos float64) float64) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a, b := listColumnOf(args[0]), listColumnOf(args[1])
			left, right := valuesOf[float64](a.items), valuesOf[float64](b.items)
			return each(ctx, c, rows, func(i int) (float64, error) {
				as, ae, okA := a.at(i)
				bs, be, okB := b.at(i)
				if !okA || !okB {
					return 0, errNull
				}
				var p products
				for k := as; k < ae; k++ {
					if left.IsNull(k) {
						return 0, errNull
					}
					p.left += left.Value(k) * left.Value(k)
				}
				for k := bs; k < be; k++ {
					if right.IsNull(k) {
						return 0, errNull
					}
					p.right += right.Value(k) * right.Value(k)
					if at := findIn(*c.args[0].Key, a, as, ae, b.keys, k); at >= 0 {
						p.dot += left.Value(int(at)) * right.Value(k)
					}
				}
				return f(p.dot / (math.Sqrt(p.left) * math.Sqrt(p.right))), nil
			})
		}
	}
}
