package awsapi

import (
	"context"

	"github.com/traillake/traillake/engine"
)

type fieldSelector struct {
	Field         string
	Equals        []string `json:",omitempty"`
	StartsWith    []string `json:",omitempty"`
	EndsWith      []string `json:",omitempty"`
	NotEquals     []string `json:",omitempty"`
	NotStartsWith []string `json:",omitempty"`
	NotEndsWith   []string `json:",omitempty"`
}

type eventSelector struct {
	Name           string `json:",omitempty"`
	FieldSelectors []fieldSelector
}

type tag struct {
	Key   string
	Value *string `json:",omitempty"`
}

type partitionKey struct{ Name, Type string }

// store holds what the store operations answer; each fills the members its
// response has.
type store struct {
	EventDataStoreArn            string
	Name                         string
	Status                       engine.StoreStatus
	AdvancedEventSelectors       []eventSelector
	MultiRegionEnabled           bool
	OrganizationEnabled          bool
	RetentionPeriod              int
	TerminationProtectionEnabled bool
	TagsList                     []tag  `json:",omitempty"`
	CreatedTimestamp             *epoch `json:",omitempty"`
	UpdatedTimestamp             *epoch `json:",omitempty"`
	KmsKeyId                     string `json:",omitempty"`
	BillingMode                  engine.BillingMode
	FederationStatus             string         `json:",omitempty"`
	PartitionKeys                []partitionKey `json:",omitempty"`
}

type listedStore struct{ EventDataStoreArn, Name string }

type storeList struct {
	EventDataStores []listedStore
	NextToken       string `json:",omitempty"`
}

