package grpcapi

import (
	"context"
	"time"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// Watches is the part of the engine that watches buckets. Safe for concurrent use.
type Watches interface {
	CreateWatchedSource(context.Context, engine.Principal, engine.CreateWatchedSourceInput) (*engine.WatchedSource, error)
	GetWatchedSource(ctx context.Context, p engine.Principal, id string) (*engine.WatchedSource, error)
	ListWatchedSources(context.Context, engine.Principal, engine.ListWatchedSourcesInput) (sources []engine.WatchedSource, next string, err error)
	PauseWatchedSource(ctx context.Context, p engine.Principal, id string) (*engine.WatchedSource, error)
	ResumeWatchedSource(ctx context.Context, p engine.Principal, id string) (*engine.WatchedSource, error)
	DeleteWatchedSource(ctx context.Context, p engine.Principal, id string) error
	ListWatchedSourceFailures(ctx context.Context, p engine.Principal, id string, page engine.Page) (failures []engine.ImportFailure, next string, err error)
}

func (s *lakeServer) CreateWatchedSource(ctx context.Context, r *pb.CreateWatchedSourceRequest) (*pb.WatchedSource, error) {
	in := engine.CreateWatchedSourceInput{EventDataStore: r.GetEventDataStore(), QueueURL: r.GetSqsQueueUrl()}
	if s3 := r.GetS3(); s3 != nil {
		in.Source = &engine.S3Source{LocationURI: s3.GetS3LocationUri(), Region: s3.GetS3BucketRegion(), RoleARN: s3.GetS3BucketAccessRoleArn()}
	}
	var err error
	if in.Start, err = timeFrom("start_event_time", r.GetStartEventTime()); err != nil {
		return nil, err
	}
	return watchMessage(s.watches.CreateWatchedSource(ctx, caller(ctx), in))
}

func (s *lakeServer) GetWatchedSource(ctx context.Context, r *pb.GetWatchedSourceRequest) (*pb.WatchedSource, error) {
	return watchMessage(s.watches.GetWatchedSource(ctx, caller(ctx), r.GetWatchedSourceId()))
}

func (s *lakeServer) ListWatchedSources(ctx context.Context, r *pb.ListWatchedSourcesRequest) (*pb.ListWatchedSourcesResponse, error) {
	sources, next, err := s.watches.ListWatchedSources(ctx, caller(ctx), engine.ListWatchedSourcesInput{
		Page: engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)}, EventDataStore: r.EventDataStore,
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.ListWatchedSourcesResponse{NextToken: next}
	for i := range sources {
		resp.WatchedSources = append(resp.WatchedSources, watchTo(&sources[i]))
	}
	return resp, nil
}

func (s *lakeServer) PauseWatchedSource(ctx context.Context, r *pb.PauseWatchedSourceRequest) (*pb.WatchedSource, error) {
	return watchMessage(s.watches.PauseWatchedSource(ctx, caller(ctx), r.GetWatchedSourceId()))
}

func (s *lakeServer) ResumeWatchedSource(ctx context.Context, r *pb.ResumeWatchedSourceRequest) (*pb.WatchedSource, error) {
	return watchMessage(s.watches.ResumeWatchedSource(ctx, caller(ctx), r.GetWatchedSourceId()))
}

func (s *lakeServer) DeleteWatchedSource(ctx context.Context, r *pb.DeleteWatchedSourceRequest) (*pb.DeleteWatchedSourceResponse, error) {
	return &pb.DeleteWatchedSourceResponse{}, s.watches.DeleteWatchedSource(ctx, caller(ctx), r.GetWatchedSourceId())
}

func (s *lakeServer) ListWatchedSourceFailures(ctx context.Context, r *pb.ListWatchedSourceFailuresRequest) (*pb.ListWatchedSourceFailuresResponse, error) {
	page := engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)}
	failures, next, err := s.watches.ListWatchedSourceFailures(ctx, caller(ctx), r.GetWatchedSourceId(), page)
	if err != nil {
		return nil, err
	}
	resp := &pb.ListWatchedSourceFailuresResponse{NextToken: next}
	for i := range failures {
		resp.Failures = append(resp.Failures, failureTo(&failures[i]))
	}
	return resp, nil
}

func watchMessage(w *engine.WatchedSource, err error) (*pb.WatchedSource, error) {
	if err != nil {
		return nil, err
	}
	return watchTo(w), nil
}

func watchTo(w *engine.WatchedSource) *pb.WatchedSource {
	var listed *time.Time
	if !w.Listed.IsZero() {
		listed = &w.Listed
	}
	t := w.Statistics
	return &pb.WatchedSource{
		WatchedSourceId: w.ID, EventDataStoreArn: w.EventDataStore,
		S3:          &pb.S3ImportSource{S3LocationUri: w.Source.LocationURI, S3BucketRegion: w.Source.Region, S3BucketAccessRoleArn: w.Source.RoleARN},
		SqsQueueUrl: w.QueueURL, StartEventTime: timeTo(&w.Start), Status: string(w.Status),
		CreatedTimestamp: timeTo(&w.Created), UpdatedTimestamp: timeTo(&w.Updated), LatestListingTimestamp: timeTo(listed), ErrorMessage: w.Error,
		Statistics: &pb.WatchedSourceStatistics{
			FilesCompleted: t.FilesCompleted, EventsCompleted: t.EventsCompleted, EventsRead: t.EventsRead, Duplicates: t.Duplicates,
			OutsideRetention: t.OutsideRetention, NotSelected: t.NotSelected, Quarantined: t.Quarantined, FailedEntries: t.FailedEntries,
		},
	}
}
