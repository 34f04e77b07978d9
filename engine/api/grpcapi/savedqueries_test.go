package grpcapi_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// savedReply is apitest.SavedQuery as a message.
const savedReply = `{"savedQueryId":"99999999-8888-4777-8666-555555555555","name":"Who did it","description":"By name.",
	"queryStatement":"SELECT * FROM trail WHERE eventname = '?' AND n > ?",
	"parameters":[{"name":"name","type":"STRING","defaultValue":"AssumeRole","description":"an event's"},{"name":"n","type":"NUMBER"}],
	"timeRange":{"startTime":"2026-03-03T05:06:07.890Z"},"tags":["iam","hunt"],
	"owner":"arn:aws:iam::123456789012:root","ownerAccessKeyId":"AKIATESTROOT00000001","updatedBy":"arn:aws:iam::123456789012:user/other",
	"createdTimestamp":"2026-03-04T05:06:07.890Z","updatedTimestamp":"2026-03-04T06:06:07.890Z","version":"3"}`

// pastReply is apitest.Query as a message of the history.
const pastReply = `{"queryId":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee","queryStatement":"SELECT eventname FROM 0f5a3c1e-2b4d-4c6f-8a9b-1c2d3e4f5a6b",
	"queryStatus":"FINISHED","owner":"arn:aws:iam::123456789012:root","ownerAccessKeyId":"AKIATESTROOT00000001",
	"queryStatistics":{"eventsMatched":"21","eventsScanned":"22","bytesScanned":"23","executionTimeInMillis":"24","creationTime":"2026-03-04T05:06:07.890Z",
		"resultRows":"2","segments":"31","segmentsPruned":"32","rowGroups":"33","rowGroupsPruned":"34","rowGroupsDone":"35","rowGroupsTotal":"36"},
	"creationTime":"2026-03-04T05:06:07.890Z","endTime":"2026-03-04T05:06:07.914Z","eventDataStores":["0f5a3c1e-2b4d-4c6f-8a9b-1c2d3e4f5a6b"],"source":"a tool"}`

