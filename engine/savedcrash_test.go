package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/traillake/traillake/storage"
	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// savedScript changes saved queries and knows what must be there: after a crash
// or a fault the names and versions of acked, or of pending, by id.
type savedScript struct {
	mu             sync.Mutex
	acked, pending map[string]string
}

func (s *savedScript) options(fsys vfs.FS) Options {
	return Options{Dir: "/data", FS: fsys, Now: func() time.Time { return testNow }, Rand: rand.NewChaCha8([32]byte{1})}
}

func (s *savedScript) state() (acked, pending map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.acked, s.pending
}

// expect says what a change under way would leave; acknowledged, that it did.
func (s *savedScript) expect(id, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = maps.Clone(s.acked)
	if s.pending == nil {
		s.pending = map[string]string{}
	}
	s.pending[id] = value
	if value == "" {
		delete(s.pending, id)
	}
}

func (s *savedScript) acknowledged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked = s.pending
}

// run makes three saved queries, changes one twice and deletes another. The ids
// come from Options.Rand and so are the same in every run: a first run, without
// ids, finds them out.
func (s *savedScript) run(fsys vfs.FS, ids []string) (made []string, err error) {
	ctx := context.Background()
	e, err := Open(ctx, s.options(fsys))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	for i := range 3 {
		name := fmt.Sprint("query ", i)
		if ids != nil {
			s.expect(ids[i], name+" v1")
		}
		q, err := e.CreateSavedQuery(ctx, alice, SavedQueryContent{Name: name, Statement: "SELECT 1"})
		if err != nil {
			return nil, err
		}
		made = append(made, q.ID)
		s.acknowledged()
	}
	for v := int64(1); v <= 2; v++ {
		name := fmt.Sprint("change ", v)
		s.expect(made[1], fmt.Sprintf("%s v%d", name, v+1))
		in := UpdateSavedQueryInput{ID: made[1], Version: v, SavedQueryContent: SavedQueryContent{Name: name, Statement: "SELECT 2"}}
		if _, err := e.UpdateSavedQuery(ctx, bob, in); err != nil {
			return nil, err
		}
		s.acknowledged()
	}
	s.expect(made[0], "")
	if err := e.DeleteSavedQuery(ctx, bob, DeleteSavedQueryInput{ID: made[0]}); err != nil {
		return nil, err
	}
	s.acknowledged()
	return made, nil
}

// check opens what is left and compares; then it must take changes again.
func (s *savedScript) check(t *testing.T, fsys vfs.FS, acked, pending map[string]string) {
	t.Helper()
	opts := s.options(fsys)
	opts.Rand = rand.NewChaCha8([32]byte{2})
	e, err := Open(t.Context(), opts)
	if err != nil {
		t.Fatalf("open again: %v", err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	queries, _, err := e.ListSavedQueries(t.Context(), alice, ListSavedQueriesInput{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, q := range queries {
		got[q.ID] = fmt.Sprintf("%s v%d", q.Name, q.Version)
	}
	if !maps.Equal(got, acked) && !maps.Equal(got, pending) {
		t.Errorf("found %v, want %v or %v", got, acked, pending)
	}
	if _, err := e.CreateSavedQuery(t.Context(), alice, SavedQueryContent{Name: "later", Statement: "SELECT 1"}); err != nil {
		t.Errorf("a change afterwards: %v", err)
	}
	_, err = storage.Verify(t.Context(), storage.VerifyOptions{FS: fsys, Dir: "/data"}, func(f storage.Finding) { t.Errorf("verify: %s", f) })
	if err != nil {
		t.Errorf("verify: %v", err)
	}
}

// TestSavedQueriesCrash cuts the power at every operation that changes something,
// with some of what was not synced surviving.
func TestSavedQueriesCrash(t *testing.T) {
	ids, err := (&savedScript{}).run(vfs.NewMem(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, keep := range []bool{false, true} {
		t.Run(fmt.Sprintf("unsynced-survives=%v", keep), func(t *testing.T) {
			mem := vfs.NewMem()
			s := &savedScript{}
			type crash struct {
				fs             *vfs.Mem
				op             string
				acked, pending map[string]string
			}
			var mu sync.Mutex
			var crashes []crash // guarded by mu: the engine's schedules call too
			fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
				if !op.Kind.Changes() {
					return nil
				}
				mu.Lock()
				defer mu.Unlock()
				o := vfs.CrashOptions{}
				if keep {
					o.Rand = rand.New(rand.NewPCG(1, uint64(len(crashes))))
				}
				acked, pending := s.state()
				crashes = append(crashes, crash{mem.CrashClone(o), op.String(), acked, pending})
				return nil
			})
			again, err := s.run(fsys, ids)
			if err != nil || fmt.Sprint(again) != fmt.Sprint(ids) {
				t.Fatal(again, err)
			}
			acked, _ := s.state()
			crashes = append(crashes, crash{mem.CrashClone(vfs.CrashOptions{}), "the end", acked, acked})
			if want := map[string]string{ids[1]: "change 2 v3", ids[2]: "query 2 v1"}; !maps.Equal(acked, want) {
				t.Fatalf("the script left %v, want %v", acked, want)
			}
			for i, c := range crashes {
				t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
					t.Logf("before %s", c.op)
					s.check(t, c.fs, c.acked, c.pending)
				})
			}
			t.Logf("%d crashes", len(crashes))
		})
	}
}

// TestSavedQueriesFaults fails every operation on the lake's log once: what was
// acknowledged is there afterwards, and a change that failed is there whole or not.
func TestSavedQueriesFaults(t *testing.T) {
	ids, err := (&savedScript{}).run(vfs.NewMem(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := int64(1); ; n++ {
		mem := vfs.NewMem()
		hit := ""
		fsys := faultfs.Wrap(mem, faultfs.Fail(faultfs.ErrInjected,
			func(op faultfs.Op) bool { return op.Kind.Changes() }, faultfs.Path("/data/lake/log/*"), faultfs.Nth(n),
			func(op faultfs.Op) bool { hit = op.String(); return true }))
		s := &savedScript{}
		_, err := s.run(fsys, ids)
		if hit == "" {
			if err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			t.Logf("%d faults", n-1)
			return
		}
		t.Run(fmt.Sprintf("%03d", n), func(t *testing.T) {
			t.Logf("failed %s: %v", hit, err)
			acked, pending := s.state()
			if err == nil {
				pending = acked
			}
			s.check(t, mem, acked, pending)
		})
	}
}
