package ast

import "strings"

// formatJSON is the text of a call of SQL/JSON. As Trino's, it has the clauses
// that apply where none is written.
func (e *Call) formatJSON() string {
	name := strings.ToUpper(e.Name.Name)
	var parts []string
	switch name {
	case "JSON_OBJECT":
		parts = e.jsonMembers()
	case "JSON_ARRAY":
		parts = e.jsonElements()
	default:
		parts = e.jsonPath(name)
	}
	return name + "(" + strings.Join(parts, " ") + ")"
}

func (e *Call) jsonMembers() []string {
	if len(e.Args) == 0 {
		return append([]string{""}, e.jsonReturning()...)
	}
	members := make([]string, 0, len(e.Args)/2)
	for i := 0; i+1 < len(e.Args); i += 2 {
		members = append(members, "KEY "+Format(e.Args[i])+" VALUE "+e.formatted(i+1, ""))
	}
	unique := "WITHOUT UNIQUE KEYS"
	if e.JSON.UniqueKeys {
		unique = "WITH UNIQUE KEYS"
	}
	return append([]string{strings.Join(members, ", "), orElse(e.JSON.OnNull, "NULL") + " ON NULL", unique}, e.jsonReturning()...)
}

func (e *Call) jsonElements() []string {
	if len(e.Args) == 0 {
		return append([]string{""}, e.jsonReturning()...)
	}
	elements := make([]string, len(e.Args))
	for i := range e.Args {
		elements[i] = e.formatted(i, "")
	}
	return append([]string{strings.Join(elements, ", "), orElse(e.JSON.OnNull, "ABSENT") + " ON NULL"}, e.jsonReturning()...)
}

// jsonPath is what stands in the brackets of JSON_EXISTS, JSON_QUERY and JSON_VALUE.
func (e *Call) jsonPath(name string) []string {
	parts := []string{e.formatted(0, "JSON") + ",", Format(e.Args[1])}
	passed := make([]string, len(e.JSON.Passing))
	for i, p := range e.JSON.Passing {
		passed[i] = e.formatted(2+i, "") + " AS " + p.format()
	}
	if len(passed) > 0 {
		parts = append(parts, "PASSING "+strings.Join(passed, ", "))
	}
	parts = append(parts, e.jsonReturning()...)
	if name == "JSON_QUERY" {
		wrapper := orElse(e.JSON.Wrapper, "WITHOUT")
		if wrapper == "WITH" {
			wrapper = "WITH UNCONDITIONAL"
		}
		parts = append(parts, wrapper+" ARRAY WRAPPER")
		if e.JSON.Quotes != "" {
			parts = append(parts, e.JSON.Quotes+" QUOTES ON SCALAR STRING")
		}
	}
	if name == "JSON_EXISTS" {
		return append(parts, orElse(e.JSON.OnError, "FALSE")+" ON ERROR")
	}
	defaults := e.Args[2+len(passed):]
	for _, b := range []struct{ behavior, on string }{{e.JSON.OnEmpty, " ON EMPTY"}, {e.JSON.OnError, " ON ERROR"}} {
		text := orElse(b.behavior, "NULL")
		if text == "DEFAULT" && len(defaults) > 0 {
			text += " " + Format(defaults[0])
			defaults = defaults[1:]
		}
		parts = append(parts, text+b.on)
	}
	return parts
}

// formatted is an argument with its FORMAT, or the one that it has where none is written.
func (e *Call) formatted(i int, otherwise JSONFormat) string {
	format := e.JSON.Formats[i]
	if format == "" {
		format = otherwise
	}
	if format == "" {
		return Format(e.Args[i])
	}
	return Format(e.Args[i]) + " FORMAT " + format.String()
}

func (e *Call) jsonReturning() []string {
	if e.JSON.Returning == "" {
		return nil
	}
	out := []string{"RETURNING " + e.JSON.Returning}
	if e.JSON.ReturningFormat != "" {
		out = append(out, "FORMAT "+e.JSON.ReturningFormat.String())
	}
	return out
}

func orElse(clause, otherwise string) string {
	if clause == "" {
		return otherwise
	}
	return clause
}
