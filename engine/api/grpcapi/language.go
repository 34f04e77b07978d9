package grpcapi

import (
	"context"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

func (s *lakeServer) ValidateQuery(ctx context.Context, r *pb.ValidateQueryRequest) (*pb.ValidateQueryResponse, error) {
	v, err := s.language.ValidateQuery(ctx, caller(ctx), engine.StatementInput{Statement: r.GetQueryStatement(), Parameters: r.GetQueryParameters()})
	if err != nil {
		return nil, err
	}
	resp := &pb.ValidateQueryResponse{
		EventDataStores: v.Stores, ParameterCount: int32(v.Parameters), QuotedParameterCount: int32(v.QuotedParameters),
	}
	for _, e := range v.Errors {
		resp.Errors = append(resp.Errors, &pb.StatementError{
			Message: e.Message, Code: e.Code, Hint: e.Hint,
			Line: int32(e.Line), Column: int32(e.Column), EndLine: int32(e.EndLine), EndColumn: int32(e.EndColumn),
		})
	}
	for _, c := range v.Columns {
		resp.Columns = append(resp.Columns, &pb.StatementColumn{Name: c.Name, Type: c.Type})
	}
	return resp, nil
}

func (s *lakeServer) EstimateQuery(ctx context.Context, r *pb.EstimateQueryRequest) (*pb.EstimateQueryResponse, error) {
	e, err := s.language.EstimateQuery(ctx, caller(ctx), engine.StatementInput{Statement: r.GetQueryStatement(), Parameters: r.GetQueryParameters()})
	if err != nil {
		return nil, err
	}
	return &pb.EstimateQueryResponse{
		Segments: e.Segments, SegmentsPruned: e.SegmentsPruned, RowGroups: e.RowGroups, RowGroupsPruned: e.RowGroupsPruned,
		Rows: e.Rows, Bytes: e.Bytes,
	}, nil
}

func (s *lakeServer) ListFunctions(ctx context.Context, _ *pb.ListFunctionsRequest) (*pb.ListFunctionsResponse, error) {
	functions, err := s.language.ListFunctions(ctx, caller(ctx))
	if err != nil {
		return nil, err
	}
	resp := &pb.ListFunctionsResponse{}
	for _, f := range functions {
		resp.Functions = append(resp.Functions, &pb.Function{Name: f.Name, Kind: f.Kind, Signatures: f.Signatures, Description: f.Description})
	}
	return resp, nil
}

func (s *lakeServer) ListEventDataStoreColumns(ctx context.Context, r *pb.ListEventDataStoreColumnsRequest) (*pb.ListEventDataStoreColumnsResponse, error) {
	columns, err := s.language.ListEventDataStoreColumns(ctx, caller(ctx), r.GetEventDataStore())
	if err != nil {
		return nil, err
	}
	resp := &pb.ListEventDataStoreColumnsResponse{}
	for _, c := range columns {
		resp.Columns = append(resp.Columns, &pb.EventDataStoreColumn{Path: c.Path, Type: c.Type, Hidden: c.Hidden, Keys: c.Keys, Synonym: c.Synonym})
	}
	return resp, nil
}

func (s *lakeServer) ListEventDataStoreValues(ctx context.Context, r *pb.ListEventDataStoreValuesRequest) (*pb.ListEventDataStoreValuesResponse, error) {
	found, err := s.language.ListEventDataStoreValues(ctx, caller(ctx), engine.ListValuesInput{
		EventDataStore: r.GetEventDataStore(), Column: r.GetColumn(), Key: r.Key, Prefix: r.GetPrefix(), MaxResults: r.MaxResults,
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.ListEventDataStoreValuesResponse{Events: found.Events, Complete: found.Complete}
	for _, v := range found.Values {
		resp.Values = append(resp.Values, &pb.EventDataStoreValue{Value: *validText(&v.Value), Count: v.Count})
	}
	return resp, nil
}
