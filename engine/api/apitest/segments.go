package apitest

import (
	"context"
	"time"

	"github.com/traillake/traillake/engine"
)

// PutEvents answers one of each status.
func (e *Engine) PutEvents(ctx context.Context, p engine.Principal, in engine.PutEventsInput) ([]engine.PutEventResult, error) {
	if err := e.asked(ctx, "PutEvents", p, in); err != nil {
		return nil, err
	}
	return []engine.PutEventResult{
		{Status: engine.PutStored, EventID: "a"}, {Status: engine.PutDuplicate, EventID: "b"}, {Status: engine.PutInvalid, Message: "no JSON object"},
	}, nil
}

// PutRecords answers one of each kind.
func (e *Engine) PutRecords(ctx context.Context, p engine.Principal, in engine.PutRecordsInput) (engine.PutRecordsResult, error) {
	if err := e.asked(ctx, "PutRecords", p, in); err != nil {
		return engine.PutRecordsResult{}, err
	}
	return engine.PutRecordsResult{Stored: 1, Duplicates: 2, Rejected: 3}, nil
}

// ListRejectedRecords answers one record.
func (e *Engine) ListRejectedRecords(ctx context.Context, p engine.Principal, id string, page engine.Page) ([]engine.RejectedRecord, string, error) {
	if err := e.asked(ctx, "ListRejectedRecords", p, []any{id, page}); err != nil {
		return nil, "", err
	}
	return []engine.RejectedRecord{{Source: "Firehose", Record: 1, Reason: "no JSON", Excerpt: "x", Time: At}}, "next-rejected", nil
}

// ListDays answers a day and events without a time.
func (e *Engine) ListDays(ctx context.Context, p engine.Principal, id string) ([]engine.StoreDay, error) {
	if err := e.asked(ctx, "ListDays", p, id); err != nil {
		return nil, err
	}
	return []engine.StoreDay{{Day: "2026-03-04", Events: 1, Bytes: 2, Segments: 3}, {Events: 4, Bytes: 5, Segments: 6}}, nil
}

// ListSegments answers a segment with times, one without, and a next token.
func (e *Engine) ListSegments(ctx context.Context, p engine.Principal, in engine.ListSegmentsInput) ([]engine.Segment, string, error) {
	if err := e.asked(ctx, "ListSegments", p, in); err != nil {
		return nil, "", err
	}
	low, high := At.Add(-time.Hour), At
	return []engine.Segment{
		{ID: "s1", Day: "2026-03-04", Rows: 1, Bytes: 2, MinTime: &low, MaxTime: &high, Version: 3, Sealed: At},
		{ID: "s2", Rows: 4, Bytes: 5, Version: 6, Sealed: At},
	}, "next-segments", nil
}

// ListBuckets answers two names.
func (e *Engine) ListBuckets(ctx context.Context, p engine.Principal, in engine.Page) ([]string, string, error) {
	if err := e.asked(ctx, "ListBuckets", p, in); err != nil {
		return nil, "", err
	}
	return []string{"logs", "trails"}, "next-buckets", nil
}

// ListBucketObjects answers a prefix, two objects, one of a name that is not UTF-8,
// and a next token.
func (e *Engine) ListBucketObjects(ctx context.Context, p engine.Principal, in engine.ListBucketObjectsInput) ([]engine.BucketObject, string, error) {
	if err := e.asked(ctx, "ListBucketObjects", p, in); err != nil {
		return nil, "", err
	}
	return []engine.BucketObject{{Key: "AWSLogs/"}, {Key: "a.json.gz", Size: 7, Modified: At}, {Key: "b\xff", Size: 8, Modified: At}}, "next-objects", nil
}
