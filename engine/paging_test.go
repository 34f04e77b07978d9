package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What comes into a list between two pages is neither in the way of the rest nor shown twice.
func TestPagesBesideChanges(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 366)
	run := func() {
		l.setNow(l.clock().Add(time.Minute))
		l.query("SELECT count(*) FROM audit")
	}
	for range 4 {
		run()
	}
	in := ListQueriesInput{EventDataStore: id, Page: Page{MaxResults: ptr(int32(2))}}
	first, next, err := l.ListQueries(t.Context(), Principal{}, in)
	if err != nil || len(first) != 2 || next == "" {
		t.Fatalf("first page = %+v, %q, %v", first, next, err)
	}
	run() // becomes the first of the list
	in.NextToken = &next
	second, next, err := l.ListQueries(t.Context(), Principal{}, in)
	if err != nil || len(second) != 2 || next != "" {
		t.Fatalf("second page = %+v, %q, %v", second, next, err)
	}
	if !second[0].Created.Before(first[1].Created) {
		t.Errorf("the second page begins at %v, the first ended at %v", second[0].Created, first[1].Created)
	}
	in.Status = ptr(QueryFailed)
	_, _, err = l.ListQueries(t.Context(), Principal{}, in)
	wantCode(t, err, InvalidNextToken, "with these parameters")
}

// Failures and quarantined records are listed page by page, also with keys as
// long as S3 allows, which would not fit into a token.
func TestFailurePages(t *testing.T) {
	l := openLake(t, nil)
	deep := strings.Repeat(strings.Repeat("d", 100)+"/", 8)
	for i := range 5 {
		l.write(fmt.Sprintf("AWSLogs/111122223333/CloudTrail/%sbad%d.json.gz", deep, i), `{"Records":[`)
		l.write(fmt.Sprintf("AWSLogs/111122223333/CloudTrail/%sodd%d.json.gz", deep, i), fmt.Sprintf(`{"Records":[%d,"x"]}`, i))
	}
	i := l.wait(l.startImport(l.create("audit", 366), "").ID)
	page := Page{MaxResults: ptr(int32(2))}
	seen := map[string]bool{}
	for n := 1; ; n++ {
		failures, next, err := l.ListImportFailures(t.Context(), Principal{}, i.ID, page)
		if err != nil || len(next) > 1000 {
			t.Fatalf("page %d: token of %d characters, %v", n, len(next), err)
		}
		for _, f := range failures {
			seen[f.Location] = true
		}
		if page.NextToken = &next; next == "" {
			break
		}
	}
	if len(seen) != 5 {
		t.Errorf("failures = %d, want 5: %v", len(seen), seen)
	}
	var got []string
	for page.NextToken = nil; ; {
		records, next, err := l.ListQuarantinedRecords(t.Context(), Principal{}, i.ID, page)
		if err != nil || len(next) > 1000 {
			t.Fatalf("token of %d characters, %v", len(next), err)
		}
		for _, r := range records {
			if r.Location == "" || r.Reason == "" {
				t.Errorf("quarantined = %+v, want its address and why", r)
			}
			got = append(got, fmt.Sprint(r.Record, r.Excerpt))
		}
		if page.NextToken = &next; next == "" {
			break
		}
	}
	if len(got) != 10 || got[1] != `1"x"` {
		t.Errorf("quarantined = %q, want two of each of five objects, in order", got)
	}
	_, _, err := l.ListQuarantinedRecords(t.Context(), Principal{}, "11111111-2222-4333-8444-555555555555", Page{})
	wantCode(t, err, ImportNotFound, "does not exist")
}
