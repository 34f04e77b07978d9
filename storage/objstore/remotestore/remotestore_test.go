package remotestore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/objstore/objstoretest"
	"github.com/traillake/traillake/storage/objstore/remotestore"
)

// serve starts an S3 server with a bucket "trail". wrap may stand between.
func serve(t *testing.T, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("trail"); err != nil {
		t.Fatal(err)
	}
	handler := gofakes3.New(backend).Server()
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func open(t *testing.T, opts remotestore.S3Options) *remotestore.Store {
	t.Helper()
	if opts.Bucket == "" {
		opts.Bucket = "trail"
	}
	s, err := remotestore.OpenS3(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keyed(url string) remotestore.S3Options {
	return remotestore.S3Options{Endpoint: url, PathStyle: true, AccessKeyID: "id", SecretAccessKey: "secret"}
}

func TestContract(t *testing.T) {
	objstoretest.Run(t, func(t *testing.T) objstore.Store { return open(t, keyed(serve(t, nil))) })
}

func TestOptions(t *testing.T) {
	for name, opts := range map[string]remotestore.S3Options{
		"no bucket":         {},
		"id without secret": {Bucket: "b", AccessKeyID: "x"},
		"token without key": {Bucket: "b", SessionToken: "x"},
		"endpoint no URL":   {Bucket: "b", Endpoint: "localhost:9000"},
	} {
		if _, err := remotestore.OpenS3(context.Background(), opts); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestReadOnly(t *testing.T) {
	ctx := context.Background()
	opts := keyed(serve(t, nil))
	if _, err := open(t, opts).Put(ctx, "k", strings.NewReader("x"), objstore.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	opts.ReadOnly = true
	s := open(t, opts)
	_, err := s.Put(ctx, "k", strings.NewReader("y"), objstore.PutOptions{})
	for op, err := range map[string]error{"put": err, "delete": s.Delete(ctx, "k")} {
		if !errors.Is(err, fs.ErrPermission) || !errors.Is(err, objstore.ErrReadOnly) {
			t.Errorf("%s: %v, want ErrReadOnly", op, err)
		}
	}
	if got, err := objstore.ReadAll(ctx, s, "k"); err != nil || string(got) != "x" {
		t.Errorf("get = %q, %v", got, err)
	}
}

// The request goes to the region, host or path, and with the key asked for.
func TestAddressing(t *testing.T) {
	for _, tc := range []struct {
		name      string
		env       map[string]string
		opts      func(*remotestore.S3Options)
		path      string
		signature string
	}{
		{
			name: "path style", opts: func(o *remotestore.S3Options) { o.Region = "eu-west-1" },
			path: "/trail/k", signature: "Credential=id/20",
		},
		{
			name: "credentials and region of the environment",
			env:  map[string]string{"AWS_ACCESS_KEY_ID": "envid", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "ap-south-1"},
			opts: func(o *remotestore.S3Options) { o.AccessKeyID, o.SecretAccessKey = "", "" },
			path: "/trail/k", signature: "/ap-south-1/s3/",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, key := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"} {
				t.Setenv(key, tc.env[key])
			}
			t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			t.Setenv("AWS_CONFIG_FILE", "/dev/null")
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
			var got atomic.Pointer[http.Request]
			url := serve(t, func(http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					got.Store(r)
					w.WriteHeader(http.StatusForbidden)
				})
			})
			opts := keyed(url)
			tc.opts(&opts)
			_, err := open(t, opts).Stat(context.Background(), "k")
			r := got.Load()
			if r == nil {
				t.Fatal(err)
			}
			if !errors.Is(err, fs.ErrPermission) {
				t.Errorf("403 gave %v, want fs.ErrPermission", err)
			}
			if r.URL.Path != tc.path || !strings.Contains(r.Header.Get("Authorization"), tc.signature) {
				t.Errorf("request to %s%s signed %s", r.Host, r.URL.Path, r.Header.Get("Authorization"))
			}
		})
	}
}

func TestErrors(t *testing.T) {
	ctx := context.Background()
	opts := keyed(serve(t, nil))
	opts.Bucket = "other"
	s := open(t, opts)
	_, getErr := s.Get(ctx, "k")
	_, putErr := s.Put(ctx, "k", strings.NewReader("x"), objstore.PutOptions{})
	listErr := s.List(ctx, "", func(objstore.Object) error { return nil })
	for op, err := range map[string]error{"get": getErr, "put": putErr, "list": listErr, "delete": s.Delete(ctx, "k")} {
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "other") {
			t.Errorf("%s in a bucket there is not: %v", op, err)
		}
	}
}

// cutter breaks the connection after some bytes of the first answers to GET.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	if len(p) > c.left {
		_, _ = c.ResponseWriter.Write(p[:c.left])
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left -= len(p)
	return c.ResponseWriter.Write(p)
}

