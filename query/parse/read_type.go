package parse

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// typeText reads a type and returns its text with the white space of
// "map(varchar,row(a bigint,b timestamp(3) with time zone))". ARRAY<t>, MAP<k,v>
// and t ARRAY, older spellings that Trino still takes, become array(t) and map(k,v).
func (r *reader) typeText() string {
	r.enter()
	defer r.leave()
	text := r.simpleType()
	for r.accept("ARRAY") {
		r.wants("[")
		if r.peek(0).is("[") && r.peek(1).kind == integerToken {
			r.refuse(r.pos, r.pos, "an array type with a size")
		}
		text = "array(" + text + ")"
	}
	return text
}

// simpleType reads a type without ARRAY after it.
func (r *reader) simpleType() string {
	t, after := r.peek(0), r.peek(1)
	switch {
	case t.is("ROW") && after.is("("):
		return r.rowType()
	case t.is("INTERVAL"):
		first := r.next()
		if _, to := r.intervalQualifier(); to == "" {
			panic(fault{ast.Errorf(ast.NotSupported, r.span(first, r.pos-1), "%s type not supported", strings.ToUpper(r.words(first)))})
		}
		return r.words(first)
	case t.is("DOUBLE") && after.is("PRECISION"):
		first := r.next()
		r.next()
		return r.words(first)
	case t.is("ARRAY", "MAP") && after.is("<"):
		return r.oldType()
	}
	if !t.named() {
		r.wants("<type>")
		r.mismatch(r.pos)
	}
	text := r.toks[r.next()].text
	r.wants("(")
	if t.is("DOUBLE") {
		r.wants("PRECISION")
	}
	if r.peek(0).is("(") {
		text += r.typeArguments()
	}
	if t.is("TIME", "TIMESTAMP") {
		r.wants("WITH", "WITHOUT")
	}
	if t.is("TIME", "TIMESTAMP") && r.peek(0).is("WITH", "WITHOUT") {
		first := r.next()
		r.expect("TIME")
		r.expect("ZONE")
		text += " " + r.words(first)
	}
	return text
}

// words returns the tokens read since first as words.
func (r *reader) words(first int) string {
	var list []string
	for _, t := range r.toks[first:r.pos] {
		list = append(list, t.text)
	}
	return strings.Join(list, " ")
}

// rowType reads ROW(name type, …); the names may be left out.
func (r *reader) rowType() string {
	text := r.toks[r.next()].text
	var fields []string
	r.bracketed("(", func() {
		r.list(func() {
			// A name is followed by a type; a type is not, but for its own words.
			name := ""
			if t, after := r.peek(0), r.peek(1); t.named() && after.named() &&
				!(t.is("DOUBLE") && after.is("PRECISION") && !r.peek(2).is("(")) &&
				!(t.is("INTERVAL") && r.peek(2).is("TO")) && !(after.is("ARRAY") && !r.peek(2).is("(", "<")) {
				name = r.toks[r.next()].text + " "
			}
			fields = append(fields, name+r.typeText())
		})
	})
	return text + "(" + strings.Join(fields, ",") + ")"
}

// oldType reads ARRAY<t> and MAP<k, v>.
func (r *reader) oldType() string {
	text := r.toks[r.next()].text
	r.expect("<")
	args := []string{r.typeText()}
	for r.accept(",") {
		args = append(args, r.typeText())
	}
	r.expect(">")
	return text + "(" + strings.Join(args, ",") + ")"
}

// typeArguments reads (10, 2) or (varchar, json).
func (r *reader) typeArguments() string {
	var args []string
	r.bracketed("(", func() {
		r.list(func() {
			if r.peek(0).kind == integerToken {
				args = append(args, r.toks[r.next()].value)
				return
			}
			r.wants("<integer>")
			args = append(args, r.typeText())
		})
	})
	return "(" + strings.Join(args, ",") + ")"
}
