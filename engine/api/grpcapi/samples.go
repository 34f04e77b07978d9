package grpcapi

import (
	"context"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

func (s *lakeServer) SearchSampleQueries(ctx context.Context, r *pb.SearchSampleQueriesRequest) (*pb.SearchSampleQueriesResponse, error) {
	samples, next, err := s.samples.SearchSampleQueries(ctx, caller(ctx), engine.SearchSampleQueriesInput{
		Page: engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)}, Phrase: given(r.SearchPhrase), Category: given(r.Category), Language: given(r.Language),
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.SearchSampleQueriesResponse{NextToken: next}
	for i := range samples {
		resp.SearchResults = append(resp.SearchResults, sampleTo(&samples[i]))
	}
	return resp, nil
}

func (s *lakeServer) GetSampleQuery(ctx context.Context, r *pb.GetSampleQueryRequest) (*pb.SampleQuery, error) {
	q, err := s.samples.GetSampleQuery(ctx, caller(ctx), engine.GetSampleQueryInput{ID: r.GetId(), Language: given(r.Language)})
	if err != nil {
		return nil, err
	}
	return sampleTo(q), nil
}

func sampleTo(q *engine.SampleQuery) *pb.SampleQuery {
	out := &pb.SampleQuery{
		Name: q.Name, Description: q.Description, Sql: q.SQL, Relevance: q.Relevance,
		Id: q.ID, Question: q.Question, Explanation: q.Explanation, Category: q.Category, CategoryName: q.CategoryName,
		QueryStatement: q.Statement, Language: q.Language,
	}
	if q.TechniqueID != "" {
		out.Technique = &pb.AttackTechnique{Id: q.TechniqueID, Name: q.TechniqueName}
	}
	for _, p := range q.Parameters {
		out.Parameters = append(out.Parameters, &pb.SampleQueryParameter{Name: p.Name, DefaultValue: p.Default, Description: p.Description})
	}
	return out
}