func (f *front) createEventDataStore(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.CreateEventDataStoreInput{
		Name:                  in.plainText("Name"),
		Selectors:             selectors(in),
		MultiRegion:           in.boolean("MultiRegionEnabled"),
		Organization:          in.boolean("OrganizationEnabled"),
		RetentionDays:         in.integer("RetentionPeriod"),
		TerminationProtection: in.boolean("TerminationProtectionEnabled"),
		Tags:                  tags(in, "TagsList"),
		KMSKeyID:              in.text("KmsKeyId"),
		StartIngestion:        in.boolean("StartIngestion"),
		BillingMode:           (*engine.BillingMode)(in.text("BillingMode")),
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	s, err := f.opts.Stores.CreateEventDataStore(ctx, p, input)
	if err != nil {
		return nil, err
	}
	out := storeOut(s)
	for _, t := range s.Tags {
		out.TagsList = append(out.TagsList, tag(t))
	}
	return out, nil
}

func (f *front) getEventDataStore(ctx context.Context, p engine.Principal, in object) (any, error) {
	name := in.plainText("EventDataStore")
	if err := in.err(); err != nil {
		return nil, err
	}
	s, err := f.opts.Stores.GetEventDataStore(ctx, p, name)
	if err != nil {
		return nil, err
	}
	out := storeOut(s)
	out.FederationStatus = notFederated
	for _, k := range s.PartitionKeys {
		out.PartitionKeys = append(out.PartitionKeys, partitionKey(k))
	}
	return out, nil
}

// listEventDataStores gives ARN and name only, as AWS has done since it deprecated
// the other members of the list.
func (f *front) listEventDataStores(ctx context.Context, p engine.Principal, in object) (any, error) {
	page := in.page("MaxResults")
	if err := in.err(); err != nil {
		return nil, err
	}
	stores, next, err := f.opts.Stores.ListEventDataStores(ctx, p, page)
	if err != nil {
		return nil, err
	}
	out := storeList{EventDataStores: []listedStore{}, NextToken: next}
	for i := range stores {
		out.EventDataStores = append(out.EventDataStores, listedStore{stores[i].ARN, stores[i].Name})
	}
	return out, nil
}

func (f *front) updateEventDataStore(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.UpdateEventDataStoreInput{
		EventDataStore:        in.plainText("EventDataStore"),
		Name:                  in.text("Name"),
		Selectors:             selectors(in),
		MultiRegion:           in.boolean("MultiRegionEnabled"),
		Organization:          in.boolean("OrganizationEnabled"),
		RetentionDays:         in.integer("RetentionPeriod"),
		TerminationProtection: in.boolean("TerminationProtectionEnabled"),
		KMSKeyID:              in.text("KmsKeyId"),
		BillingMode:           (*engine.BillingMode)(in.text("BillingMode")),
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	s, err := f.opts.Stores.UpdateEventDataStore(ctx, p, input)
	if err != nil {
		return nil, err
	}
	out := storeOut(s)
	out.FederationStatus = notFederated
	return out, nil
}

func (f *front) restoreEventDataStore(ctx context.Context, p engine.Principal, in object) (any, error) {
	name := in.plainText("EventDataStore")
	if err := in.err(); err != nil {
		return nil, err
	}
	s, err := f.opts.Stores.RestoreEventDataStore(ctx, p, name)
	if err != nil {
		return nil, err
	}
	return storeOut(s), nil
}

func (f *front) deleteEventDataStore(ctx context.Context, p engine.Principal, in object) (any, error) {
	return voidStoreCall(ctx, p, in, f.opts.Stores.DeleteEventDataStore)
}

func (f *front) startEventDataStoreIngestion(ctx context.Context, p engine.Principal, in object) (any, error) {
	return voidStoreCall(ctx, p, in, f.opts.Stores.StartEventDataStoreIngestion)
}

func (f *front) stopEventDataStoreIngestion(ctx context.Context, p engine.Principal, in object) (any, error) {
	return voidStoreCall(ctx, p, in, f.opts.Stores.StopEventDataStoreIngestion)
}

func voidStoreCall(ctx context.Context, p engine.Principal, in object, call func(context.Context, engine.Principal, string) error) (any, error) {
	name := in.plainText("EventDataStore")
	if err := in.err(); err != nil {
		return nil, err
	}
	if err := call(ctx, p, name); err != nil {
		return nil, err
	}
	return empty{}, nil
}

// notFederated is the FederationStatus of every store: the lake has no federation.
const notFederated = "DISABLED"

// storeOut fills the members that every response about one store has.
func storeOut(s *engine.EventDataStore) *store {
	out := &store{
		EventDataStoreArn:            s.ARN,
		Name:                         s.Name,
		Status:                       s.Status,
		AdvancedEventSelectors:       []eventSelector{},
		MultiRegionEnabled:           s.MultiRegion,
		OrganizationEnabled:          s.Organization,
		RetentionPeriod:              s.RetentionDays,
		TerminationProtectionEnabled: s.TerminationProtection,
		CreatedTimestamp:             at(&s.Created),
		UpdatedTimestamp:             at(&s.Updated),
		KmsKeyId:                     s.KMSKeyID,
		BillingMode:                  s.BillingMode,
	}
	for _, sel := range s.Selectors {
		o := eventSelector{Name: sel.Name, FieldSelectors: []fieldSelector{}}
		for _, fs := range sel.FieldSelectors {
			o.FieldSelectors = append(o.FieldSelectors, fieldSelector(fs))
		}
		out.AdvancedEventSelectors = append(out.AdvancedEventSelectors, o)
	}
	return out
}

// selectors is nil when the member is absent and not nil when it is empty: an
// update tells the two apart.
func selectors(in object) []engine.EventSelector {
	objects := in.objects("AdvancedEventSelectors")
	if objects == nil {
		return nil
	}
	out := make([]engine.EventSelector, len(objects))
	for i, o := range objects {
		out[i].Name = o.plainText("Name")
		for _, fs := range o.objects("FieldSelectors") {
			out[i].FieldSelectors = append(out[i].FieldSelectors, engine.FieldSelector{
				Field:  fs.plainText("Field"),
				Equals: fs.texts("Equals"), StartsWith: fs.texts("StartsWith"), EndsWith: fs.texts("EndsWith"),
				NotEquals: fs.texts("NotEquals"), NotStartsWith: fs.texts("NotStartsWith"), NotEndsWith: fs.texts("NotEndsWith"),
			})
		}
	}
	return out
}

func tags(in object, member string) []engine.Tag {
	var out []engine.Tag
	for _, o := range in.objects(member) {
		out = append(out, engine.Tag{Key: o.plainText("Key"), Value: o.text("Value")})
	}
	return out
}