func TestBrokenStream(t *testing.T) {
	ctx := context.Background()
	content := strings.Repeat("0123456789", 50_000)
	for _, tc := range []struct {
		name string
		cuts int64
		ok   bool
	}{{"taken up again", 3, true}, {"given up in the end", 100, false}} {
		t.Run(tc.name, func(t *testing.T) {
			var gets atomic.Int64
			url := serve(t, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodGet && gets.Add(1) <= tc.cuts {
						w = &cutter{ResponseWriter: w, left: 40_000}
					}
					h.ServeHTTP(w, r)
				})
			})
			s := open(t, keyed(url))
			if _, err := s.Put(ctx, "k", strings.NewReader(content), objstore.PutOptions{}); err != nil {
				t.Fatal(err)
			}
			got, err := objstore.ReadAll(ctx, s, "k")
			if tc.ok != (err == nil) || tc.ok && string(got) != content {
				t.Errorf("read %d bytes, %v", len(got), err)
			}
			if tc.ok && gets.Load() != tc.cuts+1 {
				t.Errorf("%d requests, want %d", gets.Load(), tc.cuts+1)
			}
		})
	}
}

// An object replaced between two reads gives an error, though this server
// minds no If-Match.
func TestReplacedWhileOpen(t *testing.T) {
	ctx := context.Background()
	s := open(t, keyed(serve(t, nil)))
	put := func(content string) {
		if _, err := s.Put(ctx, "k", strings.NewReader(content), objstore.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	put("aaaaaaaaaa")
	r, err := s.Open(ctx, "k")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	put("bbbbbbbbbb")
	if n, err := r.ReadAt(make([]byte, 5), 0); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("ReadAt = %d, %v", n, err)
	}
}

// A passing fault of the server is not seen.
func TestRetries(t *testing.T) {
	var n atomic.Int64
	url := serve(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	s := open(t, keyed(url))
	if err := s.List(context.Background(), "", func(objstore.Object) error { return nil }); err != nil {
		t.Error(err)
	}
	if n.Load() != 2 {
		t.Errorf("%d requests, want 2", n.Load())
	}
}

// Keys that no folder could hold are read as they are, over several pages.
func TestForeignKeys(t *testing.T) {
	ctx := context.Background()
	s := open(t, keyed(serve(t, nil)))
	want := map[string]string{}
	for i := range 1100 {
		key := fmt.Sprintf("a//b/%04d", i)
		if _, err := s.Put(ctx, key, strings.NewReader(key), objstore.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		want[key] = key
	}
	n := 0
	err := s.List(ctx, "a//", func(o objstore.Object) error {
		n++
		if n%500 == 1 {
			got, err := objstore.ReadAll(ctx, s, o.Key)
			if err != nil || string(got) != want[o.Key] {
				return fmt.Errorf("%s: %q, %w", o.Key, got, err)
			}
		}
		return nil
	})
	if err != nil || n != len(want) {
		t.Errorf("listed %d of %d, %v", n, len(want), err)
	}
}
