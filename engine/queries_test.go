package engine

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

func TestQueryResultText(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[{"eventID":"a","eventName":"PutObject","eventTime":"2026-03-20T01:02:03Z","readOnly":false,
		"userIdentity":{"type":"AssumedRole","arn":"arn:x","sessionContext":{"attributes":{"mfaAuthenticated":"true","creationDate":"2026-03-20T00:00:00Z"}}},
		"requestParameters":{"bucketName":"demo","deep":{"a": [1, 2]},"none":null},
		"resources":[{"ARN":"arn:aws:s3:::demo","type":"AWS::S3::Bucket"}]}]}`)
	l.create("audit", 366)
	l.importAll(l.query(`SELECT 'x'`)[0][:0] + l.mustFind("audit"))
	for sql, want := range map[string]string{
		"SELECT eventTime, readOnly, count(*) FROM audit GROUP BY 1, 2":                                    "2026-03-20 01:02:03.000|false|1",
		"SELECT userIdentity.sessionContext.attributes.mfaAuthenticated FROM audit":                        "true",
		"SELECT userIdentity.sessionContext.attributes FROM audit":                                         "{creationdate=2026-03-20 00:00:00.000, mfaauthenticated=true}",
		"SELECT element_at(requestParameters, 'deep') FROM audit":                                          `{"a":[1,2]}`,
		"SELECT element_at(requestParameters, 'none'), element_at(requestParameters, 'nosuch') FROM audit": "∅|∅",
		"SELECT cardinality(requestParameters) FROM audit":                                                 "3",
		"SELECT resources FROM audit":                                                                      "[{accountid=null, type=AWS::S3::Bucket, arn=arn:aws:s3:::demo, arnprefix=null}]",
		"SELECT responseElements, errorCode FROM audit":                                                    "∅|∅",
		"SELECT eventJsonChecksum = lower(to_hex(sha256(to_utf8(eventJson)))) FROM audit":                  "true",
		`SELECT "$source".record, "$commit" > 1, "$issues" FROM audit`:                                     "0|true|[]",
		"SELECT 1.5, 1e0, DATE '2026-01-01', TRUE, NULL":                                                   "1.5|1.0|2026-01-01|true|∅",
	} {
		if got := strings.Join(l.query(sql), "\n"); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
}

func (l *testLake) mustFind(name string) string {
	l.t.Helper()
	s, err := l.findNamed(name)
	if err != nil {
		l.t.Fatal(err)
	}
	return s.id
}

// Every way to name a store gives the same table.
func TestStoreNamesInFrom(t *testing.T) {
	l := openLake(t, nil)
	stats := l.generate(500, 2)
	id := l.create("My.Audit-1", 3653)
	l.importAll(id)
	want := fmt.Sprint(stats.Events)
	for _, from := range []string{id, strings.ToUpper(id), `"` + id + `"`, `"My.Audit-1"`, `"my.audit-1"`, l.arn(id), `"aws:cloudtrail"."` + id + `"`} {
		if got := l.query("SELECT count(*) FROM " + from)[0]; got != want {
			t.Errorf("FROM %s: count = %s, want %s", from, got, want)
		}
	}
	_, err := l.tryQuery("SELECT 1 FROM nosuch")
	wantCode(t, err, InvalidQueryStatement, "line 1:15: Table 'nosuch' does not exist")
	_, err = l.tryQuery("SELECT 1 FROM 11111111-2222-4333-8444-555555555555")
	wantCode(t, err, EventDataStoreNotFound, "11111111-2222-4333-8444-555555555555")
}

// Pruning never changes an answer: what statistics skip, a filter that they
// cannot see through finds nothing in either.
func TestPruningIsAHint(t *testing.T) {
	l := openLake(t, nil)
	l.generate(shorter(20000), 10)
	l.create("audit", 3653)
	l.importAll(l.mustFind("audit"))
	for _, cond := range []string{
		"eventTime >= '2026-03-30' AND eventTime < '2026-03-31'",
		"eventName = 'AssumeRole'", "eventName = 'NoSuchName'", "eventSource LIKE 's3%'",
		"errorCode IS NOT NULL AND eventTime > date_add('day', -2, now())",
		"userIdentity.type IN ('Root', 'IAMUser')", "readOnly", "NOT readOnly", "recipientAccountId BETWEEN '2' AND '5'",
	} {
		hidden := strings.NewReplacer("eventTime", "coalesce(eventTime, eventTime)", "eventName", "coalesce(eventName, eventName)",
			"eventSource", "coalesce(eventSource, eventSource)", "errorCode", "coalesce(errorCode, errorCode)", "readOnly", "coalesce(readOnly, readOnly)").Replace(cond)
		a, b := l.query("SELECT count(*) FROM audit WHERE "+cond), l.query("SELECT count(*) FROM audit WHERE "+hidden)
		if a[0] != b[0] {
			t.Errorf("WHERE %s: %s rows, without pruning %s", cond, a[0], b[0])
		}
	}
	plan := strings.Join(l.query("EXPLAIN ANALYZE SELECT count(*) FROM audit WHERE eventTime >= '2026-03-30' AND eventTime < '2026-03-31'"), "\n")
	if !strings.Contains(plan, "pruned") {
		t.Errorf("the plan does not say what was pruned:\n%s", plan)
	}
	q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: ptr("SELECT * FROM audit WHERE eventTime >= '2026-03-30' AND eventTime < '2026-03-31'")})
	if err != nil {
		t.Fatal(err)
	}
	if d := l.waitQuery(q.ID); d.SegmentsPruned == 0 || d.SegmentsPruned >= d.Segments {
		t.Errorf("segments pruned = %d of %d, want some", d.SegmentsPruned, d.Segments)
	}
}

func TestQueryRetentionHidesAndDrops(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[`+record("new", "New", 5)+`,`+record("old", "Old", 25)+`,{"eventID":"t","eventName":"NoTime"}]}`)
	id := l.create("audit", 30)
	l.importAll(id)
	l.setNow(l.clock().AddDate(0, 0, 6)) // the old one is 31 days old now
	if got := l.query("SELECT array_join(array_sort(array_agg(eventName)), ',') FROM audit")[0]; got != "New,NoTime" {
		t.Errorf("six days later: %s, want New,NoTime", got)
	}
	if got := l.query("SELECT count(*) FROM audit")[0]; got != "2" {
		t.Errorf("count(*) = %s, want 2", got)
	}
	before, _ := l.GetEventDataStore(t.Context(), Principal{}, id)
	l.sweep(t.Context())
	after, _ := l.GetEventDataStore(t.Context(), Principal{}, id)
	if before.Segments-after.Segments != 1 {
		t.Errorf("segments before and after the sweep: %d, %d, want one less", before.Segments, after.Segments)
	}
	l.setNow(l.clock().AddDate(0, 0, 30)) // what has no time goes by its age since it came in
	if got := l.query("SELECT count(*) FROM audit")[0]; got != "0" {
		t.Errorf("a month later: %s rows, want none", got)
	}
}

