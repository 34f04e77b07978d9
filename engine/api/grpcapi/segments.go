package grpcapi

import (
	"context"
	"strings"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// Holdings is the part of the engine that tells what stores hold and what there is
// to import. Safe for concurrent use.
type Holdings interface {
	ListDays(ctx context.Context, p engine.Principal, idOrARN string) ([]engine.StoreDay, error)
	ListSegments(context.Context, engine.Principal, engine.ListSegmentsInput) (segments []engine.Segment, next string, err error)
	ListBuckets(context.Context, engine.Principal, engine.Page) (names []string, next string, err error)
	ListBucketObjects(context.Context, engine.Principal, engine.ListBucketObjectsInput) (objects []engine.BucketObject, next string, err error)
}

func (s *lakeServer) ListDays(ctx context.Context, r *pb.ListDaysRequest) (*pb.ListDaysResponse, error) {
	days, err := s.holdings.ListDays(ctx, caller(ctx), r.GetEventDataStore())
	if err != nil {
		return nil, err
	}
	resp := &pb.ListDaysResponse{Days: make([]*pb.StoreDay, len(days))}
	for i, d := range days {
		resp.Days[i] = &pb.StoreDay{Day: d.Day, Events: d.Events, Bytes: d.Bytes, Segments: d.Segments}
	}
	return resp, nil
}

func (s *lakeServer) ListSegments(ctx context.Context, r *pb.ListSegmentsRequest) (*pb.ListSegmentsResponse, error) {
	segments, next, err := s.holdings.ListSegments(ctx, caller(ctx), engine.ListSegmentsInput{
		Page: engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)}, EventDataStore: r.GetEventDataStore(), Day: given(r.Day),
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.ListSegmentsResponse{Segments: make([]*pb.Segment, len(segments)), NextToken: next}
	for i := range segments {
		seg := &segments[i]
		resp.Segments[i] = &pb.Segment{
			SegmentId: seg.ID, Day: seg.Day, Rows: seg.Rows, Bytes: seg.Bytes,
			MinEventTime: timeTo(seg.MinTime), MaxEventTime: timeTo(seg.MaxTime),
			Version: seg.Version, SealedTimestamp: timeTo(&seg.Sealed),
		}
	}
	return resp, nil
}

func (s *lakeServer) ListBuckets(ctx context.Context, r *pb.ListBucketsRequest) (*pb.ListBucketsResponse, error) {
	names, next, err := s.holdings.ListBuckets(ctx, caller(ctx), engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)})
	if err != nil {
		return nil, err
	}
	return &pb.ListBucketsResponse{Buckets: names, NextToken: next}, nil
}

func (s *lakeServer) ListBucketObjects(ctx context.Context, r *pb.ListBucketObjectsRequest) (*pb.ListBucketObjectsResponse, error) {
	objects, next, err := s.holdings.ListBucketObjects(ctx, caller(ctx), engine.ListBucketObjectsInput{
		Page: engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)}, Bucket: r.GetBucket(), Prefix: r.GetPrefix(),
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.ListBucketObjectsResponse{NextToken: next}
	for i := range objects {
		o := &objects[i]
		// A file of a directory may have a name that is not UTF-8.
		key := strings.ToValidUTF8(o.Key, "\uFFFD")
		if o.IsPrefix() {
			resp.Prefixes = append(resp.Prefixes, key)
			continue
		}
		resp.Objects = append(resp.Objects, &pb.BucketObject{Key: key, Size: o.Size, LastModified: timeTo(&o.Modified)})
	}
	return resp, nil
}
