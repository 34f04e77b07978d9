package function

import (
	"slices"
	"strings"
)

// Listing is one overload of a function, as SHOW FUNCTIONS shows it.
type Listing struct {
	Name          string
	Result        string // types in Trino's notation, variables included
	Arguments     string // separated by commas
	Kind          string // scalar, aggregate or window
	Deterministic bool
	Description   string
}

// List returns every function that a user can call, by name and arguments.
func List() []Listing {
	var out []Listing
	l := functions()
	texts, _ := described()
	add := func(s *signature, kind string, deterministic bool) {
		args := make([]string, len(s.args))
		for i, a := range s.args {
			args[i] = a.String()
		}
		out = append(out, Listing{Name: s.name, Result: s.result.String(), Arguments: strings.Join(args, ", "), Kind: kind, Deterministic: deterministic, Description: texts[s.name]})
	}
	for _, name := range l.names {
		for _, o := range l.scalars[name] {
			add(o.sig, "scalar", !o.entry.volatile)
		}
		for _, o := range l.aggregates[name] {
			add(o.sig, "aggregate", true)
		}
		for _, o := range l.windows[name] {
			add(o.sig, "window", true)
		}
	}
	slices.SortStableFunc(out, func(a, b Listing) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Arguments, b.Arguments)
	})
	return out
}
