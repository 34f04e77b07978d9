package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/traillake/traillake/storage"
)

// rejectedDoc begins the keys of a store's documents of what streams brought that
// is no event.
const rejectedDoc = "rejected/"

// Bounds of what is kept of it; all is counted in the metrics.
const (
	maxRejected     = 1000 // of a store, the newest
	maxRejectedOnce = 100  // of one request, and of one record of a watched bucket's object
	rejectedExcerpt = 256  // bytes of its text
)

// RejectedRecord is something a live source brought that is no event.
type RejectedRecord struct {
	Source  string    `json:"source"` // "$source".object it would have had
	Record  int64     `json:"record"` // and its number there
	Reason  string    `json:"reason"`
	Excerpt string    `json:"excerpt"` // the beginning of its text
	Time    time.Time `json:"time"`    // when it last came
}

// rejects are what one request brought that is no event.
type rejects struct {
	now   time.Time
	count int64
	docs  map[string]any
}

func newRejects(now time.Time) *rejects { return &rejects{now: now, docs: map[string]any{}} }

// add keeps an element. The same one of the same source, as a retry brings it, is kept once.
func (r *rejects) add(source string, record int64, reason string, text []byte) {
	r.count++
	if len(r.docs) >= maxRejectedOnce {
		return
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %s %s", source, reason, text))
	r.docs[rejectedDoc+hex.EncodeToString(sum[:16])] = RejectedRecord{
		Source: source, Record: record, Reason: reason, Time: r.now,
		Excerpt: strings.ToValidUTF8(string(text[:min(len(text), rejectedExcerpt)]), "\ufffd"),
	}
}

// keepRejects makes what a request brought that is no event durable, and lets the
// oldest go.
func (e *Engine) keepRejects(ctx context.Context, s *store, r *rejects) error {
	if r.count == 0 {
		return nil
	}
	e.counters.recordsRejected.Add(r.count)
	docs, err := encodeDocs(r.docs)
	if err != nil {
		return internal(err)
	}
	s.rejecting.Lock()
	defer s.rejecting.Unlock()
	if err := s.dropOldRejects(docs); err != nil {
		return internal(err)
	}
	if _, err := s.storage.Commit(ctx, storage.Commit{Reason: "rejected records", Docs: docs}); err != nil {
		return putError(err)
	}
	return nil
}

// dropOldRejects adds to new documents the removal of the oldest above the bound.
func (s *store) dropOldRejects(docs map[string]json.RawMessage) error {
	type aged struct {
		key string
		at  time.Time
	}
	var all []aged
	for key, raw := range s.storage.Docs(rejectedDoc) {
		var r RejectedRecord
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("event data store %s: %s: %w", s.id, key, err)
		}
		if _, again := docs[key]; !again {
			all = append(all, aged{key, r.Time})
		}
	}
	slices.SortFunc(all, func(a, b aged) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.key, b.key)) })
	for i := range len(all) + len(docs) - maxRejected {
		docs[all[i].key] = nil
	}
	return nil
}

// ListRejectedRecords lists what live sources brought that is no event, the newest
// first; of a store the newest thousand.
func (e *Engine) ListRejectedRecords(_ context.Context, _ Principal, idOrARN string, p Page) ([]RejectedRecord, string, error) {
	s, err := e.find(idOrARN)
	if err != nil {
		return nil, "", err
	}
	records, err := decodeDocs[RejectedRecord](s.storage.Docs(rejectedDoc))
	if err != nil {
		return nil, "", internal(fmt.Errorf("event data store %s: %w", s.id, err))
	}
	return paginate(e.tokens, records, p, callName("ListRejectedRecords", s.id), func(r *RejectedRecord) string {
		return newestFirst(r.Time, fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%q %d %q %q", r.Source, r.Record, r.Reason, r.Excerpt))))
	})
}
