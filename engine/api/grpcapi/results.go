package grpcapi

import (
	"context"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// Results is the part of the engine that gives out results beyond what CloudTrail
// has. Safe for concurrent use.
type Results interface {
	GetQueryRows(context.Context, engine.Principal, engine.GetQueryRowsInput) (*engine.QueryRows, error)
}

func (s *lakeServer) GetQueryRows(ctx context.Context, r *pb.GetQueryRowsRequest) (*pb.GetQueryRowsResponse, error) {
	window, err := s.results.GetQueryRows(ctx, caller(ctx), engine.GetQueryRowsInput{
		QueryRef: engine.QueryRef{QueryID: r.GetQueryId(), OwnerAccountID: r.EventDataStoreOwnerAccountId},
		Offset:   r.GetOffset(), MaxResults: r.MaxResults, MaxCellCharacters: r.GetMaxCellCharacters(),
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.GetQueryRowsResponse{
		QueryStatus:  string(window.Status),
		Columns:      make([]*pb.ResultColumn, len(window.Columns)),
		Offset:       window.Offset,
		Rows:         make([]*structpb.ListValue, len(window.Rows)),
		TotalRows:    window.TotalRows,
		Cut:          make([]*pb.CutCell, len(window.Cut)),
		ErrorMessage: window.Error,
	}
	for i, c := range window.Columns {
		resp.Columns[i] = &pb.ResultColumn{Name: c.Name, Type: c.Type}
	}
	for i, row := range window.Rows {
		values := make([]*structpb.Value, len(row))
		for j, cell := range row {
			values[j] = structpb.NewNullValue()
			if cell != nil {
				values[j] = structpb.NewStringValue(*validText(cell))
			}
		}
		resp.Rows[i] = &structpb.ListValue{Values: values}
	}
	for i, c := range window.Cut {
		resp.Cut[i] = &pb.CutCell{Row: int32(c.Row), Column: int32(c.Column), Characters: c.Characters}
	}
	return resp, nil
}
