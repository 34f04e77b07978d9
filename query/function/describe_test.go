package function

import (
	"slices"
	"strings"
	"testing"
)

// TestDescriptions: every function has a description in one line, and no other name has.
func TestDescriptions(t *testing.T) {
	texts, forms := described()
	names := Names()
	for name := range texts {
		if !slices.Contains(names, name) {
			t.Errorf("descriptions.txt describes %q, which is no function", name)
		}
		if forms[name].text != "" {
			t.Errorf("descriptions.txt describes %q twice", name)
		}
	}
	all := Describe()
	for _, d := range all {
		if d.Text == "" || strings.HasSuffix(d.Text, ".") || len(d.Signatures) == 0 || len(d.Text) > 120 {
			t.Errorf("%s: description %q, signatures %q", d.Name, d.Text, d.Signatures)
		}
	}
	// Signatures as Trino's documentation has them.
	for name, want := range map[string]Description{
		"concat_ws": {Kind: "scalar", Signatures: []string{"concat_ws(varchar, array(varchar)) -> varchar", "concat_ws(varchar, varchar...) -> varchar"}},
		"count_if":  {Kind: "aggregate", Signatures: []string{"count_if(boolean) -> bigint"}},
		"rank":      {Kind: "window", Signatures: []string{"rank() -> bigint"}},
		"transform": {Kind: "scalar", Signatures: []string{"transform(array(T), function(T,U)) -> array(U)"}},
		"try_cast":  {Kind: "form", Signatures: []string{"try_cast(value AS type) -> type"}},
	} {
		i := slices.IndexFunc(all, func(d Description) bool { return d.Name == name })
		if i < 0 {
			t.Errorf("no %s", name)
			continue
		}
		slices.Sort(all[i].Signatures)
		if all[i].Kind != want.Kind || !slices.Equal(all[i].Signatures, want.Signatures) {
			t.Errorf("%s = %s %q, want %s %q", name, all[i].Kind, all[i].Signatures, want.Kind, want.Signatures)
		}
	}
}
