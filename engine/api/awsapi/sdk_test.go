package awsapi_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/google/go-cmp/cmp"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/engine/api/awsapi"
)

// sdk is the AWS SDK's client of a front over real HTTP.
func sdk(t *testing.T, e *apitest.Engine) *cloudtrail.Client {
	t.Helper()
	server := httptest.NewServer(awsapi.New(awsapi.Options{
		Stores: e, Imports: e, Queries: e, Samples: e, Channels: e, Auth: auth.New(e, nil),
		RequestID: func(context.Context) string { return requestID },
	}))
	t.Cleanup(server.Close)
	return cloudtrail.New(cloudtrail.Options{
		BaseEndpoint: aws.String(server.URL), Region: "eu-central-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(apitest.KeyID, apitest.Secret, ""),
	})
}

// TestSDK calls every operation through the Go SDK's client.
func TestSDK(t *testing.T) {
	ctx := context.Background()
	e := &apitest.Engine{}
	c := sdk(t, e)
	id := aws.String(apitest.StoreID)
	calls := map[string]func() (any, error){
		"CreateEventDataStore": func() (any, error) {
			return c.CreateEventDataStore(ctx, &cloudtrail.CreateEventDataStoreInput{Name: aws.String("trail")})
		},
		"GetEventDataStore": func() (any, error) {
			return c.GetEventDataStore(ctx, &cloudtrail.GetEventDataStoreInput{EventDataStore: id})
		},
		"ListEventDataStores": func() (any, error) {
			return c.ListEventDataStores(ctx, &cloudtrail.ListEventDataStoresInput{})
		},
		"UpdateEventDataStore": func() (any, error) {
			return c.UpdateEventDataStore(ctx, &cloudtrail.UpdateEventDataStoreInput{EventDataStore: id})
		},
		"DeleteEventDataStore": func() (any, error) {
			return c.DeleteEventDataStore(ctx, &cloudtrail.DeleteEventDataStoreInput{EventDataStore: id})
		},
		"RestoreEventDataStore": func() (any, error) {
			return c.RestoreEventDataStore(ctx, &cloudtrail.RestoreEventDataStoreInput{EventDataStore: id})
		},
		"StartEventDataStoreIngestion": func() (any, error) {
			return c.StartEventDataStoreIngestion(ctx, &cloudtrail.StartEventDataStoreIngestionInput{EventDataStore: id})
		},
		"StopEventDataStoreIngestion": func() (any, error) {
			return c.StopEventDataStoreIngestion(ctx, &cloudtrail.StopEventDataStoreIngestionInput{EventDataStore: id})
		},
		"StartImport": func() (any, error) {
			return c.StartImport(ctx, &cloudtrail.StartImportInput{ImportId: aws.String(apitest.ImportID)})
		},
		"GetImport": func() (any, error) {
			return c.GetImport(ctx, &cloudtrail.GetImportInput{ImportId: aws.String(apitest.ImportID)})
		},
		"StopImport": func() (any, error) {
			return c.StopImport(ctx, &cloudtrail.StopImportInput{ImportId: aws.String(apitest.ImportID)})
		},
		"ListImports": func() (any, error) { return c.ListImports(ctx, &cloudtrail.ListImportsInput{}) },
		"ListImportFailures": func() (any, error) {
			return c.ListImportFailures(ctx, &cloudtrail.ListImportFailuresInput{ImportId: aws.String(apitest.ImportID)})
		},
		"StartQuery": func() (any, error) {
			return c.StartQuery(ctx, &cloudtrail.StartQueryInput{QueryStatement: aws.String("SELECT 1")})
		},
		"DescribeQuery": func() (any, error) {
			return c.DescribeQuery(ctx, &cloudtrail.DescribeQueryInput{QueryId: aws.String(apitest.QueryID)})
		},
		"CancelQuery": func() (any, error) {
			return c.CancelQuery(ctx, &cloudtrail.CancelQueryInput{QueryId: aws.String(apitest.QueryID)})
		},
		"GetQueryResults": func() (any, error) {
			return c.GetQueryResults(ctx, &cloudtrail.GetQueryResultsInput{QueryId: aws.String(apitest.QueryID)})
		},
		"ListQueries": func() (any, error) {
			return c.ListQueries(ctx, &cloudtrail.ListQueriesInput{EventDataStore: id})
		},
		"CreateChannel": func() (any, error) {
			return c.CreateChannel(ctx, &cloudtrail.CreateChannelInput{Name: aws.String("n"), Source: aws.String("Custom"), Destinations: []types.Destination{
				{Type: types.DestinationTypeEventDataStore, Location: aws.String("s")},
			}})
		},
		"GetChannel": func() (any, error) {
			return c.GetChannel(ctx, &cloudtrail.GetChannelInput{Channel: aws.String("c")})
		},
		"ListChannels": func() (any, error) { return c.ListChannels(ctx, &cloudtrail.ListChannelsInput{}) },
		"UpdateChannel": func() (any, error) {
			return c.UpdateChannel(ctx, &cloudtrail.UpdateChannelInput{Channel: aws.String("c")})
		},
		"DeleteChannel": func() (any, error) {
			return c.DeleteChannel(ctx, &cloudtrail.DeleteChannelInput{Channel: aws.String("c")})
		},
		"SearchSampleQueries": func() (any, error) {
			return c.SearchSampleQueries(ctx, &cloudtrail.SearchSampleQueriesInput{SearchPhrase: aws.String("trails")})
		},
	}
	for op, do := range calls {
		if _, err := do(); err != nil {
			t.Errorf("%s: %v", op, err)
		}
		if asked := e.Calls(); len(asked) != 1 || asked[0].Op != op {
			t.Errorf("%s: the engine was asked %+v", op, asked)
		}
	}
}

