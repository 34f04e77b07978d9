package grpcapi_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/engine/api/grpcapi"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

const requestID = "request-7"

// watched is the watched source of the stub.
const watched = `{"watchedSourceId":"11111111-2222-4333-8444-555555555555","eventDataStoreArn":"arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/0f5a3c1e-2b4d-4c6f-8a9b-1c2d3e4f5a6b","s3":{"s3LocationUri":"s3://trails/","s3BucketRegion":"us-east-1"},"sqsQueueUrl":"https://sqs/1/q","startEventTime":"2026-03-04T05:06:07.890Z","status":"WATCHING","createdTimestamp":"2026-03-04T05:06:07.890Z","updatedTimestamp":"2026-03-04T05:06:07.890Z","statistics":{"filesCompleted":"1","eventsCompleted":"2","eventsRead":"3","duplicates":"4","outsideRetention":"5","notSelected":"6","quarantined":"7","failedEntries":"8"},"latestListingTimestamp":"2026-03-04T05:06:07.890Z","errorMessage":"none"}`

// dial serves an engine on a real socket and connects to it.
func dial(t *testing.T, e *apitest.Engine, trust bool) *grpc.ClientConn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpcapi.New(grpcapi.Options{
		Stores: e, Imports: e, Queries: e, Results: e, Holdings: e, Events: e, Samples: e, Channels: e, Watches: e, Auth: auth.New(e, nil), Ready: e.Ready, TrustCaller: trust,
		Language: e, Saved: e,
		NewID: func() string { return requestID },
	})
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return conn
}

func basic(id, secret string) context.Context {
	value := "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
	return metadata.AppendToOutgoingContext(context.Background(), "authorization", value)
}

func signedIn() context.Context { return basic(apitest.KeyID, apitest.Secret) }

