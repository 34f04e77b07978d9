package grpcapi_test

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// languageCalls are the calls of an editor of queries.
func languageCalls(ctx context.Context, c pb.LakeServiceClient) []call {
	statement := engine.StatementInput{Statement: "s", Parameters: []string{"1"}}
	text, most := "k", int32(9)
	return []call{
		{"ValidateQuery", func() (proto.Message, error) {
			return c.ValidateQuery(ctx, &pb.ValidateQueryRequest{QueryStatement: "s", QueryParameters: []string{"1"}})
		}, statement, `{"errors":[{"message":"Column 'x' cannot be resolved. Did you mean 'y'?","code":"COLUMN_NOT_FOUND","line":1,"column":2,"endLine":3,"endColumn":4,` +
			`"hint":"Did you mean 'y'?"}],"columns":[{"name":"eventName","type":"varchar"}],"eventDataStores":["0f5a3c1e-2b4d-4c6f-8a9b-1c2d3e4f5a6b"],"parameterCount":5,"quotedParameterCount":6}`},
		{"EstimateQuery", func() (proto.Message, error) {
			return c.EstimateQuery(ctx, &pb.EstimateQueryRequest{QueryStatement: "s", QueryParameters: []string{"1"}})
		}, statement, `{"segments":"1","segmentsPruned":"2","rowGroups":"3","rowGroupsPruned":"4","rows":"5","bytes":"6"}`},
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
