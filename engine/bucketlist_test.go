package engine

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// folder lists what lies below a prefix, in pages of two.
func (l *testLake) folder(prefix string) []string {
	l.t.Helper()
	var out []string
	in := ListBucketObjectsInput{Bucket: "trails", Prefix: prefix, Page: Page{MaxResults: ptr(int32(2))}}
	for {
		page, next, err := l.ListBucketObjects(l.t.Context(), Principal{}, in)
		if err != nil {
			l.t.Fatal(err)
		}
		for _, o := range page {
			if o.IsPrefix() != o.Modified.IsZero() {
				l.t.Errorf("%+v: a prefix has no time, an object has one", o)
			}
			out = append(out, fmt.Sprintf("%s %d", o.Key, o.Size))
		}
		if in.NextToken = &next; next == "" {
			return out
		}
	}
}

// A bucket is walked folder by folder, as S3 lists with "/" as delimiter.
func TestListBucketObjects(t *testing.T) {
	l := openLake(t, nil)
	for _, key := range []string{"a.txt", "AWSLogs/1/x", "AWSLogs/1/y/z", "AWSLogs/2/x", "AWSLogs/readme", "b/c"} {
		l.writeRaw(key, []byte(key))
	}
	for prefix, want := range map[string][]string{
		"":              {"AWSLogs/ 0", "a.txt 5", "b/ 0"},
		"AW":            {"AWSLogs/ 0"},
		"AWSLogs/":      {"AWSLogs/1/ 0", "AWSLogs/2/ 0", "AWSLogs/readme 14"},
		"AWSLogs/1":     {"AWSLogs/1/ 0"},
		"AWSLogs/1/":    {"AWSLogs/1/x 11", "AWSLogs/1/y/ 0"},
		"AWSLogs/r":     {"AWSLogs/readme 14"},
		"nosuch/":       nil,
		"a.txt/":        nil,
		"../":           nil,
		"AWSLogs//":     nil,
		"AWSLogs/../b/": nil,
		"/":             nil,
	} {
		if got := l.folder(prefix); !slices.Equal(got, want) {
			t.Errorf("below %q: %q, want %q", prefix, got, want)
		}
	}
	_, _, err := l.ListBucketObjects(t.Context(), Principal{}, ListBucketObjectsInput{Bucket: "other"})
	wantCode(t, err, InvalidImportSource, `bucket "other"`)
	_, _, err = l.ListBucketObjects(t.Context(), Principal{}, ListBucketObjectsInput{Bucket: "trails", Page: Page{NextToken: ptr("made up")}})
	wantCode(t, err, InvalidNextToken, "made up")
}

func TestListBuckets(t *testing.T) {
	l := openLake(t, func(o *Options) {
		o.Buckets = map[string]string{"b": t.TempDir(), "a": t.TempDir(), "gone": filepath.Join(t.TempDir(), "gone")}
	})
	first, next, err := l.ListBuckets(t.Context(), Principal{}, Page{MaxResults: ptr(int32(2))})
	if err != nil || !slices.Equal(first, []string{"a", "b"}) {
		t.Fatalf("buckets = %v, %v", first, err)
	}
	rest, next, err := l.ListBuckets(t.Context(), Principal{}, Page{MaxResults: ptr(int32(2)), NextToken: &next})
	if err != nil || !slices.Equal(rest, []string{"gone"}) || next != "" {
		t.Errorf("the rest = %v, %q, %v", rest, next, err)
	}
	_, _, err = l.ListBucketObjects(t.Context(), Principal{}, ListBucketObjectsInput{Bucket: "gone"})
	wantCode(t, err, InvalidImportSource, "cannot be read")
}
