package regex

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// The sets of \d, \s and \w are ASCII's, as Trino's are.
var (
	digits = set{{'0', '9'}}
	spaces = set{{'\t', '\r'}, {' ', ' '}}
	words  = set{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
)

// class reads a bracket expression behind its "[".
func (p *parser) class() (set, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, errDepth
	}
	defer func() { p.depth-- }()
	negative := p.accept("^")
	whole, part := everything, set{}
	first, combined := true, false
	for {
		if !p.more() {
			return nil, errClassEnd
		}
		if p.peek(0) == ']' {
			if !first {
				p.at++
				break
			}
			if !slices.Contains(p.text[p.at+1:], ']') {
				return nil, errEmptyClass
			}
		}
		first = false
		if p.accept("&&") {
			whole, part, combined = intersect(whole, part), set{}, true
			continue
		}
		more, err := p.classItem()
		if err != nil {
			return nil, err
		}
		part = append(part, more...)
	}
	s := union(part)
	if combined {
		s = intersect(whole, s)
	}
	if negative {
		s = without(s)
	}
	return s, nil
}

// classItem reads one element of a bracket expression: a set, a character or a range.
func (p *parser) classItem() (set, error) {
	if p.peek(0) == '[' {
		if p.peek(1) == ':' {
			if s, ok, err := p.posix(); ok || err != nil {
				return s, err
			}
		}
		p.at++
		return p.class()
	}
	if p.peek(0) == '\\' {
		p.at++
		if !p.more() {
			return nil, errEscape
		}
		// \pL without braces is no set here, but the letter p.
		if r := p.peek(0); r != 'p' && r != 'P' || p.peek(1) == '{' {
			if s, err := p.escapedSet(); s != nil || err != nil {
				return s, err
			}
		}
		p.at--
	}
	lo, err := p.classRune()
	if err != nil {
		return nil, err
	}
	hi := lo
	if p.peek(0) == '-' && p.peek(1) != ']' && p.peek(1) != 0 && !(p.peek(1) == '&' && p.peek(2) == '&') && p.peek(1) != '[' {
		p.at++
		if p.peek(0) == '\\' && p.more() && slices.Contains([]rune("dDsSwWhHpP"), p.peek(1)) && p.peek(1) != 'h' && p.peek(1) != 'H' {
			return nil, errRangeEnd
		}
		if hi, err = p.classRune(); err != nil {
			return nil, err
		}
		if hi < lo {
			return nil, errEmptyRange
		}
		if p.peek(0) == '-' && p.peek(1) != ']' {
			p.at++ // Joni drops a dash behind a range
		}
	}
	s := set{{lo, hi}}
	if p.flags.fold {
		s = folded(s)
	}
	return s, nil
}

// classRune reads one character of a bracket expression. \b is a backspace here.
func (p *parser) classRune() (rune, error) {
	if !p.accept(`\`) {
		p.at++
		return p.text[p.at-1], nil
	}
	if !p.more() {
		return 0, errEscape
	}
	if p.accept("b") {
		return '\b', nil
	}
	return p.escapedRune()
}

// posix reads [:name:] or [:^name:]; ok is false when the text is something else.
func (p *parser) posix() (s set, ok bool, err error) {
	rest := string(p.text[p.at+2:])
	end := strings.Index(rest, ":]")
	if end < 0 || strings.ContainsAny(rest[:end], `[]\`) {
		return nil, false, nil
	}
	name, negative := strings.CutPrefix(rest[:end], "^")
	s, known := posixSets()[name]
	if !known {
		return nil, false, errPosixBracket
	}
	p.at += len([]rune(rest[:end])) + 4
	if negative {
		s = without(s)
	}
	return slices.Clone(s), true, nil
}

// propertyName reads the name of \pL or \p{Lu} at the p, and returns what it takes up.
func (p *parser) propertyName() (name string, length int, err error) {
	switch {
	case p.peek(1) == 0:
		return "", 0, errProperty
	case p.peek(1) != '{':
		return string(p.peek(1)), 2, nil
	}
	end := slices.Index(p.text[p.at:], '}')
	if end < 0 {
		return "", 0, fmt.Errorf("invalid character property name <%s>", string(p.text[p.at+2:]))
	}
	return string(p.text[p.at+2 : p.at+end]), end + 1, nil
}

// escapedSet reads an escape that stands for a set, at its letter; nil when it is none.
func (p *parser) escapedSet() (set, error) {
	var s set
	switch r := p.peek(0); r {
	case 'd', 'D':
		s = digits
	case 's', 'S':
		s = spaces
	case 'w', 'W':
		s = words
	case 'p', 'P':
		name, end, err := p.propertyName()
		if err != nil {
			return nil, err
		}
		found, err := property(name)
		if err != nil {
			return nil, err
		}
		s = found
		if p.flags.fold {
			s = slices.Clone(s) // Joni does not fold properties
		}
		if r == 'P' {
			s = without(s)
		}
		p.at += end
		return slices.Clone(s), nil
	default:
		return nil, nil
	}
	if unicode.IsUpper(p.peek(0)) {
		s = without(s)
	}
	p.at++
	return slices.Clone(s), nil
}
