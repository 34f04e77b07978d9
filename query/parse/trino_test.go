package parse

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/ast"
)

// recorded is a statement with what Trino's own parser makes of it.
type recorded struct{ sql, want string }

// recordings reads a file of testdata/trino: a comment, then statements, each
// with a line of dashes and the outcome.
func recordings(t testing.TB, path string) []recorded {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, cases, _ := strings.Cut(string(data), "\n\n")
	var list []recorded
	for _, c := range strings.Split(strings.TrimRight(cases, "\n"), "\n\n") {
		sql, want, ok := strings.Cut(c, "\n----\n")
		if !ok {
			t.Fatalf("%s: no dashes in %q", path, c)
		}
		list = append(list, recorded{sql, want})
	}
	return list
}

// corpus reads every file of trees.
func corpus(t testing.TB) []recorded {
	paths, err := filepath.Glob("testdata/trino/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []recorded
	for _, p := range paths {
		if name := filepath.Base(p); name != "errors.txt" && name != "refused.txt" {
			list = append(list, recordings(t, p)...)
		}
	}
	return list
}

// TestTrinoTrees holds our reading of a corpus against that of Trino's own
// parser: trees, places and errors. What Trino expected instead is for
// TestTrinoErrors.
func TestTrinoTrees(t *testing.T) {
	list := corpus(t)
	if len(list) < 400 {
		t.Fatalf("%d statements, want 400 or more", len(list))
	}
	for _, c := range list {
		t.Run(c.sql, func(t *testing.T) {
			want, got := c.want, trinoTree(c.sql)
			if strings.HasPrefix(want, "error ") {
				want, _, _ = strings.Cut(want, ". Expecting: ")
				got, _, _ = strings.Cut(got, ". Expecting: ")
			}
			if got != want {
				t.Errorf("got\n%s\nTrino has\n%s", got, want)
			}
		})
	}
}

// trinoTree parses a statement and prints the outcome as the corpus does.
func trinoTree(sql string) string {
	st, err := Statement(sql)
	if err != nil {
		return "error " + strings.TrimPrefix(err.Error(), "line ")
	}
	return printer{trino: true, spans: true}.statement(st)
}

// TestTrinoErrors holds our errors against Trino's: the same place, the same
// words for what was met there. What was expected instead is Trino's in most; it
// differs where Trino also names what would make something else of the name
// before, or names less than what would fit.
func TestTrinoErrors(t *testing.T) {
	list := recordings(t, "testdata/trino/errors.txt")
	if len(list) < 300 {
		t.Fatalf("%d statements, want 300 or more", len(list))
	}
	same := 0
	for _, c := range list {
		t.Run(c.sql, func(t *testing.T) {
			_, err := Statement(c.sql)
			var e *ast.Error
			if !errors.As(err, &e) || e.Code != ast.SyntaxError {
				t.Fatalf("got %v, Trino has\n%s", err, c.want)
			}
			e.Hint = "" // Trino has none
			want, expected, _ := strings.Cut(c.want, ". Expecting: ")
			got, ours, _ := strings.Cut("error "+strings.TrimPrefix(e.Error(), "line "), ". Expecting: ")
			if got != want {
				t.Errorf("got\n%s. Expecting: %s\nTrino has\n%s", got, ours, c.want)
			}
			if ours == expected {
				same++
			}
		})
	}
	t.Logf("%d of %d errors are Trino's to the last word", same, len(list))
	if same < 230 {
		t.Errorf("%d errors are Trino's to the last word, want 230 or more", same)
	}
}

// TestTrinoRefused checks that what is refused by name is what Trino reads.
func TestTrinoRefused(t *testing.T) {
	for _, c := range recordings(t, "testdata/trino/refused.txt") {
		t.Run(c.sql, func(t *testing.T) {
			_, err := Statement(c.sql)
			var e *ast.Error
			if !errors.As(err, &e) || e.Code != ast.NotSupported {
				t.Errorf("got %v, want it refused", err)
			}
			if strings.HasPrefix(c.want, "error") {
				t.Errorf("Trino does not read it: %s", c.want)
			}
		})
	}
}
