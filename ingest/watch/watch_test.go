package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traillake/traillake/ingest/trail"
)

// taker is a handler that notes what it is given.
type taker struct {
	mu    sync.Mutex
	calls [][]string
	errs  func(key string) error
}

func (k *taker) handle(_ context.Context, objects []Object) []error {
	k.mu.Lock()
	defer k.mu.Unlock()
	keys, errs := []string{}, make([]error, len(objects))
	for i, o := range objects {
		keys = append(keys, o.Key)
		if k.errs != nil {
			errs[i] = k.errs(o.Key)
		}
	}
	k.calls = append(k.calls, keys)
	return errs
}

// taken counts how often each key was given since the last call.
func (k *taker) taken() map[string]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := map[string]int{}
	for _, c := range k.calls {
		for _, key := range c {
			n[key]++
		}
	}
	k.calls = nil
	return n
}

// watching runs a watch in the bubble of the test until the test ends.
func watching(t *testing.T, o Options) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- Run(ctx, o) }()
	return func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v", err)
		}
	}
}

func want(t *testing.T, what string, got map[string]int, keys ...string) {
	t.Helper()
	if len(got) != len(keys) {
		t.Errorf("%s: %v, want %q", what, got, keys)
		return
	}
	for _, k := range keys {
		if got[k] != 1 {
			t.Errorf("%s: %v, want %q", what, got, keys)
		}
	}
}

// TestListing: what comes is in within a minute, what comes late within a quarter
// of an hour or a day, by requests that do not grow with the bucket.
func TestListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().UTC()
		b, k := newFakeBucket(), &taker{}
		for day := range 40 { // the past
			b.put(key("111122223333", "us-east-1", start.AddDate(0, 0, -day-1), fmt.Sprint(day)), "e", "")
		}
		b.put("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2000/01/01/x.json.gz", "e", "")
		stop := watching(t, Options{Bucket: b, Handle: k.handle, Since: start})
		defer stop()
		time.Sleep(30 * time.Second)
		want(t, "first round", k.taken())

		one := key("111122223333", "us-east-1", start.Add(20*time.Second), "one")
		b.put(one, "e", "")
		other := "o/" + key("444455556666", "eu-west-1", start.Add(20*time.Second), "one") // another account, of an organization
		b.put(other, "e", "")
		b.put(one+".3fA90b1c", "e", "") // half of a copy
		time.Sleep(time.Minute)
		want(t, "a minute later", k.taken(), one, other)
		b.remove(one + ".3fA90b1c")

		b.mu.Lock()
		b.listed, b.told, b.folders = nil, 0, 0
		b.mu.Unlock()
		time.Sleep(10 * time.Minute)
		want(t, "nothing new", k.taken())
		b.mu.Lock()
		if len(b.listed) != 20 || b.told > 20 {
			t.Errorf("10 rounds over 2 regions made %d listings that told %d objects: %q", len(b.listed), b.told, b.listed)
		}
		b.mu.Unlock()

		// Two hours on: objects named as of the first minute are before the overlap.
		for range 12 {
			time.Sleep(10 * time.Minute)
			b.put(key("111122223333", "us-east-1", time.Now(), "x"), "e", "")
		}
		time.Sleep(time.Minute)
		k.taken()
		late := key("111122223333", "us-east-1", start.Add(time.Minute), "late")
		b.put(late, "e", "")
		time.Sleep(16 * time.Minute)
		want(t, "late", k.taken(), late)

		time.Sleep(2 * 24 * time.Hour)
		k.taken()
		days := key("111122223333", "us-east-1", start.Add(3*time.Minute), "days")
		b.put(days, "e", "")
		time.Sleep(25 * time.Hour)
		want(t, "days late", k.taken(), days)

		b.put(days, "changed", "")
		time.Sleep(25 * time.Hour)
		want(t, "replaced", k.taken(), days)
	})
}

// TestRestart: a watch that goes on lists from where the last one had, and leaves
// out what is seen.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		b, k := newFakeBucket(), &taker{}
		seen := key("111122223333", "us-east-1", now.AddDate(0, 0, -1), "seen")
		missed := key("111122223333", "us-east-1", now.AddDate(0, 0, -20), "missed")
		old := key("111122223333", "us-east-1", now.AddDate(0, 0, -90), "old")
		for _, key := range []string{seen, missed, old} {
			b.put(key, "e", "")
		}
		stop := watching(t, Options{
			Bucket: b, Handle: k.handle, Since: now.AddDate(-1, 0, 0), Listed: now.AddDate(0, 0, -10),
			Seen:  func(o Object) bool { return o.Key == seen },
			Retry: []Object{{Key: "failed", ETag: "f"}},
		})
		time.Sleep(30 * time.Second)
		stop()
		want(t, "after a restart", k.taken(), missed, "failed")
	})
}