// TestCalls follows every method to the engine and back.
func TestCalls(t *testing.T) {
	e := &apitest.Engine{}
	c := pb.NewLakeServiceClient(dial(t, e, false))
	ctx := signedIn()
	yes, no, text, days := true, false, "t", int32(90)
	start := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	page := engine.Page{MaxResults: &days, NextToken: &text}
	ref := engine.QueryRef{QueryID: "q", EventDataStore: &text, OwnerAccountID: &text}
	fixed := engine.FixedRetention
	failed, cancelled := engine.ImportFailed, engine.QueryCancelled
	failedText, cancelledText, fixedText := "FAILED", "CANCELLED", "FIXED_RETENTION_PRICING"
	selectors := []*pb.AdvancedEventSelector{{Name: "n", FieldSelectors: []*pb.AdvancedFieldSelector{{
		Field: "f", Equals: []string{"1"}, StartsWith: []string{"2"}, EndsWith: []string{"3"},
		NotEquals: []string{"4"}, NotStartsWith: []string{"5"}, NotEndsWith: []string{"6"},
	}}}}
	asEngine := []engine.EventSelector{{Name: "n", FieldSelectors: []engine.FieldSelector{{
		Field: "f", Equals: []string{"1"}, StartsWith: []string{"2"}, EndsWith: []string{"3"},
		NotEquals: []string{"4"}, NotStartsWith: []string{"5"}, NotEndsWith: []string{"6"},
	}}}}
	tests := []call{
		{"CreateEventDataStore", func() (proto.Message, error) {
			return c.CreateEventDataStore(ctx, &pb.CreateEventDataStoreRequest{
				Name: "n", AdvancedEventSelectors: selectors, MultiRegionEnabled: &yes, OrganizationEnabled: &no, RetentionPeriod: &days,
				TerminationProtectionEnabled: &yes, TagsList: []*pb.Tag{{Key: "k", Value: &text}, {Key: "bare"}}, KmsKeyId: &text,
				StartIngestion: &no, BillingMode: &fixedText,
			})
		}, engine.CreateEventDataStoreInput{
			Name: "n", Selectors: asEngine, MultiRegion: &yes, Organization: &no, RetentionDays: &days, TerminationProtection: &yes,
			Tags: []engine.Tag{{Key: "k", Value: &text}, {Key: "bare"}}, KMSKeyID: &text, StartIngestion: &no, BillingMode: &fixed,
		}, `"createdTimestamp":"2026-03-04T05:06:07.890Z"`},
		{"GetEventDataStore", func() (proto.Message, error) {
			return c.GetEventDataStore(ctx, &pb.GetEventDataStoreRequest{EventDataStore: "s"})
		}, "s", `"version":"7","events":"1234","bytes":"5678","segments":"9"`},
		{"ListEventDataStores", func() (proto.Message, error) {
			return c.ListEventDataStores(ctx, &pb.ListEventDataStoresRequest{MaxResults: &days, NextToken: &text})
		}, page, `"nextToken":"next-stores"`},
		{"UpdateEventDataStore", func() (proto.Message, error) {
			return c.UpdateEventDataStore(ctx, &pb.UpdateEventDataStoreRequest{EventDataStore: "s", AdvancedEventSelectors: selectors, Name: &text, BillingMode: &fixedText})
		}, engine.UpdateEventDataStoreInput{EventDataStore: "s", Selectors: asEngine, Name: &text, BillingMode: &fixed}, `"tagsList":[{"key":"team","value":"blue"},{"key":"bare"}]`},
		{"DeleteEventDataStore", func() (proto.Message, error) {
			return c.DeleteEventDataStore(ctx, &pb.DeleteEventDataStoreRequest{EventDataStore: "s"})
		}, "s", `{}`},
		{"RestoreEventDataStore", func() (proto.Message, error) {
			return c.RestoreEventDataStore(ctx, &pb.RestoreEventDataStoreRequest{EventDataStore: "s"})
		}, "s", `"status":"ENABLED"`},
		{"StartEventDataStoreIngestion", func() (proto.Message, error) {
			return c.StartEventDataStoreIngestion(ctx, &pb.StartEventDataStoreIngestionRequest{EventDataStore: "s"})
		}, "s", `{}`},
		{"StopEventDataStoreIngestion", func() (proto.Message, error) {
			return c.StopEventDataStoreIngestion(ctx, &pb.StopEventDataStoreIngestionRequest{EventDataStore: "s"})
		}, "s", `{}`},
		{"StartImport", func() (proto.Message, error) {
			return c.StartImport(ctx, &pb.StartImportRequest{
				Destinations: []string{"d"}, StartEventTime: timestamppb.New(start), EndEventTime: timestamppb.New(start), ImportId: &text, DryRun: true, AnyFormat: true,
				ImportSource: &pb.ImportSource{S3: &pb.S3ImportSource{S3LocationUri: "u", S3BucketRegion: "r", S3BucketAccessRoleArn: "a"}},
			})
		}, engine.StartImportInput{
			Destinations: []string{"d"}, Start: &start, End: &start, ImportID: &text, DryRun: true, AnyFormat: true,
			Source: &engine.S3Source{LocationURI: "u", Region: "r", RoleARN: "a"},
		}, `"startEventTime":"2026-03-02T05:06:07.890Z"`},
		{"GetImport", func() (proto.Message, error) {
			return c.GetImport(ctx, &pb.GetImportRequest{ImportId: "i"})
		}, "i", `"prefixesFound":"1","prefixesCompleted":"2","filesCompleted":"3","eventsCompleted":"4","failedEntries":"5","filesFound":"6",` +
			`"filesSkipped":"7","bytesFound":"8","bytesCompleted":"9","eventsRead":"10","duplicates":"11","outsideRetention":"12","quarantined":"13"`},
		{"StopImport", func() (proto.Message, error) {
			return c.StopImport(ctx, &pb.StopImportRequest{ImportId: "i"})
		}, "i", `"importStatus":"IN_PROGRESS"`},
		{"ListImports", func() (proto.Message, error) {
			return c.ListImports(ctx, &pb.ListImportsRequest{MaxResults: &days, NextToken: &text, Destination: &text, ImportStatus: &failedText})
		}, engine.ListImportsInput{Page: page, Destination: &text, Status: &failed}, `"importId":"11111111-`},
		{"ListImportFailures", func() (proto.Message, error) {
			return c.ListImportFailures(ctx, &pb.ListImportFailuresRequest{ImportId: "i", MaxResults: &days, NextToken: &text})
		}, []any{"i", page}, `"errorType":"InvalidGzip","errorMessage":"unexpected end of file"`},
		{"ListQuarantinedRecords", func() (proto.Message, error) {
			return c.ListQuarantinedRecords(ctx, &pb.ListQuarantinedRecordsRequest{ImportId: "i", MaxResults: &days, NextToken: &text})
		}, []any{"i", page}, `"record":"3","reason":"not an object","excerpt":"7"`},
		{"PutEvents", func() (proto.Message, error) {
			return c.PutEvents(ctx, &pb.PutEventsRequest{EventDataStore: "s", Events: []string{"{}", "[]"}, Source: &text})
		}, engine.PutEventsInput{EventDataStore: "s", Events: [][]byte{[]byte("{}"), []byte("[]")}, Source: text},
			`{"results":[{"status":"STORED","eventId":"a"},{"status":"DUPLICATE","eventId":"b"},{"status":"INVALID","message":"no JSON object"}],"stored":"1"}`},
		{"CreateWatchedSource", func() (proto.Message, error) {
			return c.CreateWatchedSource(ctx, &pb.CreateWatchedSourceRequest{EventDataStore: "s", S3: &pb.S3ImportSource{S3LocationUri: "u", S3BucketRegion: "r", S3BucketAccessRoleArn: "a"}, SqsQueueUrl: &text})
		}, engine.CreateWatchedSourceInput{EventDataStore: "s", Source: &engine.S3Source{LocationURI: "u", Region: "r", RoleARN: "a"}, QueueURL: text}, watched},
		{"GetWatchedSource", func() (proto.Message, error) {
			return c.GetWatchedSource(ctx, &pb.GetWatchedSourceRequest{WatchedSourceId: "w"})
		}, "w", watched},
		{"PauseWatchedSource", func() (proto.Message, error) {
			return c.PauseWatchedSource(ctx, &pb.PauseWatchedSourceRequest{WatchedSourceId: "w"})
		}, "w", watched},
		{"ResumeWatchedSource", func() (proto.Message, error) {
			return c.ResumeWatchedSource(ctx, &pb.ResumeWatchedSourceRequest{WatchedSourceId: "w"})
		}, "w", watched},
		{"DeleteWatchedSource", func() (proto.Message, error) {
			return c.DeleteWatchedSource(ctx, &pb.DeleteWatchedSourceRequest{WatchedSourceId: "w"})
		}, "w", `{}`},
		{"ListWatchedSources", func() (proto.Message, error) {
			return c.ListWatchedSources(ctx, &pb.ListWatchedSourcesRequest{EventDataStore: &text, MaxResults: &days, NextToken: &text})
		}, engine.ListWatchedSourcesInput{Page: page, EventDataStore: &text}, `{"watchedSources":[` + watched + `],"nextToken":"next-watches"}`},
		{"ListWatchedSourceFailures", func() (proto.Message, error) {
			return c.ListWatchedSourceFailures(ctx, &pb.ListWatchedSourceFailuresRequest{WatchedSourceId: "w", MaxResults: &days, NextToken: &text})
		}, []any{"w", page}, `{"failures":[{"location":"s3://trails/x","status":"RETRY","errorType":"InvalidGzip","errorMessage":"cut","lastUpdatedTime":"2026-03-04T05:06:07.890Z"}]}`},
		{"ListRejectedRecords", func() (proto.Message, error) {
			return c.ListRejectedRecords(ctx, &pb.ListRejectedRecordsRequest{EventDataStore: "s", MaxResults: &days, NextToken: &text})
		}, []any{"s", page}, `{"records":[{"source":"Firehose","record":"1","reason":"no JSON","excerpt":"x","lastSeenTimestamp":"2026-03-04T05:06:07.890Z"}],"nextToken":"next-rejected"}`},
		{"CreateChannel", func() (proto.Message, error) {
			return c.CreateChannel(ctx, &pb.CreateChannelRequest{
				Name: "n", Source: "Custom", Destinations: []*pb.Destination{{Type: "EVENT_DATA_STORE", Location: "s"}}, Tags: []*pb.Tag{{Key: "k", Value: &text}},
			})
		}, engine.CreateChannelInput{
			Name: "n", Source: "Custom", Destinations: []engine.Destination{{Type: engine.DestinationStore, Location: "s"}}, Tags: []engine.Tag{{Key: "k", Value: &text}},
		}, `"name":"apps","source":"Custom","destinations":[{"type":"EVENT_DATA_STORE","location":"` + apitest.StoreARN + `"}],"tags":[{"key":"team","value":"blue"}]`},
		{"GetChannel", func() (proto.Message, error) {
			return c.GetChannel(ctx, &pb.GetChannelRequest{Channel: "c"})
		}, "c", `"ingestionStatus":{"latestIngestionSuccessTime":"2026-03-04T05:06:07.890Z","latestIngestionSuccessEventId":"e-1","latestIngestionErrorCode":"InvalidData",` +
			`"latestIngestionAttemptTime":"2026-03-04T05:06:08.890Z","latestIngestionAttemptEventId":"e-2"}`},
		{"ListChannels", func() (proto.Message, error) {
			return c.ListChannels(ctx, &pb.ListChannelsRequest{MaxResults: &days, NextToken: &text})
		}, page, `"nextToken":"next-channels"`},
		{"UpdateChannel", func() (proto.Message, error) {
			return c.UpdateChannel(ctx, &pb.UpdateChannelRequest{Channel: "c", Name: &text})
		}, engine.UpdateChannelInput{Channel: "c", Name: &text}, `"channelArn":"` + apitest.ChannelARN + `"`},
		{"DeleteChannel", func() (proto.Message, error) {
			return c.DeleteChannel(ctx, &pb.DeleteChannelRequest{Channel: "c"})
		}, "c", `{}`},
		{"PutAuditEvents", func() (proto.Message, error) {
			return c.PutAuditEvents(ctx, &pb.PutAuditEventsRequest{Channel: "c", ExternalId: &text, AuditEvents: []*pb.AuditEvent{{Id: "1", EventData: "{}", EventDataChecksum: &text}, {Id: "2"}}})
		}, engine.PutAuditEventsInput{Channel: "c", ExternalID: &text, Events: []engine.AuditEvent{{ID: "1", Data: "{}", Checksum: &text}, {ID: "2"}}},
			`{"successful":[{"id":"1","eventId":"e-1"}],"failed":[{"id":"2","errorCode":"FieldNotFound","errorMessage":"UID"}]}`},
		{"ListDays", func() (proto.Message, error) {
			return c.ListDays(ctx, &pb.ListDaysRequest{EventDataStore: "s"})
		}, "s", `{"days":[{"day":"2026-03-04","events":"1","bytes":"2","segments":"3"},{"events":"4","bytes":"5","segments":"6"}]}`},
		{"ListSegments", func() (proto.Message, error) {
			return c.ListSegments(ctx, &pb.ListSegmentsRequest{EventDataStore: "s", MaxResults: &days, NextToken: &text, Day: &text})
		}, engine.ListSegmentsInput{Page: page, EventDataStore: "s", Day: &text},
			`"minEventTime":"2026-03-04T04:06:07.890Z","maxEventTime":"2026-03-04T05:06:07.890Z","version":"3","sealedTimestamp":"2026-03-04T05:06:07.890Z"},` +
				`{"segmentId":"s2","rows":"4","bytes":"5","version":"6"`},
		{"ListBuckets", func() (proto.Message, error) {
			return c.ListBuckets(ctx, &pb.ListBucketsRequest{MaxResults: &days, NextToken: &text})
		}, page, `{"buckets":["logs","trails"],"nextToken":"next-buckets"}`},
		{"ListBucketObjects", func() (proto.Message, error) {
			return c.ListBucketObjects(ctx, &pb.ListBucketObjectsRequest{Bucket: "b", Prefix: "p", MaxResults: &days, NextToken: &text})
		}, engine.ListBucketObjectsInput{Page: page, Bucket: "b", Prefix: "p"},
			`{"prefixes":["AWSLogs/"],"objects":[{"key":"a.json.gz","size":"7","lastModified":"2026-03-04T05:06:07.890Z"},{"key":"b�",`},
		{"StartQuery", func() (proto.Message, error) {
			return c.StartQuery(ctx, &pb.StartQueryRequest{QueryStatement: &text, QueryParameters: []string{"1"}, QueryAlias: &text, DeliveryS3Uri: &text, EventDataStoreOwnerAccountId: &text, Source: &text})
		}, engine.StartQueryInput{Statement: &text, Parameters: []string{"1"}, Alias: &text, DeliveryS3URI: &text, OwnerAccountID: &text, Source: &text}, `"queryId":"aaaaaaaa-`},
		{"DescribeQuery", func() (proto.Message, error) {
			return c.DescribeQuery(ctx, &pb.DescribeQueryRequest{QueryId: "q", EventDataStore: &text, QueryAlias: &text, RefreshId: &text, EventDataStoreOwnerAccountId: &text})
		}, engine.QueryRef{QueryID: "q", EventDataStore: &text, Alias: &text, RefreshID: &text, OwnerAccountID: &text},
			`"eventsMatched":"21","eventsScanned":"22","bytesScanned":"23","executionTimeInMillis":"24","creationTime":"2026-03-04T05:06:07.890Z",` +
				`"resultRows":"2","segments":"31","segmentsPruned":"32","rowGroups":"33","rowGroupsPruned":"34","rowGroupsDone":"35","rowGroupsTotal":"36"},"eventDataStoreOwnerAccountId":"` + apitest.AccountID + `","eventDataStores":["` + apitest.StoreID + `"],"source":"a tool"}`},
		{"CancelQuery", func() (proto.Message, error) {
			return c.CancelQuery(ctx, &pb.CancelQueryRequest{QueryId: "q", EventDataStore: &text, EventDataStoreOwnerAccountId: &text})
		}, ref, `"queryStatus":"FINISHED"`},
		{"GetQueryResults", func() (proto.Message, error) {
			return c.GetQueryResults(ctx, &pb.GetQueryResultsRequest{QueryId: "q", EventDataStore: &text, MaxQueryResults: &days, NextToken: &text, EventDataStoreOwnerAccountId: &text})
		}, engine.GetQueryResultsInput{QueryRef: ref, Page: page},
			`"queryResultRows":[{"cells":[{"name":"eventName","value":"ConsoleLogin"},{"name":"_col1"},{"name":"eventName","value":"again"}]}`},
		{"GetQueryRows", func() (proto.Message, error) {
			return c.GetQueryRows(ctx, &pb.GetQueryRowsRequest{QueryId: "q", Offset: 5, MaxResults: &days, MaxCellCharacters: 7, EventDataStoreOwnerAccountId: &text})
		}, engine.GetQueryRowsInput{QueryRef: engine.QueryRef{QueryID: "q", OwnerAccountID: &text}, Offset: 5, MaxResults: &days, MaxCellCharacters: 7},
			`"offset":"5","rows":[["Console",null,"2"],["","3",null]],"totalRows":"7","cut":[{"characters":"12"}]`},
		{"GetQueryResultStatistics", func() (proto.Message, error) {
			return c.GetQueryResultStatistics(ctx, &pb.GetQueryResultStatisticsRequest{QueryId: "q", EventDataStoreOwnerAccountId: &text})
		}, engine.QueryRef{QueryID: "q", OwnerAccountID: &text},
			`"values":"5","nulls":"2","distinct":"3","distinctApproximate":true,"min":"a","max":"z","topValues":[{"value":"m","count":"4"}],"topValuesApproximate":true`},
		{"ListQueries", func() (proto.Message, error) {
			return c.ListQueries(ctx, &pb.ListQueriesRequest{EventDataStore: "s", MaxResults: &days, NextToken: &text, StartTime: timestamppb.New(start), EndTime: timestamppb.New(start), QueryStatus: &cancelledText})
		}, engine.ListQueriesInput{Page: page, EventDataStore: "s", Start: &start, End: &start, Status: &cancelled}, `"creationTime":"2026-03-04T05:06:07.890Z"`},
		{"SearchSampleQueries", func() (proto.Message, error) {
			return c.SearchSampleQueries(ctx, &pb.SearchSampleQueriesRequest{SearchPhrase: &text, MaxResults: &days, NextToken: &text, Category: &text, Language: &text})
		}, engine.SearchSampleQueriesInput{Page: page, Phrase: &text, Category: &text, Language: &text}, `"relevance":0.75,"id":"trails-off"`},
		{"GetSampleQuery", func() (proto.Message, error) {
			return c.GetSampleQuery(ctx, &pb.GetSampleQueryRequest{Id: "i", Language: &text})
		}, engine.GetSampleQueryInput{ID: "i", Language: &text}, `"technique":{"id":"T1562.008","name":"Impair"},"parameters":[{"name":"days","defaultValue":"7","description":"days back"}],` +
			`"queryStatement":"SELECT ? FROM $EDS_ID WHERE a <> b","language":"en","categoryName":"Log keeping"`},
	}
	checkCalls(t, e, append(tests, languageCalls(ctx, c)...))
}

