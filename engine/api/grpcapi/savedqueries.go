package grpcapi

import (
	"context"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// SavedQueries is the part of the engine that keeps statements under a name, and
// that knows the past ones. Safe for concurrent use.
type SavedQueries interface {
	CreateSavedQuery(context.Context, engine.Principal, engine.SavedQueryContent) (*engine.SavedQuery, error)
	GetSavedQuery(ctx context.Context, p engine.Principal, id string) (*engine.SavedQuery, error)
	ListSavedQueries(context.Context, engine.Principal, engine.ListSavedQueriesInput) (queries []engine.SavedQuery, next string, err error)
	UpdateSavedQuery(context.Context, engine.Principal, engine.UpdateSavedQueryInput) (*engine.SavedQuery, error)
	DeleteSavedQuery(context.Context, engine.Principal, engine.DeleteSavedQueryInput) error
	ListQueryHistory(context.Context, engine.Principal, engine.QueryHistoryInput) (queries []engine.Query, next string, err error)
}

func (s *lakeServer) CreateSavedQuery(ctx context.Context, r *pb.CreateSavedQueryRequest) (*pb.SavedQuery, error) {
	content, err := savedContentFrom(r)
	if err != nil {
		return nil, err
	}
	return savedQueryTo(s.saved.CreateSavedQuery(ctx, caller(ctx), content))
}

func (s *lakeServer) GetSavedQuery(ctx context.Context, r *pb.GetSavedQueryRequest) (*pb.SavedQuery, error) {
	return savedQueryTo(s.saved.GetSavedQuery(ctx, caller(ctx), r.GetSavedQueryId()))
}

func (s *lakeServer) ListSavedQueries(ctx context.Context, r *pb.ListSavedQueriesRequest) (*pb.ListSavedQueriesResponse, error) {
	queries, next, err := s.saved.ListSavedQueries(ctx, caller(ctx), engine.ListSavedQueriesInput{
		Page:   engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)},
		Phrase: given(r.SearchPhrase), Tag: given(r.Tag), Owner: given(r.Owner),
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.ListSavedQueriesResponse{NextToken: next}
	for i := range queries {
		q, err := savedQueryTo(&queries[i], nil)
		if err != nil {
			return nil, err
		}
		resp.SavedQueries = append(resp.SavedQueries, q)
	}
	return resp, nil
}

func (s *lakeServer) UpdateSavedQuery(ctx context.Context, r *pb.UpdateSavedQueryRequest) (*pb.SavedQuery, error) {
	content, err := savedContentFrom(r)
	if err != nil {
		return nil, err
	}
	return savedQueryTo(s.saved.UpdateSavedQuery(ctx, caller(ctx), engine.UpdateSavedQueryInput{
		ID: r.GetSavedQueryId(), Version: r.GetVersion(), SavedQueryContent: content,
	}))
}

func (s *lakeServer) DeleteSavedQuery(ctx context.Context, r *pb.DeleteSavedQueryRequest) (*pb.DeleteSavedQueryResponse, error) {
	in := engine.DeleteSavedQueryInput{ID: r.GetSavedQueryId(), Version: r.Version}
	if err := s.saved.DeleteSavedQuery(ctx, caller(ctx), in); err != nil {
		return nil, err
	}
	return &pb.DeleteSavedQueryResponse{}, nil
}

func (s *lakeServer) ListQueryHistory(ctx context.Context, r *pb.ListQueryHistoryRequest) (*pb.ListQueryHistoryResponse, error) {
	in := engine.QueryHistoryInput{
		ListQueriesInput: engine.ListQueriesInput{
			Page:           engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)},
			EventDataStore: r.GetEventDataStore(), Status: (*engine.QueryStatus)(given(r.QueryStatus)),
		},
		Phrase: given(r.SearchPhrase), Owner: given(r.Owner), Source: r.Source, ExcludeSources: r.GetExcludeSources(),
	}
	var err error
	if in.Start, err = timeFrom("start_time", r.GetStartTime()); err != nil {
		return nil, err
	}
	if in.End, err = timeFrom("end_time", r.GetEndTime()); err != nil {
		return nil, err
	}
	queries, next, err := s.saved.ListQueryHistory(ctx, caller(ctx), in)
	if err != nil {
		return nil, err
	}
	resp := &pb.ListQueryHistoryResponse{NextToken: next}
	for i := range queries {
		q := &queries[i]
		resp.Queries = append(resp.Queries, &pb.PastQuery{
			QueryId: q.ID, QueryStatement: q.Statement, QueryStatus: string(q.Status), ErrorMessage: q.Error,
			Owner: q.UserARN, OwnerAccessKeyId: q.AccessKeyID, QueryStatistics: statisticsTo(q),
			CreationTime: timeTo(&q.Created), EndTime: timeTo(q.Ended), EventDataStores: q.Stores, Source: q.Source,
		})
	}
	return resp, nil
}

// savedContent is what the requests that make and change a saved query share.
type savedContent interface {
	GetName() string
	GetDescription() string
	GetQueryStatement() string
	GetParameters() []*pb.SavedQueryParameter
	GetTimeRange() *pb.SavedQueryTimeRange
	GetTags() []string
}

func savedContentFrom(r savedContent) (engine.SavedQueryContent, error) {
	out := engine.SavedQueryContent{Name: r.GetName(), Description: r.GetDescription(), Statement: r.GetQueryStatement(), Tags: r.GetTags()}
	for _, p := range r.GetParameters() {
		out.Parameters = append(out.Parameters, engine.SavedQueryParameter{
			Name: p.GetName(), Type: engine.ParameterType(p.GetType()), Default: p.DefaultValue, Description: p.GetDescription(),
		})
	}
	if t := r.GetTimeRange(); t != nil {
		out.Range = &engine.SavedQueryRange{}
		if t.GetLast() != nil {
			if err := t.GetLast().CheckValid(); err != nil {
				return out, engine.Errorf(engine.InvalidParameter, "time_range.last: %v", err)
			}
			out.Range.Last = t.GetLast().AsDuration()
		}
		var err error
		if out.Range.Start, err = timeFrom("time_range.start_time", t.GetStartTime()); err != nil {
			return out, err
		}
		if out.Range.End, err = timeFrom("time_range.end_time", t.GetEndTime()); err != nil {
			return out, err
		}
	}
	return out, nil
}

func savedQueryTo(q *engine.SavedQuery, err error) (*pb.SavedQuery, error) {
	if err != nil {
		return nil, err
	}
	out := &pb.SavedQuery{
		SavedQueryId: q.ID, Name: q.Name, Description: q.Description, QueryStatement: q.Statement, Tags: q.Tags,
		Owner: q.Owner, OwnerAccessKeyId: q.OwnerAccessKeyID, UpdatedBy: q.UpdatedBy,
		CreatedTimestamp: timeTo(&q.Created), UpdatedTimestamp: timeTo(&q.Updated), Version: q.Version,
	}
	for _, p := range q.Parameters {
		out.Parameters = append(out.Parameters, &pb.SavedQueryParameter{
			Name: p.Name, Type: string(p.Type), DefaultValue: p.Default, Description: p.Description,
		})
	}
	if q.Range != nil {
		out.TimeRange = &pb.SavedQueryTimeRange{StartTime: timeTo(q.Range.Start), EndTime: timeTo(q.Range.End)}
		if q.Range.Last != 0 {
			out.TimeRange.Last = durationpb.New(q.Range.Last)
		}
	}
	return out, nil
}
