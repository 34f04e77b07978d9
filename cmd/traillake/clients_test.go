package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// awsEnv is the environment of an AWS client that talks to the server.
func (p *process) awsEnv() []string {
	return append(os.Environ(), "AWS_ACCESS_KEY_ID="+testKeys.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+testKeys.SecretAccessKey,
		"AWS_DEFAULT_REGION=us-east-1", "AWS_ENDPOINT_URL_CLOUDTRAIL=http://"+p.http,
		"AWS_ENDPOINT_URL_CLOUDTRAIL_DATA=http://"+p.http, "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=")
}

// python runs a script with the modules it needs and decodes the JSON it prints.
func python(t *testing.T, env []string, out any, module, script string, args ...string) {
	t.Helper()
	if err := exec.Command("python3", "-c", "import "+module).Run(); err != nil {
		optional(t, "python3 with "+module)
	}
	cmd := exec.Command("python3", append([]string{filepath.Join("testdata", script)}, args...)...)
	cmd.Env = env
	raw, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if ok := asExit(err, &exit); ok {
			t.Fatalf("%s: %v\n%s", script, err, exit.Stderr)
		}
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatalf("%s printed %q: %v", script, raw, err)
	}
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*to = e
	return ok
}

// TestBoto3 does the main job through boto3.
func TestBoto3(t *testing.T) {
	trail := sampleTrail(t, 6000, 11)
	want := readTruth(t, trail)
	p := startServer(t, filepath.Join(t.TempDir(), "lake"), "--bucket", "trails="+trail)
	var got struct {
		First, Second  int
		Names          map[string]int
		Null           *string
		Error, Refused string
	}
	python(t, p.awsEnv(), &got, "boto3", "boto3_job.py", "http://"+p.http)
	if got.First != want.rows || got.Second != 0 {
		t.Errorf("imports added %d and %d rows, want %d and 0", got.First, got.Second, want.rows)
	}
	if !maps.Equal(got.Names, want.names) {
		t.Errorf("rows by name = %v, want %v", got.Names, want.names)
	}
	if got.Null != nil {
		t.Errorf("NULL came as %q, want null", *got.Null)
	}
	if !strings.Contains(got.Error, "line 1:8: Column 'nonsense' cannot be resolved") {
		t.Errorf("error of a wrong column = %q", got.Error)
	}
	if got.Refused != "InvalidSignatureException" {
		t.Errorf("a wrong secret got %q, want InvalidSignatureException", got.Refused)
	}
	p.stop()
}

// TestDuckDB reads the sealed segments with DuckDB, beside the lake.
func TestDuckDB(t *testing.T) {
	trail := sampleTrail(t, 6000, 12)
	want := readTruth(t, trail)
	data := filepath.Join(t.TempDir(), "lake")
	p := startServer(t, data, "--bucket", "trails="+trail)
	arn, id := p.createStore("duck")
	if end := p.waitImport(p.startImport(arn, "s3://trails/AWSLogs/")); end.ImportStatus != "COMPLETED" {
		t.Fatal(end)
	}
	var got struct {
		Rows, Arns, Buckets int
		Names               map[string]int
		Time                string
	}
	python(t, os.Environ(), &got, "duckdb", "duckdb_read.py", filepath.Join(data, "stores", id, "segments", "**", "*.parquet"))
	if got.Rows != want.rows || !maps.Equal(got.Names, want.names) {
		t.Errorf("DuckDB counts %d rows %v, want %d %v", got.Rows, got.Names, want.rows, want.names)
	}
	ours := p.query("SELECT count(userIdentity.arn), count(element_at(requestParameters, 'bucketName')) FROM duck")[0]
	if theirs := fmt.Sprintf("%d,%d", got.Arns, got.Buckets); ours != theirs {
		t.Errorf("values in nested columns: ours %s, DuckDB's %s", ours, theirs)
	}
	if got.Time != "TIMESTAMP" {
		t.Errorf("DuckDB sees eventtime as %s, want TIMESTAMP (without a zone)", got.Time)
	}
}

