package function

import (
	_ "embed" // descriptions.txt
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Description tells a user of a function, all its overloads together.
type Description struct {
	Name       string
	Kind       string   // scalar, aggregate, window, or form: it has a grammar of its own
	Signatures []string // such as "lower(varchar(x)) -> varchar(x)"; "..." lets an argument repeat
	Text       string   // what it gives, in one line
}

//go:embed descriptions.txt
var descriptions string

// form is a line of descriptions.txt with a signature.
type form struct{ signature, text string }

// described is descriptions.txt by name.
var described = sync.OnceValues(func() (texts map[string]string, forms map[string]form) {
	texts, forms = map[string]string{}, map[string]form{}
	for _, line := range strings.Split(descriptions, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if parts := strings.Split(line, " | "); len(parts) == 3 {
			forms[parts[0]] = form{parts[1], parts[2]}
			continue
		}
		name, text, ok := strings.Cut(line, ": ")
		if !ok || texts[name] != "" {
			panic(fmt.Sprintf("function: descriptions.txt: line %q", line))
		}
		texts[name] = text
	}
	return texts, forms
})

// Describe returns every function that a user can call, and the forms that look
// like functions, by name. The caller keeps the result.
func Describe() []Description {
	texts, forms := described()
	l := functions()
	var out []Description
	names := append([]string{}, l.names...)
	for name := range forms {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		d := Description{Name: name, Kind: "scalar", Text: texts[name]}
		for _, o := range l.scalars[name] {
			d.Signatures = append(d.Signatures, o.sig.described())
		}
		for _, o := range l.aggregates[name] {
			d.Kind = "aggregate"
			d.Signatures = append(d.Signatures, o.sig.described())
		}
		for _, o := range l.windows[name] {
			d.Kind = "window"
			d.Signatures = append(d.Signatures, o.sig.described())
		}
		if f, ok := forms[name]; ok {
			if len(d.Signatures) == 0 {
				d.Kind = "form"
			}
			d.Signatures, d.Text = []string{f.signature}, f.text
		}
		out = append(out, d)
	}
	return out
}

// described is the signature as a user reads it.
func (s *signature) described() string {
	args := make([]string, len(s.args))
	for i, a := range s.args {
		args[i] = a.String()
	}
	if s.variadic {
		args[len(args)-1] += "..."
	}
	return s.name + "(" + strings.Join(args, ", ") + ") -> " + s.result.String()
}
