package grpcapi

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

func (s *lakeServer) StartQuery(ctx context.Context, r *pb.StartQueryRequest) (*pb.StartQueryResponse, error) {
	q, err := s.queries.StartQuery(ctx, caller(ctx), engine.StartQueryInput{
		Statement:      r.QueryStatement,
		Parameters:     r.GetQueryParameters(),
		Alias:          r.QueryAlias,
		DeliveryS3URI:  r.DeliveryS3Uri,
		OwnerAccountID: r.EventDataStoreOwnerAccountId,
		Source:         r.Source,
	})
	if err != nil {
		return nil, err
	}
	return &pb.StartQueryResponse{QueryId: q.ID, EventDataStoreOwnerAccountId: q.OwnerAccountID}, nil
}

func (s *lakeServer) DescribeQuery(ctx context.Context, r *pb.DescribeQueryRequest) (*pb.DescribeQueryResponse, error) {
	q, err := s.queries.DescribeQuery(ctx, caller(ctx), engine.QueryRef{
		QueryID:        r.GetQueryId(),
		EventDataStore: r.EventDataStore,
		Alias:          r.QueryAlias,
		RefreshID:      r.RefreshId,
		OwnerAccountID: r.EventDataStoreOwnerAccountId,
	})
	if err != nil {
		return nil, err
	}
	return &pb.DescribeQueryResponse{
		QueryId:                      q.ID,
		QueryString:                  q.Statement,
		QueryStatus:                  string(q.Status),
		QueryStatistics:              statisticsTo(q),
		ErrorMessage:                 q.Error,
		EventDataStoreOwnerAccountId: q.OwnerAccountID,
		EventDataStores:              q.Stores,
		Source:                       q.Source,
	}, nil
}

// statisticsTo counts what a query has read.
func statisticsTo(q *engine.Query) *pb.QueryStatisticsForDescribeQuery {
	return &pb.QueryStatisticsForDescribeQuery{
		EventsMatched:         q.EventsMatched,
		EventsScanned:         q.EventsScanned,
		BytesScanned:          q.BytesScanned,
		ExecutionTimeInMillis: q.ExecutionTime.Milliseconds(),
		CreationTime:          timeTo(&q.Created),
		ResultRows:            q.ResultRows,
		Segments:              q.Segments,
		SegmentsPruned:        q.SegmentsPruned,
		RowGroups:             q.RowGroups,
		RowGroupsPruned:       q.RowGroupsPruned,
		RowGroupsDone:         q.RowGroupsDone,
		RowGroupsTotal:        q.RowGroupsTotal,
	}
}

func (s *lakeServer) CancelQuery(ctx context.Context, r *pb.CancelQueryRequest) (*pb.CancelQueryResponse, error) {
	q, err := s.queries.CancelQuery(ctx, caller(ctx), engine.QueryRef{
		QueryID: r.GetQueryId(), EventDataStore: r.EventDataStore, OwnerAccountID: r.EventDataStoreOwnerAccountId,
	})
	if err != nil {
		return nil, err
	}
	return &pb.CancelQueryResponse{QueryId: q.ID, QueryStatus: string(q.Status), EventDataStoreOwnerAccountId: q.OwnerAccountID}, nil
}

func (s *lakeServer) GetQueryResults(ctx context.Context, r *pb.GetQueryResultsRequest) (*pb.GetQueryResultsResponse, error) {
	page, err := s.queries.GetQueryResults(ctx, caller(ctx), engine.GetQueryResultsInput{
		QueryRef: engine.QueryRef{QueryID: r.GetQueryId(), EventDataStore: r.EventDataStore, OwnerAccountID: r.EventDataStoreOwnerAccountId},
		Page:     engine.Page{MaxResults: r.MaxQueryResults, NextToken: given(r.NextToken)},
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.GetQueryResultsResponse{
		QueryStatus:     string(page.Status),
		QueryStatistics: &pb.QueryStatistics{ResultsCount: page.ResultsCount, TotalResultsCount: page.TotalResults, BytesScanned: page.BytesScanned},
		QueryResultRows: make([]*pb.Row, len(page.Rows)),
		NextToken:       page.NextToken,
		ErrorMessage:    page.Error,
	}
	for i, row := range page.Rows {
		cells := make([]*pb.Cell, len(row))
		for j, c := range row {
			cells[j] = &pb.Cell{Name: c.Name, Value: validText(c.Value)}
		}
		resp.QueryResultRows[i] = &pb.Row{Cells: cells}
	}
	return resp, nil
}

func (s *lakeServer) ListQueries(ctx context.Context, r *pb.ListQueriesRequest) (*pb.ListQueriesResponse, error) {
	in := engine.ListQueriesInput{
		Page:           engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)},
		EventDataStore: r.GetEventDataStore(),
		Status:         (*engine.QueryStatus)(r.QueryStatus),
	}
	var err error
	if in.Start, err = timeFrom("start_time", r.GetStartTime()); err != nil {
		return nil, err
	}
	if in.End, err = timeFrom("end_time", r.GetEndTime()); err != nil {
		return nil, err
	}
	queries, next, err := s.queries.ListQueries(ctx, caller(ctx), in)
	if err != nil {
		return nil, err
	}
	resp := &pb.ListQueriesResponse{NextToken: next}
	for i := range queries {
		q := &queries[i]
		resp.Queries = append(resp.Queries, &pb.Query{QueryId: q.ID, QueryStatus: string(q.Status), CreationTime: timeTo(&q.Created)})
	}
	return resp, nil
}

// validText puts U+FFFD for what is not UTF-8: a protobuf string cannot carry it,
// and one cell must not cost the whole page.
func validText(s *string) *string {
	if s == nil || utf8.ValidString(*s) {
		return s
	}
	valid := strings.ToValidUTF8(*s, "\uFFFD")
	return &valid
}
