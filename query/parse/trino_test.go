package parse

import (
	"os"
	"strings"
	"testing"
)

// TestTrinoTrees holds our reading of a corpus against that of Trino's own
// parser, trees, places and errors.
func TestTrinoTrees(t *testing.T) {
	data, err := os.ReadFile("testdata/trino/trees.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, cases, _ := strings.Cut(string(data), "\n\n")
	list := strings.Split(strings.TrimRight(cases, "\n"), "\n\n")
	if len(list) < 150 {
		t.Fatalf("%d statements, want 150 or more", len(list))
	}
	for _, c := range list {
		sql, want, ok := strings.Cut(c, "\n----\n")
		if !ok {
			t.Fatalf("no dashes in %q", c)
		}
		t.Run(sql, func(t *testing.T) {
			if got := trinoTree(sql); got != want {
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
