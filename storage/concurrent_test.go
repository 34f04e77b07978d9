package storage

import (
	"context"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
)

// TestReadersBesideCommits: every snapshot sees whole commits, while others add,
// remove and verify.
func TestReadersBesideCommits(t *testing.T) {
	ctx := context.Background()
	fsys := vfs.NewMem()
	opts := testOptions(fsys)
	opts.OpenReaders = 2
	l := mustOpen(t, opts)
	s := mustCreate(t, l)
	var group errgroup.Group
	done := make(chan struct{})
	for range 3 {
		group.Go(func() error {
			for {
				select {
				case <-done:
					return nil
				default:
				}
				sn := s.Snapshot()
				rows := int64(0)
				for _, m := range sn.Segments() {
					r, err := sn.Open(ctx, m.ID)
					if err != nil {
						return err
					}
					rec, err := r.ReadRows(ctx, nil, []segment.Column{{Path: []string{"id"}}}, []int64{0, r.NumRows() - 1})
					if err != nil {
						return err
					}
					rec.Release()
					rows += r.NumRows()
				}
				// Each commit replaces a batch by another of the same size.
				if sn.Version() > 1 && rows != 20 {
					return fmt.Errorf("version %d has %d rows, want 20", sn.Version(), rows)
				}
				sn.Release()
			}
		})
	}
	last := ""
	for i := range 20 {
		m, err := sealRows(s, 10, fmt.Sprint("b", i), 20)
		if err != nil {
			t.Fatal(err)
		}
		c := Commit{Reason: "replace", Add: []segment.Meta{m}}
		if last != "" {
			c.Remove = []string{last}
		}
		if _, err := s.Commit(ctx, c); err != nil {
			t.Fatal(err)
		}
		last = m.ID
		if i%5 == 0 {
			if f, _ := verify(t, VerifyOptions{FS: fsys, Dir: "/data"}); len(f) > 0 {
				t.Errorf("verify beside readers: %q", f)
			}
		}
	}
	close(done)
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if n := len(segmentFiles(t, fsys, "/data")); n != 2 {
		t.Errorf("%d files at the end, want 2", n)
	}
}
