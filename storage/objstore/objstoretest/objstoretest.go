// Package objstoretest checks that an object store keeps to the contract of
// objstore.Store. Every implementation's tests run it.
package objstoretest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/traillake/traillake/storage/objstore"
)

// Run checks the stores that open makes, a new and empty one for each check.
func Run(t *testing.T, open func(t *testing.T) objstore.Store) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, objstore.Store)
	}{
		{"PutGet", putGet}, {"Replace", replace}, {"IfAbsent", ifAbsent}, {"IfAbsentRace", ifAbsentRace},
		{"FailedPut", failedPut}, {"Absent", absent}, {"OpenReadAt", openReadAt}, {"OpenReplaced", openReplaced},
		{"List", list}, {"ListEnds", listEnds}, {"Folders", folders}, {"Delete", deleteObject}, {"HostileKeys", hostileKeys},
		{"Cancelled", cancelled}, {"Concurrent", concurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

func put(t *testing.T, s objstore.Store, key, content string) objstore.Object {
	t.Helper()
	o, err := s.Put(context.Background(), key, strings.NewReader(content), objstore.PutOptions{})
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return o
}

func wantContent(t *testing.T, s objstore.Store, key, want string) {
	t.Helper()
	got, err := objstore.ReadAll(context.Background(), s, key)
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	if string(got) != want {
		t.Fatalf("get %s = %.60q, want %.60q", key, got, want)
	}
}

func wantKeys(t *testing.T, s objstore.Store, prefix string, want ...string) {
	t.Helper()
	var got []string
	err := s.List(context.Background(), prefix, func(o objstore.Object) error {
		got = append(got, o.Key)
		return nil
	})
	if err != nil {
		t.Fatalf("list %q: %v", prefix, err)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("list %q = %q, want %q", prefix, got, want)
	}
}

// pattern is content in which every place looks different.
func pattern(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "%08x", i)
	}
	return b.String()[:size]
}

func putGet(t *testing.T, s objstore.Store) {
	for key, content := range map[string]string{
		"empty": "", "a/b/c": "hello", "with space/ä+&=%?#": "x", "back\\slash": "y", "large": pattern(9 << 20),
	} {
		o := put(t, s, key, content)
		if o.Key != key || o.Size != int64(len(content)) {
			t.Errorf("put %s: object %+v", key, o)
		}
		wantContent(t, s, key, content)
		st, err := s.Stat(context.Background(), key)
		if err != nil || st.Key != key || st.Size != int64(len(content)) || st.ETag != o.ETag {
			t.Errorf("stat %s = %+v, %v; put gave %+v", key, st, err, o)
		}
	}
	// A reader that cannot seek and gives little at a time.
	content := pattern(100_000)
	_, err := s.Put(context.Background(), "slow", iotest.HalfReader(strings.NewReader(content)), objstore.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantContent(t, s, "slow", content)
}

func replace(t *testing.T, s objstore.Store) {
	a := put(t, s, "k", "first")
	b := put(t, s, "k", "second")
	wantContent(t, s, "k", "second")
	wantKeys(t, s, "", "k")
	if a.ETag != "" && a.ETag == b.ETag {
		t.Errorf("both contents have ETag %s", a.ETag)
	}
}

func ifAbsent(t *testing.T, s objstore.Store) {
	absent := objstore.PutOptions{IfAbsent: true}
	if _, err := s.Put(context.Background(), "k", strings.NewReader("first"), absent); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(context.Background(), "k", strings.NewReader("second"), absent); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second put: %v, want fs.ErrExist", err)
	}
	wantContent(t, s, "k", "first")
}

func ifAbsentRace(t *testing.T, s objstore.Store) {
	var won atomic.Int64
	var winner atomic.Value
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			content := fmt.Sprint("writer ", i)
			_, err := s.Put(context.Background(), "k", strings.NewReader(content), objstore.PutOptions{IfAbsent: true})
			switch {
			case err == nil:
				won.Add(1)
				winner.Store(content)
			case !errors.Is(err, fs.ErrExist):
				t.Errorf("put: %v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d writers won, want 1", won.Load())
	}
	wantContent(t, s, "k", winner.Load().(string))
}

func failedPut(t *testing.T, s objstore.Store) {
	put(t, s, "old", "kept")
	fault := errors.New("reader broke")
	for _, key := range []string{"old", "new"} {
		r := io.MultiReader(strings.NewReader(pattern(1000)), iotest.ErrReader(fault))
		if _, err := s.Put(context.Background(), key, r, objstore.PutOptions{}); !errors.Is(err, fault) {
			t.Errorf("put %s: %v, want the reader's error", key, err)
		}
	}
	wantContent(t, s, "old", "kept")
	wantKeys(t, s, "", "old")
}

func absent(t *testing.T, s objstore.Store) {
	ctx := context.Background()
	put(t, s, "dir/there", "x")
	for _, key := range []string{"none", "dir", "dir/none", "dir/there/below"} {
		_, getErr := s.Get(ctx, key)
		_, openErr := s.Open(ctx, key)
		_, statErr := s.Stat(ctx, key)
		for op, err := range map[string]error{"get": getErr, "open": openErr, "stat": statErr} {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s %s: %v, want fs.ErrNotExist", op, key, err)
			}
		}
		if err := s.Delete(ctx, key); err != nil {
			t.Errorf("delete %s: %v", key, err)
		}
	}
	wantContent(t, s, "dir/there", "x")
	wantKeys(t, s, "none")
}

