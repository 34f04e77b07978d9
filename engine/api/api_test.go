package api_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api"
	"github.com/traillake/traillake/engine/api/apitest"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// start serves an engine on free ports until the test ends.
func start(t *testing.T, e *apitest.Engine, change func(*api.Options)) *api.Server {
	t.Helper()
	opts := api.Options{Engine: e, HTTPAddr: "127.0.0.1:0", GRPCAddr: "127.0.0.1:0"}
	if change != nil {
		change(&opts)
	}
	s, err := api.Serve(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func get(t *testing.T, client *http.Client, url string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	apitest.BasicAuth(r)
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(b)
}

func grpcContext() context.Context {
	return metadata.AppendToOutgoingContext(context.Background(), "authorization",
		"Basic "+base64.StdEncoding.EncodeToString([]byte(apitest.KeyID+":"+apitest.Secret)))
}

// TestFronts: every front answers on the two addresses.
func TestFronts(t *testing.T) {
	e := &apitest.Engine{}
	s := start(t, e, func(o *api.Options) { o.NewID = func() string { return "id-1" } })
	base := "http://" + s.HTTPAddr()

	for path, want := range map[string]string{
		"/healthz":             "ok\n",
		"/readyz":              "ready\n",
		"/":                    "<title>TrailLake</title>",
		"/favicon.ico":         "<svg",
		"/api/v1/queries/q":    `"queryStatus":"FINISHED"`,
		"/api/v1/openapi.json": `"swagger": "2.0"`,
		"/metrics": "# TYPE traillake_queries_started_total counter\ntraillake_queries_started_total 3\n" +
			"# HELP traillake_store_events Rows a store holds.\n# TYPE traillake_store_events gauge\n" +
			`traillake_store_events{name="trail",store="` + apitest.StoreID + `"} 1234`,
	} {
		status, header, body := get(t, http.DefaultClient, base+path)
		if path != "/metrics" && path != "/" {
			body = strings.ReplaceAll(body, `", "`, `","`)
			body = strings.ReplaceAll(body, `": "F`, `":"F`)
		}
		if status != 200 || !strings.Contains(body, want) || header.Get("X-Request-Id") != "id-1" {
			t.Errorf("GET %s: %d %q %.300s", path, status, header.Get("X-Request-Id"), body)
		}
	}
	if status, _, _ := get(t, http.DefaultClient, base+"/nowhere"); status != 404 {
		t.Errorf("GET /nowhere: %d", status)
	}

	client := cloudtrail.New(cloudtrail.Options{
		BaseEndpoint: aws.String(base), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: awscredentials.NewStaticCredentialsProvider(apitest.KeyID, apitest.Secret, ""),
	})
	started, err := client.StartQuery(context.Background(), &cloudtrail.StartQueryInput{QueryStatement: aws.String("SELECT 1")})
	if err != nil || *started.QueryId != apitest.QueryID {
		t.Errorf("AWS wire: %v %v", started, err)
	}

	conn, err := grpc.NewClient(s.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := pb.NewLakeServiceClient(conn).GetImport(grpcContext(), &pb.GetImportRequest{}); err != nil {
		t.Errorf("gRPC: %v", err)
	}
	// The server clients reach must not believe what metadata says of the caller.
	forged := metadata.AppendToOutgoingContext(context.Background(), "traillake-caller-bin", `{"AccessKeyID":"evil"}`)
	if _, err := pb.NewLakeServiceClient(conn).GetImport(forged, &pb.GetImportRequest{}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("forged caller: %v", err)
	}
}

// TestLargePage: a page of results larger than gRPC's default limit of 4 MiB
// passes REST's inner connection.
func TestLargePage(t *testing.T) {
	value := strings.Repeat("x", 5<<20)
	s := start(t, &apitest.Engine{Results: &engine.QueryResults{Rows: [][]engine.Cell{{{Name: "c", Value: &value}}}}}, nil)
	if status, _, body := get(t, http.DefaultClient, "http://"+s.HTTPAddr()+"/api/v1/queries/q/results"); status != 200 || len(body) < len(value) {
		t.Errorf("%d with %d bytes: %.200s", status, len(body), body)
	}
}

func TestNotReady(t *testing.T) {
	s := start(t, &apitest.Engine{NotReady: errors.New("closing")}, nil)
	if status, _, body := get(t, http.DefaultClient, "http://"+s.HTTPAddr()+"/readyz"); status != 503 || strings.Contains(body, "closing") {
		t.Errorf("readyz: %d %s", status, body)
	}
	if status, _, _ := get(t, http.DefaultClient, "http://"+s.HTTPAddr()+"/healthz"); status != 200 {
		t.Errorf("healthz: %d", status)
	}
}

func TestOptions(t *testing.T) {
	tests := []struct {
		name    string
		opts    api.Options
		message string // part of it; empty: valid
	}{
		{"defaults", api.Options{Engine: &apitest.Engine{}}, ""},
		{"no engine", api.Options{}, "engine: is required"},
		{"every address", api.Options{Engine: &apitest.Engine{}, HTTPAddr: ":8700"}, `HTTP address ":8700": reaches beyond this machine`},
		{"other address", api.Options{Engine: &apitest.Engine{}, GRPCAddr: "192.0.2.1:1"}, "gRPC address"},
		{"a name", api.Options{Engine: &apitest.Engine{}, HTTPAddr: "example.com:80"}, "beyond"},
		{"localhost", api.Options{Engine: &apitest.Engine{}, HTTPAddr: "localhost:1", GRPCAddr: "[::1]:2"}, ""},
		{"insecure", api.Options{Engine: &apitest.Engine{}, HTTPAddr: "0.0.0.0:1", Insecure: true}, ""},
		{"TLS", api.Options{Engine: &apitest.Engine{}, HTTPAddr: "0.0.0.0:1", TLS: &tls.Config{}}, ""},
		{"no port", api.Options{Engine: &apitest.Engine{}, HTTPAddr: "127.0.0.1"}, "must be host:port"},
		{"negative", api.Options{Engine: &apitest.Engine{}, DrainTimeout: -1, MaxBody: -1}, "drain timeout"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.opts.Validate()
			if test.message == "" && err != nil || test.message != "" && (err == nil || !strings.Contains(err.Error(), test.message)) {
				t.Errorf("Validate = %v, want %q", err, test.message)
			}
		})
	}
	taken := start(t, &apitest.Engine{}, nil)
	for _, o := range []api.Options{
		{Engine: &apitest.Engine{}, HTTPAddr: taken.HTTPAddr(), GRPCAddr: "127.0.0.1:0"},
		{Engine: &apitest.Engine{}, HTTPAddr: "127.0.0.1:0", GRPCAddr: taken.HTTPAddr()},
	} {
		if _, err := api.Serve(context.Background(), o); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("Serve on a taken address: %v", err)
		}
	}
}

// TestTLS: both addresses speak TLS when they are given a certificate.
func TestTLS(t *testing.T) {
	borrowed := httptest.NewUnstartedServer(nil) // for its certificate
	borrowed.StartTLS()
	defer borrowed.Close()
	s := start(t, &apitest.Engine{}, func(o *api.Options) { o.TLS = &tls.Config{Certificates: borrowed.TLS.Certificates} })
	if status, _, body := get(t, borrowed.Client(), "https://"+s.HTTPAddr()+"/api/v1/imports"); status != 200 {
		t.Errorf("REST: %d %s", status, body)
	}
	roots := x509.NewCertPool()
	roots.AddCert(borrowed.Certificate())
	conn, err := grpc.NewClient(s.GRPCAddr(), grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(roots, "example.com")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := pb.NewLakeServiceClient(conn).GetImport(grpcContext(), &pb.GetImportRequest{}); err != nil {
		t.Errorf("gRPC: %v", err)
	}
}

// TestDrain: what is in flight on every front is finished, new connections are
// refused, and Serve's context is enough to stop.
func TestDrain(t *testing.T) {
	entered, release := make(chan struct{}, 3), make(chan struct{})
	e := &apitest.Engine{Fail: func(context.Context, string) error {
		entered <- struct{}{}
		<-release
		return nil
	}}
	ctx, cancel := context.WithCancel(context.Background())
	s, err := api.Serve(ctx, api.Options{Engine: e, HTTPAddr: "127.0.0.1:0", GRPCAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan error, 3)
	go func() {
		r, err := http.NewRequest("GET", "http://"+s.HTTPAddr()+"/api/v1/imports", nil)
		if err != nil {
			answers <- err
			return
		}
		apitest.BasicAuth(r)
		answers <- expect200(r)
	}()
	go func() {
		r, err := http.NewRequest("POST", "http://"+s.HTTPAddr()+"/", strings.NewReader("{}"))
		if err != nil {
			answers <- err
			return
		}
		r.Header.Set("X-Amz-Target", "CloudTrail_20131101.ListImports")
		answers <- errors.Join(apitest.Sign(r, []byte("{}"), time.Now()), expect200(r))
	}()
	go func() {
		conn, err := grpc.NewClient(s.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			answers <- err
			return
		}
		_, err = pb.NewLakeServiceClient(conn).ListImports(grpcContext(), &pb.ListImportsRequest{})
		answers <- errors.Join(err, conn.Close())
	}()
	for range 3 {
		select {
		case <-entered:
		case err := <-answers:
			t.Fatalf("an answer before the engine gave one: %v", err)
		}
	}
	cancel()
	for _, addr := range []string{s.HTTPAddr(), s.GRPCAddr()} {
		awaitRefusal(t, addr)
	}
	select {
	case <-s.Done():
		t.Error("the server ended before its requests")
	default:
	}
	close(release)
	for range 3 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close after the end: %v", err)
	}
}

func expect200(r *http.Request) error {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 {
		err = fmt.Errorf("%s: %d %s", r.URL, resp.StatusCode, b)
	}
	return errors.Join(err, resp.Body.Close())
}

// awaitRefusal dials until nobody answers any more.
func awaitRefusal(t *testing.T, addr string) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		_ = conn.Close()
	}
	t.Errorf("%s still takes connections", addr)
}

