package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CreateChannelInput describes a new channel.
type CreateChannelInput struct {
	Name         string
	Source       string
	Destinations []Destination
	Tags         []Tag
}

// UpdateChannelInput changes what is not nil; Destinations replace the whole list.
type UpdateChannelInput struct {
	Channel      string // id or ARN
	Name         *string
	Destinations []Destination
}

// CreateChannel makes a channel. It is durable when the call returns. A source has
// one channel.
func (e *Engine) CreateChannel(ctx context.Context, _ Principal, in CreateChannelInput) (*Channel, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := checkText("Name", in.Name, 3, 128, namePattern); err != nil {
		return nil, err
	}
	if err := checkSource(in.Source); err != nil {
		return nil, err
	}
	if len(in.Tags) > 50 {
		return nil, Errorf(TagsLimitExceeded, "%d tags: at most 50", len(in.Tags))
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	stores, err := e.destinations(in.Destinations)
	if err != nil {
		return nil, err
	}
	if err := e.checkNewChannel(in); err != nil {
		return nil, err
	}
	id, err := e.newID()
	if err != nil {
		return nil, internal(err)
	}
	r := channelRecord{Name: in.Name, Source: in.Source, Stores: stores, Tags: in.Tags, Created: e.opts.Now().UTC().Format(time.RFC3339Nano)}
	return e.putChannel(ctx, "create channel "+id, &channel{id: id, record: r, saved: true})
}

// checkNewChannel holds a new channel against those there are.
func (e *Engine) checkNewChannel(in CreateChannelInput) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, c := range e.channels {
		if c.record.Source == in.Source {
			return Errorf(ChannelAlreadyExists, "the source %s has a channel, %s: a source has one", in.Source, e.channelARN(id))
		}
	}
	if err := e.channelNameFreeLocked(in.Name, ""); err != nil {
		return err
	}
	if n := len(e.channels); n >= e.opts.MaxChannels {
		return Errorf(ChannelMaxLimitExceeded, "there are %d channels, the limit is %d", n, e.opts.MaxChannels)
	}
	return nil
}

// channelNameFreeLocked reports whether no channel but the one with id except has the name.
func (e *Engine) channelNameFreeLocked(name, except string) error {
	for id, c := range e.channels {
		if id != except && c.record.Name == name {
			return Errorf(ChannelAlreadyExists, "a channel named %q exists: %s", name, e.channelARN(id))
		}
	}
	return nil
}

// GetChannel describes a channel.
func (e *Engine) GetChannel(_ context.Context, _ Principal, idOrARN string) (*Channel, error) {
	if err := checkText("Channel", idOrARN, 3, 256, identifierPattern); err != nil {
		return nil, err
	}
	c, err := e.findChannel(idOrARN)
	if err != nil {
		return nil, err
	}
	return c.describe(e), nil
}

// ListChannels lists the channels by name.
func (e *Engine) ListChannels(_ context.Context, _ Principal, p Page) ([]Channel, string, error) {
	e.mu.Lock()
	all := make([]Channel, 0, len(e.channels))
	for _, c := range e.channels {
		all = append(all, *c.describe(e))
	}
	e.mu.Unlock()
	return paginate(e.tokens, all, p, callName("ListChannels"), func(c *Channel) string { return c.Name })
}

// UpdateChannel changes a channel's name or destinations, or both.
func (e *Engine) UpdateChannel(ctx context.Context, _ Principal, in UpdateChannelInput) (*Channel, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := checkText("Channel", in.Channel, 3, 256, identifierPattern); err != nil {
		return nil, err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	c, err := e.findChannel(in.Channel)
	if err != nil {
		return nil, err
	}
	if in.Name == nil && in.Destinations == nil {
		return nil, Errorf(InvalidParameter, "nothing to update: give Name or Destinations")
	}
	if in.Name != nil {
		if err := checkText("Name", *in.Name, 3, 128, namePattern); err != nil {
			return nil, err
		}
		e.mu.Lock()
		err := e.channelNameFreeLocked(*in.Name, c.id)
		e.mu.Unlock()
		if err != nil {
			return nil, err
		}
		c.record.Name = *in.Name
	}
	if in.Destinations != nil {
		if c.record.Stores, err = e.destinations(in.Destinations); err != nil {
			return nil, err
		}
	}
	return e.putChannel(ctx, "update channel "+c.id, c)
}

// putChannel makes a channel durable and then visible. The caller holds admin.
func (e *Engine) putChannel(ctx context.Context, reason string, c *channel) (*Channel, error) {
	docs, err := encodeDocs(map[string]any{channelPrefix + c.id: c.record})
	if err != nil {
		return nil, internal(err)
	}
	if _, err := e.lake.PutDocs(ctx, reason, docs); err != nil {
		return nil, internal(fmt.Errorf("%s: %w", reason, err))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if before := e.channels[c.id]; before != nil { // events may have come meanwhile
		c.status, c.saved = before.status, before.saved
	}
	e.channels[c.id] = c
	e.log.Info("channel changed", "change", reason, "name", c.record.Name)
	return c.describe(e), nil
}

// DeleteChannel deletes a channel. The events it brought stay.
func (e *Engine) DeleteChannel(ctx context.Context, _ Principal, idOrARN string) error {
	leave, err := e.enter()
	if err != nil {
		return err
	}
	defer leave()
	if err := checkText("Channel", idOrARN, 3, 256, identifierPattern); err != nil {
		return err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	c, err := e.findChannel(idOrARN)
	if err != nil {
		return err
	}
	docs := map[string]json.RawMessage{channelPrefix + c.id: nil, channelStatusPrefix + c.id: nil}
	if _, err := e.lake.PutDocs(ctx, "delete channel "+c.id, docs); err != nil {
		return internal(fmt.Errorf("delete channel %s: %w", c.id, err))
	}
	e.mu.Lock()
	delete(e.channels, c.id)
	e.mu.Unlock()
	e.log.Info("channel deleted", "channel", c.id, "name", c.record.Name)
	return nil
}

// noChannel refuses the deletion of a store that a channel brings events to.
func (e *Engine) noChannel(s *store) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, c := range e.channels {
		if slices.Contains(c.record.Stores, s.id) {
			return Errorf(ChannelExistsForEDS, "channel %s (%s) brings events to event data store %s: delete the channel or give it another destination first", c.record.Name, e.channelARN(id), s.id)
		}
	}
	return nil
}

// saveIngestion writes what has changed of the channels' IngestionStatus into the log.
func (e *Engine) saveIngestion(ctx context.Context) error {
	e.admin.Lock()
	defer e.admin.Unlock()
	values := map[string]any{}
	e.mu.Lock()
	for id, c := range e.channels {
		if !c.saved {
			values[channelStatusPrefix+id], c.saved = c.status, true
		}
	}
	e.mu.Unlock()
	if len(values) == 0 {
		return nil
	}
	docs, err := encodeDocs(values)
	if err != nil {
		return err
	}
	if _, err := e.lake.PutDocs(ctx, "status of channels", docs); err != nil {
		e.mu.Lock()
		for key := range values {
			if c := e.channels[strings.TrimPrefix(key, channelStatusPrefix)]; c != nil {
				c.saved = false
			}
		}
		e.mu.Unlock()
		return fmt.Errorf("status of channels: %w", err)
	}
	return nil
}
