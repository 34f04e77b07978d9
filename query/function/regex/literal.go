package regex

import "strings"

// trimmed drops ".*" from both ends: whether the pattern matches anywhere does
// not depend on it.
func trimmed(n *node) *node {
	if n.op != opConcat {
		return n
	}
	subs := n.subs
	for len(subs) > 1 && isDotStar(subs[0]) {
		subs = subs[1:]
	}
	for len(subs) > 1 && isDotStar(subs[len(subs)-1]) {
		subs = subs[:len(subs)-1]
	}
	if len(subs) == len(n.subs) {
		return n
	}
	return &node{op: opConcat, subs: subs}
}

func isDotStar(n *node) bool {
	if n.op != opRepeat || n.min != 0 || n.max >= 0 {
		return false
	}
	s := n.subs[0]
	return s.op == opAny || s.op == opClass && len(s.set) == 1 && s.set[0] == everything[0]
}

// isText reports whether n is nothing but the text, so that finding the text decides.
func (n *node) isText(text string) bool {
	if text == "" {
		return false
	}
	switch n.op {
	case opLiteral:
		return text == string(n.char)
	case opConcat:
		var b strings.Builder
		for _, s := range n.subs {
			if s.op != opLiteral {
				return false
			}
			b.WriteRune(s.char)
		}
		return b.String() == text
	}
	return false
}

// longestLiteral is the longest text that every match of n contains, as far as
// it is easily seen; "" when none is.
func (n *node) longestLiteral() string {
	var run strings.Builder
	longest := ""
	flush := func() {
		if run.Len() > len(longest) {
			longest = run.String()
		}
		run.Reset()
	}
	var walk func(n *node)
	walk = func(n *node) {
		switch n.op {
		case opLiteral:
			run.WriteRune(n.char)
		case opConcat, opCapture:
			for _, s := range n.subs {
				walk(s)
			}
		case opRepeat:
			flush()
			if n.min > 0 {
				walk(n.subs[0])
				flush()
			}
		case opTextBegin, opTextEnd, opSemiEnd, opLineBegin, opLineEnd, opWordEdge, opNoWordEdge:
			// matches nothing, so the text around it is one
		default:
			flush()
		}
	}
	walk(n)
	flush()
	return longest
}
