package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A call that a front's drain broke off may still be on its way when the engine is closed.
func TestCallsAfterClose(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[`+record("a", "A", 20)+`]}`)
	store := l.create("audit", 366)
	i := l.importAll(store)
	sql := "SELECT * FROM audit"
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, p := t.Context(), Principal{}
	for name, call := range map[string]func() error{
		"create": func() error {
			_, err := l.CreateEventDataStore(ctx, p, CreateEventDataStoreInput{Name: "late"})
			return err
		},
		"update": func() error {
			_, err := l.UpdateEventDataStore(ctx, p, UpdateEventDataStoreInput{EventDataStore: store, Name: ptr("late")})
			return err
		},
		"delete":  func() error { return l.DeleteEventDataStore(ctx, p, store) },
		"restore": func() error { _, err := l.RestoreEventDataStore(ctx, p, store); return err },
		"stop":    func() error { return l.StopEventDataStoreIngestion(ctx, p, store) },
		"import":  func() error { _, err := l.StartImport(ctx, p, importInput(store, "")); return err },
		"retry":   func() error { _, err := l.StartImport(ctx, p, StartImportInput{ImportID: &i.ID}); return err },
		"query":   func() error { _, err := l.StartQuery(ctx, p, StartQueryInput{Statement: &sql}); return err },
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, call(), Internal, "the server is stopping") })
	}
	// What only reads may answer, but not crash.
	_, _ = l.GetEventDataStore(ctx, p, store)
	_, _, _ = l.ListImportFailures(ctx, p, i.ID, Page{})
	l.Metrics()
}

func TestCloseBesideCalls(t *testing.T) {
	l := openLake(t, nil)
	l.create("audit", 366)
	sql := "SELECT count(*) FROM audit"
	var calls sync.WaitGroup
	started := make(chan struct{}, 64)
	for range 8 {
		calls.Go(func() {
			for {
				q, err := l.StartQuery(context.Background(), Principal{}, StartQueryInput{Statement: &sql})
				if err != nil {
					if AsError(err).Code == MaxConcurrentQueries {
						continue
					}
					wantCode(t, err, Internal, "stopping")
					return
				}
				select {
				case started <- struct{}{}:
				default:
				}
				_, _ = l.CancelQuery(context.Background(), Principal{}, QueryRef{QueryID: q.ID})
			}
		})
	}
	for range 8 {
		<-started
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	calls.Wait()
}

// Of two deletions at the same time one is refused; a restored store is as before.
func TestDeletionsAtOnce(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 366)
	var calls sync.WaitGroup
	errs := make([]error, 4)
	l.admin.Lock()
	for i := range errs {
		calls.Go(func() { errs[i] = l.DeleteEventDataStore(context.Background(), Principal{}, id) })
	}
	time.Sleep(10 * time.Millisecond) // lets them come to the lock; the test passes without as well
	l.admin.Unlock()
	calls.Wait()
	deleted := 0
	for _, err := range errs {
		if err == nil {
			deleted++
			continue
		}
		wantCode(t, err, InactiveEventDataStore, "pending deletion")
	}
	s, err := l.RestoreEventDataStore(t.Context(), Principal{}, id)
	if deleted != 1 || err != nil || s.Status != StoreEnabled {
		t.Errorf("%d deletions, then restored = %+v, %v, want one and ENABLED", deleted, s, err)
	}
}

// The imports of a store that is gone are gone.
func TestImportsGoWithTheirStore(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[`+record("a", "A", 20)+`]}`)
	store := l.create("audit", 366)
	i := l.importAll(store)
	if err := l.DeleteEventDataStore(t.Context(), Principal{}, store); err != nil {
		t.Fatal(err)
	}
	if _, err := l.GetImport(t.Context(), Principal{}, i.ID); err != nil {
		t.Errorf("while the store can be restored: %v", err)
	}
	l.setNow(l.clock().Add(8 * 24 * time.Hour))
	l.sweep(t.Context())
	_, err := l.GetImport(t.Context(), Principal{}, i.ID)
	wantCode(t, err, ImportNotFound, i.ID)
}

// CancelQuery answers CANCELLED or says that the query was faster.
func TestCancelQueryRace(t *testing.T) {
	l := openLake(t, nil)
	l.create("audit", 366)
	sql := "SELECT count(*) FROM audit"
	for range 50 {
		q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: &sql})
		if err != nil {
			t.Fatal(err)
		}
		cancelled, err := l.CancelQuery(t.Context(), Principal{}, QueryRef{QueryID: q.ID})
		end := l.waitQuery(q.ID).Status
		switch {
		case err != nil:
			wantCode(t, err, InactiveQuery, string(end))
		case cancelled.Status != QueryCancelled || end != QueryCancelled:
			t.Fatalf("CancelQuery = %s, then %s", cancelled.Status, end)
		}
	}
}

// Callers are told that something is wrong with the lake, not its file names and stacks.
func TestFaultsOfTheLakeStayInside(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[`+record("a", "A", 20)+`]}`)
	l.importAll(l.create("audit", 366))
	l.reopen() // nothing of a segment is in memory
	err := filepath.WalkDir(filepath.Join(l.opts.Dir, "stores"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".parquet") {
			err = errors.Join(os.Chmod(path, 0o644), os.Truncate(path, 100))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.tryQuery("SELECT eventjson FROM audit")
	if err == nil || !strings.Contains(err.Error(), "FAILED: "+internalFault) {
		t.Errorf("a query of a damaged segment: %v, want %q", err, internalFault)
	}
	if err := guard(func() error { panic("secret") }); queryFailure(err) != internalFault || importError(err) != internalFault {
		t.Errorf("a panic is told as %q and %q", queryFailure(err), importError(err))
	}
}

// An import of a directory does not go on with a bucket of that name in S3.
func TestDirectoryNotServedAnyMore(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "bad"), `{"Records":[`)
	i := l.wait(l.startImport(l.create("audit", 366), "").ID)
	l.opts.Buckets = nil
	l.reopen()
	_, err := l.StartImport(t.Context(), Principal{}, StartImportInput{ImportID: &i.ID})
	wantCode(t, err, InvalidImportSource, "is not served now")
}