// TestSDKValues follows values of every kind to the engine and back.
func TestSDKValues(t *testing.T) {
	ctx := context.Background()
	e := &apitest.Engine{}
	c := sdk(t, e)
	start := time.Date(2026, 1, 2, 3, 4, 5, 250_000_000, time.UTC)
	started, err := c.StartImport(ctx, &cloudtrail.StartImportInput{
		Destinations: []string{apitest.StoreARN}, StartEventTime: &start,
		ImportSource: &types.ImportSource{S3: &types.S3ImportSource{
			S3LocationUri: aws.String("s3://b/p"), S3BucketRegion: aws.String("r"), S3BucketAccessRoleArn: aws.String("a"),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := engine.StartImportInput{
		Destinations: []string{apitest.StoreARN}, Start: &start,
		Source: &engine.S3Source{LocationURI: "s3://b/p", Region: "r", RoleARN: "a"},
	}
	if diff := cmp.Diff(want, e.Calls()[0].Input); diff != "" {
		t.Errorf("the engine was asked (-want +got):\n%s", diff)
	}
	if !started.CreatedTimestamp.Equal(apitest.At) || started.ImportStatus != types.ImportStatusInProgress {
		t.Errorf("answer = %v %v", started.CreatedTimestamp, started.ImportStatus)
	}
	got, err := c.GetImport(ctx, &cloudtrail.GetImportInput{ImportId: aws.String(apitest.ImportID)})
	if err != nil {
		t.Fatal(err)
	}
	if s := got.ImportStatistics; *s.EventsCompleted != 4 || *s.FailedEntries != 5 {
		t.Errorf("statistics = %+v", s)
	}
	results, err := c.GetQueryResults(ctx, &cloudtrail.GetQueryResultsInput{QueryId: aws.String(apitest.QueryID)})
	if err != nil {
		t.Fatal(err)
	}
	// The Go SDK gives "" for the null of a NULL cell.
	rows := [][]map[string]string{
		{{"eventName": "ConsoleLogin"}, {"_col1": ""}, {"eventName": "again"}},
		{{"eventName": `<a href="x">&é</a>`}, {"_col1": ""}, {"eventName": ""}},
	}
	if diff := cmp.Diff(rows, results.QueryResultRows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if *results.NextToken != "next-page" || *results.QueryStatistics.TotalResultsCount != 5 {
		t.Errorf("page = %v %+v", results.NextToken, results.QueryStatistics)
	}
}