// TestOtherLayout: folders of any names, days among them.
func TestOtherLayout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		b, k := newFakeBucket(), &taker{}
		stop := watching(t, Options{Bucket: b, Prefix: "export", Handle: k.handle, Since: now})
		defer stop()
		time.Sleep(time.Second)
		today := "export/" + now.Format("2006/01/02") + "/a.json"
		for _, key := range []string{"export/a/b/c.json", "exported.json", today, "export/1999/12/01/a.json", "import/a.json"} {
			b.put(key, "e", "")
		}
		time.Sleep(time.Minute + 5*time.Second)
		want(t, "objects", k.taken(), "export/a/b/c.json", "exported.json", today)
	})
}

// TestFolderFails: the other folders are listed, the round says what was not, and
// the object is in when the folder can be listed again.
func TestFolderFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		b, k := newFakeBucket(), &taker{}
		good, bad := key("111122223333", "us-east-1", now, "a"), key("111122223333", "us-west-2", now, "a")
		b.put(good, "e", "")
		b.put(bad, "e", "")
		broken := true
		b.fail = func(prefix string) error {
			if broken && strings.Contains(prefix, "us-west-2") {
				return fs.ErrPermission
			}
			return nil
		}
		var mu sync.Mutex
		var rounds []Round
		stop := watching(t, Options{Bucket: b, Handle: k.handle, Events: Events{Listed: func(r Round) {
			mu.Lock()
			defer mu.Unlock()
			rounds = append(rounds, r)
		}}})
		defer stop()
		time.Sleep(30 * time.Second)
		want(t, "first", k.taken(), good)
		b.mu.Lock()
		broken = false
		b.mu.Unlock()
		time.Sleep(time.Minute)
		want(t, "second", k.taken(), bad)
		mu.Lock()
		defer mu.Unlock()
		if len(rounds) != 2 || !errors.Is(rounds[0].Err, fs.ErrPermission) || rounds[1].Err != nil || rounds[0].Found != 1 {
			t.Errorf("rounds %+v", rounds)
		}
	})
}

// TestRetry: a failed object comes again after 30 s, 1 min, 2 min …, and no more
// once it is accepted.
func TestRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		b := newFakeBucket()
		b.put("x", "e", "")
		var at []time.Duration
		k := &taker{}
		k.errs = func(string) error {
			at = append(at, time.Since(start).Round(10*time.Second))
			if len(at) < 5 {
				return errors.New("no")
			}
			return nil
		}
		stop := watching(t, Options{Bucket: b, Handle: k.handle})
		time.Sleep(time.Hour)
		stop()
		want := []time.Duration{0, 30 * time.Second, 90 * time.Second, 210 * time.Second, 450 * time.Second}
		if !slices.Equal(at, want) {
			t.Errorf("tried at %v, want %v", at, want)
		}
	})
}

