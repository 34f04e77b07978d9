package function

import (
	"strings"
	"unicode/utf8"
)

// likePattern is a LIKE pattern cut at its "%": the first piece stands at the
// beginning of the text, the last at its end, the others follow one another.
type likePattern struct {
	first, last likePiece
	between     []likePiece
	whole       bool // without "%": first is all
	least       int  // bytes that a matching text has at least
}

// likePiece is literal texts and "_", each of which is one character.
type likePiece []likePart

func newLikePattern(parts []likePart) *likePattern {
	pieces := []likePiece{nil}
	p := &likePattern{}
	for _, part := range parts {
		if part.wildcard == '%' {
			pieces = append(pieces, nil)
			continue
		}
		p.least += max(1, len(part.literal))
		pieces[len(pieces)-1] = append(pieces[len(pieces)-1], part)
	}
	n := len(pieces)
	p.first, p.last, p.whole = pieces[0], pieces[n-1], n == 1
	for _, piece := range pieces[1:max(1, n-1)] {
		if len(piece) > 0 {
			p.between = append(p.between, piece)
		}
	}
	return p
}

// match takes each piece at its first place, which leaves the most text to the
// next, so that nothing is tried twice.
func (p *likePattern) match(s string) bool {
	if len(s) < p.least {
		return false
	}
	s, ok := p.first.cutPrefix(s)
	if !ok || p.whole {
		return ok && s == ""
	}
	if s, ok = p.last.cutSuffix(s); !ok {
		return false
	}
	for _, piece := range p.between {
		if s, ok = piece.cutFirst(s); !ok {
			return false
		}
	}
	return true
}

func (p likePiece) cutPrefix(s string) (rest string, ok bool) {
	for _, part := range p {
		if part.wildcard == 0 {
			if s, ok = strings.CutPrefix(s, part.literal); !ok {
				return "", false
			}
			continue
		}
		if s == "" {
			return "", false
		}
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s, true
}

func (p likePiece) cutSuffix(s string) (rest string, ok bool) {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].wildcard == 0 {
			if s, ok = strings.CutSuffix(s, p[i].literal); !ok {
				return "", false
			}
			continue
		}
		if s == "" {
			return "", false
		}
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s, true
}

// cutFirst returns what follows the first place where the piece stands.
func (p likePiece) cutFirst(s string) (rest string, ok bool) {
	for s != "" {
		if p[0].wildcard == 0 {
			at := strings.Index(s, p[0].literal)
			if at < 0 {
				return "", false
			}
			s = s[at:]
		}
		if rest, ok := p.cutPrefix(s); ok {
			return rest, true
		}
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return "", false
}
