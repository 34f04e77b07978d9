package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKillWatch kills a server with SIGKILL at random moments while objects are
// delivered into the bucket it watches: every event is in once, also those without
// an id, and what the source says it brought is what was delivered.
func TestKillWatch(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))
	bucket, data := t.TempDir(), filepath.Join(t.TempDir(), "lake")
	cfg := filepath.Join(t.TempDir(), "lake.yaml")
	if err := os.WriteFile(cfg, []byte("watch: {interval: 100ms, gather: 10ms}\nlog: {level: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--bucket", "trails=" + bucket, "--config", cfg}
	p := startServer(t, data, args...)
	watch := func(args ...string) string {
		code, out := runProgram(t, append([]string{"watch", "--endpoint", p.http}, args...)...)
		if code != 0 {
			t.Fatalf("watch %q: exit code %d: %s", args, code, out)
		}
		return out
	}
	watch("create", "--store", "watched", "s3://trails/AWSLogs/")

	const each = 12 // records of an object, a third of them without an id
	stop, delivered := make(chan struct{}), make(chan int)
	go func() {
		objects := 0
		defer func() { delivered <- objects }()
		for ; ; objects++ {
			if err := deliverObject(bucket, objects, each); err != nil {
				t.Error(err)
				return
			}
			select {
			case <-stop:
				objects++
				return
			case <-time.After(3 * time.Millisecond):
			}
		}
	}()
	for range *kills {
		time.Sleep(time.Duration(random.IntN(600)) * time.Millisecond)
		p.kill()
		p = startServer(t, data, args...)
	}
	close(stop)
	objects := <-delivered
	want := fmt.Sprintf(" WATCHING %d %d 0 ", objects, objects*each)
	for tries := 0; !strings.Contains(strings.Join(strings.Fields(watch("list")), " "), want); tries++ {
		if tries == 300 {
			t.Fatalf("the watched source does not come to%sbut:\n%s", want, watch("list"))
		}
		time.Sleep(100 * time.Millisecond)
	}
	got := p.query("SELECT count(*), count(DISTINCT eventid), count(DISTINCT element_at(requestparameters, 'n')) FROM watched")[0]
	if want := fmt.Sprintf("%d,%d,%d", objects*each, objects*each*2/3, objects*each); got != want {
		t.Errorf("rows, ids and contents: %s, want %s", got, want)
	}
	t.Logf("%d kills, %d objects", *kills, objects)
	p.stop()
	if code, out := runProgram(t, "verify", "--data", data); code != 0 {
		t.Errorf("verify: exit code %d: %s", code, out)
	}
}

// deliverObject writes a log object of now as CloudTrail names them.
func deliverObject(bucket string, n, records int) error {
	now := time.Now().UTC()
	var all []string
	for i := range records {
		id := ""
		if i%3 > 0 {
			id = fmt.Sprintf(`"eventID":"%d-%d",`, n, i)
		}
		all = append(all, fmt.Sprintf(`{%s"eventTime":%q,"eventName":"Put","eventCategory":"Management","requestParameters":{"n":"%d-%d"}}`, id, now.Format(time.RFC3339), n, i))
	}
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	if _, err := w.Write([]byte(`{"Records":[` + strings.Join(all, ",") + `]}`)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	account := []string{"111122223333", "444455556666"}[n%2]
	dir := filepath.Join(bucket, "AWSLogs", account, "CloudTrail", "us-east-1", now.Format("2006/01/02"))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := filepath.Join(dir, fmt.Sprintf("%s_CloudTrail_us-east-1_%s_%016d.json.gz", account, now.Format("20060102T1504Z"), n))
	if err := os.WriteFile(name+".tmp", gz.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".tmp", name)
}
