package awsapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/smithy-go"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/engine/api/awsapi"
	"github.com/traillake/traillake/query/slttest"
)

// auditDir has the statements and, in stores, the events they are asked of.
const auditDir = "../../../testdata/audit"

// openLake serves an engine with two stores of auditDir to the SDK.
func openLake(t *testing.T) *cloudtrail.Client {
	t.Helper()
	bucket, now := t.TempDir(), func() time.Time { return slttest.Now }
	e, err := engine.Open(t.Context(), engine.Options{
		Dir: t.TempDir(), Buckets: map[string]string{"trails": bucket}, Now: now,
		Credentials: []engine.Credential{{AccessKeyID: apitest.KeyID, SecretAccessKey: apitest.Secret}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	server := httptest.NewServer(awsapi.New(awsapi.Options{Stores: e, Imports: e, Queries: e, Samples: e, Channels: e, Auth: auth.New(e, nil), RequestID: func(context.Context) string { return requestID }}))
	t.Cleanup(server.Close)
	c := cloudtrail.New(cloudtrail.Options{
		BaseEndpoint: aws.String(server.URL), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(apitest.KeyID, apitest.Secret, ""),
	})
	for _, name := range []string{"trail", "branch"} {
		raw, err := os.ReadFile(filepath.Join(auditDir, "stores", name+".json.gz"))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(bucket, name, "AWSLogs/111122223333/CloudTrail/us-east-1/2024/05/06")
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name+".json.gz"), raw, 0o644)); err != nil {
			t.Fatal(err)
		}
		importStore(t, c, name)
	}
	return c
}