// call is a call of the client with what the engine is then asked and a part of
// the answer as JSON.
type call struct {
	op    string
	call  func() (proto.Message, error)
	input any
	reply string
}

func checkCalls(t *testing.T, e *apitest.Engine, tests []call) {
	for _, test := range tests {
		t.Run(test.op, func(t *testing.T) {
			reply, err := test.call()
			if err != nil {
				t.Fatal(err)
			}
			want := []apitest.Call{{Op: test.op, Principal: apitest.Principal(), Input: test.input}}
			if diff := cmp.Diff(want, e.Calls()); diff != "" {
				t.Errorf("the engine was asked (-want +got):\n%s", diff)
			}
			b, err := protojson.Marshal(reply)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.ReplaceAll(strings.ReplaceAll(string(b), ", ", ","), ": ", ":"); !strings.Contains(got, test.reply) {
				t.Errorf("answer = %s, want %s in it", got, test.reply)
			}
		})
	}
}

// TestEveryCode lets the engine fail with every code: the status names it.
func TestEveryCode(t *testing.T) {
	for _, code := range engine.Codes() {
		e := &apitest.Engine{Fail: func(context.Context, string) error { return engine.Errorf(code, "told") }}
		_, err := pb.NewLakeServiceClient(dial(t, e, false)).GetImport(signedIn(), &pb.GetImportRequest{})
		st := status.Convert(err)
		reason, id := details(st)
		if reason != string(code) || id != requestID || st.Message() != "told" {
			t.Errorf("%s: %v, reason %q, request %q", code, err, reason, id)
		}
		if c := st.Code(); c == codes.OK || c == codes.Unknown || (c == codes.Internal) != (code == engine.Internal) {
			t.Errorf("%s: gRPC code = %v", code, c)
		}
	}
}

