package engine

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

var everyFault = flag.Bool("everyfault", false, "a watched source is interrupted at every operation, not at some")

// faultStep is how far apart the operations are at which a test interrupts, of which
// there are some hundreds.
func faultStep(usual int) int {
	switch {
	case *everyFault:
		return 1
	case testing.Short():
		return 5 * usual
	}
	return usual
}

const (
	watchObjects = 3
	watchRecords = 4 // of an object, in two days; half of them have no id
)

// watchScript creates a store and a watched source of a bucket that has objects
// already, and waits for these to be in.
type watchScript struct {
	mu      sync.Mutex
	watched bool // the source was created
}

func watchOptions(fsys vfs.FS, seed byte) Options {
	o := Options{
		Dir: "/data", FS: fsys, Buckets: map[string]string{"trails": "/bucket"}, Rand: rand.NewChaCha8([32]byte{seed}),
		Now: func() time.Time { return testNow },
	}
	o.Watch.Interval, o.Watch.Gather = 50*time.Millisecond, 5*time.Millisecond
	o.Live.SealInterval = time.Hour
	o.Compaction.Off = true
	return o
}

// watchedBucket is a disk that has the bucket, safely, and nothing else.
func watchedBucket(t *testing.T) *vfs.Mem {
	t.Helper()
	mem := vfs.NewMem()
	for n := range watchObjects {
		var records []string
		for i := range watchRecords / 2 {
			records = append(records, liveRecord(fmt.Sprintf("%d-%d", n, i), "N", i),
				strings.Replace(liveRecord("", fmt.Sprintf("without-%d-%d", n, i), i), `"eventID":"",`, "", 1))
		}
		key := "/bucket/" + trailKey("111122223333", "us-east-1", n, "a")
		if err := vfs.MkdirAllSync(mem, path.Dir(key), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := vfs.WriteFile(mem, key, trailFile(t, records...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return mem
}

func (s *watchScript) run(fsys vfs.FS) (err error) {
	ctx := context.Background()
	e, err := Open(ctx, watchOptions(fsys, 1))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	store, err := e.CreateEventDataStore(ctx, alice, CreateEventDataStoreInput{Name: "audit"})
	if err != nil {
		return err
	}
	w, err := e.CreateWatchedSource(ctx, alice, CreateWatchedSourceInput{EventDataStore: store.ID, Source: &S3Source{LocationURI: "s3://trails/"}})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.watched = true
	s.mu.Unlock()
	// An object that fails comes again after half a minute, which this does not wait for.
	for range 50 {
		if w, err = e.GetWatchedSource(ctx, alice, w.ID); err != nil {
			return err
		}
		if w.Statistics.FilesCompleted == watchObjects || w.Statistics.FailedEntries > 0 || w.Error != "" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

func (s *watchScript) created() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watched
}

// check opens what is left: a source that was created goes on by itself, and each
// event is there once.
func (s *watchScript) check(t *testing.T, fsys vfs.FS, created bool) {
	t.Helper()
	l := &testLake{t: t, opts: watchOptions(fsys, 2)}
	l.open()
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	all, _, err := l.ListWatchedSources(t.Context(), alice, ListWatchedSourcesInput{})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		if created {
			t.Error("the watched source is gone")
		}
		return
	}
	w := l.until(all[0].ID, "all objects", files(watchObjects))
	want := WatchStatistics{FilesCompleted: watchObjects, EventsCompleted: watchObjects * watchRecords, EventsRead: watchObjects * watchRecords}
	if w.Statistics != want {
		t.Errorf("statistics %+v, want %+v", w.Statistics, want)
	}
	got := l.query("SELECT count(*), count(DISTINCT eventid), count(DISTINCT eventname) FROM audit")[0]
	if want := fmt.Sprintf("%d|%d|%d", watchObjects*watchRecords, watchObjects*watchRecords/2, watchObjects*watchRecords/2+1); got != want {
		t.Errorf("rows, ids and names %s, want %s", got, want)
	}
}

// TestWatchCrash cuts the power at operations that change something while a watched
// source reads.
func TestWatchCrash(t *testing.T) {
	mem, s := watchedBucket(t), &watchScript{}
	type crash struct {
		fs      *vfs.Mem
		op      string
		created bool
	}
	var mu sync.Mutex
	var crashes []crash // guarded by mu: the watched source works beside the script
	fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
		if !op.Kind.Changes() {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		crashes = append(crashes, crash{mem.CrashClone(vfs.CrashOptions{}), op.String(), s.created()})
		return nil
	})
	if err := s.run(fsys); err != nil {
		t.Fatal(err)
	}
	crashes = append(crashes, crash{mem.CrashClone(vfs.CrashOptions{}), "the end", s.created()})
	for i := 0; i < len(crashes); i += faultStep(5) {
		c := crashes[i]
		t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
			t.Logf("before %s", c.op)
			s.check(t, c.fs, c.created)
		})
	}
	t.Logf("%d crashes", len(crashes))
}

// TestWatchFaults fails operations, one at a time, while a watched source reads, those
// on the bucket too.
func TestWatchFaults(t *testing.T) {
	for n := int64(1); ; n += int64(faultStep(11)) {
		mem, s := watchedBucket(t), &watchScript{}
		var mu sync.Mutex
		hit, counted := "", int64(0)
		fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
			mu.Lock()
			defer mu.Unlock()
			if counted++; counted != n {
				return nil
			}
			hit = op.String()
			return faultfs.ErrInjected
		})
		err := s.run(fsys)
		if hit == "" {
			if err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			t.Logf("%d operations", counted)
			return
		}
		t.Run(fmt.Sprintf("%03d", n), func(t *testing.T) {
			t.Logf("failed %s: %v", hit, err)
			s.check(t, mem, s.created())
		})
	}
}
