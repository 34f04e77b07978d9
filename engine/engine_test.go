package engine

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/traillake/traillake/ingest/trailgen"
)

// testNow is the time in which the tests live.
var testNow = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

// testLake is an engine over a bucket of a temporary directory.
type testLake struct {
	*Engine
	t      *testing.T
	opts   Options
	bucket string       // directory served as the bucket "trails"
	now    atomic.Int64 // nanoseconds since 1970: the engine's schedules read it too
}

// clock is the lake's time.
func (l *testLake) clock() time.Time { return time.Unix(0, l.now.Load()).UTC() }

func (l *testLake) setNow(now time.Time) { l.now.Store(now.UnixNano()) }

// openLake opens an engine on a fresh data directory; change may alter its options.
func openLake(t *testing.T, change func(*Options)) *testLake {
	t.Helper()
	l := &testLake{t: t, bucket: t.TempDir()}
	l.setNow(testNow)
	l.opts = Options{
		Dir: t.TempDir(), Buckets: map[string]string{"trails": l.bucket}, Now: l.clock,
		Credentials: []Credential{{AccessKeyID: "AKIA", SecretAccessKey: "secret"}},
	}
	if change != nil {
		change(&l.opts)
	}
	l.open()
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func (l *testLake) open() {
	l.t.Helper()
	e, err := Open(l.t.Context(), l.opts)
	if err != nil {
		l.t.Fatal(err)
	}
	l.Engine = e
}

// reopen closes the engine and opens it on the same directory.
func (l *testLake) reopen() {
	l.t.Helper()
	if err := l.Close(); err != nil {
		l.t.Fatal(err)
	}
	l.open()
}

// write puts a file into the bucket; a key that ends in .gz is compressed.
func (l *testLake) write(key, content string) {
	l.t.Helper()
	data := []byte(content)
	if strings.HasSuffix(key, ".gz") {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(data); err != nil {
			l.t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			l.t.Fatal(err)
		}
		data = b.Bytes()
	}
	l.writeRaw(key, data)
}

func (l *testLake) writeRaw(key string, data []byte) {
	l.t.Helper()
	path := filepath.Join(l.bucket, filepath.FromSlash(key))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
		l.t.Fatal(err)
	}
}

// generate fills the bucket with a sample trail that ends at testNow.
func (l *testLake) generate(events int64, days int) trailgen.Stats {
	l.t.Helper()
	stats, err := trailgen.Generate(trailgen.Options{Events: events, Days: days, Seed: 3, End: testNow}, func(key string, gz []byte) error {
		l.writeRaw(key, gz)
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return stats
}

// shorter is how many events a short run generates where a full one has n.
func shorter(n int64) int64 {
	if testing.Short() {
		return n / 5
	}
	return n
}

// create makes a store without protection and returns its id.
func (l *testLake) create(name string, days int32) string {
	l.t.Helper()
	off := false
	s, err := l.CreateEventDataStore(l.t.Context(), Principal{}, CreateEventDataStoreInput{Name: name, RetentionDays: &days, TerminationProtection: &off})
	if err != nil {
		l.t.Fatal(err)
	}
	return s.ID
}

// startImport starts an import of a prefix of the bucket.
func (l *testLake) startImport(store, prefix string) *Import {
	l.t.Helper()
	i, err := l.StartImport(l.t.Context(), Principal{}, importInput(store, prefix))
	if err != nil {
		l.t.Fatal(err)
	}
	return i
}

func importInput(store, prefix string) StartImportInput {
	return StartImportInput{Destinations: []string{store}, Source: &S3Source{LocationURI: "s3://trails/" + prefix, Region: "us-east-1", RoleARN: "arn:aws:iam::111122223333:role/r"}}
}

// wait waits for an import's end.
func (l *testLake) wait(id string) *Import {
	l.t.Helper()
	job, err := l.findImport(id)
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	done := job.done
	l.mu.Unlock()
	if done != nil {
		<-done
	}
	i, err := l.GetImport(l.t.Context(), Principal{}, id)
	if err != nil {
		l.t.Fatal(err)
	}
	return i
}

// importAll imports the bucket and checks that it completes.
func (l *testLake) importAll(store string) *Import {
	l.t.Helper()
	i := l.wait(l.startImport(store, "").ID)
	if i.Status != ImportCompleted {
		l.t.Fatalf("import is %s: %s", i.Status, i.Error)
	}
	return i
}

// query runs a statement to its end and returns its rows, cells joined by "|", NULL as "∅".
func (l *testLake) query(sql string) []string {
	l.t.Helper()
	rows, err := l.tryQuery(sql)
	if err != nil {
		l.t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

func (l *testLake) tryQuery(sql string) ([]string, error) {
	ctx := l.t.Context()
	q, err := l.StartQuery(ctx, Principal{}, StartQueryInput{Statement: &sql})
	if err != nil {
		return nil, err
	}
	if d := l.waitQuery(q.ID); d.Status != QueryFinished {
		return nil, fmt.Errorf("%s: %s", d.Status, d.Error)
	}
	var rows []string
	var next *string
	for {
		page, err := l.GetQueryResults(ctx, Principal{}, GetQueryResultsInput{QueryRef: QueryRef{QueryID: q.ID}, Page: Page{NextToken: next}})
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			rows = append(rows, joinCells(row))
		}
		if page.NextToken == "" {
			return rows, nil
		}
		next = &page.NextToken
	}
}

func joinCells(row []Cell) string {
	out := make([]string, len(row))
	for i, c := range row {
		out[i] = "∅"
		if c.Value != nil {
			out[i] = *c.Value
		}
	}
	return strings.Join(out, "|")
}

func (l *testLake) waitQuery(id string) *Query {
	l.t.Helper()
	q, ok := l.queries.find(id)
	if !ok {
		l.t.Fatalf("query %s is not registered", id)
	}
	<-q.ended
	return l.describeQuery(q)
}

// wantCode checks that an error has a code and says something.
func wantCode(t *testing.T, err error, code Code, says string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, says) {
		t.Errorf("error = %v, want %s with %q", err, code, says)
	}
}

// hashTree describes every file of a directory, to see that nothing changed it.
func hashTree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		info, _ := d.Info()
		fmt.Fprintf(&b, "%s %x %s\n", path, bytes.NewBuffer(raw).Bytes(), info.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
