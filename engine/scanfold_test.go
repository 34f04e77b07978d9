package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Reading like rows once never changes an answer: it is what the rows, counted here one
// by one, say. Some are in segments, some in memory, some are past their retention.
func TestFoldedRowsCount(t *testing.T) {
	l := openLake(t, nil)
	l.generate(shorter(20000), 10)
	id := l.create("audit", 3653)
	l.takeAll(id)
	l.importAll(id)
	checkFolds(t, l, "audit")
	before := l.describeStore(id).Version
	for i := range 7 {
		l.put(id, liveRecord(fmt.Sprint("live", i), "LiveName", 3))
	}
	checkFolds(t, l, "audit")
	l.sealAll(id)
	checkFolds(t, l, fmt.Sprintf("audit FOR VERSION AS OF %d", before))
	// Half of a day's events, and of those without a time, are past their retention.
	l.setNow(testNow.AddDate(0, 0, 3653-5).Add(3 * time.Hour))
	checkFolds(t, l, "audit")
}

func checkFolds(t *testing.T, l *testLake, from string) {
	t.Helper()
	type counts struct{ all, failed int }
	names, sources := map[string]*counts{}, map[string]map[string]int{}
	rows := l.query("SELECT eventSource, eventName, errorCode, eventID FROM " + from)
	failed := 0
	for _, row := range rows {
		cells := strings.Split(row, "|")
		c := names[cells[1]]
		if c == nil {
			c = &counts{}
			names[cells[1]] = c
		}
		if c.all++; cells[2] != "∅" {
			c.failed++
			failed++
		}
		if sources[cells[0]] == nil {
			sources[cells[0]] = map[string]int{}
		}
		sources[cells[0]][cells[1]]++
	}
	var byName, byBoth []string
	for name, c := range names {
		byName = append(byName, fmt.Sprintf("%s|%d|%d", name, c.all, c.failed))
	}
	for source, of := range sources {
		if !strings.HasPrefix(source, "s3") {
			continue
		}
		for name, n := range of {
			byBoth = append(byBoth, fmt.Sprintf("%s|%s|%d", strings.ToUpper(source), name, n))
		}
	}
	for sql, want := range map[string][]string{
		"SELECT eventName, count(*), count(errorCode) FROM " + from + " GROUP BY 1":                                                          byName,
		"SELECT upper(eventSource), eventName, count(*) FROM " + from + " WHERE eventSource LIKE 's3%' GROUP BY 1, 2":                        byBoth,
		"SELECT count(*), count(*) FILTER (WHERE errorCode IS NOT NULL), count(DISTINCT eventName), count(eventName) + 0 FROM " + from:       {fmt.Sprintf("%d|%d|%d|%d", len(rows), failed, len(names), len(rows))},
		"SELECT count(*), max(length(eventName)) FROM (SELECT DISTINCT eventSource, eventName FROM " + from + ") WHERE eventSource = 'none'": {"0|∅"},
	} {
		got := l.query(sql)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%d rows, want %d: %s", sql, len(got), len(want), firstOther(got, want))
		}
	}
	statement := "SELECT eventName, count(*) FROM " + from + " GROUP BY 1"
	q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: &statement})
	if err != nil {
		t.Fatal(err)
	}
	if scanned := l.waitQuery(q.ID).EventsScanned; scanned != int64(len(rows)) {
		t.Errorf("%s: %d events were scanned, want %d", from, scanned, len(rows))
	}
}
