package regex

import (
	"errors"
	"slices"
	"unicode"
)

// op is the kind of a node.
type op uint8

const (
	opEmpty op = iota
	opLiteral
	opAny       // any character but a line feed
	opClass     // one of a set
	opTextBegin // \A, and ^ without (?m)
	opTextEnd   // \z
	opSemiEnd   // \Z, and $ without (?m): the end, or before a last line feed
	opLineBegin // ^ with (?m)
	opLineEnd   // $ with (?m)
	opWordEdge  // \b
	opNoWordEdge
	opSearchStart // \G
	opConcat
	opAlternate
	opCapture
	opRepeat
	opAtomic
	opLook
	opBackref
)

// node is one part of a pattern.
type node struct {
	op       op
	char     rune // of opLiteral
	set      set  // of opClass
	subs     []*node
	group    int // of opCapture and opBackref
	fold     bool
	min, max int // of opRepeat; max -1 is no limit
	lazy     bool
	behind   bool // of opLook
	negative bool
}

// flags are the options that (?imsx) switch.
type flags struct{ fold, lines, dotAll, extended bool }

// The messages are Joni's, which Trino passes on.
var (
	errParen        = errors.New("end pattern with unmatched parenthesis")
	errCloseParen   = errors.New("unmatched close parenthesis")
	errNoTarget     = errors.New("target of repeat operator is not specified")
	errEscape       = errors.New("end pattern at escape")
	errProperty     = errors.New("invalid character property name {p}")
	errControl      = errors.New("end pattern at control")
	errInGroup      = errors.New("end pattern in group")
	errGroupOption  = errors.New("undefined group option")
	errBackref      = errors.New("invalid backref number/name")
	errRepeatOrder  = errors.New("upper is smaller than lower in repeat range")
	errRepeatSize   = errors.New("too big number for repeat range")
	errLookBehind   = errors.New("invalid pattern in look-behind")
	errDepth        = errors.New("too deep nest level")
	errEmptyName    = errors.New("group name is empty")
	errClassEnd     = errors.New("premature end of char-class")
	errEmptyClass   = errors.New("empty char-class")
	errEmptyRange   = errors.New("empty range in char class")
	errRangeEnd     = errors.New("char-class value at end of range")
	errPosixBracket = errors.New("invalid POSIX bracket type")
)

const (
	maxRepeat = 100000
	maxDepth  = 500
)

type parser struct {
	text   []rune
	at     int
	flags  flags
	depth  int
	names  map[string]int
	groups int // opened so far
	total  int // in the whole pattern
}

// parse reads a whole pattern.
func parse(pattern string) (*node, *parser, error) {
	p := &parser{text: []rune(pattern), names: map[string]int{}}
	p.total = countGroups(p.text)
	root, err := p.alternatives()
	if err != nil {
		return nil, nil, err
	}
	if p.at < len(p.text) {
		return nil, nil, errCloseParen
	}
	return root, p, nil
}

// countGroups counts the capturing groups, which tells back-references from octal numbers.
func countGroups(text []rune) int {
	n, inClass := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '[':
			inClass++
		case ']':
			inClass = max(0, inClass-1)
		case '(':
			if inClass > 0 {
				continue
			}
			named := i+3 < len(text) && text[i+1] == '?' && text[i+2] == '<' && text[i+3] != '=' && text[i+3] != '!'
			if named || i+1 >= len(text) || text[i+1] != '?' {
				n++
			}
		}
	}
	return n
}

func (p *parser) more() bool { return p.at < len(p.text) }

// peek returns the rune that comes k places on, 0 behind the end.
func (p *parser) peek(k int) rune {
	if p.at+k < len(p.text) {
		return p.text[p.at+k]
	}
	return 0
}

func (p *parser) accept(s string) bool {
	for k, r := range []rune(s) {
		if p.peek(k) != r {
			return false
		}
	}
	p.at += len([]rune(s))
	return true
}

