package event

import "bytes"

// The functions of this file step over JSON text that is known to be valid, which
// saves looking at every byte a second time. They never allocate.

// span is a value's place in the text; the zero span means absent.
type span struct{ from, to int }

func (s span) present() bool { return s.to > 0 }

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// skipString returns the index after the string that begins at b[i].
func skipString(b []byte, i int) int {
	for i++; ; {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return len(b)
		}
		i += n + 1
		slashes := 0
		for j := i - 2; j >= 0 && b[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}

// skipValue returns the index after the value that begins at b[i].
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		for depth := 0; i < len(b); i++ {
			switch b[i] {
			case '"':
				i = skipString(b, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(b)
	}
	for i < len(b) && !ends(b[i]) {
		i++
	}
	return i
}

// ends reports whether c follows a number or a literal.
func ends(c byte) bool {
	switch c {
	case ',', '}', ']', ' ', '\n', '\r', '\t':
		return true
	}
	return false
}

// walker steps through the members of an object or the elements of an array. Where
// that is done for every record it is no variable of the loop, which would copy it
// at each turn.
type walker struct {
	indexed
	i int
}

// walk begins at the object or array b[at.from:at.to].
func walk(b []byte, at span) walker { return indexed{b: b}.walk(at) }

// member returns the next raw key, with its quotes, and the place of its value.
func (w *walker) member() (key []byte, value span, ok bool) {
	if w.b[w.i] == '}' {
		return nil, span{}, false
	}
	from := w.i
	i := w.skipKey(from)
	key = w.b[from:i]
	i = skipSpace(w.b, skipSpace(w.b, i)+1) // over the colon
	return key, w.value(i), true
}

// element returns the place of the next element.
func (w *walker) element() (value span, ok bool) {
	if w.b[w.i] == ']' {
		return span{}, false
	}
	return w.value(w.i), true
}

// value takes the value at i and steps over the comma behind it.
func (w *walker) value(i int) span {
	v := span{i, w.skip(i)}
	w.i = skipSpace(w.b, v.to)
	if w.b[w.i] == ',' {
		w.i = skipSpace(w.b, w.i+1)
	}
	return v
}

// depth returns how deeply the valid text b nests.
func depth(b []byte) int {
	if bytes.Count(b, []byte{'{'})+bytes.Count(b, []byte{'['}) <= MaxDepth {
		return 0 // no need to look closer: braces in strings only count too high
	}
	deepest, now := 0, 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = skipString(b, i) - 1
		case '{', '[':
			now++
			deepest = max(deepest, now)
		case '}', ']':
			now--
		}
	}
	return deepest
}

// appendCompact appends the valid text b without the white space outside strings.
func appendCompact(dst, b []byte) []byte {
	from := 0
	for i := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = skipString(b, i)
		case ' ', '\n', '\r', '\t':
			dst = append(dst, b[from:i]...)
			i = skipSpace(b, i)
			from = i
		default:
			i++
		}
	}
	return append(dst, b[from:]...)
}
