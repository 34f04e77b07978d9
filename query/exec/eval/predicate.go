package eval

import (
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
)

// Predicate selects rows by a condition. Its conjuncts run in order, each on the
// rows that the ones before it left.
type Predicate struct{ conjuncts []*Expr }

// CompilePredicate prepares a boolean expression.
func CompilePredicate(ctx *function.Context, cond plan.Expr) (*Predicate, error) {
	conjuncts, err := CompileAll(ctx, plan.Conjuncts(cond))
	return &Predicate{conjuncts}, err
}

// Select returns the rows of f for which the condition is true, rising.
func (p *Predicate) Select(f *Frame) ([]int32, error) {
	var sel []int32 // nil: all
	for _, c := range p.conjuncts {
		if sel != nil && len(sel) == 0 {
			break
		}
		if d, ok := c.root.(*dictionary); ok {
			if kept, ok, err := d.keep(f, sel); err != nil {
				return nil, err
			} else if ok {
				if sel = kept; sel == nil {
					sel = []int32{}
				}
				continue
			}
		}
		if sel == nil {
			sel = allRows(f.rows)
		}
		got, err := onRows(c.root, f, sel)
		if err != nil {
			return nil, err
		}
		kept := sel[:0:0]
		if got.value.Const {
			if b := got.value; isTrueAt(b, 0) {
				kept = sel
			}
		} else {
			kept = make([]int32, 0, len(sel))
			eachState(got.value, len(sel), func(k int, s int8) {
				if s == isTrue {
					kept = append(kept, sel[k])
				}
			})
		}
		got.value.Array.Release()
		sel = kept
	}
	if sel == nil {
		sel = allRows(f.rows)
	}
	return sel, nil
}

func isTrueAt(v function.Value, row int) (yes bool) {
	eachState(v, row+1, func(r int, s int8) { yes = r == row && s == isTrue })
	return yes
}

// Close gives back what the condition kept.
func (p *Predicate) Close() { CloseAll(p.conjuncts) }
