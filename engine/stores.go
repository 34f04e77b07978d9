package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"

	"github.com/traillake/traillake/ingest/selector"
)

// Retention bounds in days: AWS's lower one, and an upper one beyond AWS's 3,653 and 2,557.
const (
	minRetention = 7
	maxRetention = 36500
)

// CreateEventDataStore makes a store. It answers CREATED, as AWS does, while the
// store already takes imports and queries.
func (e *Engine) CreateEventDataStore(ctx context.Context, _ Principal, in CreateEventDataStoreInput) (*EventDataStore, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	r, err := e.newStoreRecord(in)
	if err != nil {
		return nil, err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	if err := e.checkNewStore(r.Name); err != nil {
		return nil, err
	}
	id, err := e.newID()
	if err != nil {
		return nil, internal(err)
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, internal(err)
	}
	family := families[r.Family]
	opened, err := e.lake.CreateStore(ctx, id, layout(family), map[string]json.RawMessage{settingsDoc: raw})
	if err != nil {
		return nil, internal(fmt.Errorf("create event data store %s: %w", id, err))
	}
	s, err := e.newStore(ctx, id, opened, family, r)
	if err != nil {
		return nil, internal(err)
	}
	e.mu.Lock()
	e.stores[id] = s
	e.mu.Unlock()
	e.log.Info("event data store created", "store", id, "name", r.Name)
	out := e.describe(ctx, s)
	out.Status = StoreCreated
	return out, nil
}

// newStoreRecord validates a create request and fills in the defaults.
func (e *Engine) newStoreRecord(in CreateEventDataStoreInput) (*storeRecord, error) {
	if err := checkText("Name", in.Name, 3, 128, namePattern); err != nil {
		return nil, err
	}
	now := e.opts.Now().UTC()
	r := &storeRecord{
		Name: in.Name, Status: StoreEnabled, Selectors: in.Selectors, Tags: in.Tags, Created: now, Updated: now,
		MultiRegion:           or(in.MultiRegion, true),
		Organization:          or(in.Organization, false),
		TerminationProtection: or(in.TerminationProtection, true),
		BillingMode:           or(in.BillingMode, ExtendableRetention),
		KMSKeyID:              text(in.KMSKeyID),
	}
	if !or(in.StartIngestion, true) {
		r.Status = StoreStoppedIngestion
	}
	if err := checkBillingMode(r.BillingMode); err != nil {
		return nil, err
	}
	r.RetentionDays = 366
	if r.BillingMode == FixedRetention {
		r.RetentionDays = 2557
	}
	if in.RetentionDays != nil {
		r.RetentionDays = int(*in.RetentionDays)
	}
	if err := checkRetention(r.RetentionDays); err != nil {
		return nil, err
	}
	if len(r.Selectors) == 0 {
		r.Selectors = selector.Default()
	}
	var err error
	if r.Family, err = checkSelectors(r.Selectors); err != nil {
		return nil, err
	}
	if families[r.Family] == nil {
		return nil, Errorf(UnsupportedOperation, "event data stores of %s events are not supported by this version", r.Family)
	}
	if r.Family == selector.ActivityAuditLog && in.MultiRegion == nil {
		r.MultiRegion = false
	}
	if err := r.checkReach(); err != nil {
		return nil, err
	}
	if in.KMSKeyID != nil {
		return nil, Errorf(UnsupportedOperation, "KmsKeyId %q: stores encrypted with a KMS key are not supported by this version; leave it out", clip(*in.KMSKeyID))
	}
	return r, checkTags(in.Tags)
}

// checkReach refuses a store of events of integrations that takes those of other
// Regions or accounts (user guide, integrations).
func (r *storeRecord) checkReach() error {
	if r.Family != selector.ActivityAuditLog {
		return nil
	}
	if r.MultiRegion {
		return Errorf(InvalidParameter, "MultiRegionEnabled true: an event data store of %s events is of one Region", r.Family)
	}
	if r.Organization {
		return Errorf(InvalidParameter, "OrganizationEnabled true: an event data store of %s events is of one account", r.Family)
	}
	return nil
}

// checkNewStore holds a new name against the stores there are.
func (e *Engine) checkNewStore(name string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.opts.MaxStores > 0 && len(e.stores) >= e.opts.MaxStores {
		return Errorf(EventDataStoreMaxLimitExceeded, "there are %d event data stores, the limit is %d", len(e.stores), e.opts.MaxStores)
	}
	return e.nameFreeLocked(name, "")
}

// nameFreeLocked reports whether no store but the one with id except has the name.
func (e *Engine) nameFreeLocked(name, except string) error {
	for id, s := range e.stores {
		if id != except && s.record.Load().Name == name {
			return Errorf(EventDataStoreAlreadyExists, "an event data store named %q exists: %s", name, e.arn(id))
		}
	}
	return nil
}

// GetEventDataStore describes a store, also one that is pending deletion.
func (e *Engine) GetEventDataStore(ctx context.Context, _ Principal, idOrARN string) (*EventDataStore, error) {
	s, err := e.find(idOrARN)
	if err != nil {
		return nil, err
	}
	return e.describe(ctx, s), nil
}

// ListEventDataStores lists all stores by name.
func (e *Engine) ListEventDataStores(ctx context.Context, _ Principal, p Page) ([]EventDataStore, string, error) {
	e.mu.Lock()
	all := make([]*store, 0, len(e.stores))
	for _, s := range e.stores {
		all = append(all, s)
	}
	e.mu.Unlock()
	out := make([]EventDataStore, len(all))
	for i, s := range all {
		out[i] = *e.describe(ctx, s)
	}
	return paginate(e.tokens, out, p, callName("ListEventDataStores"), func(s *EventDataStore) string { return s.Name })
}

// UpdateEventDataStore changes settings of a store.
func (e *Engine) UpdateEventDataStore(ctx context.Context, _ Principal, in UpdateEventDataStoreInput) (*EventDataStore, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	e.admin.Lock()
	defer e.admin.Unlock()
	s, err := e.findActive(in.EventDataStore)
	if err != nil {
		return nil, err
	}
	if in.Name == nil && in.Selectors == nil && in.MultiRegion == nil && in.Organization == nil && in.RetentionDays == nil &&
		in.TerminationProtection == nil && in.KMSKeyID == nil && in.BillingMode == nil {
		return nil, Errorf(InvalidParameter, "nothing to update: give at least one setting")
	}
	if err := e.noImport(s); err != nil {
		return nil, err
	}
	r := *s.record.Load()
	if err := e.applyUpdate(s, &r, in); err != nil {
		return nil, err
	}
	if err := e.save(ctx, s, "update settings", r); err != nil {
		return nil, internal(err)
	}
	e.log.Info("event data store updated", "store", s.id, "name", r.Name)
	return e.describe(ctx, s), nil
}

func (e *Engine) applyUpdate(s *store, r *storeRecord, in UpdateEventDataStoreInput) error {
	if in.Name != nil {
		if err := checkText("Name", *in.Name, 3, 128, namePattern); err != nil {
			return err
		}
		e.mu.Lock()
		err := e.nameFreeLocked(*in.Name, s.id)
		e.mu.Unlock()
		if err != nil {
			return err
		}
		r.Name = *in.Name
	}
	if in.Selectors != nil {
		f, err := checkSelectors(in.Selectors)
		if err != nil {
			return err
		}
		if f != r.Family {
			return Errorf(InvalidEventSelectors, "the store holds %s events, the selectors choose %s events: the family cannot change", r.Family, f)
		}
		r.Selectors = in.Selectors
	}
	if in.RetentionDays != nil {
		if err := checkRetention(int(*in.RetentionDays)); err != nil {
			return err
		}
		r.RetentionDays = int(*in.RetentionDays)
	}
	if in.BillingMode != nil {
		if err := checkBillingMode(*in.BillingMode); err != nil {
			return err
		}
		if r.BillingMode == ExtendableRetention && *in.BillingMode == FixedRetention {
			return Errorf(InvalidParameter, "BillingMode cannot change from %s to %s: create a new event data store", ExtendableRetention, FixedRetention)
		}
		r.BillingMode = *in.BillingMode
	}
	if in.KMSKeyID != nil {
		return Errorf(UnsupportedOperation, "KmsKeyId %q: stores encrypted with a KMS key are not supported by this version; leave it out", clip(*in.KMSKeyID))
	}
	r.MultiRegion = or(in.MultiRegion, r.MultiRegion)
	r.Organization = or(in.Organization, r.Organization)
	r.TerminationProtection = or(in.TerminationProtection, r.TerminationProtection)
	return r.checkReach()
}

// DeleteEventDataStore begins the seven days after which a store is gone.
func (e *Engine) DeleteEventDataStore(ctx context.Context, _ Principal, idOrARN string) error {
	leave, err := e.enter()
	if err != nil {
		return err
	}
	defer leave()
	e.admin.Lock()
	defer e.admin.Unlock()
	s, err := e.findActive(idOrARN) // under the lock: another call may be deleting it
	if err != nil {
		return err
	}
	if err := e.noImport(s); err != nil {
		return err
	}
	if err := e.noChannel(s); err != nil {
		return err
	}
	r := *s.record.Load()
	if r.TerminationProtection {
		return Errorf(EventDataStoreTerminationProtected, "event data store %s is protected from termination: turn the protection off with UpdateEventDataStore first", s.id)
	}
	after := e.opts.Now().UTC().Add(deletionWait)
	r.StatusBeforeDeletion, r.Status, r.DeleteAfter = r.Status, StorePendingDeletion, &after
	if err := e.save(ctx, s, "delete", r); err != nil {
		return internal(err)
	}
	e.followStatus(ctx, s)
	e.log.Info("event data store pending deletion", "store", s.id, "name", r.Name, "gone", after)
	return nil
}

// RestoreEventDataStore takes a deletion back.
func (e *Engine) RestoreEventDataStore(ctx context.Context, _ Principal, idOrARN string) (*EventDataStore, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	e.admin.Lock()
	defer e.admin.Unlock()
	s, err := e.find(idOrARN)
	if err != nil {
		return nil, err
	}
	r := *s.record.Load()
	if r.Status != StorePendingDeletion {
		return nil, Errorf(InvalidEventDataStoreStatus, "event data store %s is %s: only one that is %s can be restored", s.id, r.Status, StorePendingDeletion)
	}
	r.Status, r.StatusBeforeDeletion, r.DeleteAfter = r.StatusBeforeDeletion, "", nil
	if err := e.save(ctx, s, "restore", r); err != nil {
		return nil, internal(err)
	}
	e.followStatus(ctx, s)
	e.log.Info("event data store restored", "store", s.id, "name", r.Name)
	return e.describe(ctx, s), nil
}

// StartEventDataStoreIngestion lets live events into the store again.
func (e *Engine) StartEventDataStoreIngestion(ctx context.Context, _ Principal, idOrARN string) error {
	return e.switchIngestion(ctx, idOrARN, StoreStoppedIngestion, StoreEnabled, "start ingestion")
}

// StopEventDataStoreIngestion keeps live events out of the store; imports and queries go on.
func (e *Engine) StopEventDataStoreIngestion(ctx context.Context, _ Principal, idOrARN string) error {
	return e.switchIngestion(ctx, idOrARN, StoreEnabled, StoreStoppedIngestion, "stop ingestion")
}

func (e *Engine) switchIngestion(ctx context.Context, idOrARN string, from, to StoreStatus, reason string) error {
	leave, err := e.enter()
	if err != nil {
		return err
	}
	defer leave()
	e.admin.Lock()
	defer e.admin.Unlock()
	s, err := e.find(idOrARN)
	if err != nil {
		return err
	}
	r := *s.record.Load()
	if !oneOf(r.Family, selector.Trail, selector.ConfigurationItem) {
		return Errorf(InvalidEventDataStoreCategory, "event data store %s holds %s events: ingestion is started and stopped for stores of Management, Data, NetworkActivity or ConfigurationItem events", s.id, r.Family)
	}
	if r.Status != from {
		return Errorf(InvalidEventDataStoreStatus, "event data store %s is %s: must be %s", s.id, r.Status, from)
	}
	r.Status = to
	if err := e.save(ctx, s, reason, r); err != nil {
		return internal(err)
	}
	e.followStatus(ctx, s)
	e.log.Info("event data store ingestion", "store", s.id, "status", string(to))
	return nil
}

// dropDeleted removes the stores whose seven days are over.
func (e *Engine) dropDeleted(ctx context.Context, now time.Time) {
	e.admin.Lock()
	defer e.admin.Unlock()
	e.mu.Lock()
	var gone []*store
	for _, s := range e.stores {
		if r := s.record.Load(); r.Status == StorePendingDeletion && r.DeleteAfter != nil && !now.Before(*r.DeleteAfter) {
			gone = append(gone, s)
			delete(e.stores, s.id)
		}
	}
	e.mu.Unlock()
	for _, s := range gone {
		if err := e.lake.DropStore(ctx, s.id); err != nil {
			e.log.Error("drop event data store", "store", s.id, "error", err)
			e.mu.Lock()
			e.stores[s.id] = s
			e.mu.Unlock()
			continue
		}
		e.mu.Lock()
		maps.DeleteFunc(e.imports, func(_ string, job *importState) bool { return job.store == s })
		maps.DeleteFunc(e.watches, func(_ string, w *watchState) bool { return w.store == s })
		e.mu.Unlock()
		e.log.Info("event data store gone", "store", s.id)
	}
}

func checkRetention(days int) error {
	if days < minRetention || days > maxRetention {
		return Errorf(InvalidParameter, "RetentionPeriod %d days: must be between %d and %d", days, minRetention, maxRetention)
	}
	return nil
}

func checkBillingMode(m BillingMode) error {
	if !oneOf(m, ExtendableRetention, FixedRetention) {
		return Errorf(InvalidParameter, "BillingMode %q: must be %s or %s", clip(string(m)), ExtendableRetention, FixedRetention)
	}
	return nil
}

func checkTags(tags []Tag) error {
	if len(tags) > 50 {
		return Errorf(InvalidTagParameter, "%d tags: at most 50", len(tags))
	}
	seen := map[string]bool{}
	for _, t := range tags {
		if n := len([]rune(t.Key)); n < 1 || n > 128 {
			return Errorf(InvalidTagParameter, "tag key %q: must be 1 to 128 characters", clip(t.Key))
		}
		if t.Value != nil {
			if n := len([]rune(*t.Value)); n > 256 {
				return Errorf(InvalidTagParameter, "value of tag %q: is %d characters, at most 256", t.Key, n)
			}
		}
		if seen[t.Key] {
			return Errorf(InvalidTagParameter, "tag key %q is given twice", t.Key)
		}
		seen[t.Key] = true
	}
	return nil
}

// newID makes a random UUID.
func (e *Engine) newID() (string, error) {
	id, err := uuid.NewRandomFromReader(e.opts.Rand)
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

// or returns what a pointer holds, or a default.
func or[T any](p *T, d T) T {
	if p == nil {
		return d
	}
	return *p
}