// A result is paged while it grows, each row once, and streamed whole.
func TestResultPages(t *testing.T) {
	l := openLake(t, nil)
	sql := "SELECT n FROM UNNEST(sequence(1, 10000)) AS t(n)"
	q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: &sql})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	in := GetQueryResultsInput{QueryRef: QueryRef{QueryID: q.ID}, Page: Page{MaxResults: ptr(int32(999))}}
	for {
		page, err := l.GetQueryResults(t.Context(), Principal{}, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			n++
			if *row[0].Value != fmt.Sprint(n) {
				t.Fatalf("row %d = %s", n, *row[0].Value)
			}
		}
		if page.NextToken == "" {
			break
		}
		in.NextToken = &page.NextToken
	}
	if n != 10000 {
		t.Errorf("%d rows over all pages, want 10000", n)
	}
	l.reopen() // results outlive the process
	s, err := l.StreamQueryResults(t.Context(), Principal{}, QueryRef{QueryID: q.ID})
	if err != nil {
		t.Fatal(err)
	}
	var streamed int64
	for {
		rec, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		streamed += rec.NumRows()
		rec.Release()
	}
	if streamed != 10000 {
		t.Errorf("%d rows streamed, want 10000", streamed)
	}
	l.setNow(l.clock().Add(7*24*time.Hour + time.Second))
	l.sweep(t.Context())
	_, err = l.GetQueryResults(t.Context(), Principal{}, GetQueryResultsInput{QueryRef: QueryRef{QueryID: q.ID}})
	wantCode(t, err, QueryIDNotFound, q.ID)
}

