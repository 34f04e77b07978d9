package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What the days, the segments and the store itself say is what SQL counts.
func TestDaysAndSegments(t *testing.T) {
	l := openLake(t, nil)
	stats := l.generate(3000, 6)
	l.write(key(1, "none"), `{"Records":[{"eventID":"t","eventName":"NoTime"},{"eventID":"u","eventName":"NoTime","eventTime":"soon"}]}`)
	id := l.create("audit", 3653)
	l.importAll(id)
	days, err := l.ListDays(t.Context(), Principal{}, l.arn(id))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var events, bytes, segments int64
	for _, d := range days {
		got = append(got, fmt.Sprintf("%s|%d", d.Day, d.Events))
		events, bytes, segments = events+d.Events, bytes+d.Bytes, segments+d.Segments
	}
	want := l.query("SELECT coalesce(date_format(eventtime, '%Y-%m-%d'), ''), count(*) FROM audit GROUP BY eventtime IS NULL, 1 ORDER BY eventtime IS NULL, 1")
	if !slices.Equal(got, want) || !strings.HasPrefix(got[len(got)-1], "|2") {
		t.Errorf("days = %v, want %v", got, want)
	}
	s, err := l.GetEventDataStore(t.Context(), Principal{}, id)
	if err != nil || s.Events != events || s.Bytes != bytes || s.Segments != segments || events != stats.Events+2 {
		t.Errorf("days hold %d events, %d bytes, %d segments; the store says %+v", events, bytes, segments, s)
	}
	got = nil
	in := ListSegmentsInput{EventDataStore: id, Page: Page{MaxResults: ptr(int32(2))}}
	for {
		page, next, err := l.ListSegments(t.Context(), Principal{}, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, seg := range page {
			bounds := "∅|∅"
			if seg.MinTime != nil {
				bounds = seg.MinTime.Format("2006-01-02 15:04:05.000") + "|" + seg.MaxTime.Format("2006-01-02 15:04:05.000")
			}
			got = append(got, fmt.Sprintf("%s|%d|%s|%d", seg.ID, seg.Rows, bounds, seg.Version))
		}
		if in.NextToken = &next; next == "" {
			break
		}
	}
	want = l.query(`SELECT "$segment", count(*), min(eventtime), max(eventtime), min("$commit") FROM audit GROUP BY 1 ORDER BY 3 DESC NULLS LAST`)
	if !slices.Equal(got, want) {
		t.Errorf("segments = %v, want %v", got, want)
	}
}

func TestSegmentsOfDay(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[`+record("a", "A", 20)+`,`+record("b", "B", 21)+`,{"eventID":"t"}]}`)
	id := l.create("audit", 366)
	l.importAll(id)
	days, err := l.ListDays(t.Context(), Principal{}, id)
	if err != nil || len(days) != 3 {
		t.Fatalf("days = %v, %v", days, err)
	}
	for day, want := range map[string]int{days[0].Day: 1, days[1].Day: 1, "none": 1, "2025-01-01": 0} {
		segments, next, err := l.ListSegments(t.Context(), Principal{}, ListSegmentsInput{EventDataStore: id, Day: &day})
		if err != nil || len(segments) != want || next != "" || want == 1 && day != "none" && segments[0].Day != day || want == 1 && day == "none" && (segments[0].Day != "" || segments[0].MinTime != nil) {
			t.Errorf("segments of %s = %+v, %v", day, segments, err)
		}
	}
	_, _, err = l.ListSegments(t.Context(), Principal{}, ListSegmentsInput{EventDataStore: id, Day: ptr("yesterday")})
	wantCode(t, err, InvalidParameter, "2026-03-04")
	_, _, err = l.ListSegments(t.Context(), Principal{}, ListSegmentsInput{EventDataStore: "11111111-2222-4333-8444-555555555555"})
	wantCode(t, err, EventDataStoreNotFound, "11111111")
	_, err = l.ListDays(t.Context(), Principal{}, "11111111-2222-4333-8444-555555555555")
	wantCode(t, err, EventDataStoreNotFound, "11111111")
}
