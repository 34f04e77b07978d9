package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/traillake/traillake/query/types"
)

// A signature is written as text, in Trino's notation:
//
//	lower(varchar(x)) varchar(x)
//	element_at(map(K,V), K) V
//	transform(array(T), function(T,U)) array(U)
//	concat_ws(varchar, varchar...) varchar
//	array_max(array(T)) T; T:orderable
//
// One upper-case letter is a type variable (a digit may follow), one lower-case letter a number;
// "..." lets the last argument repeat, also zero times.
type signature struct {
	name        string
	args        []*pattern
	variadic    bool
	result      *pattern
	constraints map[string]string // type variable → "comparable" or "orderable"
}

// anyType stands for any type, a different one at every place.
const anyType = "any"

// pattern is a type with variables in it.
type pattern struct {
	base   string // lower case; the variable's letter when variable
	isVar  bool
	params []*pattern // of array, map, row, function
	nums   []string   // variables or digits of varchar(x), decimal(p,s), timestamp(p)
	kind   types.Kind
	fixed  types.Type // when the pattern has no variables
	zoned  bool
	closed bool // fixed is set
}

var patternKinds = map[string]types.Kind{
	"varchar": types.Varchar, "char": types.Char, "decimal": types.Decimal, "timestamp": types.Timestamp,
	"time": types.Time, "array": types.Array, "map": types.Map, "row": types.Row, "function": types.Function,
}

// textRoles are the names under which Trino's messages show text that has a
// grammar of its own; for us it is varchar.
var textRoles = map[string]bool{"joniregexp": true, "jsonpath": true, "codepoints": true}

// mustSignature parses a signature of the registry; a bad one is a bug that
// every test would meet.
func mustSignature(text string) *signature {
	s := &signature{constraints: map[string]string{}}
	head, constraints, _ := strings.Cut(text, ";")
	for _, c := range strings.Fields(constraints) {
		v, kind, _ := strings.Cut(c, ":")
		s.constraints[v] = strings.TrimSuffix(kind, ",")
	}
	p := &patternParser{text: head}
	s.name = p.until("(")
	p.expect("(")
	for !p.accept(")") {
		s.args = append(s.args, p.parse())
		if p.accept("...") {
			s.variadic = true
		}
		p.accept(",")
	}
	s.result = p.parse()
	return s
}

type patternParser struct {
	text string
	pos  int
}

func (p *patternParser) space() {
	for p.pos < len(p.text) && p.text[p.pos] == ' ' {
		p.pos++
	}
}

func (p *patternParser) accept(s string) bool {
	p.space()
	if strings.HasPrefix(p.text[p.pos:], s) {
		p.pos += len(s)
		return true
	}
	return false
}

func (p *patternParser) expect(s string) {
	if !p.accept(s) {
		panic(fmt.Sprintf("function: signature %q: %q expected at %d", p.text, s, p.pos))
	}
}

func (p *patternParser) until(stop string) string {
	end := strings.Index(p.text[p.pos:], stop)
	word := p.text[p.pos : p.pos+end]
	p.pos += end
	return word
}

func (p *patternParser) word() string {
	p.space()
	start := p.pos
	for p.pos < len(p.text) && (p.text[p.pos] >= 'a' && p.text[p.pos] <= 'z' || p.text[p.pos] >= 'A' && p.text[p.pos] <= 'Z' || p.text[p.pos] >= '0' && p.text[p.pos] <= '9') {
		p.pos++
	}
	return p.text[start:p.pos]
}

func (p *patternParser) parse() *pattern {
	t := &pattern{base: p.word()}
	switch {
	case isTypeVar(t.base):
		t.isVar = true
		return t
	case t.base == anyType:
		return t
	case textRoles[t.base]:
		t.fixed, t.closed, t.kind = types.VarcharType, true, types.Varchar
		return t
	case t.base == "interval":
		for _, words := range []string{"day to second", "year to month"} {
			if p.accept(words) {
				t.base += " " + words
			}
		}
	}
	t.kind = patternKinds[t.base]
	nested := t.kind == types.Array || t.kind == types.Map || t.kind == types.Row || t.kind == types.Function
	if (nested || t.kind != types.Unknown) && p.accept("(") {
		for !p.accept(")") {
			if nested {
				t.params = append(t.params, p.parse())
			} else {
				t.nums = append(t.nums, p.word())
			}
			p.accept(",")
		}
	}
	if t.kind == types.Timestamp && p.accept("with time zone") {
		t.zoned, t.kind = true, types.TimestampTZ
	}
	if !nested && !t.hasNumVars() {
		fixed, err := types.Parse(t.String())
		if err != nil {
			panic(fmt.Sprintf("function: signature %q: %v", p.text, err))
		}
		t.fixed, t.closed, t.kind = fixed, true, fixed.Kind
	}
	return t
}

// isTypeVar tells T and T1 from the names of types.
func isTypeVar(word string) bool {
	return word != "" && word[0] >= 'A' && word[0] <= 'Z' && len(strings.TrimRight(word[1:], "0123456789")) == 0
}

func (t *pattern) hasNumVars() bool {
	for _, n := range t.nums {
		if n[0] >= 'a' {
			return true
		}
	}
	return false
}

// String is the pattern in Trino's notation.
func (t *pattern) String() string {
	parts := t.nums
	for _, p := range t.params {
		parts = append(parts, p.String())
	}
	text := t.base
	if len(parts) > 0 {
		text += "(" + strings.Join(parts, ",") + ")"
	}
	if t.zoned {
		text += " with time zone"
	}
	return text
}

// isGeneric reports whether the signature has type variables.
func (s *signature) isGeneric() bool { return len(s.typeVars()) > 0 }

// typeVars are the type variables of the arguments, with their constraints.
func (s *signature) typeVars() []string {
	var vars []string
	seen := map[string]bool{}
	var walk func(p *pattern)
	walk = func(p *pattern) {
		if p.isVar && !seen[p.base] {
			seen[p.base] = true
			v := p.base
			if c := s.constraints[v]; c != "" {
				v += ":" + c
			}
			vars = append(vars, v)
		}
		for _, q := range p.params {
			walk(q)
		}
	}
	for _, a := range s.args {
		walk(a)
	}
	slices.Sort(vars)
	return vars
}

// expected is how error messages show the signature: arguments and type variables.
func (s *signature) expected() string {
	parts := make([]string, len(s.args))
	for i, a := range s.args {
		parts[i] = a.String()
	}
	if n := len(parts); s.variadic && n > 1 && parts[n-1] == parts[n-2] && s.isGeneric() {
		parts = parts[:n-1] // Trino counts the arguments when it sees them
	}
	text := s.name + "(" + strings.Join(parts, ", ") + ")"
	if vars := s.typeVars(); len(vars) > 0 {
		text += " " + strings.Join(vars, ", ")
	}
	return text
}
