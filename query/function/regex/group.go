package regex

import (
	"fmt"
	"unicode"
)

// namedGroup reads (?<name>…) behind its "<".
func (p *parser) namedGroup() (*node, error) {
	name, err := p.name('>')
	if err != nil {
		return nil, err
	}
	p.groups++
	if _, taken := p.names[name]; taken {
		return nil, fmt.Errorf("multiplex defined name <%s>", name)
	}
	p.names[name] = p.groups
	n := &node{op: opCapture, group: p.groups}
	sub, err := p.inside(p.flags)
	n.subs = []*node{sub}
	return n, err
}

func (p *parser) name(end rune) (string, error) {
	from := p.at
	for p.more() && p.peek(0) != end && p.peek(0) != ')' {
		p.at++
	}
	name := string(p.text[from:p.at])
	switch {
	case !p.more():
		return "", errParen
	case name == "":
		return "", errEmptyName
	case p.peek(0) != end || name[0] >= '0' && name[0] <= '9':
		return "", fmt.Errorf("invalid group name <%s>", name)
	}
	p.at++
	return name, nil
}

// option reads (?imsx-imsx) or (?imsx-imsx:…). Without a colon the flags hold
// to the end of the enclosing group, over its alternatives too.
func (p *parser) option() (*node, error) {
	f, on := p.flags, true
	for {
		if !p.more() {
			return nil, errInGroup
		}
		r := p.peek(0)
		p.at++
		switch r {
		case 'i':
			f.fold = on
		case 'm':
			f.lines = on
		case 's':
			f.dotAll = on
		case 'x':
			f.extended = on
		case '-':
			on = false
		case ':':
			return p.inside(f)
		case ')':
			outside := p.flags
			p.flags = f
			rest, err := p.alternatives()
			p.flags = outside
			return rest, err
		default:
			return nil, errGroupOption
		}
	}
}

// escape reads what begins with a backslash outside a class.
func (p *parser) escape() (*node, error) {
	p.at++
	if !p.more() {
		return nil, errEscape
	}
	switch r := p.peek(0); r {
	case 'A':
		return p.anchor(opTextBegin), nil
	case 'z':
		return p.anchor(opTextEnd), nil
	case 'Z':
		return p.anchor(opSemiEnd), nil
	case 'b':
		return p.anchor(opWordEdge), nil
	case 'B':
		return p.anchor(opNoWordEdge), nil
	case 'G':
		return p.anchor(opSearchStart), nil
	case 'Q':
		return p.quoted(), nil
	case 'k':
		if q := p.peek(1); q == '<' || q == '\'' {
			return p.namedReference(q)
		}
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if n, err := p.reference(); n != nil || err != nil {
			return n, err
		}
	}
	s, err := p.escapedSet()
	if err != nil {
		return nil, err
	}
	if s != nil {
		return &node{op: opClass, set: s}, nil
	}
	r, err := p.escapedRune()
	if err != nil {
		return nil, err
	}
	return p.literal(r), nil
}

func (p *parser) anchor(o op) *node {
	p.at++
	return &node{op: o}
}

// quoted reads \Q…\E.
func (p *parser) quoted() *node {
	p.at++
	seq := &node{op: opConcat}
	for p.more() && !p.accept(`\E`) {
		seq.subs = append(seq.subs, p.literal(p.peek(0)))
		p.at++
	}
	return seq
}

func (p *parser) namedReference(open rune) (*node, error) {
	end := '>'
	if open == '\'' {
		end = '\''
	}
	p.at += 2
	name, err := p.name(end)
	if err != nil {
		return nil, err
	}
	n, ok := p.names[name]
	if !ok {
		return nil, fmt.Errorf("undefined name <%s> reference", name)
	}
	return &node{op: opBackref, group: n, fold: p.flags.fold}, nil
}

// reference reads \n; nil when the number is an octal character instead.
func (p *parser) reference() (*node, error) {
	n, k := 0, 0
	for ; unicode.IsDigit(p.peek(k)) && p.peek(k) <= '9' && n <= maxRepeat; k++ {
		n = n*10 + int(p.peek(k)-'0')
	}
	switch {
	case n <= p.total:
		p.at += k
		return &node{op: opBackref, group: n, fold: p.flags.fold}, nil
	case n <= 9:
		return nil, errBackref
	}
	return nil, nil
}

// escapedRune reads an escape that stands for one character.
func (p *parser) escapedRune() (rune, error) {
	r := p.peek(0)
	p.at++
	switch r {
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'a':
		return '\a', nil
	case 'e':
		return 0x1B, nil
	case 'v':
		return '\v', nil
	case 'x':
		return p.hexEscape(), nil
	case 'u':
		if v, ok := p.digits(4, 4, 16); ok {
			return v, nil
		}
	case 'c':
		if !p.more() {
			return 0, errControl
		}
		p.at++
		return p.text[p.at-1] & 0x1F, nil
	case '0', '1', '2', '3', '4', '5', '6', '7':
		p.at--
		most := 3
		if r == '0' {
			p.at++
			most = 2
		}
		v, _ := p.digits(0, most, 8)
		return v, nil
	}
	return r, nil
}

// hexEscape reads what follows \x: two digits, or any number in braces.
func (p *parser) hexEscape() rune {
	if p.peek(0) == '{' {
		start := p.at
		p.at++
		if v, ok := p.digits(1, 6, 16); ok && v <= unicode.MaxRune && p.accept("}") {
			return v
		}
		p.at = start
		return 'x'
	}
	if v, ok := p.digits(1, 2, 16); ok {
		return v
	}
	return 'x'
}

// digits reads least to most digits of a base.
func (p *parser) digits(least, most int, base rune) (rune, bool) {
	var v rune
	k := 0
	for ; k < most; k++ {
		d := digitOf(p.peek(k))
		if d < 0 || d >= base {
			break
		}
		v = v*base + d
	}
	if k < least {
		return 0, false
	}
	p.at += k
	return v, true
}

func digitOf(r rune) rune {
	switch {
	case r >= '0' && r <= '9':
		return r - '0'
	case r >= 'a' && r <= 'f':
		return r - 'a' + 10
	case r >= 'A' && r <= 'F':
		return r - 'A' + 10
	}
	return -1
}
