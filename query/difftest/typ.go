package difftest

import (
	"fmt"
	"strings"
)

// typ is a type as the grammar speaks of it: a name, and the element types of
// array and map. It is coarser than the engine's: "decimal" is any decimal and
// "varchar" of any length. "small" is an integer type whose values stay within
// ±100000, so that arithmetic on them cannot overflow.
type typ struct {
	name string
	args []typ
}

func (t typ) String() string {
	if len(t.args) == 0 {
		return t.name
	}
	parts := make([]string, len(t.args))
	for i, a := range t.args {
		parts[i] = a.String()
	}
	return t.name + "(" + strings.Join(parts, ",") + ")"
}

func (t typ) equal(o typ) bool { return t.String() == o.String() }

// sql is the type as CAST takes it.
func (t typ) sql() string {
	switch t.name {
	case "small", "small+":
		return "integer"
	case "double+":
		return "double"
	case "decimal":
		return "decimal(12,2)"
	case "timestamp":
		return "timestamp(3)"
	case "tstz":
		return "timestamp(3) with time zone"
	case "interval":
		return "interval day to second"
	case "ip":
		return "ipaddress"
	case "row":
		return "row(x bigint, y varchar)"
	case "array", "map":
		parts := make([]string, len(t.args))
		for i, a := range t.args {
			parts[i] = a.sql()
		}
		return t.name + "(" + strings.Join(parts, ", ") + ")"
	}
	return t.name
}

// duck is the type as DuckDB names it.
func (t typ) duck() string {
	switch t.name {
	case "array":
		return t.args[0].duck() + "[]"
	case "map":
		return "MAP(" + t.args[0].duck() + ", " + t.args[1].duck() + ")"
	case "row":
		return "STRUCT(x BIGINT, y VARCHAR)"
	case "timestamp":
		return "TIMESTAMP"
	}
	return strings.ToUpper(t.sql())
}

// orderable reports whether ORDER BY takes the type.
func (t typ) orderable() bool {
	switch t.name {
	case "map", "json":
		return false
	case "array":
		return t.args[0].orderable()
	}
	return true
}

// stored reports whether tables can have values of the type.
func (t typ) stored() bool {
	for _, a := range t.args {
		if !a.stored() {
			return false
		}
	}
	switch t.name {
	case "json", "varbinary", "tstz", "time", "interval", "uuid", "ip":
		return false
	}
	return true
}

// mustType parses a type of the grammar.
func mustType(text string) typ {
	t, rest := parseType(text)
	if strings.TrimSpace(rest) != "" {
		panic(fmt.Sprintf("type %q has %q behind it", text, rest))
	}
	return t
}

func parseType(text string) (typ, string) {
	text = strings.TrimLeft(text, " ")
	end := strings.IndexAny(text, "(), ")
	if end < 0 {
		return typ{name: text}, ""
	}
	t, rest := typ{name: text[:end]}, text[end:]
	if rest[0] != '(' {
		return t, rest
	}
	for rest[0] != ')' {
		var arg typ
		arg, rest = parseType(rest[1:])
		t.args = append(t.args, arg)
	}
	return t, rest[1:]
}

// variable reports whether the type is a type variable: one capital letter.
func (t typ) variable() bool { return len(t.name) == 1 && t.name[0] >= 'A' && t.name[0] <= 'Z' }

// bindings are what type variables stand for.
type bindings map[string]typ

// match binds the variables of a pattern so that it equals t.
func match(pattern, t typ, b bindings) bool {
	if pattern.variable() {
		b[pattern.name] = t
		return true
	}
	if pattern.name != t.name || len(pattern.args) != len(t.args) {
		return false
	}
	for i := range pattern.args {
		if !match(pattern.args[i], t.args[i], b) {
			return false
		}
	}
	return true
}

// put replaces the variables of a type; unbound ones are chosen and bound.
func (t typ) put(b bindings, choose func(variable string) typ) typ {
	if t.variable() {
		bound, ok := b[t.name]
		if !ok {
			bound = choose(t.name)
			b[t.name] = bound
		}
		return bound
	}
	out := typ{name: t.name}
	for _, a := range t.args {
		out.args = append(out.args, a.put(b, choose))
	}
	return out
}
