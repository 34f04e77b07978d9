package grpcapi

import (
	"context"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// Channels is the part of the engine that keeps channels and takes their events.
// Safe for concurrent use.
type Channels interface {
	CreateChannel(context.Context, engine.Principal, engine.CreateChannelInput) (*engine.Channel, error)
	GetChannel(ctx context.Context, p engine.Principal, idOrARN string) (*engine.Channel, error)
	ListChannels(context.Context, engine.Principal, engine.Page) (channels []engine.Channel, next string, err error)
	UpdateChannel(context.Context, engine.Principal, engine.UpdateChannelInput) (*engine.Channel, error)
	DeleteChannel(ctx context.Context, p engine.Principal, idOrARN string) error
	PutAuditEvents(context.Context, engine.Principal, engine.PutAuditEventsInput) ([]engine.AuditEventResult, error)
}

func (s *lakeServer) CreateChannel(ctx context.Context, r *pb.CreateChannelRequest) (*pb.Channel, error) {
	return channelTo(s.channels.CreateChannel(ctx, caller(ctx), engine.CreateChannelInput{
		Name: r.GetName(), Source: r.GetSource(), Destinations: destinationsFrom(r.GetDestinations()), Tags: tagsFrom(r.GetTags()),
	}))
}

func (s *lakeServer) GetChannel(ctx context.Context, r *pb.GetChannelRequest) (*pb.Channel, error) {
	return channelTo(s.channels.GetChannel(ctx, caller(ctx), r.GetChannel()))
}

func (s *lakeServer) ListChannels(ctx context.Context, r *pb.ListChannelsRequest) (*pb.ListChannelsResponse, error) {
	channels, next, err := s.channels.ListChannels(ctx, caller(ctx), engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)})
	if err != nil {
		return nil, err
	}
	resp := &pb.ListChannelsResponse{NextToken: next}
	for i := range channels {
		c, err := channelTo(&channels[i], nil)
		if err != nil {
			return nil, err
		}
		resp.Channels = append(resp.Channels, c)
	}
	return resp, nil
}

func (s *lakeServer) UpdateChannel(ctx context.Context, r *pb.UpdateChannelRequest) (*pb.Channel, error) {
	return channelTo(s.channels.UpdateChannel(ctx, caller(ctx), engine.UpdateChannelInput{
		Channel: r.GetChannel(), Name: r.Name, Destinations: destinationsFrom(r.GetDestinations()),
	}))
}

func (s *lakeServer) DeleteChannel(ctx context.Context, r *pb.DeleteChannelRequest) (*pb.DeleteChannelResponse, error) {
	if err := s.channels.DeleteChannel(ctx, caller(ctx), r.GetChannel()); err != nil {
		return nil, err
	}
	return &pb.DeleteChannelResponse{}, nil
}

func (s *lakeServer) PutAuditEvents(ctx context.Context, r *pb.PutAuditEventsRequest) (*pb.PutAuditEventsResponse, error) {
	in := engine.PutAuditEventsInput{Channel: r.GetChannel(), ExternalID: r.ExternalId}
	for _, ev := range r.GetAuditEvents() {
		in.Events = append(in.Events, engine.AuditEvent{ID: ev.GetId(), Data: ev.GetEventData(), Checksum: ev.EventDataChecksum})
	}
	results, err := s.channels.PutAuditEvents(ctx, caller(ctx), in)
	if err != nil {
		return nil, err
	}
	resp := &pb.PutAuditEventsResponse{}
	for _, e := range results {
		if e.Code != "" {
			resp.Failed = append(resp.Failed, &pb.ResultErrorEntry{Id: e.ID, ErrorCode: string(e.Code), ErrorMessage: e.Message})
		} else {
			resp.Successful = append(resp.Successful, &pb.AuditEventResultEntry{Id: e.ID, EventId: e.EventID})
		}
	}
	return resp, nil
}

func destinationsFrom(messages []*pb.Destination) []engine.Destination {
	var out []engine.Destination
	for _, d := range messages {
		out = append(out, engine.Destination{Type: engine.DestinationType(d.GetType()), Location: d.GetLocation()})
	}
	return out
}

func channelTo(c *engine.Channel, err error) (*pb.Channel, error) {
	if err != nil {
		return nil, err
	}
	m := &pb.Channel{ChannelArn: c.ARN, Name: c.Name, Source: c.Source, IngestionStatus: &pb.IngestionStatus{
		LatestIngestionSuccessTime: timeTo(c.Ingestion.SuccessTime), LatestIngestionSuccessEventId: c.Ingestion.SuccessEventID,
		LatestIngestionErrorCode:   string(c.Ingestion.ErrorCode),
		LatestIngestionAttemptTime: timeTo(c.Ingestion.AttemptTime), LatestIngestionAttemptEventId: c.Ingestion.AttemptEventID,
	}}
	for _, d := range c.Destinations {
		m.Destinations = append(m.Destinations, &pb.Destination{Type: string(d.Type), Location: d.Location})
	}
	for _, t := range c.Tags {
		m.Tags = append(m.Tags, &pb.Tag{Key: t.Key, Value: t.Value})
	}
	return m, nil
}