// importStore makes a store of the bucket's folder of the same name.
func importStore(t *testing.T, c *cloudtrail.Client, name string) {
	t.Helper()
	ctx := t.Context()
	store, err := c.CreateEventDataStore(ctx, &cloudtrail.CreateEventDataStoreInput{Name: &name, RetentionPeriod: aws.Int32(366)})
	if err != nil {
		t.Fatal(err)
	}
	started, err := c.StartImport(ctx, &cloudtrail.StartImportInput{
		Destinations: []string{*store.EventDataStoreArn},
		ImportSource: &types.ImportSource{S3: &types.S3ImportSource{
			S3LocationUri: aws.String("s3://trails/" + name + "/"), S3BucketRegion: aws.String("us-east-1"),
			S3BucketAccessRoleArn: aws.String("arn:aws:iam::111122223333:role/r"),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for {
		got, err := c.GetImport(ctx, &cloudtrail.GetImportInput{ImportId: started.ImportId})
		if err != nil {
			t.Fatal(err)
		}
		switch got.ImportStatus {
		case types.ImportStatusCompleted:
			return
		case types.ImportStatusFailed, types.ImportStatusStopped:
			t.Fatalf("the import of %s is %s", name, got.ImportStatus)
		}
	}
}

func wrongStatements(t *testing.T, name string) []slttest.Record {
	t.Helper()
	f, err := slttest.Parse(os.DirFS(auditDir), name)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Records) < 20 {
		t.Fatalf("%s has only %d records", name, len(f.Records))
	}
	return f.Records
}

// TestWrongStatements holds wrong statements of testdata/audit, whose messages are
// Trino's, against the wire: those that cannot be right are refused by StartQuery,
// and those that some value lets fail are FAILED, with Trino's words in
// DescribeQuery and GetQueryResults.
func TestWrongStatements(t *testing.T) {
	c := openLake(t)
	t.Run("StartQuery", func(t *testing.T) {
		for _, r := range wrongStatements(t, "lake_errors_start.slt") {
			_, err := c.StartQuery(t.Context(), &cloudtrail.StartQueryInput{QueryStatement: &r.SQL})
			var refused *types.InvalidQueryStatementException
			if !errors.As(err, &refused) {
				t.Errorf("%s\nStartQuery = %v, want InvalidQueryStatementException", r.SQL, err)
				continue
			}
			checkMessage(t, r, refused.ErrorMessage())
			checkCaret(t, r.SQL, refused.ErrorMessage())
		}
	})
	t.Run("run", func(t *testing.T) {
		for _, r := range wrongStatements(t, "lake_errors_run.slt") {
			started, err := c.StartQuery(t.Context(), &cloudtrail.StartQueryInput{QueryStatement: &r.SQL})
			if err != nil {
				t.Errorf("%s\nStartQuery = %v, want it to start", r.SQL, err)
				continue
			}
			checkMessage(t, r, failure(t, c, *started.QueryId))
		}
	})
}

// failure waits for a query to fail and returns why.
func failure(t *testing.T, c *cloudtrail.Client, id string) string {
	t.Helper()
	for {
		d, err := c.DescribeQuery(t.Context(), &cloudtrail.DescribeQueryInput{QueryId: &id})
		if err != nil {
			t.Fatal(err)
		}
		switch d.QueryStatus {
		case types.QueryStatusQueued, types.QueryStatusRunning:
			continue
		case types.QueryStatusFailed:
		default:
			return fmt.Sprintf("no failure: the query is %s", d.QueryStatus)
		}
		page, err := c.GetQueryResults(t.Context(), &cloudtrail.GetQueryResultsInput{QueryId: &id})
		if err != nil {
			t.Fatal(err)
		}
		if page.QueryStatus != types.QueryStatusFailed || aws.ToString(page.ErrorMessage) != aws.ToString(d.ErrorMessage) {
			t.Errorf("GetQueryResults says %s, %q, DescribeQuery %q", page.QueryStatus, aws.ToString(page.ErrorMessage), aws.ToString(d.ErrorMessage))
		}
		return aws.ToString(d.ErrorMessage)
	}
}

func checkMessage(t *testing.T, r slttest.Record, message string) {
	t.Helper()
	if ok, err := regexp.MatchString(`^(line \d+:\d+: )?`+r.Error, message); err != nil || !ok {
		t.Errorf("%s\nmessage %q\nwant    %s", r.SQL, message, r.Error)
	}
}

// checkCaret checks that a message ends with the line of the statement that it
// speaks of, and a caret below the column.
func checkCaret(t *testing.T, sql, message string) {
	t.Helper()
	var line, column int
	if _, err := fmt.Sscanf(message, "line %d:%d:", &line, &column); err != nil {
		t.Errorf("%s\nmessage %q has no place", sql, message)
		return
	}
	shown := strings.Split(message, "\n")
	if len(shown) != 3 || shown[1] != strings.Split(sql, "\n")[line-1] || !strings.HasPrefix(shown[2], strings.Repeat(" ", column-1)+"^") {
		t.Errorf("%s\nmessage\n%s\nwant the statement's line %d and a caret below column %d", sql, message, line, column)
	}
}

// TestRefusedQueries are the other reasons for which StartQuery takes no statement.
func TestRefusedQueries(t *testing.T) {
	c := openLake(t)
	gone, err := c.CreateEventDataStore(t.Context(), &cloudtrail.CreateEventDataStoreInput{Name: aws.String("gone"), TerminationProtectionEnabled: aws.Bool(false)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.DeleteEventDataStore(t.Context(), &cloudtrail.DeleteEventDataStoreInput{EventDataStore: gone.EventDataStoreArn}); err != nil {
		t.Fatal(err)
	}
	id := (*gone.EventDataStoreArn)[strings.LastIndex(*gone.EventDataStoreArn, "/")+1:]
	for _, test := range []struct{ sql, exception, says string }{
		{"SELECT 1 FROM 11111111-2222-4333-8444-555555555555", "EventDataStoreNotFoundException", "11111111-2222-4333-8444-555555555555"},
		{"SELECT 1 FROM arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/11111111-2222-4333-8444-555555555555", "EventDataStoreNotFoundException", "11111111-2222-4333-8444-555555555555"},
		{"SELECT 1 FROM arn:aws:cloudtrail:us-east-1:000000000000:eventdatastore/11111111-2222-4333-8444-555555555555", "EventDataStoreARNInvalidException", "account 000000000000"},
		{"SELECT 1 FROM trail, " + id, "InactiveEventDataStoreException", "pending deletion"},
		{"SELECT 1 FROM gone", "InactiveEventDataStoreException", "pending deletion"},
		{"SELECT 1 FROM $EDS_ID", "InvalidQueryStatementException", "line 1:15: Table '$EDS_ID' does not exist"},
		{"INSERT INTO trail SELECT * FROM trail", "InvalidQueryStatementException", "line 1:1: "},
		{"DELETE FROM trail WHERE eventName = 'x'", "InvalidQueryStatementException", "line 1:1: "},
		{"UPDATE trail SET eventName = 'x'", "InvalidQueryStatementException", "line 1:1: "},
		{"DROP TABLE trail", "InvalidQueryStatementException", "line 1:1: "},
		{"CREATE TABLE t AS SELECT 1", "InvalidQueryStatementException", "line 1:1: "},
		{"SET SESSION x = 1", "InvalidQueryStatementException", "line 1:1: "},
		{"SELECT 1; SELECT 2", "InvalidQueryStatementException", "line 1:11: "},
		{"-- nothing", "InvalidQueryStatementException", "line 1:"},
		{"SELECT '" + strings.Repeat("x", 10000) + "'", "InvalidParameterException", "QueryStatement"},
		{"", "InvalidParameterException", "QueryStatement"},
	} {
		_, err := c.StartQuery(context.Background(), &cloudtrail.StartQueryInput{QueryStatement: &test.sql})
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != test.exception || !strings.Contains(api.ErrorMessage(), test.says) {
			t.Errorf("%.80s\nStartQuery = %v\nwant %s with %q", test.sql, err, test.exception, test.says)
		}
	}
}