// TestSavedQueryCalls follows every method to the engine and back.
func TestSavedQueryCalls(t *testing.T) {
	e := &apitest.Engine{}
	c := pb.NewLakeServiceClient(dial(t, e, false))
	ctx := signedIn()
	text, size, version := "t", int32(9), int64(4)
	status := engine.QueryCancelled
	statusText := "CANCELLED"
	start := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	page := engine.Page{MaxResults: &size, NextToken: &text}
	parameters := []*pb.SavedQueryParameter{{Name: "p", Type: "DATE", DefaultValue: &text, Description: "d"}, {Name: "q", Type: "NUMBER"}}
	asEngine := engine.SavedQueryContent{
		Name: "n", Description: "d", Statement: "SELECT 1", Tags: []string{"a", "b"},
		Parameters: []engine.SavedQueryParameter{{Name: "p", Type: "DATE", Default: &text, Description: "d"}, {Name: "q", Type: "NUMBER"}},
		Range:      &engine.SavedQueryRange{Last: 90 * time.Minute},
	}
	changed := asEngine
	changed.Range = &engine.SavedQueryRange{Start: &start, End: &start}
	tests := []struct {
		op    string
		call  func() (proto.Message, error)
		input any
		reply string
	}{
		{"CreateSavedQuery", func() (proto.Message, error) {
			return c.CreateSavedQuery(ctx, &pb.CreateSavedQueryRequest{
				Name: "n", Description: "d", QueryStatement: "SELECT 1", Parameters: parameters, Tags: []string{"a", "b"},
				TimeRange: &pb.SavedQueryTimeRange{Last: durationpb.New(90 * time.Minute)},
			})
		}, asEngine, savedReply},
		{"GetSavedQuery", func() (proto.Message, error) {
			return c.GetSavedQuery(ctx, &pb.GetSavedQueryRequest{SavedQueryId: "i"})
		}, "i", savedReply},
		{"ListSavedQueries", func() (proto.Message, error) {
			return c.ListSavedQueries(ctx, &pb.ListSavedQueriesRequest{MaxResults: &size, NextToken: &text, SearchPhrase: &text, Tag: &text, Owner: &text})
		}, engine.ListSavedQueriesInput{Page: page, Phrase: &text, Tag: &text, Owner: &text}, `{"savedQueries":[` + savedReply + `],"nextToken":"next-saved"}`},
		{"UpdateSavedQuery", func() (proto.Message, error) {
			return c.UpdateSavedQuery(ctx, &pb.UpdateSavedQueryRequest{
				SavedQueryId: "i", Version: 4, Name: "n", Description: "d", QueryStatement: "SELECT 1", Parameters: parameters, Tags: []string{"a", "b"},
				TimeRange: &pb.SavedQueryTimeRange{StartTime: timestamppb.New(start), EndTime: timestamppb.New(start)},
			})
		}, engine.UpdateSavedQueryInput{ID: "i", Version: 4, SavedQueryContent: changed}, savedReply},
		{"DeleteSavedQuery", func() (proto.Message, error) {
			return c.DeleteSavedQuery(ctx, &pb.DeleteSavedQueryRequest{SavedQueryId: "i", Version: &version})
		}, engine.DeleteSavedQueryInput{ID: "i", Version: &version}, `{}`},
		{"ListQueryHistory", func() (proto.Message, error) {
			return c.ListQueryHistory(ctx, &pb.ListQueryHistoryRequest{
				MaxResults: &size, NextToken: &text, SearchPhrase: &text, QueryStatus: &statusText, EventDataStore: &text, Owner: &text, Source: &text, ExcludeSources: []string{"a", "b"},
				StartTime: timestamppb.New(start), EndTime: timestamppb.New(start),
			})
		}, engine.QueryHistoryInput{
			ListQueriesInput: engine.ListQueriesInput{Page: page, EventDataStore: "t", Start: &start, End: &start, Status: &status}, Phrase: &text, Owner: &text, Source: &text, ExcludeSources: []string{"a", "b"},
		}, `{"queries":[` + pastReply + `],"nextToken":"next-past"}`},
	}
	for _, test := range tests {
		t.Run(test.op, func(t *testing.T) {
			got, err := test.call()
			if err != nil {
				t.Fatal(err)
			}
			want := []apitest.Call{{Op: test.op, Principal: apitest.Principal(), Input: test.input}}
			if diff := cmp.Diff(want, e.Calls()); diff != "" {
				t.Errorf("the engine was asked (-want +got):\n%s", diff)
			}
			reply := got.ProtoReflect().New().Interface()
			if err := protojson.Unmarshal([]byte(test.reply), reply); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(got, reply) {
				t.Errorf("answer = %s\nwant %s", protojson.Format(got), protojson.Format(reply))
			}
		})
	}
}

// TestSavedQueryRanges: times and durations that are none do not reach the engine.
func TestSavedQueryRanges(t *testing.T) {
	e := &apitest.Engine{}
	c := pb.NewLakeServiceClient(dial(t, e, false))
	for _, r := range []*pb.SavedQueryTimeRange{
		{Last: &durationpb.Duration{Seconds: 1, Nanos: -1}},
		{StartTime: &timestamppb.Timestamp{Seconds: 1 << 60}},
		{EndTime: &timestamppb.Timestamp{Nanos: -1}},
	} {
		_, err := c.CreateSavedQuery(signedIn(), &pb.CreateSavedQueryRequest{TimeRange: r})
		_, uerr := c.UpdateSavedQuery(signedIn(), &pb.UpdateSavedQueryRequest{TimeRange: r})
		if status.Code(err) != codes.InvalidArgument || status.Code(uerr) != codes.InvalidArgument || len(e.Calls()) > 0 {
			t.Errorf("%v: %v, %v", r, err, uerr)
		}
	}
}