func openReadAt(t *testing.T, s objstore.Store) {
	content := pattern(70_000)
	put(t, s, "k", content)
	r, err := s.Open(context.Background(), "k")
	if err != nil {
		t.Fatal(err)
	}
	if r.Size() != int64(len(content)) {
		t.Fatalf("size = %d, want %d", r.Size(), len(content))
	}
	for _, c := range []struct{ off, n, want int }{
		{0, 10, 10}, {69_990, 10, 10}, {69_990, 11, 10}, {33_333, 20_000, 20_000}, {0, 70_000, 70_000},
		{70_000, 1, 0}, {80_000, 1, 0}, {5, 0, 0},
	} {
		buf := make([]byte, c.n)
		n, err := r.ReadAt(buf, int64(c.off))
		if n != c.want || string(buf[:n]) != content[min(c.off, len(content)):min(c.off+n, len(content))] {
			t.Errorf("ReadAt(%d bytes, %d) = %d, want %d", c.n, c.off, n, c.want)
		}
		if n < c.n && err != io.EOF || n == c.n && err != nil && err != io.EOF {
			t.Errorf("ReadAt(%d bytes, %d): error %v", c.n, c.off, err)
		}
	}
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("ReadAt(-1): no error")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func openReplaced(t *testing.T, s objstore.Store) {
	before, after := strings.Repeat("a", 5000), strings.Repeat("b", 5000)
	put(t, s, "k", before)
	r, err := s.Open(context.Background(), "k")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	put(t, s, "k", after)
	buf := make([]byte, 100)
	if n, err := r.ReadAt(buf, 1000); err == nil && string(buf[:n]) != before[:n] {
		t.Errorf("an open reader gave the new content %q", buf[:n])
	}
}

func list(t *testing.T, s objstore.Store) {
	keys := []string{"a-b/x", "a.b", "a/b", "a/b2", "a/c/d", "a0", "b", "Ä/ä", "Z"}
	for _, k := range keys {
		put(t, s, k, k)
	}
	slices.Sort(keys)
	wantKeys(t, s, "", keys...)
	wantKeys(t, s, "a", "a-b/x", "a.b", "a/b", "a/b2", "a/c/d", "a0")
	wantKeys(t, s, "a/", "a/b", "a/b2", "a/c/d")
	wantKeys(t, s, "a/b", "a/b", "a/b2")
	wantKeys(t, s, "a/c/d", "a/c/d")
	wantKeys(t, s, "a/c/d/")
	wantKeys(t, s, "../")
	err := s.List(context.Background(), "a/b2", func(o objstore.Object) error {
		if st, err := s.Stat(context.Background(), o.Key); err != nil || st.Size != o.Size || st.ETag != o.ETag {
			t.Errorf("listed %+v, stat %+v, %v", o, st, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func listEnds(t *testing.T, s objstore.Store) {
	for i := range 5 {
		put(t, s, fmt.Sprint(i), "x")
	}
	stop := errors.New("enough")
	calls := 0
	err := s.List(context.Background(), "", func(objstore.Object) error {
		if calls++; calls == 2 {
			return stop
		}
		return nil
	})
	if err != stop || calls != 2 {
		t.Errorf("list = %v after %d calls, want the function's own error after 2", err, calls)
	}
}

func deleteObject(t *testing.T, s objstore.Store) {
	put(t, s, "a/b", "x")
	put(t, s, "a/c", "y")
	for range 2 {
		if err := s.Delete(context.Background(), "a/b"); err != nil {
			t.Fatal(err)
		}
	}
	wantKeys(t, s, "", "a/c")
	put(t, s, "a/b", "again")
	wantContent(t, s, "a/b", "again")
}

// hostileKeys checks that a key is either refused, or is an object of its own.
func hostileKeys(t *testing.T, s objstore.Store) {
	ctx := context.Background()
	put(t, s, "x", "innocent")
	for _, key := range []string{"", ".", "..", "../x", "/x", "x/", "./x", "a/../x", "a//x", "//", "a/..", "\x00", "x\x00",
		strings.Repeat("k", objstore.MaxKeyBytes+1), ".traillake-tmp/x"} {
		_, err := s.Put(ctx, key, strings.NewReader("hostile"), objstore.PutOptions{})
		if err == nil {
			wantContent(t, s, key, "hostile")
			if err := s.Delete(ctx, key); err != nil {
				t.Errorf("delete %.20q: %v", key, err)
			}
		} else {
			if _, err := s.Get(ctx, key); err == nil {
				t.Errorf("%.20q can be read but not written", key)
			}
			// Must not reach another object either.
			_ = s.Delete(ctx, key)
		}
		wantContent(t, s, "x", "innocent")
	}
	wantKeys(t, s, "", "x")
}

func cancelled(t *testing.T, s objstore.Store) {
	put(t, s, "k", "x")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, putErr := s.Put(ctx, "new", bytes.NewReader([]byte("y")), objstore.PutOptions{})
	_, getErr := s.Get(ctx, "k")
	_, statErr := s.Stat(ctx, "k")
	listErr := s.List(ctx, "", func(objstore.Object) error { return nil })
	for op, err := range map[string]error{"put": putErr, "get": getErr, "stat": statErr, "list": listErr, "delete": s.Delete(ctx, "k")} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", op, err)
		}
	}
	wantKeys(t, s, "", "k")
}

func concurrent(t *testing.T, s objstore.Store) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			key, content := fmt.Sprintf("dir%d/%d", i%3, i), pattern(1000+i)
			for range 4 {
				if _, err := s.Put(context.Background(), key, strings.NewReader(content), objstore.PutOptions{}); err != nil {
					t.Error(err)
					return
				}
				got, err := objstore.ReadAll(context.Background(), s, key)
				if err != nil || string(got) != content {
					t.Errorf("%s: %d bytes, %v", key, len(got), err)
				}
			}
		})
	}
	wg.Wait()
	wantKeys(t, s, "", "dir0/0", "dir0/3", "dir0/6", "dir1/1", "dir1/4", "dir1/7", "dir2/2", "dir2/5")
}
