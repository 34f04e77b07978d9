package catalog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// A rebuild that fails at any operation on the logs fails as a whole, and the next
// open has everything: no part of an index stands for the whole of it.
func TestRebuildFaults(t *testing.T) {
	const n = 9
	mem := vfs.NewMem()
	opts, _ := indexOptions(t, mem)
	opts.Logger = nil
	opts.MaxFileBytes = 1000
	buildLog(t, opts, n)
	for at := int64(0); ; at++ {
		failed := ""
		fail := faultfs.Fail(faultfs.ErrInjected, faultfs.Not(faultfs.Kinds(faultfs.Close)), faultfs.Nth(at))
		broken := opts
		broken.RebuildIndex = true
		broken.FS = faultfs.Wrap(mem, func(op faultfs.Op) error {
			err := fail(op)
			if err != nil {
				failed = op.String()
			}
			return err
		})
		c, err := Open(context.Background(), broken)
		if err == nil {
			_, err = c.OpenLog(context.Background(), storeLog)
			err = errors.Join(err, c.Close())
		}
		if failed == "" {
			if err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			if at < 20 {
				t.Errorf("clean after %d operations already", at)
			}
			t.Logf("%d faults", at)
			return
		}
		if !errors.Is(err, faultfs.ErrInjected) {
			t.Errorf("operation %d, %s: %v, want the injected fault", at, failed, err)
		}
		c = mustOpen(t, opts)
		checkContents(t, mustOpenLog(t, c, storeLog), n)
		mustClose(t, c)
		if t.Failed() {
			t.Fatalf("operation %d, %s, failed: %v", at, failed, err)
		}
	}
}

// rebuildDir is the variable that makes this test's process one that builds the
// index of a lake anew until it is killed.
const rebuildDir = "TRAILLAKE_TEST_REBUILD"

// A process that is killed while it makes the index anew leaves what the next open
// makes whole. Badger has no seam for faults, so it is killed for real, at moments
// that are spread over a rebuild.
func TestRebuildKilled(t *testing.T) {
	if dir := os.Getenv(rebuildDir); dir != "" {
		rebuildForEver(dir)
	}
	const n = 400
	kills := 40
	if testing.Short() {
		kills = 5
	}
	t.Logf("seed %d", *seed)
	random := rand.New(rand.NewPCG(*seed, 3))
	dir := t.TempDir()
	opts := rebuildOptions(dir)
	buildLog(t, opts, n)
	took := time.Duration(0)
	for i := range kills {
		child := exec.Command(os.Args[0], "-test.run=^TestRebuildKilled$")
		child.Env = append(os.Environ(), rebuildDir+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		// It says a letter when a rebuild ends: the second takes as long as any.
		began := make([]byte, 1)
		if _, err := out.Read(began); err != nil {
			t.Fatalf("the process ended by itself: %v", err)
		}
		if took == 0 {
			from := time.Now()
			if _, err := out.Read(began); err != nil {
				t.Fatal(err)
			}
			took = time.Since(from)
		}
		time.Sleep(time.Duration(random.Int64N(int64(took))))
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // killed
		c, err := Open(context.Background(), opts)
		if err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
		checkContents(t, mustOpenLog(t, c, storeLog), n)
		mustClose(t, c)
		if t.Failed() {
			t.Fatalf("kill %d", i)
		}
	}
	t.Logf("%d kills, a rebuild of %d entries takes %v", kills, n, took)
}

func rebuildOptions(dir string) Options {
	opts := testOptions(vfs.OS())
	opts.Dir, opts.IndexDir = filepath.Join(dir, "lake"), filepath.Join(dir, "index")
	return opts
}

func rebuildForEver(dir string) {
	opts := rebuildOptions(dir)
	opts.RebuildIndex = true
	for {
		c, err := Open(context.Background(), opts)
		if err == nil {
			_, err = c.OpenLog(context.Background(), storeLog)
			err = errors.Join(err, c.Close())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Print(".")
	}
}