// TestQueue: a notified object is in within seconds; its message stays until all of
// its objects are accepted, is kept from others while they are at work, and one that
// is no notification is told and deleted.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		q, k := newFakeQueue(), &taker{}
		var bad atomic.Bool
		bad.Store(true)
		one, two := key("111122223333", "us-east-1", now, "one"), key("111122223333", "us-east-1", now, "two")
		k.errs = func(key string) error {
			if key == two && bad.Load() {
				return errors.New("no")
			}
			return nil
		}
		var invalid []string
		var slow atomic.Int64
		stop := watching(t, Options{Queue: q, Name: "b", Prefix: "AWSLogs/", Visibility: time.Minute,
			Handle: func(ctx context.Context, o []Object) []error {
				time.Sleep(time.Duration(slow.Load()))
				return k.handle(ctx, o)
			},
			Events: Events{Invalid: func(_ Message, reason string) {
				k.mu.Lock()
				defer k.mu.Unlock()
				invalid = append(invalid, reason)
			}}})
		defer stop()
		q.send("1", fmt.Sprintf(`{"s3Bucket":"b","s3ObjectKey":[%q,%q]}`, one, two))
		time.Sleep(3 * time.Second)
		want(t, "notified", k.taken(), one, two)
		if q.left() != 1 {
			t.Error("the message is deleted although one of its objects is not accepted")
		}
		bad.Store(false)
		time.Sleep(time.Minute)
		// Its pause ends before the message comes again, which says nothing of the content.
		got := k.taken()
		if got[two] == 0 || q.left() != 0 {
			t.Errorf("then: %v, %d messages left", got, q.left())
		}

		q.send("2", "hello")
		q.send("3", s3Test)
		q.send("4", fmt.Sprintf(`{"s3Bucket":"other","s3ObjectKey":[%q]}`, one))
		q.send("5", `{"s3Bucket":"b","s3ObjectKey":["elsewhere"]}`)
		time.Sleep(3 * time.Second)
		want(t, "not ours", k.taken())
		k.mu.Lock()
		if q.left() != 0 || len(invalid) != 1 {
			t.Errorf("%d messages left, invalid: %q", q.left(), invalid)
		}
		k.mu.Unlock()

		slow.Store(int64(5 * time.Minute))
		q.send("6", fmt.Sprintf(`{"s3Bucket":"b","s3ObjectKey":[%q]}`, one))
		time.Sleep(10 * time.Minute)
		want(t, "slow", k.taken(), one)
		left := q.left()
		q.mu.Lock()
		defer q.mu.Unlock()
		if left != 0 || !slices.Contains(q.extended, time.Minute) {
			t.Errorf("%d messages left, prolonged %v", left, q.extended)
		}
	})
}

// TestLater: no failure, and it comes again soon.
func TestLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, n := newFakeBucket(), 0
		b.put("x", "e", "")
		k := &taker{errs: func(string) error {
			if n++; n < 4 {
				return fmt.Errorf("busy: %w", ErrLater)
			}
			return nil
		}}
		stop := watching(t, Options{Bucket: b, Handle: k.handle, Events: Events{Failed: func(o Object, _ int, err error, _ time.Time) { t.Errorf("%s failed: %v", o.Key, err) }}})
		time.Sleep(50 * time.Second)
		stop()
		if n != 4 {
			t.Errorf("tried %d times", n)
		}
	})
}

// TestRecords: good records beside what is none, batch by batch; of a broken object nothing.
func TestRecords(t *testing.T) {
	b := newFakeBucket()
	b.put("good", "", gz(t, `{"Records":[{"eventID":"a"},7,{"eventID":"b"}]}`))
	b.put("cut", "", gz(t, `{"Records":[{"eventID":"a"},`))
	b.put("plain", "", `{"eventVersion":"1.08","eventID":"c"}`)
	var got []string
	h := Records(b, RecordOptions{Records: 2}, func(_ context.Context, batch Batch) error {
		for _, r := range batch.Records {
			got = append(got, fmt.Sprintf("%s#%d %s %s %v", batch.Object.Key, r.Number, r.JSON, r.Reason, batch.Last))
		}
		return nil
	})
	errs := h(t.Context(), []Object{{Key: "good"}, {Key: "cut"}, {Key: "gone"}, {Key: "plain"}})
	wantGot := []string{`good#0 {"eventID":"a"}  false`, `good#1 7 not an object false`, `good#2 {"eventID":"b"}  true`}
	if !slices.Equal(got, wantGot) {
		t.Errorf("records %q\nwant %q", got, wantGot)
	}
	var fault *trail.Error
	if errs[0] != nil || !errors.As(errs[1], &fault) || fault.Type != trail.InvalidJSON || !errors.Is(errs[2], fs.ErrNotExist) || errs[3] == nil {
		t.Errorf("errors %q", errs)
	}
	refused := errors.New("full")
	h = Records(b, RecordOptions{AnyFormat: true, Workers: 2}, func(context.Context, Batch) error { return refused })
	if errs := h(t.Context(), []Object{{Key: "good"}, {Key: "plain"}}); errs[0] != refused || errs[1] != refused {
		t.Errorf("errors %v, want those of the taker", errs)
	}
}

func TestOptions(t *testing.T) {
	if err := Run(t.Context(), Options{Handle: func(context.Context, []Object) []error { return nil }}); err == nil {
		t.Error("neither bucket nor queue: no error")
	}
}
