package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/traillake/traillake/engine/export"
	"github.com/traillake/traillake/ingest/trailgen"
	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// testKeys is the access key of every lake of the tests.
var testKeys = keyPair{AccessKeyID: "AKIATESTROOT00000001", SecretAccessKey: "test/root/secret/key/0123456789abcdefghi"}

// process is a running server in a process of its own.
type process struct {
	t          *testing.T
	cmd        *exec.Cmd
	http, grpc string
	log        *lockedBuffer
	ended      chan struct{}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var readyLine = regexp.MustCompile(`^ready http=(\S+) grpc=(\S+)$`)

// startServer starts a server on free ports and waits for its ready line.
func startServer(t *testing.T, data string, args ...string) *process {
	t.Helper()
	p := &process{t: t, log: &lockedBuffer{}, ended: make(chan struct{})}
	p.cmd = exec.Command(os.Args[0], append([]string{"serve", "--data", data, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"}, args...)...)
	p.cmd.Env = append(os.Environ(), asProgram+"=1", envAccessKeyID+"="+testKeys.AccessKeyID, envSecretAccessKey+"="+testKeys.SecretAccessKey)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := readyLine.FindStringSubmatch(lines.Text()); m != nil {
			p.http, p.grpc = m[1], m[2]
			break
		}
	}
	go func() { defer close(p.ended); _ = p.cmd.Wait() }()
	if p.http == "" {
		<-p.ended
		t.Fatalf("serve ended without a ready line: %s", p.log)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); <-p.ended })
	return p
}

// kill ends the process as a crash does.
func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.ended
}

// stop ends the process as an operator does.
func (p *process) stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		p.kill()
		p.t.Fatalf("SIGTERM did not end the server: %s", p.log)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		p.t.Fatalf("exit code after SIGTERM = %d, want 0: %s", code, p.log)
	}
}

func (p *process) client() *client {
	return &client{base: "http://" + p.http, keys: testKeys, http: httpClient}
}

// createStore makes a store that keeps everything and returns its ARN and id.
func (p *process) createStore(name string) (arn, id string) {
	p.t.Helper()
	days, off := int32(36500), false
	var out lakev1.EventDataStore
	in := &lakev1.CreateEventDataStoreRequest{Name: name, RetentionPeriod: &days, TerminationProtectionEnabled: &off}
	if err := p.client().do(p.t.Context(), http.MethodPost, "/event-data-stores", nil, in, &out); err != nil {
		p.t.Fatal(err)
	}
	return out.EventDataStoreArn, out.EventDataStoreId
}

// storeID is the id of a store by its name.
func (p *process) storeID(name string) string {
	p.t.Helper()
	var out lakev1.ListEventDataStoresResponse
	if err := p.client().do(p.t.Context(), http.MethodGet, "/event-data-stores", nil, nil, &out); err != nil {
		p.t.Fatal(err)
	}
	for _, store := range out.EventDataStores {
		if store.Name == name {
			return store.EventDataStoreId
		}
	}
	p.t.Fatalf("no store is called %q", name)
	return ""
}

// importID is the id of the newest import.
func (p *process) importID() string {
	p.t.Helper()
	var out lakev1.ListImportsResponse
	if err := p.client().do(p.t.Context(), http.MethodGet, "/imports", nil, nil, &out); err != nil {
		p.t.Fatal(err)
	}
	if len(out.Imports) == 0 {
		p.t.Fatal("there is no import")
	}
	return out.Imports[0].ImportId
}

// startImport starts an import of a bucket and returns its id.
func (p *process) startImport(arn, uri string) string {
	p.t.Helper()
	in := &lakev1.StartImportRequest{Destinations: []string{arn}, ImportSource: &lakev1.ImportSource{S3: &lakev1.S3ImportSource{
		S3LocationUri: uri, S3BucketRegion: "us-east-1", S3BucketAccessRoleArn: "arn:aws:iam::111122223333:role/import"}}}
	var out lakev1.Import
	if err := p.client().do(p.t.Context(), http.MethodPost, "/imports", nil, in, &out); err != nil {
		p.t.Fatal(err)
	}
	return out.ImportId
}

// waitImport waits until an import has ended.
func (p *process) waitImport(id string) *lakev1.Import {
	p.t.Helper()
	silent := &program{stdout: &lockedBuffer{}, stderr: &lockedBuffer{}, env: os.Getenv}
	out, err := silent.followImport(p.t.Context(), p.client(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// query runs a statement and returns its rows as CSV lines, without the header.
func (p *process) query(sql string) []string {
	p.t.Helper()
	rows, err := queryCSV(p.t.Context(), p.client(), sql)
	if err != nil {
		p.t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

func queryCSV(ctx context.Context, c *client, sql string) ([]string, error) {
	var started lakev1.StartQueryResponse
	if err := c.do(ctx, http.MethodPost, "/queries", nil, &lakev1.StartQueryRequest{QueryStatement: &sql}, &started); err != nil {
		return nil, err
	}
	res, err := c.send(ctx, http.MethodGet, "/queries/"+started.QueryId+"/stream", url.Values{}, "", nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	r, err := ipc.NewReader(res.Body)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var b strings.Builder
	w, err := export.New("csv", &b, r.Schema())
	if err != nil {
		return nil, err
	}
	for r.Next() {
		if err := w.Write(r.Record()); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	var end lakev1.DescribeQueryResponse
	if err := c.do(ctx, http.MethodGet, "/queries/"+started.QueryId, nil, nil, &end); err != nil {
		return nil, err
	}
	if end.QueryStatus != "FINISHED" {
		return nil, fmt.Errorf("query %s: %s", end.QueryStatus, end.ErrorMessage)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")[1:], nil
}

// sampleTrail generates a bucket of five days and returns its directory.
func sampleTrail(t *testing.T, events int64, seed uint64) string {
	t.Helper()
	return generatedTrail(t, trailgen.Options{Events: events, Days: 5, Seed: seed, End: time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)})
}

// generatedTrail generates a bucket and returns its directory.
func generatedTrail(t *testing.T, o trailgen.Options) string {
	t.Helper()
	dir := t.TempDir()
	silent := &program{stdout: &lockedBuffer{}, stderr: &lockedBuffer{}, env: os.Getenv}
	if _, err := silent.generate(t.Context(), o, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}
