package grpcapi

import (
	"context"
	"errors"
	"io"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// maxMessageBytes is the most a client may send in one message: the engine's bound
// on the events of a request, and room for the rest of it.
const maxMessageBytes = 36 << 20

// Events is the part of the engine that takes live events. Safe for concurrent use.
type Events interface {
	PutEvents(context.Context, engine.Principal, engine.PutEventsInput) ([]engine.PutEventResult, error)
	ListRejectedRecords(ctx context.Context, p engine.Principal, idOrARN string, page engine.Page) (records []engine.RejectedRecord, next string, err error)
}

func (s *lakeServer) PutEvents(ctx context.Context, r *pb.PutEventsRequest) (*pb.PutEventsResponse, error) {
	in := engine.PutEventsInput{EventDataStore: r.GetEventDataStore(), Source: r.GetSource(), Events: make([][]byte, len(r.GetEvents()))}
	for i, text := range r.GetEvents() {
		in.Events[i] = []byte(text)
	}
	results, err := s.events.PutEvents(ctx, caller(ctx), in)
	if err != nil {
		return nil, err
	}
	resp := &pb.PutEventsResponse{Results: make([]*pb.PutEventResult, len(results))}
	for i, result := range results {
		resp.Results[i] = &pb.PutEventResult{Status: string(result.Status), EventId: result.EventID, Message: result.Message}
		if result.Status == engine.PutStored {
			resp.Stored++
		}
	}
	return resp, nil
}

func (s *lakeServer) StreamPutEvents(stream pb.LakeService_StreamPutEventsServer) error {
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		resp, err := s.PutEvents(stream.Context(), r)
		if err != nil {
			return err
		}
		if err := stream.Send(resp); err != nil {
			return err
		}
	}
}

func (s *lakeServer) ListRejectedRecords(ctx context.Context, r *pb.ListRejectedRecordsRequest) (*pb.ListRejectedRecordsResponse, error) {
	page := engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)}
	records, next, err := s.events.ListRejectedRecords(ctx, caller(ctx), r.GetEventDataStore(), page)
	if err != nil {
		return nil, err
	}
	resp := &pb.ListRejectedRecordsResponse{NextToken: next}
	for i := range records {
		x := &records[i]
		resp.Records = append(resp.Records, &pb.RejectedRecord{Source: x.Source, Record: x.Record, Reason: x.Reason, Excerpt: x.Excerpt, LastSeenTimestamp: timeTo(&x.Time)})
	}
	return resp, nil
}