// alternatives reads up to the end of the group, whose flags it may change.
func (p *parser) alternatives() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, errDepth
	}
	defer func() { p.depth-- }()
	var all []*node
	for {
		one, err := p.sequence()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
		if !p.accept("|") {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return &node{op: opAlternate, subs: all}, nil
}

func (p *parser) sequence() (*node, error) {
	seq := &node{op: opConcat}
	for p.more() && p.peek(0) != '|' && p.peek(0) != ')' {
		if p.flags.extended && p.skipExtended() {
			continue
		}
		one, err := p.atom()
		if err != nil {
			return nil, err
		}
		if one == nil {
			continue // a comment
		}
		if one, err = p.repeats(one); err != nil {
			return nil, err
		}
		seq.subs = append(seq.subs, one)
	}
	if len(seq.subs) == 1 {
		return seq.subs[0], nil
	}
	return seq, nil
}

// skipExtended passes over a blank or a comment of (?x).
func (p *parser) skipExtended() bool {
	switch r := p.peek(0); {
	case unicode.IsSpace(r):
		p.at++
		return true
	case r == '#':
		for p.more() && p.peek(0) != '\n' {
			p.at++
		}
		return true
	}
	return false
}

// repeats reads the quantifiers that follow an atom.
func (p *parser) repeats(one *node) (*node, error) {
	for p.more() {
		if p.flags.extended && p.skipExtended() {
			continue
		}
		least, most := 0, -1
		switch p.peek(0) {
		case '*':
		case '+':
			least = 1
		case '?':
			most = 1
		case '{':
			width, lo, hi, err := p.interval()
			if err != nil || width == 0 {
				return one, err
			}
			least, most = lo, hi
			p.at += width - 1
		default:
			return one, nil
		}
		p.at++
		r := &node{op: opRepeat, min: least, max: most, subs: []*node{one}}
		switch {
		case p.accept("?"):
			r.lazy = true
		case p.accept("+"):
			r = &node{op: opAtomic, subs: []*node{r}}
		}
		one = r
	}
	return one, nil
}

// interval reads {n}, {n,} or {n,m}; width 0 means that the brace stands for itself.
func (p *parser) interval() (width, lo, hi int, err error) {
	k := 1
	number := func() (int, bool) {
		n, from := 0, k
		for ; p.peek(k) >= '0' && p.peek(k) <= '9'; k++ {
			n = min(n*10+int(p.peek(k)-'0'), maxRepeat+1)
		}
		return n, k > from
	}
	lo, ok := number()
	if !ok {
		return 0, 0, 0, nil
	}
	hi = lo
	if p.peek(k) == ',' {
		k++
		if hi, ok = number(); !ok {
			hi = -1
		}
	}
	switch {
	case p.peek(k) != '}':
		return 0, 0, 0, nil
	case lo > maxRepeat || hi > maxRepeat:
		return 0, 0, 0, errRepeatSize
	case hi >= 0 && hi < lo:
		return 0, 0, 0, errRepeatOrder
	}
	return k + 1, lo, hi, nil
}

// atom reads one thing that can be repeated; nil for a comment.
func (p *parser) atom() (*node, error) {
	r := p.peek(0)
	switch r {
	case '(':
		return p.group()
	case '[':
		p.at++
		s, err := p.class()
		return &node{op: opClass, set: s}, err
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return nil, errNoTarget
	case '{':
		if width, _, _, err := p.interval(); err != nil || width > 0 {
			return nil, errNoTarget
		}
	}
	p.at++
	switch r {
	case '.':
		if p.flags.dotAll {
			return &node{op: opClass, set: everything}, nil
		}
		return &node{op: opAny}, nil
	case '^':
		if p.flags.lines {
			return &node{op: opLineBegin}, nil
		}
		return &node{op: opTextBegin}, nil
	case '$':
		if p.flags.lines {
			return &node{op: opLineEnd}, nil
		}
		return &node{op: opSemiEnd}, nil
	}
	return p.literal(r), nil
}

// literal is a character, or its forms of either case.
func (p *parser) literal(r rune) *node {
	if p.flags.fold {
		if s := folded(setOf(r)); len(s) > 1 || s[0].lo != s[0].hi {
			return &node{op: opClass, set: s}
		}
	}
	return &node{op: opLiteral, char: r}
}

// group reads what begins with a parenthesis.
func (p *parser) group() (*node, error) {
	p.at++
	kinds := []struct {
		prefix string
		node   node
	}{
		{"?=", node{op: opLook}}, {"?!", node{op: opLook, negative: true}},
		{"?<=", node{op: opLook, behind: true}}, {"?<!", node{op: opLook, behind: true, negative: true}},
		{"?>", node{op: opAtomic}}, {"?:", node{op: opConcat}},
	}
	for _, k := range kinds {
		if p.accept(k.prefix) {
			n := k.node
			sub, err := p.inside(p.flags)
			n.subs = []*node{sub}
			if err == nil && n.behind && !fixedAlternatives(sub) {
				err = errLookBehind
			}
			return &n, err
		}
	}
	switch {
	case p.accept("?#"):
		for p.more() && p.peek(0) != ')' {
			p.at++
		}
		if !p.accept(")") {
			return nil, errInGroup
		}
		return nil, nil
	case p.accept("?<"):
		return p.namedGroup()
	case p.accept("?"):
		return p.option()
	}
	p.groups++
	n := &node{op: opCapture, group: p.groups}
	sub, err := p.inside(p.flags)
	n.subs = []*node{sub}
	return n, err
}

// inside reads a group's alternatives and its closing parenthesis. The flags
// outside stay what they were.
func (p *parser) inside(f flags) (*node, error) {
	outside := p.flags
	p.flags = f
	defer func() { p.flags = outside }()
	sub, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, errParen
	}
	return sub, nil
}

// fixedAlternatives reports whether a look-behind knows how far back to look:
// each of its alternatives must have one length.
func fixedAlternatives(n *node) bool {
	if n.op != opAlternate {
		_, ok := n.length()
		return ok
	}
	return !slices.ContainsFunc(n.subs, func(s *node) bool { _, ok := s.length(); return !ok })
}

// length is the number of characters that n matches, when that is always the same.
func (n *node) length() (int, bool) {
	switch n.op {
	case opLiteral, opAny, opClass:
		return 1, true
	case opBackref:
		return 0, false
	case opConcat, opCapture, opAtomic:
		sum := 0
		for _, s := range n.subs {
			k, ok := s.length()
			if !ok {
				return 0, false
			}
			sum += k
		}
		return sum, true
	case opAlternate:
		first, ok := n.subs[0].length()
		for _, s := range n.subs[1:] {
			k, fixed := s.length()
			ok = ok && fixed && k == first
		}
		return first, ok
	case opRepeat:
		k, ok := n.subs[0].length()
		return k * n.min, ok && n.min == n.max
	}
	return 0, true
}
