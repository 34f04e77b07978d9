package grpcapi_test

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// languageCalls are the calls of an editor of queries.
func languageCalls(ctx context.Context, c pb.LakeServiceClient) []call {
	statement := engine.StatementInput{Statement: "s", Parameters: []string{"1"}}
	text, most, nine := "k", int32(9), 9
	return []call{
		{"ValidateQuery", func() (proto.Message, error) {
			return c.ValidateQuery(ctx, &pb.ValidateQueryRequest{QueryStatement: "s", QueryParameters: []string{"1"}})
		}, statement, `{"errors":[{"message":"Column 'x' cannot be resolved. Did you mean 'y'?","code":"COLUMN_NOT_FOUND","line":1,"column":2,"endLine":3,"endColumn":4,` +
			`"hint":"Did you mean 'y'?"}],"columns":[{"name":"eventName","type":"varchar"}],"eventDataStores":["0f5a3c1e-2b4d-4c6f-8a9b-1c2d3e4f5a6b"],"parameterCount":5,"quotedParameterCount":6}`},
		{"EstimateQuery", func() (proto.Message, error) {
			return c.EstimateQuery(ctx, &pb.EstimateQueryRequest{QueryStatement: "s", QueryParameters: []string{"1"}})
		}, statement, `{"segments":"1","segmentsPruned":"2","rowGroups":"3","rowGroupsPruned":"4","rows":"5","bytes":"6"}`},
		{"EditQuery", func() (proto.Message, error) {
			return c.EditQuery(ctx, &pb.EditQueryRequest{QueryStatement: "s", Edits: []*pb.QueryEdit{
				{Edit: &pb.QueryEdit_Filter{Filter: &pb.FilterEdit{Column: "c", ColumnIndex: &most, Value: &text, Exclude: true, BeforeLimit: true}}},
				{Edit: &pb.QueryEdit_Filter{Filter: &pb.FilterEdit{Exclude: true, Path: []*pb.PathStep{
					{Step: &pb.PathStep_Key{Key: "k"}}, {Step: &pb.PathStep_Index{Index: 9}},
				}}}},
				{Edit: &pb.QueryEdit_Sort{Sort: &pb.SortEdit{Column: "c", Desc: true, BeforeLimit: true}}},
				{Edit: &pb.QueryEdit_TimeRange{TimeRange: &pb.TimeRangeEdit{To: timestamppb.New(apitest.At)}}},
				{},
			}})
		}, engine.EditQueryInput{Statement: "s", Edits: []engine.QueryEdit{
			{Column: &engine.ColumnFilter{Column: engine.EditColumn{Name: "c", Index: &nine}, Value: &text, Out: true, BeforeLimit: true}},
			{Leaf: &engine.LeafFilter{Path: []engine.PathStep{{Key: "k"}, {Index: &nine}}, Out: true}},
			{Sort: &engine.SortEdit{Column: engine.EditColumn{Name: "c"}, Desc: true, BeforeLimit: true}},
			{Range: &engine.TimeRange{To: &apitest.At}}, {},
		}}, `{"queryStatement":"SELECT 7"}`},
		{"ExplainQuery", func() (proto.Message, error) {
			return c.ExplainQuery(ctx, &pb.ExplainQueryRequest{QueryStatement: "s", QueryParameters: []string{"1"}, Analyze: true})
		}, engine.ExplainQueryInput{StatementInput: statement, Analyze: true},
			`{"plan":{"name":"Filter","details":["a = 1"],"rows":"11","bytes":"13","timeMicros":"14","memoryBytes":"15","spilledBytes":"17","spillFiles":"16","batches":"12",` +
				`"children":[{"name":"Scan","scan":{"segments":"1","segmentsPruned":"2","rowGroups":"3","rowGroupsPruned":"4","rows":"5","bytes":"6"}}]},` +
				`"resultRows":"21","executionTimeInMillis":"22","peakMemoryBytes":"23"}`},
		{"ListFunctions", func() (proto.Message, error) {
			return c.ListFunctions(ctx, &pb.ListFunctionsRequest{})
		}, nil, `{"functions":[{"name":"f","kind":"scalar","signatures":["f() -> T"],"description":"told"}]}`},
		{"ListEventDataStoreColumns", func() (proto.Message, error) {
			return c.ListEventDataStoreColumns(ctx, &pb.ListEventDataStoreColumnsRequest{EventDataStore: "s"})
		}, "s", `{"columns":[{"path":"a.b","type":"map(varchar,varchar)","hidden":true,"keys":true,"synonym":"c"}]}`},
		{"ListEventDataStoreValues", func() (proto.Message, error) {
			return c.ListEventDataStoreValues(ctx, &pb.ListEventDataStoreValuesRequest{EventDataStore: "s", Column: "c", Key: &text, Prefix: "p", MaxResults: &most})
		}, engine.ListValuesInput{EventDataStore: "s", Column: "c", Key: &text, Prefix: "p", MaxResults: &most},
			`{"values":[{"value":"ConsoleLogin","count":"7"}],"events":"8","complete":true}`},
	}
}
