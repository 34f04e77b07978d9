package watch

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeBucket is a bucket in memory that notes what is asked of it.
type fakeBucket struct {
	mu      sync.Mutex
	objects map[string]Object
	bodies  map[string][]byte
	listed  []string // "prefix after"
	told    int      // objects that List told
	folders int      // calls of Folder
	fail    func(prefix string) error
}

func newFakeBucket() *fakeBucket {
	return &fakeBucket{objects: map[string]Object{}, bodies: map[string][]byte{}, fail: func(string) error { return nil }}
}

func (b *fakeBucket) put(key, etag, body string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = Object{Key: key, Size: int64(len(body)), ETag: etag, Modified: time.Now()}
	b.bodies[key] = []byte(body)
}

func (b *fakeBucket) remove(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, key)
}

func (b *fakeBucket) sorted(prefix string) []Object {
	var out []Object
	for key, o := range b.objects {
		if strings.HasPrefix(key, prefix) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(x, y Object) int { return strings.Compare(x.Key, y.Key) })
	return out
}

func (b *fakeBucket) List(_ context.Context, prefix, after string, fn func(Object) error) error {
	b.mu.Lock()
	b.listed = append(b.listed, prefix+" "+after)
	objects, err := b.sorted(prefix), b.fail(prefix)
	b.mu.Unlock()
	if err != nil {
		return err
	}
	for _, o := range objects {
		if o.Key <= after {
			continue
		}
		b.mu.Lock()
		b.told++
		b.mu.Unlock()
		if err := fn(o); err != nil {
			return err
		}
	}
	return nil
}

func (b *fakeBucket) Folder(_ context.Context, prefix string, fn func(Object) error) ([]string, error) {
	b.mu.Lock()
	b.folders++
	objects, err := b.sorted(prefix), b.fail(prefix)
	b.mu.Unlock()
	var folders []string
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		name, _, below := strings.Cut(o.Key[len(prefix):], "/")
		switch {
		case below && !slices.Contains(folders, prefix+name+"/"):
			folders = append(folders, prefix+name+"/")
		case !below:
			if err := fn(o); err != nil {
				return nil, err
			}
		}
	}
	return folders, nil
}

func (b *fakeBucket) Get(_ context.Context, key string) (io.ReadCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, ok := b.bodies[key]
	if !ok {
		return nil, fmt.Errorf("get %s: %w", key, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

// fakeQueue is a queue with visibility, on the clock of the test's bubble.
type fakeQueue struct {
	mu       sync.Mutex
	messages map[string]*fakeMessage // by receipt
	extended []time.Duration
	wake     chan struct{}
}

type fakeMessage struct {
	body     string
	hidden   time.Time
	received int
}

func newFakeQueue() *fakeQueue {
	return &fakeQueue{messages: map[string]*fakeMessage{}, wake: make(chan struct{}, 1)}
}

func (q *fakeQueue) send(receipt, body string) {
	q.mu.Lock()
	q.messages[receipt] = &fakeMessage{body: body}
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *fakeQueue) left() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.messages)
}

func (q *fakeQueue) Receive(ctx context.Context, visibility time.Duration) ([]Message, error) {
	end := time.After(20 * time.Second)
	for {
		q.mu.Lock()
		var out []Message
		for receipt, m := range q.messages {
			if now := time.Now(); !m.hidden.After(now) && len(out) < 10 {
				m.hidden = now.Add(visibility)
				m.received++
				out = append(out, Message{ID: receipt, Receipt: receipt, Body: []byte(m.body), Received: m.received})
			}
		}
		q.mu.Unlock()
		if len(out) > 0 {
			return out, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-q.wake:
		case <-end:
			return nil, nil
		}
	}
}

func (q *fakeQueue) Delete(_ context.Context, receipts []string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range receipts {
		delete(q.messages, r)
	}
	return nil
}

func (q *fakeQueue) Extend(_ context.Context, receipt string, d time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if m := q.messages[receipt]; m != nil {
		m.hidden = time.Now().Add(d)
		q.extended = append(q.extended, d)
	}
	return nil
}

// key is that of a log object of an account and region, delivered at a time.
func key(account, region string, at time.Time, random string) string {
	at = at.UTC()
	return fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%s.json.gz", account, region, at.Format("2006/01/02"), account, region, at.Format("20060102T1504Z"), random)
}

func gz(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
