package main

import (
	"os"
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
