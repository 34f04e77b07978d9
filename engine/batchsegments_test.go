package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// overlapping writes objects of some days, each with events of its day and of the day
// before, as trails have them, and returns how many events there are.
func (l *testLake) overlapping(days int) (events int) {
	for d := 1; d <= days; d++ {
		for o := range 3 {
			var records []string
			for i := range 4 {
				day := d
				if i == 0 {
					day-- // delivered late
				}
				id := fmt.Sprintf("%d-%d-%d", d, o, i)
				records = append(records, fmt.Sprintf(`{"eventVersion":"1.08","eventID":"%s","eventName":"E","eventTime":"2026-03-%02dT12:00:00Z","requestParameters":{"k":"%s"}}`, id, 10+day, strings.Repeat("v", 50)))
				events++
			}
			l.write(fmt.Sprintf("AWSLogs/1%d/CloudTrail/us-east-1/2026/03/%02d/o%d.json.gz", o, 10+d, o), `{"Records":[`+strings.Join(records, ",")+`]}`)
		}
	}
	return events
}

// TestImportMakesOneSegmentOfADay: also of days whose last events are in the objects of
// the next day.
func TestImportMakesOneSegmentOfADay(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Compaction.Off = true })
	events := l.overlapping(9)
	id := l.create("audit", 366)
	l.importAll(id)
	if got, want := l.query(`SELECT count(*), count(DISTINCT eventid), count(DISTINCT "$segment"), count(DISTINCT "$commit"), count(DISTINCT date(eventtime)) FROM audit`)[0], fmt.Sprintf("%d|%d|10|1|10", events, events); got != want {
		t.Errorf("events, ids, segments, commits and days %s, want %s", got, want)
	}
}

// TestImportFailsAnywhere lets writes of segments fail, with batches of many
// segments, of one, and such that some are sealed long before the commit: nothing of a
// failed batch stays, and what is imported again is there once.
func TestImportFailsAnywhere(t *testing.T) {
	for _, memory := range []int64{1, 3000, 1 << 20} {
		t.Run(fmt.Sprint(memory), func(t *testing.T) {
			for nth, ended := int64(1), false; !ended; nth += 1 + nth/2 {
				var seen atomic.Int64
				var on atomic.Bool
				l := openLake(t, func(o *Options) {
					o.Import.MemoryBytes, o.Compaction.Off = memory, true
					o.FS = faultfs.Wrap(vfs.OS(), func(op faultfs.Op) error {
						if !on.Load() || op.Kind == faultfs.Remove || !op.Kind.Changes() || !strings.Contains(op.Path, "/segments/") && !strings.Contains(op.Path, ".traillake-tmp") {
							return nil
						}
						if seen.Add(1) == nth {
							return syscall.ENOSPC
						}
						return nil
					})
				})
				events := l.overlapping(5)
				id := l.create("audit", 366)
				on.Store(true)
				i := l.wait(l.startImport(id, "").ID)
				on.Store(false)
				if ended = i.Status == ImportCompleted; !ended && i.Status != ImportFailed {
					t.Fatalf("write %d: %s %s", nth, i.Status, i.Error)
				}
				files, named := l.segmentFiles(), len(l.query(`SELECT DISTINCT "$segment" FROM audit`))
				if files != 2*named {
					t.Fatalf("write %d: %d files of %d segments", nth, files, named)
				}
				l.importAll(id)
				if got, want := l.query(`SELECT count(*), count(DISTINCT eventid) FROM audit`)[0], fmt.Sprintf("%d|%d", events, events); got != want {
					t.Fatalf("write %d: events and ids %s, want %s", nth, got, want)
				}
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// endingSink appends until it has had enough, as an import that is stopped does.
type endingSink struct {
	batchSegments
	left int
}

var errEnough = errors.New("enough")

func (s *endingSink) Seen(string, string) (int64, bool) { return 0, false }
func (s *endingSink) Lookup(context.Context, int32, []uint64) ([]ingest.Hit, error) {
	return nil, nil
}
func (s *endingSink) Write(context.Context, *ingest.Batch) error { return nil }
func (s *endingSink) Append(ctx context.Context, rows ingest.Rows) error {
	if s.left == 0 {
		return errEnough
	}
	s.left--
	return s.append(context.WithoutCancel(ctx), rows)
}

// TestBatchGivesUpWhatIsBeingSealed: an import may end while segments are sealed
// beside it.
func TestBatchGivesUpWhatIsBeingSealed(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Import.MemoryBytes = 1 })
	l.overlapping(5)
	s, err := l.find(l.create("audit", 366))
	if err != nil {
		t.Fatal(err)
	}
	for appends := range 10 {
		bucket, err := l.openBucket(t.Context(), location{bucket: "trails"}, "")
		if err != nil {
			t.Fatal(err)
		}
		sink := &endingSink{batchSegments: batchSegments{engine: l.Engine, store: s}, left: appends}
		_, err = ingest.Import(t.Context(), bucketSource{bucket}, sink, ingest.Options{
			Family: s.family, Bucket: "trails", Cutoff: math.MinInt64, Workers: 2, MemoryBytes: 1 << 20, Now: l.clock, Progress: func(ingest.Stats) {},
		})
		if !errors.Is(err, errEnough) {
			t.Fatalf("after %d appends: %v", appends, err)
		}
		if err := sink.discard(); err != nil {
			t.Fatal(err)
		}
		if n := l.segmentFiles(); n != 0 {
			t.Fatalf("after %d appends: %d files are left", appends, n)
		}
	}
}

// segmentFiles counts the files of segments, complete or not.
func (l *testLake) segmentFiles() (n int) {
	l.t.Helper()
	err := filepath.WalkDir(filepath.Join(l.opts.Dir, "stores"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.Contains(path, "/segments/") || strings.Contains(path, "traillake-tmp")) {
			n++
		}
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}