func details(st *status.Status) (reason, request string) {
	for _, d := range st.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			if d.GetDomain() == grpcapi.ErrorDomain {
				reason = d.GetReason()
			}
		case *errdetails.RequestInfo:
			request = d.GetRequestId()
		}
	}
	return reason, request
}

// TestUnknownErrors: what the engine did not name stays in the log.
func TestUnknownErrors(t *testing.T) {
	fails := map[string]func(context.Context, string) error{
		"error": func(context.Context, string) error { return errors.New("open /secret/path") },
		"panic": func(context.Context, string) error { panic("secret") },
	}
	for name, fail := range fails {
		t.Run(name, func(t *testing.T) {
			c := pb.NewLakeServiceClient(dial(t, &apitest.Engine{Fail: fail}, false))
			_, err := c.GetImport(signedIn(), &pb.GetImportRequest{})
			st := status.Convert(err)
			if reason, _ := details(st); st.Code() != codes.Internal || reason != "Internal" || strings.Contains(err.Error(), "secret") {
				t.Errorf("unary: %v (%s)", err, reason)
			}
			stream, err := c.StreamQueryResults(signedIn(), &pb.StreamQueryResultsRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stream.Recv(); status.Code(err) != codes.Internal || strings.Contains(err.Error(), "secret") {
				t.Errorf("stream: %v", err)
			}
		})
	}
}

// TestBadTimestamp: a timestamp out of range is refused with its field's name.
func TestBadTimestamp(t *testing.T) {
	c := pb.NewLakeServiceClient(dial(t, &apitest.Engine{}, false))
	bad := &timestamppb.Timestamp{Seconds: 1 << 60}
	_, err := c.StartImport(signedIn(), &pb.StartImportRequest{EndEventTime: bad})
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "end_event_time") {
		t.Errorf("StartImport: %v", err)
	}
	_, err = c.ListQueries(signedIn(), &pb.ListQueriesRequest{StartTime: bad})
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "start_time") {
		t.Errorf("ListQueries: %v", err)
	}
}

