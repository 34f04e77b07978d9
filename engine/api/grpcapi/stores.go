package grpcapi

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

func (s *lakeServer) CreateEventDataStore(ctx context.Context, r *pb.CreateEventDataStoreRequest) (*pb.EventDataStore, error) {
	return storeMessage(s.stores.CreateEventDataStore(ctx, caller(ctx), engine.CreateEventDataStoreInput{
		Name:                  r.GetName(),
		Selectors:             selectorsFrom(r.GetAdvancedEventSelectors()),
		MultiRegion:           r.MultiRegionEnabled,
		Organization:          r.OrganizationEnabled,
		RetentionDays:         r.RetentionPeriod,
		TerminationProtection: r.TerminationProtectionEnabled,
		Tags:                  tagsFrom(r.GetTagsList()),
		KMSKeyID:              r.KmsKeyId,
		StartIngestion:        r.StartIngestion,
		BillingMode:           (*engine.BillingMode)(r.BillingMode),
	}))
}

func (s *lakeServer) GetEventDataStore(ctx context.Context, r *pb.GetEventDataStoreRequest) (*pb.EventDataStore, error) {
	return storeMessage(s.stores.GetEventDataStore(ctx, caller(ctx), r.GetEventDataStore()))
}

func (s *lakeServer) ListEventDataStores(ctx context.Context, r *pb.ListEventDataStoresRequest) (*pb.ListEventDataStoresResponse, error) {
	stores, next, err := s.stores.ListEventDataStores(ctx, caller(ctx), engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)})
	if err != nil {
		return nil, err
	}
	resp := &pb.ListEventDataStoresResponse{NextToken: next}
	for i := range stores {
		resp.EventDataStores = append(resp.EventDataStores, storeTo(&stores[i]))
	}
	return resp, nil
}

func (s *lakeServer) UpdateEventDataStore(ctx context.Context, r *pb.UpdateEventDataStoreRequest) (*pb.EventDataStore, error) {
	return storeMessage(s.stores.UpdateEventDataStore(ctx, caller(ctx), engine.UpdateEventDataStoreInput{
		EventDataStore:        r.GetEventDataStore(),
		Name:                  r.Name,
		Selectors:             selectorsFrom(r.GetAdvancedEventSelectors()),
		MultiRegion:           r.MultiRegionEnabled,
		Organization:          r.OrganizationEnabled,
		RetentionDays:         r.RetentionPeriod,
		TerminationProtection: r.TerminationProtectionEnabled,
		KMSKeyID:              r.KmsKeyId,
		BillingMode:           (*engine.BillingMode)(r.BillingMode),
	}))
}

func (s *lakeServer) DeleteEventDataStore(ctx context.Context, r *pb.DeleteEventDataStoreRequest) (*pb.DeleteEventDataStoreResponse, error) {
	if err := s.stores.DeleteEventDataStore(ctx, caller(ctx), r.GetEventDataStore()); err != nil {
		return nil, err
	}
	return &pb.DeleteEventDataStoreResponse{}, nil
}

func (s *lakeServer) RestoreEventDataStore(ctx context.Context, r *pb.RestoreEventDataStoreRequest) (*pb.EventDataStore, error) {
	return storeMessage(s.stores.RestoreEventDataStore(ctx, caller(ctx), r.GetEventDataStore()))
}

func (s *lakeServer) StartEventDataStoreIngestion(ctx context.Context, r *pb.StartEventDataStoreIngestionRequest) (*pb.StartEventDataStoreIngestionResponse, error) {
	if err := s.stores.StartEventDataStoreIngestion(ctx, caller(ctx), r.GetEventDataStore()); err != nil {
		return nil, err
	}
	return &pb.StartEventDataStoreIngestionResponse{}, nil
}

