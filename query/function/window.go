package function

import (
	"slices"
	"strings"

	"github.com/traillake/traillake/query/types"
)

// Window is a function that needs OVER and is no aggregate, with its types
// settled. What it computes is the window operator's business.
type Window struct {
	Name   string
	Args   []types.Type
	Result types.Type
	// Ordered functions need an ORDER BY in their window; Framed ones look at its
	// frame, which the others must not have; those that take Nulls may IGNORE them.
	Ordered, Framed, Nulls bool
}

// windowEntry is one overload of a window function.
type windowEntry struct {
	sig                    string
	ordered, framed, nulls bool
}

// windowEntries are Trino's window functions
// (https://trino.io/docs/current/functions/window.html).
var windowEntries = []windowEntry{
	{sig: "row_number() bigint"},
	{sig: "rank() bigint"},
	{sig: "dense_rank() bigint"},
	{sig: "percent_rank() double"},
	{sig: "cume_dist() double"},
	{sig: "ntile(bigint) bigint"},
	{sig: "lag(T) T", ordered: true, nulls: true},
	{sig: "lag(T, bigint) T", ordered: true, nulls: true},
	{sig: "lag(T, bigint, T) T", ordered: true, nulls: true},
	{sig: "lead(T) T", ordered: true, nulls: true},
	{sig: "lead(T, bigint) T", ordered: true, nulls: true},
	{sig: "lead(T, bigint, T) T", ordered: true, nulls: true},
	{sig: "first_value(T) T", framed: true, nulls: true},
	{sig: "last_value(T) T", framed: true, nulls: true},
	{sig: "nth_value(T, bigint) T", framed: true, nulls: true},
}

func addWindows(l *library) {
	for _, e := range windowEntries {
		s := mustSignature(e.sig)
		l.windows[s.name] = append(l.windows[s.name], overload[windowEntry]{s, e})
	}
	for name := range l.windows {
		l.names = append(l.names, name)
	}
}

// IsWindow reports whether name is a function that needs OVER and is no aggregate.
func IsWindow(name string) bool { return len(functions().windows[strings.ToLower(name)]) > 0 }

// ResolveWindow is Resolve for window functions that are no aggregates.
func ResolveWindow(name string, args []Arg) (*Window, error) {
	name = strings.ToLower(name)
	found := functions().windows[name]
	if len(found) == 0 {
		return nil, notRegistered(name)
	}
	m, err := choose(found, args, nil)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, mismatch(name, found, args)
	}
	e := m.entry
	return &Window{Name: name, Args: slices.Clone(m.want), Result: m.result, Ordered: e.ordered, Framed: e.framed, Nulls: e.nulls}, nil
}