// TestInvalidText: a cell that is not UTF-8 does not cost the page.
func TestInvalidText(t *testing.T) {
	bad := "a\xffb"
	e := &apitest.Engine{Results: &engine.QueryResults{Rows: [][]engine.Cell{{{Name: "c", Value: &bad}}}}}
	resp, err := pb.NewLakeServiceClient(dial(t, e, false)).GetQueryResults(signedIn(), &pb.GetQueryResultsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.GetQueryResultRows()[0].GetCells()[0].GetValue(); got != "a\uFFFDb" {
		t.Errorf("value = %q", got)
	}
}

// TestCredentials: without the right ones nothing answers but the health check.
func TestCredentials(t *testing.T) {
	e := &apitest.Engine{}
	conn := dial(t, e, false)
	c := pb.NewLakeServiceClient(conn)
	forged, err := grpcapi.WithCaller(context.Background(), apitest.Principal(), "forged")
	if err != nil {
		t.Fatal(err)
	}
	twice := metadata.AppendToOutgoingContext(signedIn(), "authorization", "Basic Og==")
	contexts := map[string]struct {
		ctx  context.Context
		kind auth.Kind
	}{
		"none":         {context.Background(), auth.MissingAuthenticationToken},
		"wrong secret": {basic(apitest.KeyID, "guess"), auth.UnrecognizedClient},
		"unknown id":   {basic("nobody", apitest.Secret), auth.UnrecognizedClient},
		"forged":       {forged, auth.MissingAuthenticationToken},
		"twice":        {twice, auth.IncompleteSignature},
		"signature":    {metadata.AppendToOutgoingContext(context.Background(), "authorization", "AWS4-HMAC-SHA256 x"), auth.MissingAuthenticationToken},
	}
	for name, test := range contexts {
		t.Run(name, func(t *testing.T) {
			_, err := c.GetImport(test.ctx, &pb.GetImportRequest{})
			if reason, _ := details(status.Convert(err)); status.Code(err) != codes.Unauthenticated || reason != string(test.kind) {
				t.Errorf("unary: %v, reason %q, want %s", err, reason, test.kind)
			}
			stream, err := c.StreamQueryResults(test.ctx, &pb.StreamQueryResultsRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stream.Recv(); status.Code(err) != codes.Unauthenticated {
				t.Errorf("stream: %v", err)
			}
			if _, err := services(t, conn, test.ctx); status.Code(err) != codes.Unauthenticated {
				t.Errorf("reflection: %v", err)
			}
			resp, err := grpc_health_v1.NewHealthClient(conn).Check(test.ctx, &grpc_health_v1.HealthCheckRequest{})
			if err != nil || resp.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
				t.Errorf("health: %v %v", resp, err)
			}
		})
	}
	if calls := e.Calls(); len(calls) > 0 {
		t.Errorf("the engine was asked: %+v", calls)
	}
}

// TestTrustedCaller: the server that only this process reaches takes the caller
// and the request id from the metadata.
func TestTrustedCaller(t *testing.T) {
	e := &apitest.Engine{}
	ctx, err := grpcapi.WithCaller(context.Background(), engine.Principal{AccessKeyID: "other"}, "id-1")
	if err != nil {
		t.Fatal(err)
	}
	var header metadata.MD
	c := pb.NewLakeServiceClient(dial(t, e, true))
	if _, err := c.GetImport(ctx, &pb.GetImportRequest{}, grpc.Header(&header)); err != nil {
		t.Fatal(err)
	}
	if calls := e.Calls(); calls[0].Principal.AccessKeyID != "other" {
		t.Errorf("principal = %+v", calls[0].Principal)
	}
	if got := header.Get("x-request-id"); len(got) != 1 || got[0] != "id-1" {
		t.Errorf("request id = %v", got)
	}
	if _, err := c.GetImport(context.Background(), &pb.GetImportRequest{}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("a call that names nobody: %v", err)
	}
}

func TestReflection(t *testing.T) {
	got, err := services(t, dial(t, &apitest.Engine{}, false), signedIn())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got, "traillake.v1.LakeService") || !strings.Contains(got, "grpc.health.v1.Health") {
		t.Errorf("services = %s", got)
	}
}

