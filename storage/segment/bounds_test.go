package segment

import (
	"math/rand/v2"
	"testing"
)

// TestOutermost asks one chunk for the bounds of one span after the other.
func TestOutermost(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	e := chunkEncoder{dict: []string{"m", "", "z", "b", "zz", "a"}, codes: make([]int32, 200)}
	for i := range e.codes {
		e.codes[i] = int32(rnd.IntN(len(e.dict)))
	}
	for range 500 {
		from := rnd.IntN(len(e.codes))
		to := from + 1 + rnd.IntN(min(5, len(e.codes)-from))
		wantLow, wantHigh := "~", ""
		for _, c := range e.codes[from:to] {
			wantLow, wantHigh = min(wantLow, e.dict[c]), max(wantHigh, e.dict[c])
		}
		if low, high := e.outermost(e.codes[from:to]); low != wantLow || high != wantHigh {
			t.Fatalf("values %d to %d: %q to %q, want %q to %q", from, to, low, high, wantLow, wantHigh)
		}
	}
}
