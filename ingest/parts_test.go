package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/ingest/event"
)

// TestFilter copies runs of rows with every kind of column.
func TestFilter(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	b := event.NewBuilder(mem, event.CloudTrail)
	defer b.Release()
	text := func(i int) string {
		if i%3 == 0 {
			return fmt.Sprintf(`{"eventName":"E%d"}`, i)
		}
		return fmt.Sprintf(`{"eventName":"E%d","eventTime":"2024-06-02T20:27:%02dZ","readOnly":%v,"requestParameters":{"a":%d,"n":null},`+
			`"resources":[{"ARN":"r%d"},{}],"userIdentity":{"type":"t%d","sessionContext":{"webIdFederationData":{"attributes":{"k":"v%d"}}}},`+
			`"eventContext":{"tagContext":{"resourceTags":[{"arn":"x%d","tags":{"t":"%d"}}]}},"bad":"`+"\xff"+`","EVENTTIME":1}`, i, i, i%2 == 0, i, i, i, i, i, i)
	}
	const n = 12
	for i := range n {
		if _, err := b.Append([]byte(text(i)), event.Source{Object: "k", Record: int64(i)}, time.Unix(int64(i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	whole := b.NewRecord()
	defer whole.Release()
	for _, kept := range [][]int{{0}, {11}, {0, 1, 2}, {1, 3, 5, 7}, {2, 3, 4, 8, 9, 11}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}} {
		keep := make([]bool, n)
		for _, i := range kept {
			keep[i] = true
			if _, err := b.Append([]byte(text(i)), event.Source{Object: "k", Record: int64(i)}, time.Unix(int64(i), 0)); err != nil {
				t.Fatal(err)
			}
		}
		want := b.NewRecord() // the same rows, built alone
		got, err := Keep(whole, keep)
		if err != nil {
			t.Fatal(err)
		}
		wantText, _ := want.MarshalJSON()
		gotText, _ := got.MarshalJSON()
		if !bytes.Equal(gotText, wantText) {
			t.Errorf("rows %v\n= %s\nwant %s", kept, gotText, wantText)
		}
		want.Release()
		got.Release()
	}
	all := bytes.Repeat([]byte{1}, n)
	keep := make([]bool, n)
	for i := range all {
		keep[i] = true
	}
	if got, _ := Keep(whole, keep); got != whole {
		t.Error("a record of which all rows are kept was copied")
	} else {
		got.Release()
	}
}

// TestContentOfLargeObjects: without an ETag a large object is read twice, and must
// be the same both times.
func TestContentOfLargeObjects(t *testing.T) {
	b := newBucket()
	b.objects["k"] = []byte(strings.Repeat("0123456789", 10))
	// for i in 1 2 3 4 5 6 7 8 9 10; do printf 0123456789; done | sha256sum
	const sum = "9cfe7faff7054298ca87557e15a10262de8d3eee77827417fbdfea1c41b9ec23"
	for _, most := range []int64{1000, 100, 99, 1} {
		obj := Object{Key: "k"}
		b.gets["k"] = 0
		r, err := content(context.Background(), b, &obj, most)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil || string(data) != string(b.objects["k"]) || obj.ETag != sum {
			t.Errorf("most %d: %q, %v, ETag %s", most, data, err, obj.ETag)
		}
		if want := map[bool]int{true: 1, false: 2}[most >= 100]; b.gets["k"] != want {
			t.Errorf("most %d: read %d times, want %d", most, b.gets["k"], want)
		}
	}
	changing := &changingSource{bucket: b}
	r, err := content(context.Background(), changing, &Object{Key: "k"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); !errors.Is(err, errChanged) {
		t.Errorf("a changed object gives %v", err)
	}
}

type changingSource struct{ *bucket }

func (c *changingSource) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := c.bucket.Get(ctx, key)
	c.objects[key] = append([]byte("x"), c.objects[key]...)
	return r, err
}

// TestListingKeepsWhatWasListed through its compact form, over many chunks.
func TestListingKeepsWhatWasListed(t *testing.T) {
	src := &manyObjects{n: 30_000}
	o := Options{}
	l, err := list(context.Background(), src, &o)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.objects) != src.n || len(l.chunks) < 2 {
		t.Fatalf("%d objects in %d chunks", len(l.objects), len(l.chunks))
	}
	last := ""
	for i := range l.objects {
		got := l.object(i)
		var day, number int
		if _, err := fmt.Sscanf(got.Key, "AWSLogs/1/CloudTrail/r/2024/06/%02d/%06d.json.gz", &day, &number); err != nil {
			t.Fatal(err)
		}
		if got != src.object(number) {
			t.Fatalf("object %d = %+v, want %+v", i, got, src.object(number))
		}
		if got.Key <= last {
			t.Fatalf("%s after %s", got.Key, last)
		}
		last = got.Key
	}
	src = &manyObjects{n: 1, name: strings.Repeat("x", math.MaxUint16+1)}
	if _, err := list(context.Background(), src, &o); err == nil {
		t.Error("a name that does not fit is taken")
	}
}

type manyObjects struct {
	n    int
	name string
}

func (m *manyObjects) object(i int) Object {
	return Object{
		Key:  fmt.Sprintf("AWSLogs/1/CloudTrail/r/2024/06/%02d/%06d.json.gz", 1+i%28, i) + m.name,
		Size: int64(i), ETag: strings.Repeat("e", i%70),
	}
}

func (m *manyObjects) List(_ context.Context, _ string, fn func(Object) error) error {
	for i := range m.n {
		if err := fn(m.object(i)); err != nil {
			return err
		}
	}
	return nil
}

func (m *manyObjects) Get(context.Context, string) (io.ReadCloser, error) { return nil, io.EOF }

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 300)
	tests := []struct{ in, want string }{
		{"", ""}, {"abc", "abc"}, {"a\xffb", "a\uFFFDb"}, {long, long[:256]},
		{long[:255] + "é", long[:255]}, {long[:254] + "é", long[:254] + "é"}, {long[:253] + "😀", long[:253]}, {long[:252] + "😀", long[:252] + "😀"},
	}
	for _, tt := range tests {
		if got := excerpt([]byte(tt.in)); got != tt.want {
			t.Errorf("excerpt(%q) = %q", tt.in, got)
		}
	}
}
