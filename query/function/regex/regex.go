// Package regex runs regular expressions in the Java-like syntax of Trino (its
// engine is Joni) on the library of the Go project, whose time is linear in the
// text, and on a backtracking one where that cannot answer: back-references,
// look-around, atomic groups and possessive quantifiers.
//
// A pattern is read into a tree here, so that what it means and which faults it
// has do not depend on either library's dialect: \w, \s and \d are ASCII's, \b
// is Unicode's, "$" also matches before a line feed at the end, classes nest
// and intersect. A character of which the upper case is two characters (ß)
// matches in (?i) only itself; Joni knows more.
package regex

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// matchLimit bounds one search by backtracking, whose time can be exponential.
const matchLimit = 10 * time.Second

// ErrTooLong is the error of a search that backtracks for too long.
var ErrTooLong = errors.New("the regular expression backtracks for more than 10 seconds")

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	names  map[string]int
	groups int
	traits traits
	fast   *regexp.Regexp // nil when only backtracking can match
	slow   func() (*regexp2.Regexp, error)
	// For Match: a text that every match contains, whether it is all there is
	// to find, and the pattern without the ".*" at its ends.
	needed  string
	literal bool
	inner   *regexp.Regexp
}

// Compile reads a pattern. Its errors are Joni's messages.
func Compile(pattern string) (*Regexp, error) {
	root, p, err := parse(pattern)
	if err != nil {
		return nil, err
	}
	r := &Regexp{names: p.names, groups: p.groups}
	r.traits.see(root)
	r.traits.canEmpty = root.least() == 0
	r.slow = sync.OnceValues(func() (*regexp2.Regexp, error) {
		w := &writer{backtrack: true}
		w.write(root)
		re, err := regexp2.Compile(w.String(), regexp2.None)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		re.MatchTimeout = matchLimit
		return re, nil
	})
	if r.fast = linear(root); r.fast == nil {
		_, err := r.slow() // a fault shows now, not at a row
		return r, err
	}
	bare := trimmed(root)
	r.needed = bare.longestLiteral()
	r.literal = bare.isText(r.needed)
	r.inner = r.fast
	if bare != root && !r.literal {
		r.inner = linear(bare)
	}
	if prefix, _ := r.inner.LiteralPrefix(); !r.literal && strings.HasPrefix(prefix, r.needed) {
		r.needed = "" // the library looks for it itself
	}
	return r, nil
}

// linear compiles a tree for RE2, nil when RE2 cannot express it.
func linear(n *node) *regexp.Regexp {
	w := &writer{}
	w.write(n)
	if w.err != nil {
		return nil
	}
	re, err := regexp.Compile(w.String())
	if err != nil { // counts over 1000, or too large a program
		return nil
	}
	return re
}

// Groups is the number of capturing groups.
func (r *Regexp) Groups() int { return r.groups }

// GroupIndex is the number of a named group, -1 when there is none.
func (r *Regexp) GroupIndex(name string) int {
	if n, ok := r.names[name]; ok {
		return n
	}
	return -1
}

// linearFor reports whether RE2 answers rightly for this text.
func (r *Regexp) linearFor(s string) bool {
	return r.fast != nil && !(r.traits.wordEdge && !isASCII(s)) && !(r.traits.finalLine && strings.HasSuffix(s, "\n"))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Match reports whether the pattern matches anywhere in s.
func (r *Regexp) Match(s string) (bool, error) {
	if r.needed != "" && !strings.Contains(s, r.needed) {
		return false, nil
	}
	if r.literal {
		return true, nil
	}
	if r.linearFor(s) {
		return r.inner.MatchString(s), nil
	}
	m, err := r.backtracking(s).find(0)
	return m != nil, err
}

// Find returns the first match that begins at byte from or later, nil without
// one. A match is the pairs of byte offsets of the whole and of each group, -1
// for a group that took no part. What stands before from is seen by anchors.
func (r *Regexp) Find(s string, from int) ([]int, error) {
	if r.linearFor(s) {
		if from == 0 {
			return r.fast.FindStringSubmatchIndex(s), nil
		}
		if !r.traits.looksBack {
			return shifted(r.fast.FindStringSubmatchIndex(s[from:]), from), nil
		}
	}
	return r.backtracking(s).find(from)
}

func shifted(m []int, by int) []int {
	for i := range m {
		if m[i] >= 0 {
			m[i] += by
		}
	}
	return m
}

// All returns the matches from left to right, none overlapping. An empty match
// may follow directly on another match, as in Java.
func (r *Regexp) All(s string) ([][]int, error) {
	if r.linearFor(s) && !r.traits.canEmpty {
		return r.fast.FindAllStringSubmatchIndex(s, -1), nil
	}
	find := func(from int) ([]int, error) { return r.Find(s, from) }
	if r.fast == nil || r.traits.looksBack || !r.linearFor(s) {
		find = r.backtracking(s).find
	}
	var all [][]int
	for from := 0; from <= len(s); {
		m, err := find(from)
		if err != nil {
			return nil, err
		}
		if m == nil {
			break
		}
		all = append(all, m)
		from = Next(s, m)
	}
	return all, nil
}

// Next is where the search after match m begins.
func Next(s string, m []int) int {
	if m[1] > m[0] {
		return m[1]
	}
	_, size := utf8.DecodeRuneInString(s[m[1]:])
	return m[1] + max(size, 1)
}
