package engine

import (
	"fmt"
	"slices"

	"github.com/traillake/traillake/ingest/live"
	"github.com/traillake/traillake/storage"
)

// pinned is what a store holds at one moment: the segments of a version, and the
// events in memory that are in no segment of it.
type pinned struct {
	*storage.Snapshot
	live []*live.Generation
}

// now pins what the store holds now. The memory is looked at first: what has left
// it by then is in the snapshot, and what is in both is taken from the snapshot.
func (s *store) now() (*pinned, error) {
	view, err := s.live.View(0)
	if err != nil {
		return nil, fmt.Errorf("events in memory of store %s: %w", s.id, err)
	}
	p := &pinned{Snapshot: s.storage.Snapshot()}
	p.live = slices.DeleteFunc(view, func(g *live.Generation) bool {
		sealed := g.File <= p.Live()
		if sealed {
			g.Release()
		}
		return sealed
	})
	return p, nil
}

// release lets go of the version and the events.
func (p *pinned) release() {
	p.Snapshot.Release()
	for _, g := range p.live {
		g.Release()
	}
	p.live = nil
}