func (s *lakeServer) StopEventDataStoreIngestion(ctx context.Context, r *pb.StopEventDataStoreIngestionRequest) (*pb.StopEventDataStoreIngestionResponse, error) {
	if err := s.stores.StopEventDataStoreIngestion(ctx, caller(ctx), r.GetEventDataStore()); err != nil {
		return nil, err
	}
	return &pb.StopEventDataStoreIngestionResponse{}, nil
}

func storeMessage(s *engine.EventDataStore, err error) (*pb.EventDataStore, error) {
	if err != nil {
		return nil, err
	}
	return storeTo(s), nil
}

func storeTo(s *engine.EventDataStore) *pb.EventDataStore {
	m := &pb.EventDataStore{
		EventDataStoreArn:            s.ARN,
		EventDataStoreId:             s.ID,
		Name:                         s.Name,
		Status:                       string(s.Status),
		MultiRegionEnabled:           s.MultiRegion,
		OrganizationEnabled:          s.Organization,
		RetentionPeriod:              int32(s.RetentionDays),
		TerminationProtectionEnabled: s.TerminationProtection,
		BillingMode:                  string(s.BillingMode),
		KmsKeyId:                     s.KMSKeyID,
		CreatedTimestamp:             timeTo(&s.Created),
		UpdatedTimestamp:             timeTo(&s.Updated),
		Version:                      s.Version,
		Events:                       s.Events,
		Bytes:                        s.Bytes,
		Segments:                     s.Segments,
	}
	for _, sel := range s.Selectors {
		m.AdvancedEventSelectors = append(m.AdvancedEventSelectors, selectorTo(sel))
	}
	for _, t := range s.Tags {
		m.TagsList = append(m.TagsList, &pb.Tag{Key: t.Key, Value: t.Value})
	}
	for _, k := range s.PartitionKeys {
		m.PartitionKeys = append(m.PartitionKeys, &pb.PartitionKey{Name: k.Name, Type: k.Type})
	}
	return m
}

func selectorTo(sel engine.EventSelector) *pb.AdvancedEventSelector {
	m := &pb.AdvancedEventSelector{Name: sel.Name}
	for _, f := range sel.FieldSelectors {
		m.FieldSelectors = append(m.FieldSelectors, &pb.AdvancedFieldSelector{
			Field: f.Field, Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith,
			NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith,
		})
	}
	return m
}

func selectorsFrom(messages []*pb.AdvancedEventSelector) []engine.EventSelector {
	var selectors []engine.EventSelector
	for _, m := range messages {
		sel := engine.EventSelector{Name: m.GetName()}
		for _, f := range m.GetFieldSelectors() {
			sel.FieldSelectors = append(sel.FieldSelectors, engine.FieldSelector{
				Field: f.GetField(), Equals: f.GetEquals(), StartsWith: f.GetStartsWith(), EndsWith: f.GetEndsWith(),
				NotEquals: f.GetNotEquals(), NotStartsWith: f.GetNotStartsWith(), NotEndsWith: f.GetNotEndsWith(),
			})
		}
		selectors = append(selectors, sel)
	}
	return selectors
}

func tagsFrom(messages []*pb.Tag) []engine.Tag {
	var tags []engine.Tag
	for _, m := range messages {
		tags = append(tags, engine.Tag{Key: m.GetKey(), Value: m.Value})
	}
	return tags
}

// timeTo leaves out a time that is not set.
func timeTo(t *time.Time) *timestamppb.Timestamp {
	if t == nil || t.IsZero() {
		return nil
	}
	return timestamppb.New(*t)
}

// timeFrom refuses a timestamp outside the years 1 to 9999.
func timeFrom(field string, ts *timestamppb.Timestamp) (*time.Time, error) {
	if ts == nil {
		return nil, nil
	}
	if err := ts.CheckValid(); err != nil {
		return nil, engine.Errorf(engine.InvalidParameter, "%s: %v", field, err)
	}
	t := ts.AsTime()
	return &t, nil
}

// given takes an empty string for none: a client that hands an empty next token
// back means the first page.
func given(s *string) *string {
	if s == nil || *s == "" {
		return nil
	}
	return s
}
