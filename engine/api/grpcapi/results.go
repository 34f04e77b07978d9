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
	ExportQueryResults(context.Context, engine.Principal, engine.ExportQueryResultsInput) (*engine.ResultExport, error)
	GetQueryResultStatistics(context.Context, engine.Principal, engine.QueryRef) ([]engine.ColumnStatistics, error)
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

func (s *lakeServer) ExportQueryResults(r *pb.ExportQueryResultsRequest, out pb.LakeService_ExportQueryResultsServer) error {
	ctx := out.Context()
	file, err := s.results.ExportQueryResults(ctx, caller(ctx), engine.ExportQueryResultsInput{
		QueryRef: engine.QueryRef{QueryID: r.GetQueryId(), OwnerAccountID: r.EventDataStoreOwnerAccountId},
		Format:   engine.ExportFormat(r.GetFormat()),
	})
	if err != nil {
		return err
	}
	// The names go with the first bytes, so that a call that fails before has sent nothing.
	first := &pb.ExportQueryResultsResponse{FileName: file.FileName, ContentType: file.ContentType}
	pieces := &pieceWriter{send: func(b []byte) error {
		piece := first
		first = &pb.ExportQueryResultsResponse{}
		piece.Data = b
		return out.Send(piece)
	}}
	if err := file.Write(pieces); err != nil {
		return err
	}
	if err := pieces.flush(); err != nil {
		return err
	}
	if first.GetFileName() != "" { // an empty file has a name too
		return out.Send(first)
	}
	return nil
}

func (s *lakeServer) GetQueryResultStatistics(ctx context.Context, r *pb.GetQueryResultStatisticsRequest) (*pb.GetQueryResultStatisticsResponse, error) {
	columns, err := s.results.GetQueryResultStatistics(ctx, caller(ctx), engine.QueryRef{
		QueryID: r.GetQueryId(), OwnerAccountID: r.EventDataStoreOwnerAccountId,
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.GetQueryResultStatisticsResponse{Columns: make([]*pb.ColumnStatistics, len(columns))}
	for i, c := range columns {
		out := &pb.ColumnStatistics{
			Column: &pb.ResultColumn{Name: c.Name, Type: c.Type}, Values: c.Values, Nulls: c.Nulls,
			Distinct: c.Distinct, DistinctApproximate: c.DistinctApproximate, Min: validText(c.Min), Max: validText(c.Max),
			TopValues: make([]*pb.ValueCount, len(c.TopValues)), TopValuesApproximate: c.TopValuesApproximate,
		}
		for j, v := range c.TopValues {
			out.TopValues[j] = &pb.ValueCount{Value: *validText(&v.Value), Count: v.Count}
		}
		resp.Columns[i] = out
	}
	return resp, nil
}
