package event

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// TestIndexedStepsAsTextDoes walks random objects with and without their ends.
func TestIndexedStepsAsTextDoes(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	var x indexer
	for range 2000 {
		text := objectJSON(rng, 0)
		if !jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true)) {
			t.Fatalf("the test made %q", text)
		}
		b := []byte(text)
		with, deep := x.index(b)
		if deep != deepest(text) {
			t.Fatalf("%q nests %d deep, the index says %d", text, deepest(text), deep)
		}
		sameWalk(t, with, indexed{b: b}, span{0, len(b)})
	}
}

// sameWalk compares every member, element and level.
func sameWalk(t *testing.T, x, y indexed, at span) {
	t.Helper()
	w, v := x.walk(at), y.walk(at)
	for {
		var a, b span
		var ok, also bool
		if x.b[at.from] == '{' {
			var k, l []byte
			k, a, ok = w.member()
			l, b, also = v.member()
			if string(k) != string(l) {
				t.Fatalf("%q: key %q with ends, %q without", x.b, k, l)
			}
		} else {
			a, ok = w.element()
			b, also = v.element()
		}
		if a != b || ok != also {
			t.Fatalf("%q: value at %v %t with ends, %v %t without", x.b, a, ok, b, also)
		}
		if !ok {
			return
		}
		if c := x.b[a.from]; c == '{' || c == '[' {
			sameWalk(t, x, y, a)
		}
	}
}

func objectJSON(rng *rand.Rand, level int) string {
	var b strings.Builder
	space := func() { b.WriteString([]string{"", "", "", " ", "\n\t"}[rng.IntN(5)]) }
	b.WriteByte('{')
	space()
	for i := range rng.IntN(5) {
		if i > 0 {
			b.WriteByte(',')
			space()
		}
		b.WriteString(stringJSON(rng))
		space()
		b.WriteByte(':')
		space()
		b.WriteString(anyJSON(rng, level))
		space()
	}
	b.WriteByte('}')
	return b.String()
}

func anyJSON(rng *rand.Rand, level int) string {
	switch n := rng.IntN(6); {
	case n < 2 && level < 6:
		return objectJSON(rng, level+1)
	case n == 2 && level < 6:
		var list []string
		for range rng.IntN(4) {
			list = append(list, anyJSON(rng, level+1))
		}
		return "[" + strings.Join(list, ", ") + "]"
	case n == 3:
		return []string{"1", "-1.5e3", "true", "null"}[rng.IntN(4)]
	}
	return stringJSON(rng)
}

func stringJSON(rng *rand.Rand) string {
	pieces := []string{"a", "{", "}", "[", "]", ",", ":", `\"`, `\\`, `\n`, "é", " ", `\u0022`}
	var b strings.Builder
	for range rng.IntN(8) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return `"` + b.String() + `"`
}

// deepest is how deeply valid text nests, found byte by byte.
func deepest(text string) int {
	most, now, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			most = max(most, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return most
}

// TestAfter: a key is found wherever the one before it stands.
func TestAfter(t *testing.T) {
	for _, l := range []*level{CloudTrail.top, ConfigurationItem.top} {
		for last := -1; last < len(l.keys); last++ {
			for want, key := range l.keys {
				if key == "" {
					continue // of a field that is made
				}
				if i, known := l.after(last, []byte(key)); !known || i != want {
					t.Errorf("%s after %d: %d, %v, want %d", key, last, i, known, want)
				}
			}
			for _, key := range []string{"", "eventname"} {
				if i, known := l.after(last, []byte(key)); known {
					t.Errorf("%q, which is no key: %d", key, i)
				}
			}
		}
	}
}