// TestDrainDeadline: a request that does not end is broken off.
func TestDrainDeadline(t *testing.T) {
	entered := make(chan struct{})
	e := &apitest.Engine{Fail: func(ctx context.Context, _ string) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	}}
	s, err := api.Serve(context.Background(), api.Options{Engine: e, HTTPAddr: "127.0.0.1:0", GRPCAddr: "127.0.0.1:0", DrainTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	go func() {
		r, err := http.NewRequest("GET", "http://"+s.HTTPAddr()+"/api/v1/imports", nil)
		if err == nil {
			apitest.BasicAuth(r)
			err = expect200(r)
		}
		answer <- err
	}()
	select {
	case <-entered:
	case err := <-answer:
		t.Fatalf("an answer before the engine gave one: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-answer; err == nil {
		t.Error("the request ended well")
	}
}

// TestMalformedHTTP sends bytes that are no good request. Each gets a status or a
// closed connection, and the server stays up.
func TestMalformedHTTP(t *testing.T) {
	s := start(t, &apitest.Engine{Fail: func(_ context.Context, op string) error {
		if op == "GetImport" {
			panic("broken")
		}
		return engine.Errorf(engine.InvalidParameter, "no")
	}}, nil)
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(apitest.KeyID+":"+apitest.Secret)) + "\r\n"
	tests := []struct{ name, request, status string }{
		{"no HTTP", "hello\r\n\r\n", "400"},
		{"TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400"},
		{"no host", "POST / HTTP/1.1\r\n\r\n", "400"},
		{"two hosts", "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
		{"bad header", "POST / HTTP/1.1\r\nHost: a\r\nbroken\r\n\r\n", "400"},
		{"bad length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"},
		{"bad chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
		{"unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
		{"huge header", "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 80<<10) + "\r\n\r\n", "431"},
		{"bad escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""},
		{"no signature", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", "403"},
		{"method of the AWS wire", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "405"},
		{"post elsewhere", "POST /elsewhere HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "404"},
		{"dots", "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "307"},
		{"post to health", "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "404"},
		{"no credentials", "GET /api/v1/imports HTTP/1.1\r\nHost: a\r\n\r\n", "401"},
		{"bad Basic", "GET /api/v1/imports HTTP/1.1\r\nHost: a\r\nAuthorization: Basic %%%\r\n\r\n", "401"},
		{"two credentials", "GET /api/v1/imports HTTP/1.1\r\nHost: a\r\n" + basic + basic + "\r\n", "401"},
		{"bad JSON", "POST /api/v1/queries HTTP/1.1\r\nHost: a\r\n" + basic + "Content-Length: 5\r\n\r\n{\"a\":", "400"},
		{"wrong type", "POST /api/v1/queries HTTP/1.1\r\nHost: a\r\n" + basic + "Content-Length: 20\r\n\r\n{\"queryStatement\":1}", "400"},
		{"bad number", "GET /api/v1/imports?maxResults=x HTTP/1.1\r\nHost: a\r\n" + basic + "\r\n", "400"},
		{"bad date", "GET /api/v1/queries?eventDataStore=s&startTime=noon HTTP/1.1\r\nHost: a\r\n" + basic + "\r\n", "400"},
		{"no path", "GET /api/v1/x HTTP/1.1\r\nHost: a\r\n" + basic + "\r\n", "404"},
		{"bad escape in an id", "GET /api/v1/imports/%ff%fe HTTP/1.1\r\nHost: a\r\n" + basic + "\r\n", ""},
		{"engine's refusal", "GET /api/v1/imports HTTP/1.1\r\nHost: a\r\n" + basic + "\r\n", "400"},
		{"panic", "GET /api/v1/imports/i HTTP/1.1\r\nHost: a\r\n" + basic + "\r\n", "500"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", s.HTTPAddr())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
				t.Fatal(err)
			}
			// The server may answer and close before it has read everything.
			_, _ = io.WriteString(conn, test.request)
			line, err := bufio.NewReader(conn).ReadString('\n')
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				t.Fatalf("no answer: %v", err)
			}
			if !strings.Contains(line, " "+test.status) {
				t.Errorf("answer = %q, want %s", line, test.status)
			}
		})
	}
	if status, _, _ := get(t, http.DefaultClient, "http://"+s.HTTPAddr()+"/healthz"); status != 200 {
		t.Errorf("healthz afterwards: %d", status)
	}
}
