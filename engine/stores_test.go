package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestStoreDefaults(t *testing.T) {
	l := openLake(t, nil)
	s, err := l.CreateEventDataStore(t.Context(), Principal{}, CreateEventDataStoreInput{Name: "audit"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Status != StoreCreated || s.RetentionDays != 366 || !s.MultiRegion || s.Organization || !s.TerminationProtection ||
		s.BillingMode != ExtendableRetention || !s.Created.Equal(testNow) ||
		s.ARN != "arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/"+s.ID {
		t.Errorf("created = %+v, want the documented defaults", s)
	}
	if len(s.Selectors) != 1 || s.Selectors[0].Name != "Default management events" {
		t.Errorf("selectors = %+v, want the default ones", s.Selectors)
	}
	fixed := FixedRetention
	if s, err = l.CreateEventDataStore(t.Context(), Principal{}, CreateEventDataStoreInput{Name: "seven-years", BillingMode: &fixed}); err != nil || s.RetentionDays != 2557 {
		t.Errorf("with FIXED retention = %+v, %v, want 2557 days", s, err)
	}
}

func TestStoreLifecycle(t *testing.T) {
	l := openLake(t, nil)
	ctx := t.Context()
	id := l.create("audit", 366)
	if err := l.StopEventDataStoreIngestion(ctx, Principal{}, id); err != nil {
		t.Fatal(err)
	}
	wantCode(t, l.StopEventDataStoreIngestion(ctx, Principal{}, id), InvalidEventDataStoreStatus, "must be ENABLED")
	if err := l.DeleteEventDataStore(ctx, Principal{}, id); err != nil {
		t.Fatal(err)
	}
	_, err := l.tryQuery("SELECT 1 FROM audit")
	wantCode(t, err, InactiveEventDataStore, "restore it first")
	wantCode(t, l.DeleteEventDataStore(ctx, Principal{}, id), InactiveEventDataStore, "pending deletion")
	l.reopen() // settings and the deletion are durable
	if s, err := l.GetEventDataStore(ctx, Principal{}, id); err != nil || s.Status != StorePendingDeletion {
		t.Fatalf("after reopening = %+v, %v, want PENDING_DELETION", s, err)
	}
	if s, err := l.RestoreEventDataStore(ctx, Principal{}, id); err != nil || s.Status != StoreStoppedIngestion {
		t.Fatalf("restored = %+v, %v, want the state before", s, err)
	}
	_, err = l.RestoreEventDataStore(ctx, Principal{}, id)
	wantCode(t, err, InvalidEventDataStoreStatus, "STOPPED_INGESTION")
	if err := l.StartEventDataStoreIngestion(ctx, Principal{}, id); err != nil {
		t.Fatal(err)
	}

	if err := l.DeleteEventDataStore(ctx, Principal{}, id); err != nil {
		t.Fatal(err)
	}
	l.setNow(l.clock().Add(7*24*time.Hour - time.Second))
	l.sweep(ctx)
	if _, err := l.GetEventDataStore(ctx, Principal{}, id); err != nil {
		t.Errorf("a second before seven days: %v", err)
	}
	l.setNow(l.clock().Add(time.Second))
	l.sweep(ctx)
	_, err = l.GetEventDataStore(ctx, Principal{}, id)
	wantCode(t, err, EventDataStoreNotFound, id)
	l.reopen()
	_, err = l.GetEventDataStore(ctx, Principal{}, id)
	wantCode(t, err, EventDataStoreNotFound, id)
}

func TestTerminationProtection(t *testing.T) {
	l := openLake(t, nil)
	s, err := l.CreateEventDataStore(t.Context(), Principal{}, CreateEventDataStoreInput{Name: "audit"})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, l.DeleteEventDataStore(t.Context(), Principal{}, s.ID), EventDataStoreTerminationProtected, "protected")
	off := false
	if _, err := l.UpdateEventDataStore(t.Context(), Principal{}, UpdateEventDataStoreInput{EventDataStore: s.ARN, TerminationProtection: &off}); err != nil {
		t.Fatal(err)
	}
	if err := l.DeleteEventDataStore(t.Context(), Principal{}, s.ARN); err != nil {
		t.Error(err)
	}
}

func TestCreateEventDataStoreRefuses(t *testing.T) {
	l := openLake(t, func(o *Options) { o.MaxStores = 2 })
	l.create("taken", 366)
	one := func(f ...FieldSelector) []EventSelector { return []EventSelector{{Name: "s", FieldSelectors: f}} }
	category := FieldSelector{Field: "eventCategory", Equals: []string{"Management"}}
	for name, c := range map[string]struct {
		change func(*CreateEventDataStoreInput)
		code   Code
		says   string
	}{
		"short name":        {func(in *CreateEventDataStoreInput) { in.Name = "ab" }, InvalidParameter, "2 characters"},
		"long name":         {func(in *CreateEventDataStoreInput) { in.Name = strings.Repeat("x", 129) }, InvalidParameter, "129 characters"},
		"name with a blank": {func(in *CreateEventDataStoreInput) { in.Name = "a b c" }, InvalidParameter, "must match"},
		"taken name":        {func(in *CreateEventDataStoreInput) { in.Name = "taken" }, EventDataStoreAlreadyExists, "taken"},
		"six days":          {func(in *CreateEventDataStoreInput) { in.RetentionDays = ptr(int32(6)) }, InvalidParameter, "6 days: must be between 7 and 36500"},
		"too many days":     {func(in *CreateEventDataStoreInput) { in.RetentionDays = ptr(int32(36501)) }, InvalidParameter, "36501"},
		"billing mode":      {func(in *CreateEventDataStoreInput) { in.BillingMode = ptr(BillingMode("FREE")) }, InvalidParameter, "FREE"},
		"KMS key":           {func(in *CreateEventDataStoreInput) { in.KMSKeyID = ptr("alias/k") }, UnsupportedOperation, "alias/k"},
		"no category": {func(in *CreateEventDataStoreInput) {
			in.Selectors = one(FieldSelector{Field: "readOnly", Equals: []string{"true"}})
		}, InvalidEventSelectors, "no eventCategory"},
		"unknown category": {func(in *CreateEventDataStoreInput) {
			in.Selectors = one(FieldSelector{Field: "eventCategory", Equals: []string{"X"}})
		}, InvalidEventSelectors, "must be one of"},
		"unknown field": {func(in *CreateEventDataStoreInput) {
			in.Selectors = one(category, FieldSelector{Field: "colour", Equals: []string{"x"}})
		}, InvalidEventSelectors, "colour"},
		"empty condition": {func(in *CreateEventDataStoreInput) { in.Selectors = one(category, FieldSelector{Field: "eventName"}) }, InvalidEventSelectors, "no condition"},
		"data events of no type": {func(in *CreateEventDataStoreInput) {
			in.Selectors = one(FieldSelector{Field: "eventCategory", Equals: []string{"Data"}})
		}, InvalidEventSelectors, `AdvancedEventSelectors: selector 1, "s": no resources.type`},
		"mixed families": {func(in *CreateEventDataStoreInput) {
			in.Selectors = append(one(category), one(FieldSelector{Field: "eventCategory", Equals: []string{"Insight"}})...)
		}, InvalidEventSelectors, "one family"},
		"tag twice": {func(in *CreateEventDataStoreInput) { in.Tags = []Tag{{Key: "a"}, {Key: "a"}} }, InvalidTagParameter, "twice"},
		"empty tag": {func(in *CreateEventDataStoreInput) { in.Tags = []Tag{{}} }, InvalidTagParameter, "1 to 128"},
	} {
		t.Run(name, func(t *testing.T) {
			in := CreateEventDataStoreInput{Name: "fine"}
			c.change(&in)
			_, err := l.CreateEventDataStore(t.Context(), Principal{}, in)
			wantCode(t, err, c.code, c.says)
		})
	}
	l.create("second", 366)
	_, err := l.CreateEventDataStore(t.Context(), Principal{}, CreateEventDataStoreInput{Name: "third"})
	wantCode(t, err, EventDataStoreMaxLimitExceeded, "limit is 2")
}

func TestUpdateEventDataStore(t *testing.T) {
	l := openLake(t, nil)
	l.create("other", 366)
	id := l.create("audit", 366)
	fixed := FixedRetention
	for name, c := range map[string]struct {
		in   UpdateEventDataStoreInput
		code Code
		says string
	}{
		"nothing":        {UpdateEventDataStoreInput{}, InvalidParameter, "nothing to update"},
		"taken name":     {UpdateEventDataStoreInput{Name: ptr("other")}, EventDataStoreAlreadyExists, "other"},
		"billing back":   {UpdateEventDataStoreInput{BillingMode: &fixed}, InvalidParameter, "cannot change"},
		"retention":      {UpdateEventDataStoreInput{RetentionDays: ptr(int32(1))}, InvalidParameter, "1 days"},
		"another family": {UpdateEventDataStoreInput{Selectors: []EventSelector{{FieldSelectors: []FieldSelector{{Field: "eventCategory", Equals: []string{"Insight"}}}}}}, InvalidEventSelectors, "cannot change"},
	} {
		t.Run(name, func(t *testing.T) {
			c.in.EventDataStore = id
			_, err := l.UpdateEventDataStore(t.Context(), Principal{}, c.in)
			wantCode(t, err, c.code, c.says)
		})
	}
	s, err := l.UpdateEventDataStore(t.Context(), Principal{}, UpdateEventDataStoreInput{EventDataStore: id, Name: ptr("renamed"), RetentionDays: ptr(int32(36500))})
	if err != nil || s.Name != "renamed" || s.RetentionDays != 36500 || s.Version != 2 {
		t.Errorf("updated = %+v, %v", s, err)
	}
}

func TestListEventDataStoresPages(t *testing.T) {
	l := openLake(t, nil)
	for i := range 5 {
		l.create(fmt.Sprintf("store-%d", i), 366)
	}
	var names []string
	page := Page{MaxResults: ptr(int32(2))}
	for {
		stores, next, err := l.ListEventDataStores(t.Context(), Principal{}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range stores {
			names = append(names, s.Name)
		}
		if next == "" {
			break
		}
		page.NextToken = &next
	}
	if got := strings.Join(names, " "); got != "store-0 store-1 store-2 store-3 store-4" {
		t.Errorf("pages = %s", got)
	}
	_, _, err := l.ListEventDataStores(t.Context(), Principal{}, Page{NextToken: ptr("made up")})
	wantCode(t, err, InvalidNextToken, "made up")
	_, _, err = l.ListImports(t.Context(), Principal{}, ListImportsInput{Page: Page{NextToken: page.NextToken}})
	wantCode(t, err, InvalidNextToken, "not given out for this call")
	_, _, err = l.ListEventDataStores(t.Context(), Principal{}, Page{MaxResults: ptr(int32(0))})
	wantCode(t, err, InvalidMaxResults, "must be 1 to 1000")
}

func ptr[T any](v T) *T { return &v }
