package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

var kills = flag.Int("kills", 4, "times TestKill kills the server during an import")

// TestKill kills a server with SIGKILL at random moments of an import, starts it
// again, and lets the import end: every record is there once, byte for byte.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	trail := sampleTrail(t, 60000, 7)
	want := readTruth(t, trail)
	if want.records <= want.rows {
		t.Fatalf("the trail has no duplicates: %d records, %d rows", want.records, want.rows)
	}
	data := filepath.Join(t.TempDir(), "lake")
	cfg := filepath.Join(t.TempDir(), "lake.yaml")
	// Small batches: many commits for the kills to fall between.
	if err := os.WriteFile(cfg, []byte("import: {memory_mib: 2}\nlog: {level: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--bucket", "trails=" + trail, "--config", cfg}
	p := startServer(t, data, args...)
	arn, id := p.createStore("killed")
	job := p.startImport(arn, "s3://trails/AWSLogs/")
	for i := range *kills {
		time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond)
		p.kill()
		p = startServer(t, data, args...)
		t.Logf("kill %d: %v events in after the restart", i+1, p.query(`SELECT count(*) FROM killed`))
	}
	if end := p.waitImport(job); end.ImportStatus != "COMPLETED" {
		t.Fatalf("import %s: %s", end.ImportStatus, end.ErrorMessage)
	}
	want.checkRows(t, p, id)
	p.stop()
	if code, out := runProgram(t, "verify", "--data", data); code != 0 {
		t.Errorf("verify: exit code %d: %s", code, out)
	}
}

// TestKilledCommand kills import --data in the middle; a query leaves the
// interrupted import alone, and the same command again brings everything in.
func TestKilledCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	trail := sampleTrail(t, 60000, 8)
	want := readTruth(t, trail)
	data := filepath.Join(t.TempDir(), "lake")
	for range 2 {
		cmd := exec.Command(os.Args[0], "import", "--data", data, "--store", "killed", trail)
		cmd.Env = append(os.Environ(), asProgram+"=1", envAccessKeyID+"="+testKeys.AccessKeyID, envSecretAccessKey+"="+testKeys.SecretAccessKey)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(700 * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if code, out := runProgram(t, "query", "--data", data, "SELECT 1"); code != 0 {
			t.Fatalf("query after a kill: exit code %d: %s", code, out)
		}
	}
	if code, out := runProgram(t, "import", "--data", data, "--store", "killed", trail); code != 0 {
		t.Fatalf("import after the kills: exit code %d: %s", code, out)
	}
	p := startServer(t, data)
	want.checkRows(t, p, "killed")
	p.stop()
}