// TestAWSCLI does the main job through the aws command.
func TestAWSCLI(t *testing.T) {
	if exec.Command("aws", "--version").Run() != nil {
		optional(t, "the aws CLI")
	}
	trail := sampleTrail(t, 2000, 13)
	want := readTruth(t, trail)
	p := startServer(t, filepath.Join(t.TempDir(), "lake"), "--bucket", "trails="+trail)
	call := func(out any, args ...string) {
		t.Helper()
		cmd := exec.Command("aws", append([]string{"cloudtrail", "--output", "json"}, args...)...)
		cmd.Env = p.awsEnv()
		var stderr strings.Builder
		cmd.Stderr = &stderr
		raw, err := cmd.Output()
		if err != nil {
			t.Fatalf("aws cloudtrail %s: %v: %s", args[0], err, &stderr)
		}
		if out != nil {
			if err := json.Unmarshal(raw, out); err != nil {
				t.Fatalf("aws cloudtrail %s printed %q: %v", args[0], raw, err)
			}
		}
	}
	var made struct{ EventDataStoreArn string }
	call(&made, "create-event-data-store", "--name", "by-cli", "--retention-period", "3653", "--no-termination-protection-enabled")
	var started struct{ ImportId string }
	call(&started, "start-import", "--destinations", made.EventDataStoreArn, "--import-source",
		"S3={S3LocationUri=s3://trails/AWSLogs/,S3BucketRegion=us-east-1,S3BucketAccessRoleArn=arn:aws:iam::111122223333:role/r}")
	p.waitImport(started.ImportId)
	var imported struct {
		ImportStatus     string
		ImportStatistics struct{ EventsCompleted int }
	}
	call(&imported, "get-import", "--import-id", started.ImportId)
	if imported.ImportStatus != "COMPLETED" || imported.ImportStatistics.EventsCompleted != want.rows {
		t.Fatalf("get-import = %+v, want COMPLETED with %d events", imported, want.rows)
	}
	var query struct{ QueryId string }
	call(&query, "start-query", "--query-statement", `SELECT count(*) AS n FROM "by-cli"`)
	var results struct {
		QueryStatus     string
		QueryResultRows [][]map[string]string
		NextToken       string
	}
	for {
		call(&results, "get-query-results", "--query-id", query.QueryId)
		if results.QueryStatus == "FINISHED" && len(results.QueryResultRows) > 0 {
			break
		}
	}
	if got, expect := results.QueryResultRows[0][0]["n"], fmt.Sprint(want.rows); got != expect {
		t.Errorf("count by the CLI = %s, want %s", got, expect)
	}
	call(nil, "delete-event-data-store", "--event-data-store", made.EventDataStoreArn)
	call(nil, "restore-event-data-store", "--event-data-store", made.EventDataStoreArn)
}

// TestGoSDK does the main job through the AWS SDK for Go.
func TestGoSDK(t *testing.T) {
	trail := sampleTrail(t, 4000, 14)
	want := readTruth(t, trail)
	p := startServer(t, filepath.Join(t.TempDir(), "lake"), "--bucket", "trails="+trail)
	ct := cloudtrail.New(cloudtrail.Options{
		Region: "ap-northeast-1", BaseEndpoint: aws.String("http://" + p.http),
		Credentials: credentials.NewStaticCredentialsProvider(testKeys.AccessKeyID, testKeys.SecretAccessKey, ""),
	})
	ctx := t.Context()
	made, err := ct.CreateEventDataStore(ctx, &cloudtrail.CreateEventDataStoreInput{Name: aws.String("by-sdk"), RetentionPeriod: aws.Int32(3653)})
	if err != nil {
		t.Fatal(err)
	}
	started, err := ct.StartImport(ctx, &cloudtrail.StartImportInput{
		Destinations: []string{*made.EventDataStoreArn},
		ImportSource: &types.ImportSource{S3: &types.S3ImportSource{
			S3LocationUri: aws.String("s3://trails/AWSLogs/"), S3BucketRegion: aws.String("us-east-1"),
			S3BucketAccessRoleArn: aws.String("arn:aws:iam::111122223333:role/import"),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.waitImport(*started.ImportId)
	if names := sdkNames(ctx, t, ct, *made.EventDataStoreArn); !maps.Equal(names, want.names) {
		t.Errorf("rows by name = %v, want %v", names, want.names)
	}
}

// sdkNames counts rows by name through the SDK's paginator.
func sdkNames(ctx context.Context, t *testing.T, ct *cloudtrail.Client, arn string) map[string]int {
	t.Helper()
	id := arn[strings.LastIndexByte(arn, '/')+1:]
	q, err := ct.StartQuery(ctx, &cloudtrail.StartQueryInput{QueryStatement: aws.String("SELECT eventName, count(*) FROM " + id + " GROUP BY 1")})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]int{}
	pages := cloudtrail.NewGetQueryResultsPaginator(ct, &cloudtrail.GetQueryResultsInput{QueryId: q.QueryId, MaxQueryResults: aws.Int32(10)})
	deadline := time.Now().Add(time.Minute)
	for pages.HasMorePages() && time.Now().Before(deadline) {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.QueryResultRows {
			var n int
			if _, err := fmt.Sscan(row[1]["_col1"], &n); err != nil {
				t.Fatal(err)
			}
			names[row[0]["eventName"]] = n
		}
	}
	return names
}
