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
