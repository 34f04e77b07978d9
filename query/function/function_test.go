package function

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFunctions runs testdata/*.txt. A line is "expression => text", with
// " :: type" at its end when the type matters too; NULL is NULL and a fault is
// "error: " and its words. The expectations come from the sources that the
// files name, never from a run.
func TestFunctions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for n, line := range strings.Split(string(text), "\n") {
				if line == "" || line[0] == '#' {
					continue
				}
				at := strings.LastIndex(line, " => ")
				if at < 0 {
					t.Fatalf("%s:%d: no =>", file, n+1)
				}
				want, wantType, hasType := strings.Cut(line[at+4:], " :: ")
				got, typ := evalSQL(t, strings.TrimSpace(line[:at]))
				if got = strings.ReplaceAll(got, "\n", `\n`); got != want {
					t.Errorf("%s:%d: %s\n got %s\nwant %s", file, n+1, line[:at], got, want)
				}
				if hasType && typ.String() != wantType {
					t.Errorf("%s:%d: %s has type %s, want %s", file, n+1, line[:at], typ, wantType)
				}
			}
		})
	}
}
