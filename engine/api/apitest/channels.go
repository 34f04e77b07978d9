package apitest

import (
	"context"
	"time"

	"github.com/traillake/traillake/engine"
)

// Channel is the channel that Engine holds.
func Channel() *engine.Channel {
	value, success, attempt := "blue", At, At.Add(time.Second)
	return &engine.Channel{
		ARN: ChannelARN, ID: ChannelID, Name: "apps", Source: "Custom",
		Destinations: []engine.Destination{{Type: engine.DestinationStore, Location: StoreARN}},
		Tags:         []engine.Tag{{Key: "team", Value: &value}},
		Ingestion: engine.IngestionStatus{
			SuccessTime: &success, SuccessEventID: "e-1", ErrorCode: engine.AuditInvalidData, AttemptTime: &attempt, AttemptEventID: "e-2",
		},
	}
}

// CreateChannel answers Channel.
func (e *Engine) CreateChannel(ctx context.Context, p engine.Principal, in engine.CreateChannelInput) (*engine.Channel, error) {
	return reply(ctx, e, "CreateChannel", p, in, Channel)
}

// GetChannel answers Channel.
func (e *Engine) GetChannel(ctx context.Context, p engine.Principal, id string) (*engine.Channel, error) {
	return reply(ctx, e, "GetChannel", p, id, Channel)
}

// ListChannels answers Channel and a next token.
func (e *Engine) ListChannels(ctx context.Context, p engine.Principal, in engine.Page) ([]engine.Channel, string, error) {
	if err := e.asked(ctx, "ListChannels", p, in); err != nil {
		return nil, "", err
	}
	return []engine.Channel{*Channel()}, "next-channels", nil
}

// UpdateChannel answers Channel.
func (e *Engine) UpdateChannel(ctx context.Context, p engine.Principal, in engine.UpdateChannelInput) (*engine.Channel, error) {
	return reply(ctx, e, "UpdateChannel", p, in, Channel)
}

// DeleteChannel does nothing.
func (e *Engine) DeleteChannel(ctx context.Context, p engine.Principal, id string) error {
	return e.asked(ctx, "DeleteChannel", p, id)
}

// PutAuditEvents answers an event that was taken and one that was not.
func (e *Engine) PutAuditEvents(ctx context.Context, p engine.Principal, in engine.PutAuditEventsInput) ([]engine.AuditEventResult, error) {
	if err := e.asked(ctx, "PutAuditEvents", p, in); err != nil {
		return nil, err
	}
	return []engine.AuditEventResult{
		{ID: "1", EventID: "e-1"}, {ID: "2", EventID: "e-2", Code: engine.AuditFieldNotFound, Message: "UID"},
	}, nil
}