// endless is a query that does not end by itself in any test's time.
const endless = `SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b(y)
	CROSS JOIN UNNEST(sequence(1, 10000)) AS c(z)`

func TestQueryCancelAndLimit(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Query.MaxConcurrent = 2 })
	var ids []string
	for range 2 {
		q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: ptr(endless)})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, q.ID)
	}
	_, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: ptr("SELECT 1")})
	wantCode(t, err, MaxConcurrentQueries, "limit is 2")
	page, err := l.GetQueryResults(t.Context(), Principal{}, GetQueryResultsInput{QueryRef: QueryRef{QueryID: ids[0]}})
	if err != nil || page.NextToken == "" || page.Status.Ended() {
		t.Errorf("results of a running query = %+v, %v, want a NextToken", page, err)
	}
	q, err := l.CancelQuery(t.Context(), Principal{}, QueryRef{QueryID: ids[0]})
	if err != nil || q.Status != QueryCancelled {
		t.Fatalf("CancelQuery = %+v, %v", q, err)
	}
	_, err = l.CancelQuery(t.Context(), Principal{}, QueryRef{QueryID: ids[0]})
	wantCode(t, err, InactiveQuery, "CANCELLED")
	l.reopen()
	if d := l.waitQuery(ids[1]); d.Status != QueryFailed || d.Error != interrupted {
		t.Errorf("a query that ran when the engine closed = %s %q, want FAILED", d.Status, d.Error)
	}
}

func TestQueryTimesOut(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Query.Timeout = 50 * time.Millisecond })
	q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: ptr(endless)})
	if err != nil {
		t.Fatal(err)
	}
	if d := l.waitQuery(q.ID); d.Status != QueryTimedOut {
		t.Errorf("status = %s %s, want TIMED_OUT", d.Status, d.Error)
	}
}

func TestQueryFailsWhileRunning(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Query.ResultBytes = 64 << 10; o.Query.MemoryBytes = 32 << 20 })
	for sql, says := range map[string]string{
		"SELECT 1 / (n - 5) FROM UNNEST(sequence(1, 10)) AS t(n)":                              "Division by zero",
		"SELECT CAST('x' || CAST(n AS varchar) AS bigint) FROM UNNEST(sequence(1, 3)) AS t(n)": "Cannot cast 'x1' to BIGINT",
		"SELECT n FROM UNNEST(sequence(1, 10000)) AS t(n), UNNEST(sequence(1, 100)) AS u(m)":   "Query response is too large",
	} {
		_, err := l.tryQuery(sql)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", sql, err, says)
		}
	}
}

