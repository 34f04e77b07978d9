package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// basic is a context whose gRPC calls carry a key.
func basic(ctx context.Context, k keyPair) context.Context {
	token := base64.StdEncoding.EncodeToString([]byte(k.AccessKeyID + ":" + k.SecretAccessKey))
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Basic "+token)
}

func (p *process) dial() *grpc.ClientConn {
	p.t.Helper()
	conn, err := grpc.NewClient(p.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestFrontsAgree imports and asks over gRPC, and gets the same answers over REST.
func TestFrontsAgree(t *testing.T) {
	trail := sampleTrail(t, 4000, 15)
	want := readTruth(t, trail)
	p := startServer(t, filepath.Join(t.TempDir(), "lake"), "--bucket", "trails="+trail)
	ctx := basic(t.Context(), testKeys)
	conn := p.dial()
	if services := reflected(ctx, t, conn); !slices.Contains(services, "traillake.v1.LakeService") {
		t.Errorf("reflection lists %v", services)
	}
	lake := lakev1.NewLakeServiceClient(conn)
	store, err := lake.CreateEventDataStore(ctx, &lakev1.CreateEventDataStoreRequest{Name: "by-grpc", RetentionPeriod: proto.Int32(36500)})
	if err != nil {
		t.Fatal(err)
	}
	started, err := lake.StartImport(ctx, &lakev1.StartImportRequest{
		Destinations: []string{store.EventDataStoreArn},
		ImportSource: &lakev1.ImportSource{S3: &lakev1.S3ImportSource{S3LocationUri: "s3://trails/AWSLogs/", S3BucketRegion: "us-east-1", S3BucketAccessRoleArn: "arn:aws:iam::111122223333:role/r"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if end := p.waitImport(started.ImportId); end.ImportStatistics.EventsCompleted != int64(want.rows) {
		t.Errorf("imported %d events, want %d", end.ImportStatistics.EventsCompleted, want.rows)
	}
	sql := `SELECT eventName, count(*) FROM "by-grpc" GROUP BY 1 ORDER BY 2 DESC, 1`
	byGRPC := grpcRows(ctx, t, lake, sql)
	if byREST := p.query(sql); !slices.Equal(byGRPC, byREST) {
		t.Errorf("gRPC answers\n%v\nREST\n%v", byGRPC, byREST)
	}
	if len(byGRPC) != len(want.names) {
		t.Errorf("%d names, want %d", len(byGRPC), len(want.names))
	}
}

func reflected(ctx context.Context, t *testing.T, conn *grpc.ClientConn) []string {
	t.Helper()
	stream, err := reflection.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&reflection.ServerReflectionRequest{MessageRequest: &reflection.ServerReflectionRequest_ListServices{}}); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range answer.GetListServicesResponse().GetService() {
		names = append(names, s.GetName())
	}
	return names
}

// grpcRows runs a statement over gRPC and returns its rows, cells joined by commas.
func grpcRows(ctx context.Context, t *testing.T, lake lakev1.LakeServiceClient, sql string) []string {
	t.Helper()
	q, err := lake.StartQuery(ctx, &lakev1.StartQueryRequest{QueryStatement: &sql})
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	in := &lakev1.GetQueryResultsRequest{QueryId: q.QueryId, MaxQueryResults: proto.Int32(50)}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		page, err := lake.GetQueryResults(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.QueryResultRows {
			var cells []string
			for _, c := range row.Cells {
				cells = append(cells, c.GetValue())
			}
			rows = append(rows, strings.Join(cells, ","))
		}
		if page.NextToken == "" {
			return rows
		}
		in.NextToken = &page.NextToken
	}
	t.Fatal("the query did not end")
	return nil
}

// TestWrongCredentialsGetNothing calls every front without and with wrong keys.
func TestWrongCredentialsGetNothing(t *testing.T) {
	p := startServer(t, filepath.Join(t.TempDir(), "lake"))
	_, id := p.createStore("secret-name")
	wrong := []keyPair{{}, {AccessKeyID: testKeys.AccessKeyID, SecretAccessKey: "wrong"}, {AccessKeyID: "AKIANOBODY", SecretAccessKey: testKeys.SecretAccessKey}}
	for _, k := range wrong {
		for _, path := range []string{"/event-data-stores", "/event-data-stores/" + id, "/imports", "/queries?event_data_store=" + id, "/queries/" + id + "/results", "/queries/" + id + "/stream"} {
			checkRefused(t, p, k, http.MethodGet, "/api/v1"+path, nil)
		}
		checkRefused(t, p, k, http.MethodPost, "/api/v1/queries", nil)
		checkRefused(t, p, k, http.MethodPut, "/api/v1/uploads/"+id+"/x", nil)
		for _, op := range []string{"ListEventDataStores", "StartQuery", "StartImport", "NoSuchOperation"} {
			checkRefused(t, p, k, http.MethodPost, "/", http.Header{"X-Amz-Target": {"CloudTrail_20131101." + op}, "Content-Type": {"application/x-amz-json-1.1"}})
		}
		ctx := t.Context()
		if k != (keyPair{}) {
			ctx = basic(ctx, k)
		}
		_, err := lakev1.NewLakeServiceClient(p.dial()).ListEventDataStores(ctx, &lakev1.ListEventDataStoresRequest{})
		if status.Code(err) != codes.Unauthenticated || strings.Contains(fmt.Sprint(err), "secret-name") {
			t.Errorf("gRPC with %q: %v, want Unauthenticated", k.AccessKeyID, err)
		}
	}
}

// checkRefused makes a call that must get 401 or 403 and nothing of the lake.
func checkRefused(t *testing.T, p *process, k keyPair, method, path string, header http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+p.http+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range header {
		req.Header[name] = v
	}
	if k != (keyPair{}) {
		req.SetBasicAuth(k.AccessKeyID, k.SecretAccessKey)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusForbidden || strings.Contains(string(body), "secret-name") {
		t.Errorf("%s %s with %q: status %d %s, want 401 or 403", method, path, k.AccessKeyID, res.StatusCode, body)
	}
}