func services(t *testing.T, conn *grpc.ClientConn, ctx context.Context) (string, error) {
	t.Helper()
	stream, err := grpc_reflection_v1.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		return "", err
	}
	req := &grpc_reflection_v1.ServerReflectionRequest{MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{}}
	if err := stream.Send(req); err != nil && status.Code(err) == codes.Unknown {
		t.Logf("send: %v", err) // the refusal may be there first; Recv tells it
	}
	resp, err := stream.Recv()
	if err != nil {
		return "", err
	}
	var names []string
	for _, s := range resp.GetListServicesResponse().GetService() {
		names = append(names, s.GetName())
	}
	return strings.Join(names, " "), nil
}

func TestHealth(t *testing.T) {
	c := grpc_health_v1.NewHealthClient(dial(t, &apitest.Engine{NotReady: errors.New("replaying")}, false))
	resp, err := c.Check(context.Background(), &grpc_health_v1.HealthCheckRequest{Service: "traillake.v1.LakeService"})
	if err != nil || resp.GetStatus() != grpc_health_v1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("Check = %v, %v", resp, err)
	}
	if _, err := c.Check(context.Background(), &grpc_health_v1.HealthCheckRequest{Service: "x"}); status.Code(err) != codes.NotFound {
		t.Errorf("Check of an unknown service: %v", err)
	}
	list, err := c.List(context.Background(), &grpc_health_v1.HealthListRequest{})
	if err != nil || len(list.GetStatuses()) != 2 {
		t.Errorf("List = %v, %v", list, err)
	}
}
