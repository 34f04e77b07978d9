package awsapi

import (
	"context"

	"github.com/traillake/traillake/engine"
)

type destination struct{ Type, Location string }

// channel holds what the channel operations answer; each fills the members its
// response has.
type channel struct {
	ChannelArn      string
	Name            string
	Source          string
	Destinations    []destination
	Tags            []tag            `json:",omitempty"`
	IngestionStatus *ingestionStatus `json:",omitempty"`
}

type ingestionStatus struct {
	LatestIngestionSuccessTime    *epoch                `json:",omitempty"`
	LatestIngestionSuccessEventID string                `json:",omitempty"`
	LatestIngestionErrorCode      engine.AuditEventCode `json:",omitempty"`
	LatestIngestionAttemptTime    *epoch                `json:",omitempty"`
	LatestIngestionAttemptEventID string                `json:",omitempty"`
}

type listedChannel struct{ ChannelArn, Name string }

type channelList struct {
	Channels  []listedChannel
	NextToken string `json:",omitempty"`
}

func (f *front) createChannel(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.CreateChannelInput{
		Name: in.plainText("Name"), Source: in.plainText("Source"), Destinations: destinations(in), Tags: tags(in, "Tags"),
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	c, err := f.opts.Channels.CreateChannel(ctx, p, input)
	if err != nil {
		return nil, err
	}
	out := channelOut(c)
	for _, t := range c.Tags {
		out.Tags = append(out.Tags, tag(t))
	}
	return out, nil
}

func (f *front) getChannel(ctx context.Context, p engine.Principal, in object) (any, error) {
	name := in.plainText("Channel")
	if err := in.err(); err != nil {
		return nil, err
	}
	c, err := f.opts.Channels.GetChannel(ctx, p, name)
	if err != nil {
		return nil, err
	}
	out := channelOut(c)
	if s := c.Ingestion; s.AttemptTime != nil {
		out.IngestionStatus = &ingestionStatus{at(s.SuccessTime), s.SuccessEventID, s.ErrorCode, at(s.AttemptTime), s.AttemptEventID}
	}
	return out, nil
}

func (f *front) listChannels(ctx context.Context, p engine.Principal, in object) (any, error) {
	page := in.page("MaxResults")
	if err := in.err(); err != nil {
		return nil, err
	}
	channels, next, err := f.opts.Channels.ListChannels(ctx, p, page)
	if err != nil {
		return nil, err
	}
	out := channelList{Channels: []listedChannel{}, NextToken: next}
	for i := range channels {
		out.Channels = append(out.Channels, listedChannel{channels[i].ARN, channels[i].Name})
	}
	return out, nil
}

func (f *front) updateChannel(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.UpdateChannelInput{Channel: in.plainText("Channel"), Name: in.text("Name"), Destinations: destinations(in)}
	if err := in.err(); err != nil {
		return nil, err
	}
	c, err := f.opts.Channels.UpdateChannel(ctx, p, input)
	if err != nil {
		return nil, err
	}
	return channelOut(c), nil
}

func (f *front) deleteChannel(ctx context.Context, p engine.Principal, in object) (any, error) {
	name := in.plainText("Channel")
	if err := in.err(); err != nil {
		return nil, err
	}
	if err := f.opts.Channels.DeleteChannel(ctx, p, name); err != nil {
		return nil, err
	}
	return empty{}, nil
}

// destinations is nil when the member is absent and not nil when it is empty: an
// update tells the two apart.
func destinations(in object) []engine.Destination {
	objects := in.objects("Destinations")
	if objects == nil {
		return nil
	}
	out := make([]engine.Destination, len(objects))
	for i, o := range objects {
		out[i] = engine.Destination{Type: engine.DestinationType(o.plainText("Type")), Location: o.plainText("Location")}
	}
	return out
}

// channelOut fills the members that every response about one channel has.
func channelOut(c *engine.Channel) *channel {
	out := &channel{ChannelArn: c.ARN, Name: c.Name, Source: c.Source, Destinations: []destination{}}
	for _, d := range c.Destinations {
		out.Destinations = append(out.Destinations, destination{string(d.Type), d.Location})
	}
	return out
}
