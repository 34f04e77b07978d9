package segment

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func writePrints(t testing.TB, prints []Fingerprint) memSource {
	t.Helper()
	var out bytes.Buffer
	if err := WriteFingerprints(&out, slices.Clone(prints)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestFind compares with a plain search, for evenly spread fingerprints and for
// ones that crowd together.
func TestFind(t *testing.T) {
	rnd := rand.New(rand.NewPCG(*seedFlag, 3))
	spread := func() uint64 { return rnd.Uint64() | 1 }
	crowded := func() uint64 { return 1<<60 + rnd.Uint64N(3000) }
	ends := func() uint64 { return []uint64{1, 2, math.MaxUint64, math.MaxUint64 - 1}[rnd.IntN(4)] }
	for name, next := range map[string]func() uint64{"spread": spread, "crowded": crowded, "ends": ends} {
		for _, n := range []int{0, 1, 2, 511, 512, 513, 5000} {
			prints := make([]Fingerprint, n)
			for i := range prints {
				prints[i] = Fingerprint{next(), uint32(i)}
			}
			f, err := OpenFingerprints(writePrints(t, prints))
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Check(int64(n)); err != nil {
				t.Error(err)
			}
			wanted := []uint64{1, math.MaxUint64}
			for range 300 {
				wanted = append(wanted, next())
				if n > 0 {
					wanted = append(wanted, prints[rnd.IntN(n)].Hash)
				}
			}
			slices.Sort(wanted)
			var want []Hit
			for _, w := range slices.Compact(slices.Clone(wanted)) {
				for _, p := range prints {
					if p.Hash == w {
						want = append(want, Hit{w, int64(p.Row)})
					}
				}
			}
			got, err := f.Find(wanted)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s, %d entries: %s", name, n, d)
			}
		}
	}
}

// TestFingerprintDamage: every changed byte is found by opening and checking.
func TestFingerprintDamage(t *testing.T) {
	src := writePrints(t, []Fingerprint{{7, 0}, {3, 1}, {7, 2}, {9, 3}})
	for i := range src {
		src[i] ^= 1 << (i % 8)
		f, err := OpenFingerprints(src)
		if err == nil {
			err = f.Check(4)
		}
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("byte %d: %v, want ErrCorrupt", i, err)
		}
		src[i] ^= 1 << (i % 8)
	}
	f, err := OpenFingerprints(src)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Check(3); !errors.Is(err, ErrCorrupt) {
		t.Errorf("row outside: %v, want ErrCorrupt", err)
	}
	for n := range src {
		if _, err := OpenFingerprints(src[:n]); !errors.Is(err, ErrCorrupt) {
			t.Errorf("first %d bytes: %v, want ErrCorrupt", n, err)
		}
	}
}
