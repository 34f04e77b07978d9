package selector

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traillake/traillake/ingest/event"
)

// example is a case of testdata: selectors with what becomes of events, or with
// words of the error.
type example struct {
	source, title  string
	selectors      []EventSelector
	taken, refused []string
	says           string
}

// examples reads a file of cases, which are blocks of lines: "# " where it is
// written, a title, the selectors as JSON, then "+ " events that are taken, "- "
// events that are not, or "! " words of the error.
func examples(t testing.TB, path string) (out []example) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(strings.TrimSpace(string(text)), "\n\n")
	for _, block := range blocks[1:] { // the first says what the file is about
		var e example
		var selectors strings.Builder
		for line := range strings.Lines(block) {
			line = strings.TrimSuffix(line, "\n")
			switch mark, rest, _ := strings.Cut(line, " "); {
			case mark == "#":
				e.source += rest
			case e.title == "":
				e.title = line
			case mark == "+":
				e.taken = append(e.taken, rest)
			case mark == "-":
				e.refused = append(e.refused, rest)
			case mark == "!":
				e.says = rest
			default:
				selectors.WriteString(line)
			}
		}
		if err := json.Unmarshal([]byte(selectors.String()), &e.selectors); err != nil {
			t.Fatalf("%s, %q: %v", path, e.title, err)
		}
		if e.source == "" {
			t.Errorf("%s, %q: no source", path, e.title)
		}
		out = append(out, e)
	}
	return out
}

func matchFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/match/*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return files
}

// TestMatch holds Match, and the plain evaluation that the fuzz target trusts, to
// the documented cases.
func TestMatch(t *testing.T) {
	d := event.NewDecoder(event.CloudTrail)
	cases := 0
	for _, path := range matchFiles(t) {
		for _, e := range examples(t, path) {
			cases++
			t.Run(filepath.Base(path)+"/"+e.title, func(t *testing.T) {
				s, err := Compile(e.selectors)
				if err != nil {
					t.Fatal(err)
				}
				if len(e.taken) == 0 || len(e.refused) == 0 {
					t.Error("a case needs events that are taken and events that are not")
				}
				holds := func(record string, want bool) {
					if _, err := d.Decode([]byte(record)); err != nil {
						t.Fatalf("%s: %v", record, err)
					}
					if got := s.Match(d); got != want {
						t.Errorf("Match(%s) = %v, want %v", record, got, want)
					}
					if got, valid := naive(e.selectors, []byte(record)); !valid || got != want {
						t.Errorf("naive(%s) = %v, want %v", record, got, want)
					}
				}
				for _, record := range e.taken {
					holds(record, true)
				}
				for _, record := range e.refused {
					holds(record, false)
				}
			})
		}
	}
	if cases < 80 {
		t.Errorf("%d cases, want 80 or more", cases)
	}
}

// TestCompileRefuses holds every rule of validation to selectors that break it.
func TestCompileRefuses(t *testing.T) {
	for _, e := range examples(t, "testdata/invalid") {
		t.Run(e.title, func(t *testing.T) {
			_, err := Compile(e.selectors)
			if err == nil {
				t.Fatalf("accepted, want %q", e.says)
			}
			if !strings.Contains(err.Error(), e.says) {
				t.Errorf("error %q, want %q in it", err, e.says)
			}
		})
	}
}

// TestCompileLimits: each limit holds at its value and not one beyond.
func TestCompileLimits(t *testing.T) {
	values := func(n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprint("Action", i))
		}
		return list
	}
	named := func(name string, conditions ...FieldSelector) EventSelector {
		return EventSelector{Name: name, FieldSelectors: append([]FieldSelector{{Field: "eventCategory", Equals: []string{"Management"}}}, conditions...)}
	}
	name := func(list ...string) FieldSelector { return FieldSelector{Field: "eventName", Equals: list} }
	for _, c := range []struct {
		title     string
		selectors []EventSelector
		says      string // "": valid
	}{
		{"500 values", []EventSelector{named("", name(values(499)...))}, ""},
		{"501 values", []EventSelector{named("", name(values(500)...))}, "501 values over all selectors: must be at most 500"},
		{"500 values of five", []EventSelector{named("", name(values(99)...)), named("", name(values(99)...)), named("", name(values(99)...)), named("", name(values(99)...)), named("", name(values(99)...))}, ""},
		{"501 values of two, with both kinds of operators", []EventSelector{named("", name(values(250)...)), named("", FieldSelector{Field: "eventName", NotEquals: values(249)})}, "501 values"},
		{"a name of 1000", []EventSelector{named(strings.Repeat("é", 1000))}, ""},
		{"a name of 1001", []EventSelector{named(strings.Repeat("é", 1001))}, "a name of 1001 characters: must be at most 1000"},
		{"a value of 2048", []EventSelector{named("", name(strings.Repeat("é", 2048)))}, ""},
		{"a value of 2049", []EventSelector{named("", name(strings.Repeat("é", 2049)))}, "a value of 2049 characters: must be 1 to 2048"},
		{"a field of 1000", []EventSelector{named("", FieldSelector{Field: strings.Repeat("x", 1000), Equals: []string{"a"}})}, "not selected by it"},
		{"a field of 1001", []EventSelector{named("", FieldSelector{Field: strings.Repeat("x", 1001), Equals: []string{"a"}})}, "must be 1 to 1000"},
	} {
		t.Run(c.title, func(t *testing.T) {
			_, err := Compile(c.selectors)
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("error %v, want %q in it", err, c.says)
			}
		})
	}
}

func TestFamily(t *testing.T) {
	for category, want := range map[string]Family{
		"Management": Trail, "Insight": Insight, "ConfigurationItem": ConfigurationItem, "Evidence": Evidence, "ActivityAuditLog": ActivityAuditLog,
	} {
		s, err := Compile([]EventSelector{{FieldSelectors: []FieldSelector{{Field: "eventCategory", Equals: []string{category}}}}})
		if err != nil || s.Family() != want {
			t.Errorf("%s: family %v, %v, want %v", category, s.Family(), err, want)
		}
	}
	if s, err := Compile(Default()); err != nil || s.Family() != Trail {
		t.Errorf("Default: %v", err)
	}
}
