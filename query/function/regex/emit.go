package regex

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// errBacktrack says that RE2 cannot express a pattern.
var errBacktrack = errors.New("needs backtracking")

// writer puts a pattern into the syntax of one of the two libraries.
type writer struct {
	strings.Builder
	backtrack bool // for regexp2, else for RE2
	err       error
}

// traits are what decides which library may answer for a text.
type traits struct {
	wordEdge  bool // \b: RE2 knows only ASCII's words
	finalLine bool // an anchor for which a line feed at the end of the text is special
	looksBack bool // an anchor that depends on what stands before
	canEmpty  bool // may match nothing
}

func (t *traits) see(n *node) {
	switch n.op {
	case opWordEdge, opNoWordEdge:
		t.wordEdge, t.looksBack = true, true
	case opSemiEnd:
		t.finalLine = true
	case opLineBegin:
		t.finalLine, t.looksBack = true, true
	case opTextBegin:
		t.looksBack = true
	}
	for _, s := range n.subs {
		t.see(s)
	}
}

// least is the smallest number of characters that n matches.
func (n *node) least() int {
	switch n.op {
	case opLiteral, opAny, opClass:
		return 1
	case opConcat, opCapture, opAtomic:
		sum := 0
		for _, s := range n.subs {
			sum += s.least()
		}
		return sum
	case opAlternate:
		least := n.subs[0].least()
		for _, s := range n.subs[1:] {
			least = min(least, s.least())
		}
		return least
	case opRepeat:
		return min(n.min, 1) * n.subs[0].least()
	}
	return 0
}

func (w *writer) write(n *node) {
	switch n.op {
	case opEmpty:
	case opLiteral:
		w.char(n.char)
	case opAny:
		w.WriteString(`[^\n]`)
	case opClass:
		w.class(n.set)
	case opConcat:
		for _, s := range n.subs {
			w.grouped(s)
		}
	case opAlternate:
		for i, s := range n.subs {
			if i > 0 {
				w.WriteByte('|')
			}
			w.write(s)
		}
	case opCapture:
		w.WriteByte('(')
		w.write(n.subs[0])
		w.WriteByte(')')
	case opRepeat:
		w.repeat(n)
	case opAtomic, opLook, opBackref, opSearchStart:
		w.special(n)
	default:
		w.anchor(n.op)
	}
}

// grouped writes n so that it is one thing for what stands beside it.
func (w *writer) grouped(n *node) {
	if n.op != opAlternate && n.op != opConcat {
		w.write(n)
		return
	}
	w.WriteString("(?:")
	w.write(n)
	w.WriteByte(')')
}

func (w *writer) repeat(n *node) {
	w.WriteString("(?:")
	w.write(n.subs[0])
	w.WriteByte(')')
	switch {
	case n.min == 0 && n.max < 0:
		w.WriteByte('*')
	case n.min == 1 && n.max < 0:
		w.WriteByte('+')
	case n.min == 0 && n.max == 1:
		w.WriteByte('?')
	case n.max < 0:
		fmt.Fprintf(w, "{%d,}", n.min)
	case n.max == n.min:
		fmt.Fprintf(w, "{%d}", n.min)
	default:
		fmt.Fprintf(w, "{%d,%d}", n.min, n.max)
	}
	if n.lazy {
		w.WriteByte('?')
	}
}

// special writes what only backtracking can match.
func (w *writer) special(n *node) {
	if !w.backtrack {
		w.err = errBacktrack
		return
	}
	switch n.op {
	case opSearchStart:
		w.WriteString(`\G`)
		return
	case opBackref:
		if n.fold {
			fmt.Fprintf(w, `(?i:\%d)`, n.group)
		} else {
			fmt.Fprintf(w, `(?:\%d)`, n.group)
		}
		return
	case opAtomic:
		w.WriteString("(?>")
	default:
		w.WriteString("(?")
		if n.behind {
			w.WriteByte('<')
		}
		if n.negative {
			w.WriteByte('!')
		} else {
			w.WriteByte('=')
		}
	}
	w.write(n.subs[0])
	w.WriteByte(')')
}

// anchor writes a test of a place. RE2 answers only for texts without a line
// feed at the end when one of these would see it.
func (w *writer) anchor(o op) {
	re2 := map[op]string{
		opTextBegin: `\A`, opTextEnd: `\z`, opSemiEnd: `\z`, opLineBegin: `(?m:^)`, opLineEnd: `(?m:$)`,
		opWordEdge: `\b`, opNoWordEdge: `\B`,
	}
	full := map[op]string{
		opTextBegin: `\A`, opTextEnd: `\z`, opSemiEnd: `(?=\n?\z)`, opLineBegin: `(?:\A|(?<=\n)(?!\z))`, opLineEnd: `(?=\n|\z)`,
		opWordEdge: `\b`, opNoWordEdge: `\B`,
	}
	if w.backtrack {
		w.WriteString(full[o])
	} else {
		w.WriteString(re2[o])
	}
}

func (w *writer) class(s set) {
	if len(s) == 0 {
		if w.backtrack {
			w.WriteString(`(?!)`)
		} else {
			w.WriteString(`[^\x00-\x{10FFFF}]`)
		}
		return
	}
	w.WriteByte('[')
	for _, r := range s {
		w.char(r.lo)
		if r.hi > r.lo {
			w.WriteByte('-')
			w.char(r.hi)
		}
	}
	w.WriteByte(']')
}

// char writes a character that stands for itself, in a class or outside.
func (w *writer) char(r rune) {
	switch {
	case r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		w.WriteRune(r)
	case r > unicode.MaxASCII && (w.backtrack || r < 0xD800 || r > 0xDFFF):
		if w.backtrack || unicode.IsPrint(r) {
			w.WriteRune(r)
			return
		}
		fmt.Fprintf(w, `\x{%X}`, r)
	case w.backtrack:
		fmt.Fprintf(w, `\u%04X`, r)
	default:
		fmt.Fprintf(w, `\x{%X}`, r)
	}
}
