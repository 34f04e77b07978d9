package main

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asProgram makes the test binary be the program, so that tests can start and
// kill real processes without building anything.
const asProgram = "TRAILLAKE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"traillake": main})
}

// TestScripts runs the command line end to end: testdata/script/*.txtar at the module's root.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "../../testdata/script", RequireExplicitExec: false})
}

// optional skips a test whose outside part is missing, or fails it where every part is required.
func optional(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("TRAILLAKE_REQUIRE_OPTIONAL") != "" {
		t.Fatal("required here and missing: ", reason)
	}
	t.Skip("skipped: ", reason)
}

// A format that does not exist is told before the query runs.
func TestQueryFormats(t *testing.T) {
	dir := t.TempDir()
	code, out := runProgram(t, "query", "--data", dir, "--format", "xml", "SELECT 1")
	if code != 1 || !strings.Contains(out, `format "xml": must be table`) || strings.Contains(out, "query RUNNING") {
		t.Errorf("exit code %d, %s", code, out)
	}
	for _, format := range []string{"table", "csv", "json", "jsonl", "parquet", "arrow"} {
		if code, out := runProgram(t, "query", "--data", dir, "--format", format, "SELECT 1"); code != 0 {
			t.Errorf("%s: exit code %d, %s", format, code, out)
		}
	}
}
