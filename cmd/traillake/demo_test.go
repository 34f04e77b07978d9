package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/traillake/traillake/ingest/trailgen"
)

// TestDemo does the README's main job on a small trail that is there already: it is
// imported, and every question has an answer.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	trail := generatedTrail(t, trailgen.Options{Events: 3000, Days: 5, Seed: 1, End: time.Now().UTC()})
	if err := os.Symlink(trail, filepath.Join(dir, "trail")); err != nil {
		t.Fatal(err)
	}
	code, out := runProgram(t, "demo", "--data", dir, "--once")
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	for _, want := range []string{"1. the sample trail is there", "2. importing it", "3. asking it"} {
		if !strings.Contains(out, want) {
			t.Errorf("nothing says %q:\n%s", want, out)
		}
	}
	if got := strings.Count(out, "┌"); got != len(demoSamples)+1 {
		t.Errorf("%d tables for %d questions:\n%s", got, len(demoSamples)+1, out)
	}
}
