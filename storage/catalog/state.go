package catalog

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// state is what a log's entries add up to, apart from checkpoints, which may
// be too many for memory.
type state struct {
	at       point
	docs     map[string]json.RawMessage
	segments map[string]placedSegment
}

// placedSegment remembers where in its entry a segment was added.
type placedSegment struct {
	Segment
	seq int
}

func newState(name string) *state {
	return &state{
		at:       point{hash: genesis(name)},
		docs:     map[string]json.RawMessage{},
		segments: map[string]placedSegment{},
	}
}

// apply moves the state to an entry, which must be the next.
func (s *state) apply(e *Entry, at point) {
	for _, id := range e.Remove {
		delete(s.segments, id)
	}
	for i, seg := range e.Add {
		s.segments[seg.ID] = placedSegment{Segment: seg, seq: i}
	}
	for key, doc := range e.Docs {
		if isDelete(doc) {
			delete(s.docs, key)
		} else {
			s.docs[key] = doc
		}
	}
	s.at = at
}

// check refuses a commit that contradicts the state.
func (s *state) check(c *Commit) error {
	for _, seg := range c.Add {
		if _, there := s.segments[seg.ID]; there {
			return &stateError{id: seg.ID, reason: "is in the log already"}
		}
	}
	for _, id := range c.Remove {
		if _, there := s.segments[id]; !there {
			return &stateError{id: id, reason: "is not in the log"}
		}
	}
	return nil
}

type stateError struct{ id, reason string }

func (e *stateError) Error() string { return "segment " + e.id + " " + e.reason }

func (s *state) docsWith(prefix string) map[string]json.RawMessage {
	found := map[string]json.RawMessage{}
	maps.Copy(found, s.docs)
	maps.DeleteFunc(found, func(key string, _ json.RawMessage) bool { return !strings.HasPrefix(key, prefix) })
	return found
}

func (s *state) sortedSegments() []Segment {
	placed := slices.SortedFunc(maps.Values(s.segments), func(a, b placedSegment) int {
		return cmp.Or(cmp.Compare(a.Version, b.Version), cmp.Compare(a.seq, b.seq))
	})
	segments := make([]Segment, len(placed))
	for i, p := range placed {
		segments[i] = p.Segment
	}
	return segments
}
