package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/traillake/traillake/storage/catalog"
	"github.com/traillake/traillake/storage/segment"
)

// ErrNoVersion matches the errors of versions that cannot be read: those that
// never were, and those of which retention has deleted rows.
var ErrNoVersion = errors.New("no such version")

// noVersion is an ErrNoVersion with its reason.
type noVersion struct{ reason string }

func (e *noVersion) Error() string        { return e.reason }
func (e *noVersion) Is(target error) bool { return target == ErrNoVersion }

func noVersionf(format string, args ...any) error {
	return &noVersion{fmt.Sprintf(format, args...)}
}

// history is what the commit log tells of a store's versions, up to one of them.
type history struct {
	versions []VersionInfo // the first is version 1
	removed  []removal
}

// VersionInfo is what the commit log tells of a version.
type VersionInfo struct {
	Number int64
	// Time is when it was committed, in UTC.
	Time   time.Time
	Reason string
	// Added and Removed count segments, Rows the rows that came with it.
	Added, Removed int
	Rows           int64
	// Docs are the keys of the documents it changed, sorted.
	Docs []string
}

// Versions lists the versions up to the newest.
func (s *Store) Versions(ctx context.Context) ([]VersionInfo, error) {
	newest := s.Version()
	h, err := s.history(ctx, newest)
	if err != nil {
		return nil, fmt.Errorf("versions of store %s: %w", s.id, err)
	}
	return h.versions[:newest], nil
}

// removal is a segment that is no longer there.
type removal struct {
	id          string
	added, gone int64 // rows of it are in the versions from added to before gone
	reason      string
}

// Until is the version that the snapshot shows of a segment: rows that came later,
// as the segment's commit column tells, are not in it. ok is false when all rows are.
func (sn *Snapshot) Until(m SegmentInfo) (version int64, ok bool) {
	return sn.version.number, m.maxCommit() > sn.version.number
}

// SnapshotAt pins the segments that have the rows of an earlier version, or of the
// newest; see Until. The error of a version that is not, or no longer, there
// matches ErrNoVersion.
func (s *Store) SnapshotAt(ctx context.Context, number int64) (*Snapshot, error) {
	sn := s.Snapshot() // pins the segments that are still there
	newest := sn.version.number
	if number == newest {
		return sn, nil
	}
	if err := s.checkVersion(ctx, number, newest); err != nil {
		sn.Release()
		return nil, err
	}
	var segments []SegmentInfo
	for _, m := range sn.version.segments {
		if m.minCommit() <= number {
			segments = append(segments, m)
		}
	}
	sn.version = newVersion(number, 0, segments)
	return sn, nil
}

// checkVersion makes sure that all rows of a version are in the newest.
func (s *Store) checkVersion(ctx context.Context, number, newest int64) error {
	if number < 1 || number > newest {
		return noVersionf("version %d: there are versions 1 to %d", number, newest)
	}
	h, err := s.history(ctx, newest)
	if err != nil {
		return fmt.Errorf("version %d of store %s: %w", number, s.id, err)
	}
	for _, r := range h.removed {
		if r.added <= number && number < r.gone && r.gone <= newest {
			return noVersionf("version %d: rows of it were deleted by version %d (%s)", number, r.gone, r.reason)
		}
	}
	return nil
}

// VersionAt is the newest version committed at or before a moment. Without one
// the error matches ErrNoVersion.
func (s *Store) VersionAt(ctx context.Context, at time.Time) (int64, error) {
	newest := s.Version()
	h, err := s.history(ctx, newest)
	if err != nil {
		return 0, fmt.Errorf("version of store %s at %s: %w", s.id, at.UTC().Format(time.RFC3339), err)
	}
	// Clocks may have gone back, so the newest version not after the moment counts.
	for i := newest - 1; i >= 0; i-- {
		if !h.versions[i].Time.After(at) {
			return h.versions[i].Number, nil
		}
	}
	return 0, noVersionf("no version at or before %s: the first is of %s",
		at.UTC().Format(time.RFC3339Nano), h.versions[0].Time.UTC().Format(time.RFC3339Nano))
}

// history reads the commit log, unless what was read before reaches a version.
func (s *Store) history(ctx context.Context, version int64) (*history, error) {
	s.mu.Lock()
	known := s.mu.history
	s.mu.Unlock()
	if known != nil && int64(len(known.versions)) >= version {
		return known, nil
	}
	h := &history{}
	added := map[string]int64{}
	dir := catalog.LogDir(s.lake.opts.Dir, s.id)
	_, err := catalog.Walk(ctx, s.lake.opts.FS, dir, catalog.WalkOptions{Name: s.id}, func(e catalog.Entry, _ catalog.Place) error {
		moved := map[string]bool{} // into segments made of them
		for _, seg := range e.Add {
			var m segment.Meta
			if err := json.Unmarshal(seg.Meta, &m); err != nil {
				return fmt.Errorf("%w: segment %s of version %d: %w", ErrCorrupt, seg.ID, e.Version, err)
			}
			for _, source := range m.Sources {
				moved[source] = true
			}
		}
		for _, id := range e.Remove {
			if !moved[id] {
				h.removed = append(h.removed, removal{id: id, added: added[id], gone: e.Version, reason: e.Reason})
			}
		}
		v := VersionInfo{
			Number: e.Version, Time: e.Time, Reason: e.Reason, Added: len(e.Add), Removed: len(e.Remove),
			Docs: slices.Sorted(maps.Keys(e.Docs)),
		}
		for _, seg := range e.Add {
			var m segment.Meta
			if err := json.Unmarshal(seg.Meta, &m); err != nil {
				return fmt.Errorf("%w: segment %s of version %d: %w", ErrCorrupt, seg.ID, e.Version, err)
			}
			info := SegmentInfo{Meta: m, Version: e.Version}
			added[seg.ID] = info.minCommit()
			if len(m.Sources) == 0 {
				v.Rows += m.Rows
			}
		}
		h.versions = append(h.versions, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if int64(len(h.versions)) < version {
		return nil, fmt.Errorf("%w: the log ends with version %d, not %d", ErrCorrupt, len(h.versions), version)
	}
	s.mu.Lock()
	s.mu.history = h
	s.mu.Unlock()
	return h, nil
}
