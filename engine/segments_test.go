package engine

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"
)

// What the days, the segments and the store itself say is what SQL counts.
func TestDaysAndSegments(t *testing.T) {
	l := openLake(t, nil)
	stats := l.generate(3000, 6)
	l.write(key(1, "none"), `{"Records":[{"eventID":"t","eventName":"NoTime"},{"eventID":"u","eventName":"NoTime","eventTime":"soon"}]}`)
	id := l.create("audit", 3653)
	l.importAll(id)
	bytes, segments := l.sameAsSQL(id)
	s, err := l.GetEventDataStore(t.Context(), Principal{}, id)
	if err != nil || s.Events != stats.Events+2 || s.Bytes != bytes || s.Segments != segments {
		t.Errorf("%d events were written, days have %d bytes in %d segments; the store says %+v, %v", stats.Events+2, bytes, segments, s, err)
	}
}

// The same when time has passed by a part of a day, whole days that are not yet
// dropped, and some of what has no time.
func TestDaysAndSegmentsPartlyExpired(t *testing.T) {
	l := openLake(t, nil)
	l.generate(3000, 6)
	l.write(key(1, "none"), `{"Records":[{"eventID":"t"},{"eventID":"u"}]}`)
	id := l.create("audit", 30)
	l.importAll(id)
	seconds := l.query("SELECT CAST(to_unixtime(eventTime) AS bigint) FROM audit WHERE eventTime IS NOT NULL ORDER BY 1")
	middle, err := strconv.ParseInt(seconds[len(seconds)/2], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := l.sameAsSQL(id)
	l.setNow(testNow.AddDate(0, 0, 3))
	l.write(key(2, "later"), `{"Records":[{"eventID":"v"}]}`)
	l.importAll(id)
	for _, test := range []struct {
		now    time.Time
		events func(int64) bool
	}{
		{time.Unix(middle, 500_000_000).UTC().AddDate(0, 0, 30), func(n int64) bool { return n > 1000 && n < 2000 }},
		{testNow.AddDate(0, 0, 31), func(n int64) bool { return n == 1 }},
		{testNow.AddDate(0, 0, 34), func(n int64) bool { return n == 0 }},
	} {
		l.setNow(test.now)
		if bytes, _ := l.sameAsSQL(id); bytes >= whole {
			t.Errorf("%s: days have %d bytes, as many as before", test.now, bytes)
		}
		s, err := l.GetEventDataStore(t.Context(), Principal{}, id)
		if err != nil || !test.events(s.Events) {
			t.Errorf("%s: the store says %+v, %v", test.now, s, err)
		}
	}
}

// sameAsSQL holds what the days, the segments and the store say against SQL, and
// returns the bytes and segments of the days.
func (l *testLake) sameAsSQL(id string) (bytes, segments int64) {
	t := l.t
	t.Helper()
	days, err := l.ListDays(t.Context(), Principal{}, l.arn(id))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var events int64
	for _, d := range days {
		got = append(got, fmt.Sprintf("%s|%d", d.Day, d.Events))
		events, bytes, segments = events+d.Events, bytes+d.Bytes, segments+d.Segments
	}
	want := l.query("SELECT coalesce(date_format(eventtime, '%Y-%m-%d'), ''), count(*) FROM audit GROUP BY eventtime IS NULL, 1 ORDER BY eventtime IS NULL, 1")
	if !slices.Equal(got, want) {
		t.Errorf("days = %v, want %v", got, want)
	}
	s, err := l.GetEventDataStore(t.Context(), Principal{}, id)
	if err != nil || s.Events != events {
		t.Errorf("days hold %d events; the store says %+v", events, s)
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
	want = l.query(`SELECT "$segment", count(*), min(eventtime), max(eventtime), min("$commit") FROM audit GROUP BY 1 ORDER BY 3 DESC NULLS LAST, 5`)
	if !slices.Equal(got, want) {
		t.Errorf("segments = %v, want %v", got, want)
	}
	return bytes, segments
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
