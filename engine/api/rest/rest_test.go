package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/engine/api/grpcapi"
	"github.com/traillake/traillake/engine/api/rest"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// serve puts the front before a gRPC server with an engine, over real HTTP.
func serve(t *testing.T, e *apitest.Engine) string {
	t.Helper()
	verifier := auth.New(e, nil)
	server := grpcapi.New(grpcapi.Options{
		Stores: e, Imports: e, Queries: e, Results: e, Holdings: e, Events: e, Samples: e, Channels: e, Watches: e, Auth: verifier, TrustCaller: true, NewID: func() string { return "never" },
		Language: e, Saved: e,
	})
	pipe := bufconn.Listen(1 << 16)
	served := make(chan error, 1)
	go func() { served <- server.Serve(pipe) }()
	conn, err := grpc.NewClient("passthrough:///x", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := auth.NewSessions(verifier, auth.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := rest.New(context.Background(), rest.Options{
		Conn: conn, Uploads: e, Events: e, Auth: verifier, Sessions: sessions, Region: "us-east-1", Version: "v1.2.3", Outgoing: grpcapi.WithCaller, MaxBody: 1 << 16,
		RequestID: func(context.Context) string { return "request-1" },
	})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(h)
	t.Cleanup(func() {
		front.Close()
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return front.URL
}

func do(t *testing.T, r *http.Request) (status int, contentType, body string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(b)
}

func newRequest(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	apitest.BasicAuth(r)
	return r
}

// TestPaths holds every path against what the engine is asked and what REST
// answers, file by file of testdata; paths also has what clients get wrong.
func TestPaths(t *testing.T) {
	e := &apitest.Engine{}
	url := serve(t, e)
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return callPath(t, e, url, d.Input) })
	})
}

// spaces are those that protojson puts in at random.
var spaces = regexp.MustCompile(`([:,]) `)

// callPath sends a request and tells what the engine was asked and what came back.
func callPath(t *testing.T, e *apitest.Engine, url, request string) string {
	line, body, _ := strings.Cut(request, "\n")
	method, path, _ := strings.Cut(line, " ")
	status, contentType, answer := do(t, newRequest(t, method, url+path, body))
	var out strings.Builder
	for _, c := range e.Calls() {
		if c.Principal != apitest.Principal() {
			t.Errorf("%s: principal = %+v", line, c.Principal)
		}
		b, err := json.Marshal(c.Input)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("engine " + c.Op + " " + string(b) + "\n")
	}
	out.WriteString(strings.TrimSpace(http.StatusText(status)+" "+contentType) + "\n")
	out.WriteString(spaces.ReplaceAllString(answer, "$1"))
	return out.String()
}

// TestEveryCode lets the engine fail with every code.
func TestEveryCode(t *testing.T) {
	var code engine.Code
	e := &apitest.Engine{Fail: func(context.Context, string) error { return engine.Errorf(code, "told") }}
	url := serve(t, e)
	for _, code = range engine.Codes() {
		for _, path := range []string{"/api/v1/queries/q", "/api/v1/queries/q/rows", "/api/v1/queries/q/export?format=csv", "/api/v1/queries/q/stream", "/api/v1/uploads/id/key"} {
			method := "GET"
			if strings.Contains(path, "uploads") {
				method = "PUT"
			}
			status, _, body := do(t, newRequest(t, method, url+path, ""))
			want := `{"code":"` + string(code) + `","message":"told"}` + "\n"
			if body != want || status < 400 || (status == 500) != (code == engine.Internal) {
				t.Errorf("%s %s: %d %s, want %s", code, path, status, body, want)
			}
		}
	}
}

func TestUnknownError(t *testing.T) {
	url := serve(t, &apitest.Engine{Fail: func(context.Context, string) error { return errors.New("open /secret") }})
	for _, r := range []*http.Request{
		newRequest(t, "GET", url+"/api/v1/imports", ""),
		newRequest(t, "GET", url+"/api/v1/queries/q/stream", ""),
		newRequest(t, "PUT", url+"/api/v1/uploads/id/key", "x"),
	} {
		status, _, body := do(t, r)
		if status != 500 || body != `{"code":"Internal","message":"internal error"}`+"\n" {
			t.Errorf("%s: %d %s", r.URL.Path, status, body)
		}
	}
}

