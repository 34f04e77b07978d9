package catalog

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// TestFileOperations shows what each call does to the files that it changes,
// in order: the order of syncs is what the format's promises stand on.
//
//	open [max-bytes=N]   opens the catalog
//	create | open-log    makes or opens the log "s"
//	commit               commits
//	drop                 drops the log
//	crash                forgets what was not synced
//	tear bytes=N         cuts N bytes off the last log file
//	append-unacknowledged  adds an entry of which HEAD does not tell
//	close
func TestFileOperations(t *testing.T) {
	ctx := context.Background()
	mem := vfs.NewMem()
	var ops strings.Builder
	var c *Catalog
	var l *Log
	dir := LogDir("/lake", "s")
	run := func(d *datadriven.TestData) (err error) {
		switch d.Cmd {
		case "open":
			opts := testOptions(faultfs.Wrap(mem, faultfs.Each(func(op faultfs.Op) {
				if op.Kind.Changes() {
					fmt.Fprintln(&ops, strings.ReplaceAll(op.String(), "/lake/", ""))
				}
			})))
			d.MaybeScanArgs(t, "max-bytes", &opts.MaxFileBytes)
			c, err = Open(ctx, opts)
		case "create":
			l, err = c.CreateLog(ctx, "s", Commit{Reason: "create store"})
		case "open-log":
			l, err = c.OpenLog(ctx, "s")
		case "commit":
			_, err = l.Commit(ctx, Commit{Reason: "change"})
		case "drop":
			err = c.DropLog(ctx, "s")
		case "crash":
			if err = c.Close(); err == nil {
				mem = mem.CrashClone(vfs.CrashOptions{})
			}
		case "tear":
			var n int
			d.ScanArgs(t, "bytes", &n)
			files, lerr := listLogFiles(mem, dir)
			if lerr != nil {
				return lerr
			}
			path := files[len(files)-1].path
			whole := readFile(t, mem, path)
			return vfs.WriteFile(mem, path, whole[:len(whole)-n], 0o644)
		case "append-unacknowledged":
			s := newScan(mem, dir, "s")
			if _, err := s.run(ctx); err != nil {
				return err
			}
			payload := fmt.Sprintf(`{"version":%d,"time":"2024-01-01T00:00:00Z"}`, s.last.version+1)
			rec, _ := encodeRecord(readFile(t, mem, s.last.file), s.last.version+1, s.last.hash, []byte(payload), c.key)
			return vfs.WriteFile(mem, s.last.file, rec, 0o644)
		case "close":
			err = c.Close()
		default:
			t.Fatalf("%s: no such command %q", d.Pos, d.Cmd)
		}
		return err
	}
	datadriven.RunTest(t, "testdata/operations", func(t *testing.T, d *datadriven.TestData) string {
		ops.Reset()
		err := run(d)
		out := ops.String()
		if l != nil && d.Cmd != "close" && d.Cmd != "crash" && err == nil {
			out += fmt.Sprintf("(version %d)\n", l.Version())
		}
		if err != nil {
			out += fmt.Sprintf("error: %v\n", err)
		}
		return out
	})
}
