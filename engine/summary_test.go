package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestSummary: the number of a store's events and the bounds of their times are
// known without reading them, and are what reading tells: with events in memory,
// without a time, past their retention, and as of an earlier version.
func TestSummary(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 30)
	check := func(what, from string, bytes bool) {
		t.Helper()
		const wanted = `SELECT count(*), count(eventtime), min(eventtime), max(eventtime) FROM `
		told, read := l.query(wanted+from), l.query(wanted+from+` WHERE eventname IS NULL OR length(eventname) >= 0`)
		if !slices.Equal(told, read) {
			t.Errorf("%s: told %q, read %q", what, told, read)
		}
		statement := wanted + from
		q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: &statement})
		if err != nil {
			t.Fatal(err)
		}
		if got := l.waitQuery(q.ID).BytesScanned > 0; got != bytes {
			t.Errorf("%s: bytes were read: %v, want %v", what, got, bytes)
		}
	}
	check("nothing", "audit", false)
	l.put(id, liveRecord("a", "A", 1), liveRecord("b", "B", 2), `{"eventCategory":"Management","eventID":"t","eventName":"NoTime"}`)
	check("in memory", "audit", false)
	l.sealAll(id)
	check("in segments", "audit", false)
	before := l.describeStore(id).Version
	l.put(id, liveRecord("c", "C", 20), liveRecord("d", "D", 25))
	l.sealAll(id)
	l.put(id, liveRecord("e", "E", 3))
	check("in both", "audit", false)
	check("of before", fmt.Sprintf("audit FOR VERSION AS OF %d", before), false)
	// Half a day of a segment's events is past its retention now.
	l.put(id, liveRecord("f", "F", 29), `{"eventCategory":"Management","eventID":"g","eventName":"G","eventTime":"`+testNow.UTC().AddDate(0, 0, -29).Add(6*time.Hour).Format(time.RFC3339)+`"}`)
	l.sealAll(id)
	l.setNow(testNow.AddDate(0, 0, 1).Add(3 * time.Hour))
	check("past its retention", "audit", true)
}