func TestStartQueryRefuses(t *testing.T) {
	l := openLake(t, nil)
	l.create("audit", 366)
	for name, c := range map[string]struct {
		in   StartQueryInput
		code Code
		says string
	}{
		"nothing":           {StartQueryInput{}, InvalidParameter, "is required"},
		"empty":             {StartQueryInput{Statement: ptr("")}, InvalidParameter, "1 to 10000"},
		"too long":          {StartQueryInput{Statement: ptr("SELECT " + strings.Repeat("1", 10000))}, InvalidParameter, "10007 characters"},
		"alias":             {StartQueryInput{Alias: ptr("a1")}, InvalidParameter, "a1"},
		"both":              {StartQueryInput{Statement: ptr("SELECT 1"), Alias: ptr("a1")}, InvalidParameter, "one of them"},
		"delivery":          {StartQueryInput{Statement: ptr("SELECT 1"), DeliveryS3URI: ptr("s3://b/p")}, UnsupportedOperation, "not supported"},
		"other account":     {StartQueryInput{Statement: ptr("SELECT 1"), OwnerAccountID: ptr("999999999999")}, InvalidParameter, "this lake is account"},
		"not SQL":           {StartQueryInput{Statement: ptr("SELEC 1")}, InvalidQueryStatement, "line 1:1"},
		"a change":          {StartQueryInput{Statement: ptr("DELETE FROM audit")}, InvalidQueryStatement, "SELECT"},
		"unknown column":    {StartQueryInput{Statement: ptr("SELECT\n  evntName FROM audit")}, InvalidQueryStatement, "line 2:3: Column 'evntname' cannot be resolved"},
		"unknown function":  {StartQueryInput{Statement: ptr("SELECT lowr(eventName) FROM audit")}, InvalidQueryStatement, "lowr"},
		"missing parameter": {StartQueryInput{Statement: ptr("SELECT '?' || '?'"), Parameters: []string{"a"}}, InvalidQueryStatement, ""},
		"long source":       {StartQueryInput{Statement: ptr("SELECT 1"), Source: ptr(strings.Repeat("é", 129))}, InvalidParameter, "is 129 characters long, must be 0 to 128"},
		"odd source":        {StartQueryInput{Statement: ptr("SELECT 1"), Source: ptr("a\nb")}, InvalidParameter, `Source "a\nb"`},
		"eleven parameters": {StartQueryInput{Statement: ptr("SELECT 1"), Parameters: make([]string, 11)}, InvalidParameter, "at most 10"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.StartQuery(t.Context(), Principal{}, c.in)
			wantCode(t, err, c.code, c.says)
		})
	}
}

func TestQueryParameters(t *testing.T) {
	l := openLake(t, nil)
	q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{
		Statement: ptr("SELECT date_trunc('?', TIMESTAMP '?'), ?"), Parameters: []string{"day", "2026-01-02 03:04:05", "7"},
	})
	if err != nil {
		t.Fatal(err)
	}
	l.waitQuery(q.ID)
	page, err := l.GetQueryResults(t.Context(), Principal{}, GetQueryResultsInput{QueryRef: QueryRef{QueryID: q.ID}})
	if err != nil || len(page.Rows) != 1 || !strings.HasPrefix(joinCells(page.Rows[0]), "2026-01-02 00:00:00") || !strings.HasSuffix(joinCells(page.Rows[0]), "|7") {
		t.Errorf("rows = %v, %v", page, err)
	}
}

func TestListQueries(t *testing.T) {
	l := openLake(t, nil)
	id, other := l.create("audit", 366), l.create("other", 366)
	for i := range 3 {
		l.setNow(testNow.Add(time.Duration(i) * time.Minute))
		l.query("SELECT count(*) FROM audit")
	}
	list := func(in ListQueriesInput) []Query {
		t.Helper()
		out, _, err := l.ListQueries(t.Context(), Principal{}, in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := list(ListQueriesInput{EventDataStore: id}); len(got) != 3 || !got[0].Created.After(got[2].Created) {
		t.Errorf("queries = %+v, want three, the newest first", got)
	}
	if got := list(ListQueriesInput{EventDataStore: other}); len(got) != 0 {
		t.Errorf("queries of another store = %+v", got)
	}
	if got := list(ListQueriesInput{EventDataStore: id, Start: ptr(testNow.Add(time.Minute)), Status: ptr(QueryFinished)}); len(got) != 2 {
		t.Errorf("queries since = %+v, want two", got)
	}
	_, _, err := l.ListQueries(t.Context(), Principal{}, ListQueriesInput{EventDataStore: id, Status: ptr(QueryStatus("DONE"))})
	wantCode(t, err, InvalidQueryStatus, "DONE")
	_, _, err = l.ListQueries(t.Context(), Principal{}, ListQueriesInput{EventDataStore: id, Start: ptr(testNow), End: ptr(testNow.Add(-time.Hour))})
	wantCode(t, err, InvalidDateRange, "is after")
	l.setNow(testNow.AddDate(0, 0, 8))
	if got := list(ListQueriesInput{EventDataStore: id}); len(got) != 0 {
		t.Errorf("queries after eight days = %+v, want none", got)
	}
}
