package engine

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/traillake/traillake/storage"
	"github.com/traillake/traillake/storage/segment"
)

// StoreDay is what a store holds of one UTC day of its events' times.
type StoreDay struct {
	Day      string // 2026-03-04; empty for events that have no time
	Events   int64
	Bytes    int64 // of segments
	Segments int64
}

// Segment is one immutable file of a store.
type Segment struct {
	ID    string
	Day   string // as in StoreDay
	Rows  int64
	Bytes int64
	// MinTime and MaxTime bound the events' times; nil when none has one.
	MinTime, MaxTime *time.Time
	Version          int64 // of the store's commit log that added it
	Sealed           time.Time
}

// ListSegmentsInput asks for a page of a store's segments.
type ListSegmentsInput struct {
	Page
	EventDataStore string // id or ARN
	// Day, like 2026-03-04, or "none" for events that have no time, leaves only
	// its segments; nil leaves all.
	Day *string
}

// noDay asks ListSegments for the segments of events that have no time.
const noDay = "none"

// ListDays tells what queries see of each UTC day of a store, the oldest day first
// and what has no time after all days. A segment that is partly past its retention
// counts with all its bytes.
func (e *Engine) ListDays(ctx context.Context, _ Principal, idOrARN string) ([]StoreDay, error) {
	s, err := e.find(idOrARN)
	if err != nil {
		return nil, err
	}
	segments, err := e.visibleSegments(ctx, s)
	if err != nil {
		return nil, internal(err)
	}
	days := []StoreDay{}
	var undated StoreDay
	for _, seg := range segments { // those without a day first, then by day
		of := &undated
		if seg.Day != segment.NoDay {
			if day := dayText(seg.Day); len(days) == 0 || days[len(days)-1].Day != day {
				days = append(days, StoreDay{Day: day})
			}
			of = &days[len(days)-1]
		}
		of.Events += seg.Rows
		of.Bytes += seg.Bytes
		if seg.ID != "" {
			of.Segments++
		}
	}
	if undated.Events > 0 {
		days = append(days, undated)
	}
	return days, nil
}

// ListSegments lists a store's segments, the newest day first, those of events
// that have no time last, and those of a day in the order they were committed. Of
// one that is partly past its retention Rows and MinTime tell what queries see.
func (e *Engine) ListSegments(ctx context.Context, _ Principal, in ListSegmentsInput) ([]Segment, string, error) {
	s, err := e.find(in.EventDataStore)
	if err != nil {
		return nil, "", err
	}
	wanted, err := in.days()
	if err != nil {
		return nil, "", err
	}
	all, err := e.visibleSegments(ctx, s)
	if err != nil {
		return nil, "", internal(err)
	}
	all = slices.DeleteFunc(all, func(seg storage.SegmentInfo) bool { return seg.ID == "" || !wanted(seg.Day) })
	page, next, err := paginate(e.tokens, all, in.Page, callName("ListSegments", s.id, text(in.Day)), segmentPlace)
	if err != nil {
		return nil, "", err
	}
	out := make([]Segment, len(page))
	for i, seg := range page {
		out[i] = describeSegment(seg)
	}
	return out, next, nil
}

// days tells which days of segments are asked for.
func (in ListSegmentsInput) days() (func(day int32) bool, error) {
	switch {
	case in.Day == nil:
		return func(int32) bool { return true }, nil
	case *in.Day == noDay:
		return func(day int32) bool { return day == segment.NoDay }, nil
	}
	at, err := time.Parse(time.DateOnly, *in.Day)
	if err != nil {
		return nil, Errorf(InvalidParameter, "Day %q: must look like 2026-03-04, or be %s for events that have no time", clip(*in.Day), noDay)
	}
	wanted := int32(at.Unix() / (24 * 60 * 60))
	return func(day int32) bool { return day == wanted }, nil
}

// segmentPlace is the place of a segment in the list.
func segmentPlace(s *storage.SegmentInfo) string {
	return fmt.Sprintf("%016x %016x %s", math.MaxInt32-int64(s.Day), s.Version, s.ID)
}

func describeSegment(s storage.SegmentInfo) Segment {
	out := Segment{ID: s.ID, Rows: s.Rows, Bytes: s.Bytes, Version: s.Version, Sealed: time.UnixMicro(s.Sealed).UTC()}
	if s.Day != segment.NoDay {
		out.Day = dayText(s.Day)
	}
	if s.NullTimes < s.Rows {
		low, high := time.UnixMicro(s.MinTime).UTC(), time.UnixMicro(s.MaxTime).UTC()
		out.MinTime, out.MaxTime = &low, &high
	}
	return out
}

// dayText is a day, counted since 1970, as text.
func dayText(day int32) string {
	return time.Unix(int64(day)*24*60*60, 0).UTC().Format(time.DateOnly)
}
