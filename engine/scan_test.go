package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Reading few columns first, and the parts of a store in the order of a sort, never
// changes an answer: it is what the rows of the whole store, sorted here, say.
func TestSieveIsAHint(t *testing.T) {
	l := openLake(t, nil)
	l.generate(shorter(20000), 10)
	l.create("audit", 3653)
	l.importAll(l.mustFind("audit"))
	for _, where := range []string{"true", "eventName = 'AssumeRole'", "errorCode IS NOT NULL", "eventSource LIKE 's3%' AND readOnly", "eventName = 'NoSuchName'"} {
		all := l.query("SELECT CAST(to_unixtime(eventTime) AS bigint), eventID FROM audit WHERE " + where)
		slices.Sort(all) // the times have as many digits
		for _, n := range []int{1, 10, 3000, 50000} {
			want := slices.Clone(all[:min(n, len(all))])
			got := l.query(fmt.Sprintf("SELECT CAST(to_unixtime(eventTime) AS bigint), eventID FROM (SELECT * FROM audit WHERE %s ORDER BY eventTime, eventID LIMIT %d)", where, n))
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("WHERE %s, first %d: %d rows, want %d: %s", where, n, len(got), len(want), firstOther(got, want))
			}
			want = slices.Clone(all[max(0, len(all)-n):])
			got = l.query(fmt.Sprintf("SELECT CAST(to_unixtime(eventTime) AS bigint), eventID FROM (SELECT * FROM audit WHERE %s ORDER BY eventTime DESC, eventID DESC LIMIT %d)", where, n))
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("WHERE %s, last %d: %d rows, want %d: %s", where, n, len(got), len(want), firstOther(got, want))
			}
		}
		if got := l.query("SELECT eventID, eventJson, requestParameters FROM audit WHERE " + where); len(got) != len(all) {
			t.Errorf("WHERE %s: %d rows with all columns, want %d", where, len(got), len(all))
		}
	}
	newestRowsReadLittle(t, l)
	wideColumnsAreReadLast(t, l)
}

func firstOther(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return got[i] + " where " + want[i] + " should be"
		}
	}
	return "the end"
}

// wideColumnsAreReadLast: of a condition on the event's text, and on what costs
// less to read, the latter is asked first, and the answer is that of both.
func wideColumnsAreReadLast(t *testing.T, l *testLake) {
	t.Helper()
	want := 0
	for _, row := range l.query("SELECT readOnly, eventJson FROM audit") {
		if strings.HasPrefix(row, "false|") && strings.Contains(row, "us-east-1") {
			want++
		}
	}
	if got := l.query("SELECT eventID FROM audit WHERE eventJson LIKE '%us-east-1%' AND readOnly = false"); len(got) != want || want == 0 {
		t.Errorf("%d rows, want %d", len(got), want)
	}
	read := func(where string) int64 {
		t.Helper()
		q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: ptr("SELECT eventID FROM audit WHERE " + where)})
		if err != nil {
			t.Fatal(err)
		}
		return l.waitQuery(q.ID).BytesScanned
	}
	all := read("eventJson LIKE '%nobody%'")
	if few := read("eventJson LIKE '%nobody%' AND lower(eventName) = 'nosuchname'"); few > all/4 {
		t.Errorf("%d bytes are read where no row has the name, %d without that condition", few, all)
	}
}

// newestRowsReadLittle: the first and last rows of a store are found in its oldest
// and newest segments.
func newestRowsReadLittle(t *testing.T, l *testLake) {
	t.Helper()
	for _, order := range []string{"eventTime DESC", "eventTime"} {
		q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: ptr("SELECT * FROM audit ORDER BY " + order + " LIMIT 20")})
		if err != nil {
			t.Fatal(err)
		}
		if d := l.waitQuery(q.ID); d.Segments < 8 || d.SegmentsPruned < d.Segments-4 {
			t.Errorf("ORDER BY %s: %d of %d segments were left out, want nearly all", order, d.SegmentsPruned, d.Segments)
		}
	}
	plan := strings.Join(l.query("EXPLAIN SELECT * FROM audit ORDER BY eventTime DESC LIMIT 20"), "\n")
	if !strings.Contains(plan, "desc] limit 20") || !strings.Contains(plan, " top [eventtime#") {
		t.Errorf("the plan does not say that only the newest rows are wanted:\n%s", plan)
	}
}

// A segment that is partly past its retention gives the rows that are not, in
// columns of every kind, whether or not a sieve asks first.
func TestSieveAndRetention(t *testing.T) {
	l := openLake(t, nil)
	l.generate(shorter(20000), 10)
	l.create("audit", 30)
	l.importAll(l.mustFind("audit"))
	all := l.query("SELECT CAST(to_unixtime(eventTime) AS bigint), eventID, eventName FROM audit")
	slices.Sort(all)
	middle := all[len(all)/2]
	seconds, err := strconv.ParseInt(middle[:strings.IndexByte(middle, '|')], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	l.setNow(time.Unix(seconds, 0).UTC().AddDate(0, 0, 30))
	from, _ := slices.BinarySearch(all, middle[:strings.IndexByte(middle, '|')])
	want := all[from:]
	columns := "CAST(to_unixtime(eventTime) AS bigint), eventID, eventName"
	for sql, rows := range map[string][]string{
		"SELECT " + columns + " FROM audit":                                                                   want,
		"SELECT " + columns + " FROM (SELECT * FROM audit WHERE length(eventName) > 0)":                       want,
		"SELECT " + columns + " FROM (SELECT * FROM audit ORDER BY eventTime, eventID, eventName LIMIT 50)":   want[:50],
		"SELECT " + columns + " FROM (SELECT * FROM audit ORDER BY eventTime DESC, eventID DESC LIMIT 20000)": want,
	} {
		got := l.query(sql)
		slices.Sort(got)
		if !slices.Equal(got, rows) {
			t.Errorf("%s: %d rows, want %d: %s", sql, len(got), len(rows), firstOther(got, rows))
		}
	}
	if got := l.query("SELECT count(*) FROM audit")[0]; got != strconv.Itoa(len(want)) {
		t.Errorf("count(*) = %s, want %d", got, len(want))
	}
}
