package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestQueryHistory: past queries of all stores, with who started them, also after
// a restart, until their results expire.
func TestQueryHistory(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Query.ResultTTL = 7 * 24 * time.Hour })
	audit, other := l.create("audit", 366), l.create("other", 366)
	run := func(who Principal, sql string, source *string) *Query {
		t.Helper()
		q, err := l.StartQuery(t.Context(), who, StartQueryInput{Statement: &sql, Source: source})
		if err != nil {
			t.Fatal(err)
		}
		return l.waitQuery(q.ID)
	}
	for i, q := range []struct {
		who    Principal
		sql    string
		source *string
	}{
		{alice, "SELECT count(*) FROM audit", ptr("overview")},
		{bob, "SELECT eventName FROM other", nil},
		{alice, "SELECT 1 FROM audit UNION ALL SELECT 2 FROM other", ptr("调查 tool/2")},
		{bob, "SELECT 1 / (SELECT count(*) FROM audit)", ptr("overview")},
		{Principal{}, "SELECT 'TABLELESS'", ptr("")},
	} {
		l.setNow(testNow.Add(time.Duration(i) * time.Minute))
		run(q.who, q.sql, q.source)
	}
	// list gives the numbers of the queries, the newest first, read page by page.
	list := func(in QueryHistoryInput) string {
		t.Helper()
		var out []string
		for {
			queries, next, err := l.ListQueryHistory(t.Context(), Principal{}, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range queries {
				out = append(out, fmt.Sprint(int(q.Created.Sub(testNow).Minutes())))
			}
			if next == "" {
				return strings.Join(out, " ")
			}
			in.NextToken = &next
		}
	}
	of := func(in ListQueriesInput) QueryHistoryInput { return QueryHistoryInput{ListQueriesInput: in} }
	check := func(when string) {
		t.Helper()
		for _, test := range []struct {
			in   QueryHistoryInput
			want string
		}{
			{QueryHistoryInput{}, "4 3 2 1 0"},
			{of(ListQueriesInput{Page: Page{MaxResults: ptr(int32(2))}}), "4 3 2 1 0"},
			{of(ListQueriesInput{EventDataStore: audit}), "3 2 0"},
			{of(ListQueriesInput{EventDataStore: l.arn(other)}), "2 1"},
			{of(ListQueriesInput{Status: ptr(QueryFailed)}), "3"},
			{of(ListQueriesInput{Status: ptr(QueryFinished), EventDataStore: audit}), "2 0"},
			{of(ListQueriesInput{Start: ptr(testNow.Add(time.Minute)), End: ptr(testNow.Add(3 * time.Minute))}), "3 2 1"},
			{QueryHistoryInput{Owner: &alice.ARN}, "2 0"},
			{QueryHistoryInput{Owner: &bob.AccessKeyID}, "3 1"},
			{QueryHistoryInput{Phrase: ptr("COUNT from")}, "3 0"},
			{QueryHistoryInput{Phrase: ptr("tableless")}, "4"},
			{QueryHistoryInput{Phrase: ptr("division by zero")}, "3"},
			{QueryHistoryInput{Phrase: ptr("nowhere")}, ""},
			{QueryHistoryInput{Source: ptr("overview")}, "3 0"},
			{QueryHistoryInput{Source: ptr("")}, "4 1"},
			{QueryHistoryInput{Source: ptr("over")}, ""},
			{QueryHistoryInput{ExcludeSources: []string{"overview"}}, "4 2 1"},
			{QueryHistoryInput{ExcludeSources: []string{"overview", "调查 tool/2"}}, "4 1"},
			{QueryHistoryInput{ExcludeSources: []string{"overview", ""}, ListQueriesInput: ListQueriesInput{Page: Page{MaxResults: ptr(int32(1))}}}, "2"},
		} {
			if got := list(test.in); got != test.want {
				t.Errorf("%s: %+v: %q, want %q", when, test.in, got, test.want)
			}
		}
	}
	check("at once")
	l.reopen()
	check("after a restart")

	all, _, err := l.ListQueryHistory(t.Context(), Principal{}, QueryHistoryInput{})
	if err != nil {
		t.Fatal(err)
	}
	failed := all[1]
	if failed.UserARN != bob.ARN || failed.AccessKeyID != bob.AccessKeyID || failed.Statement != "SELECT 1 / (SELECT count(*) FROM audit)" ||
		!strings.Contains(failed.Error, "Division by zero") || failed.Ended == nil || failed.Ended.Before(failed.Created) || failed.Stores[0] != audit || failed.Source != "overview" {
		t.Errorf("the failed query = %+v", failed)
	}
	_, _, err = l.ListQueryHistory(t.Context(), Principal{}, of(ListQueriesInput{Status: ptr(QueryStatus("DONE"))}))
	wantCode(t, err, InvalidQueryStatus, "DONE")
	_, _, err = l.ListQueryHistory(t.Context(), Principal{}, of(ListQueriesInput{EventDataStore: "nowhere"}))
	wantCode(t, err, EventDataStoreARNInvalid, "nowhere")
	_, _, err = l.ListQueryHistory(t.Context(), Principal{}, of(ListQueriesInput{Start: ptr(testNow), End: ptr(testNow.Add(-1))}))
	wantCode(t, err, InvalidDateRange, "is after")
	_, _, err = l.ListQueryHistory(t.Context(), Principal{}, QueryHistoryInput{Phrase: ptr("")})
	wantCode(t, err, InvalidParameter, "SearchPhrase")
	_, next, err := l.ListQueryHistory(t.Context(), Principal{}, of(ListQueriesInput{Page: Page{MaxResults: ptr(int32(1))}}))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = l.ListQueryHistory(t.Context(), Principal{}, QueryHistoryInput{ListQueriesInput: ListQueriesInput{Page: Page{NextToken: &next}}, Owner: &bob.ARN})
	wantCode(t, err, InvalidNextToken, "")
	_, _, err = l.ListQueryHistory(t.Context(), Principal{}, QueryHistoryInput{ListQueriesInput: ListQueriesInput{Page: Page{NextToken: &next}}, ExcludeSources: []string{"overview"}})
	wantCode(t, err, InvalidNextToken, "")

	if err := l.queries.expire(testNow.Add(8*24*time.Hour), l.opts.Query.ResultTTL, l.opts.Query.AllResultBytes); err != nil {
		t.Fatal(err)
	}
	if got := list(QueryHistoryInput{}); got != "" {
		t.Errorf("after the results expired: %q", got)
	}
}