// TestCredentials: a signature is as good as Basic, and without the right
// credentials every path but the OpenAPI page answers 401 and asks nothing.
func TestCredentials(t *testing.T) {
	e := &apitest.Engine{}
	url := serve(t, e)
	body := `{"queryStatement": "SELECT 1"}`
	sign := func(r *http.Request, body string, secret string) {
		r.Header.Del("Authorization")
		cred := aws.Credentials{AccessKeyID: apitest.KeyID, SecretAccessKey: secret}
		if err := apitest.SignAs(r, []byte(body), time.Now(), cred, "traillake"); err != nil {
			t.Fatal(err)
		}
	}
	signed := newRequest(t, "POST", url+"/api/v1/queries", body)
	sign(signed, body, apitest.Secret)
	if status, _, answer := do(t, signed); status != 200 {
		t.Errorf("signed: %d %s", status, answer)
	}
	upload := newRequest(t, "PUT", url+"/api/v1/uploads/id/a/b.json", "{}")
	sign(upload, "{}", apitest.Secret)
	if status, _, answer := do(t, upload); status != 204 {
		t.Errorf("signed upload: %d %s", status, answer)
	}
	if calls := e.Calls(); len(calls) != 2 || calls[0].Principal != apitest.Principal() || calls[1].Input != (apitest.Upload{ID: "id", Key: "a/b.json", Content: "{}"}) {
		t.Errorf("the engine was asked %+v", calls)
	}
	wrong := map[string]func(*http.Request){
		"none":            func(r *http.Request) { r.Header.Del("Authorization") },
		"wrong secret":    func(r *http.Request) { r.SetBasicAuth(apitest.KeyID, "guess") },
		"wrong signature": func(r *http.Request) { sign(r, "", "guess") },
		"metadata of a front": func(r *http.Request) {
			r.Header.Del("Authorization")
			r.Header.Set("Grpc-Metadata-Traillake-Caller-Bin", "e30=")
		},
	}
	for name, spoil := range wrong {
		for _, path := range []string{"GET /api/v1/imports", "GET /api/v1/queries/q/stream", "PUT /api/v1/uploads/id/key", "POST /api/v1/queries", "GET /api/v1/nowhere"} {
			method, target, _ := strings.Cut(path, " ")
			r := newRequest(t, method, url+target, "")
			spoil(r)
			if status, _, answer := do(t, r); status != 401 || !strings.Contains(answer, `"code"`) {
				t.Errorf("%s, %s: %d %s", path, name, status, answer)
			}
		}
	}
	if calls := e.Calls(); len(calls) > 0 {
		t.Errorf("the engine was asked %+v", calls)
	}
	open := newRequest(t, "GET", url+"/api/v1/openapi.json", "")
	open.Header.Del("Authorization")
	status, _, page := do(t, open)
	if status != 200 || !json.Valid([]byte(page)) {
		t.Errorf("openapi.json: %d %.80s", status, page)
	}
}

// TestForgedCaller: what a client sends beside its credentials does not reach gRPC.
func TestForgedCaller(t *testing.T) {
	e := &apitest.Engine{}
	r := newRequest(t, "GET", serve(t, e)+"/api/v1/imports", "")
	r.Header.Set("Grpc-Metadata-Traillake-Caller-Bin", "eyJBY2Nlc3NLZXlJRCI6ImV2aWwifQ==")
	r.Header.Set("Traillake-Caller-Bin", "eyJBY2Nlc3NLZXlJRCI6ImV2aWwifQ==")
	if status, _, body := do(t, r); status != 200 {
		t.Fatal(status, body)
	}
	if calls := e.Calls(); calls[0].Principal != apitest.Principal() {
		t.Errorf("principal = %+v", calls[0].Principal)
	}
}

// TestStream reads the stream with Arrow's reader, straight from the response.
func TestStream(t *testing.T) {
	e := &apitest.Engine{Stream: func() engine.ResultStream { return apitest.NewStream(3, 20_000, nil) }}
	resp, err := http.DefaultClient.Do(newRequest(t, "GET", serve(t, e)+"/api/v1/queries/q/stream?eventDataStore=s", ""))
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/vnd.apache.arrow.stream" {
		t.Errorf("content type = %s", got)
	}
	r, err := ipc.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	rows := int64(0)
	for r.Next() {
		rows += r.Record().NumRows()
	}
	if r.Err() != nil || rows != 60_000 {
		t.Errorf("%d rows, %v", rows, r.Err())
	}
	r.Release()
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if ref := e.Calls()[0].Input.(engine.QueryRef); ref.QueryID != "q" || *ref.EventDataStore != "s" {
		t.Errorf("the engine was asked %+v", ref)
	}
}

// TestStreamBrokenOff: an error after the first rows must not look like an end.
func TestStreamBrokenOff(t *testing.T) {
	e := &apitest.Engine{Stream: func() engine.ResultStream {
		return apitest.NewStream(1, 3, engine.Errorf(engine.Internal, "disk"))
	}}
	resp, err := http.DefaultClient.Do(newRequest(t, "GET", serve(t, e)+"/api/v1/queries/q/stream", ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading to the end: %v, want an unexpected EOF", err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
}

func TestTooLong(t *testing.T) {
	url := serve(t, &apitest.Engine{})
	status, _, body := do(t, newRequest(t, "POST", url+"/api/v1/queries", `{"queryStatement":"`+strings.Repeat("x", 1<<16)+`"}`))
	if status != 413 || !strings.Contains(body, "65536") {
		t.Errorf("%d %s", status, body)
	}
	// An upload is the engine's to bound.
	if status, _, body = do(t, newRequest(t, "PUT", url+"/api/v1/uploads/id/key", strings.Repeat("x", 1<<17))); status != 204 {
		t.Errorf("upload: %d %s", status, body)
	}
}

// TestOpenAPI: every path of the page exists in the HTTP rules and the reverse.
func TestOpenAPI(t *testing.T) {
	_, _, page := do(t, newRequest(t, "GET", serve(t, &apitest.Engine{})+"/api/v1/openapi.json", ""))
	var spec struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal([]byte(page), &spec); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for _, methods := range spec.Paths {
		for _, m := range methods {
			described[strings.TrimPrefix(m.OperationID, "LakeService_")] = true
		}
	}
	rules, err := os.ReadFile("../../../proto/traillake/v1/http.yaml")
	if err != nil {
		t.Fatal(err)
	}
	selectors := regexp.MustCompile(`selector: traillake\.v1\.LakeService\.(\w+)`).FindAllStringSubmatch(string(rules), -1)
	for _, s := range selectors {
		if !described[s[1]] {
			t.Errorf("the page does not have %s", s[1])
		}
	}
	service := pb.LakeService_ServiceDesc
	if n := len(service.Methods) + len(service.Streams); len(selectors) != n || len(described) != n {
		t.Errorf("%d rules, %d operations described, want the %d of the service", len(selectors), len(described), n)
	}
}
