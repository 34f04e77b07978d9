package difftest

import "math/rand/v2"

// tape is the source of all choices: recorded numbers first, then random ones,
// or zeros when there is no source of them. What was drawn is recorded.
type tape struct {
	in    []uint32
	rng   *rand.Rand
	out   []uint32
	spans []span
}

// span is the part of a tape that made one expression or relation.
type span struct{ from, to int }

func newTape(in []uint32, rng *rand.Rand) *tape { return &tape{in: in, rng: rng} }

// pick returns a number below n. Choices are laid out so that 0 is the simplest.
func (t *tape) pick(n int) int {
	v := 0
	switch at := len(t.out); {
	case n <= 1:
		return 0
	case at < len(t.in):
		v = int(t.in[at]) % n
	case t.rng != nil:
		v = t.rng.IntN(n)
	}
	t.out = append(t.out, uint32(v))
	return v
}

// chance is true in about percent of a hundred cases; the simplest is false.
func (t *tape) chance(percent int) bool { return t.pick(100) >= 100-percent }

// between returns a number of [low, high].
func (t *tape) between(low, high int) int { return low + t.pick(high-low+1) }

// one picks one of some values.
func one[T any](t *tape, values ...T) T { return values[t.pick(len(values))] }

// within runs make and remembers which numbers it drew.
func within[T any](t *tape, make func() T) T {
	from := len(t.out)
	out := make()
	if to := len(t.out); to > from+1 {
		t.spans = append(t.spans, span{from, to})
	}
	return out
}
