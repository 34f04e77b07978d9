package function

import (
	"cmp"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// buckets are a numeric histogram: values with weights, of which neighbours are
// joined when there are too many (Ben-Haim and Tom-Tov, "A Streaming Parallel
// Decision Tree Algorithm", with the variance that a join adds as its price).
type buckets struct {
	most   int
	values []weighted
	ok     bool
}

// spareBuckets are kept beyond the most until neighbours are joined.
const spareBuckets = 100

func (h *buckets) add(v, w float64) {
	if len(h.values) == h.most+spareBuckets {
		h.compact()
	}
	h.values = append(h.values, weighted{v, w})
}

// compact leaves at most as many buckets as were asked for, sorted.
func (h *buckets) compact() {
	slices.SortStableFunc(h.values, func(a, b weighted) int { return cmp.Compare(a.v, b.v) })
	out := h.values[:0]
	for _, x := range h.values {
		if n := len(out); n > 0 && out[n-1].v == x.v {
			out[n-1].w += x.w
		} else {
			out = append(out, x)
		}
	}
	for len(out) > h.most {
		best := 0
		for i := 1; i+1 < len(out); i++ {
			if penalty(out[i], out[i+1]) < penalty(out[best], out[best+1]) {
				best = i
			}
		}
		a, b := out[best], out[best+1]
		w := a.w + b.w
		out[best] = weighted{(a.v*a.w + b.v*b.w) / w, w}
		out = slices.Delete(out, best+1, best+2)
	}
	h.values = out
}

// penalty is the variance that joining two buckets adds.
func penalty(a, b weighted) float64 {
	w, d := a.w+b.w, a.v-b.v
	return w * (d * d) * (a.w * b.w / (w * w))
}

// numericHistogram makes the forms with a weight and without.
func numericHistogram(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		f := &folder[buckets]{ctx: ctx, c: c, fixed: 48}
		f.add = func(s *buckets, args []Value, row int) error {
			if anyNull(args, row) {
				return nil
			}
			if !s.ok {
				most := types.Int64At(args[0].Array, args[0].Row(row))
				if most < 2 {
					return invalidArgument("numeric_histogram bucket count must be greater than one")
				}
				s.most, s.ok = int(min(most, maxKept)), true
			}
			w := 1.0
			if len(args) == 3 {
				w = floatAt(args[2], row)
			}
			before := cap(s.values)
			s.add(floatAt(args[1], row), w)
			f.bytes += int64(cap(s.values)-before) * 16
			return nil
		}
		f.merge = func(s, o *buckets) error {
			if !s.ok {
				s.most, s.ok = o.most, o.ok
			}
			before := cap(s.values)
			for _, x := range o.values {
				s.add(x.v, x.w)
			}
			f.bytes += int64(cap(s.values)-before) * 16
			return nil
		}
		f.emit = func(b array.Builder, s *buckets) error {
			if !s.ok {
				b.AppendNull()
				return nil
			}
			s.compact()
			m := b.(*array.MapBuilder)
			m.Append(true)
			for _, x := range s.values {
				appendFloat(m.KeyBuilder(), x.v)
				appendFloat(m.ItemBuilder(), x.w)
			}
			return nil
		}
		return f
	}
}
