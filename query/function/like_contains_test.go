package function

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestContaining compares with a look at each text by itself: empty texts, NULL,
// words across the border of two texts, slices.
func TestContaining(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		b := array.NewStringBuilder(mem)
		for range rng.IntN(40) {
			switch rng.IntN(5) {
			case 0:
				b.AppendNull()
			case 1:
				b.Append("")
			default:
				var s strings.Builder
				for range rng.IntN(6) {
					s.WriteByte("ab"[rng.IntN(2)])
				}
				b.Append(s.String())
			}
		}
		all := b.NewStringArray()
		from := rng.IntN(all.Len() + 1)
		texts := array.NewSlice(all, int64(from), int64(from+rng.IntN(all.Len()-from+1))).(*array.String)
		word := []string{"a", "ab", "aba", "bb", "aaaa"}[rng.IntN(5)]
		got := containing(mem, texts, word).(*array.Boolean)
		if got.Len() != texts.Len() {
			t.Fatalf("%d answers for %d texts", got.Len(), texts.Len())
		}
		for i := range texts.Len() {
			if got.IsNull(i) != texts.IsNull(i) {
				t.Fatalf("%v contains %q: row %d: NULL is %v", texts, word, i, got.IsNull(i))
			}
			if want := strings.Contains(texts.Value(i), word); !texts.IsNull(i) && got.Value(i) != want {
				t.Fatalf("%v contains %q: row %d is %v, want %v", texts, word, i, got.Value(i), want)
			}
		}
		got.Release()
		texts.Release()
		all.Release()
		b.Release()
		mem.AssertSize(t, 0)
	}
}

// TestWordOf holds the shortcut against the patterns it may take.
func TestWordOf(t *testing.T) {
	for pattern, want := range map[string]string{
		"%ab%": "ab", "%": "", "%%": "", "%%%": "", "ab%": "", "%ab": "", "%a%b%": "", "%a_b%": "", "%é%": "é", "": "",
	} {
		word, ok := wordOf(pattern)
		if ok != (want != "") || ok && word != want {
			t.Errorf("wordOf(%q) = %q, %v; want %q", pattern, word, ok, want)
		}
	}
}
