package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestPutRecords: what streams carry events in is opened, a retry adds nothing, and
// what is no event is kept once, over a restart, and fails nothing.
func TestPutRecords(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 90)
	in := PutRecordsInput{EventDataStore: id, Source: "Firehose", Records: [][]byte{
		[]byte(liveRecord("a", "A", 1) + liveRecord("b", "B", 2) + "\nhello\n" + liveRecord("c", "C", 1)),
		[]byte(`{"Records":[` + liveRecord("d", "D", 1) + `]}`),
		[]byte(`{"detail-type":"AWS API Call via CloudTrail","source":"aws.s3","detail":` + liveRecord("e", "E", 1) + `}`),
		[]byte(`{"detail-type":"EC2 Instance State-change Notification","detail":{"state":"running"}}`),
		[]byte(`{"eventID":"x","eventTime":"2024-01-01T00:00:00Z","eventCategory":"Management"}`),
		[]byte(strings.Replace(liveRecord("f", "F", 1), "Management", "Data", 1)),
	}}
	want := PutRecordsResult{Stored: 5, OutsideRetention: 1, NotSelected: 1, Rejected: 2}
	for range 2 {
		got, err := l.PutRecords(t.Context(), Principal{}, in)
		if err != nil || got != want {
			t.Errorf("PutRecords = %+v, %v, want %+v", got, err, want)
		}
		want.Stored, want.Duplicates = 0, 5
	}
	l.reopen()
	rows := []string{"a|Firehose|0", "b|Firehose|0", "c|Firehose|0", "d|Firehose|1", "e|Firehose|2"}
	if got := l.query(`SELECT eventid, "$source".object, "$source".record FROM audit ORDER BY 1`); !slices.Equal(got, rows) {
		t.Errorf("rows %q, want %q", got, rows)
	}
	rejected, _, err := l.ListRejectedRecords(t.Context(), Principal{}, id, Page{})
	var told []string
	for _, r := range rejected {
		told = append(told, fmt.Sprintf("%s %d %.20s: %.7s", r.Source, r.Record, r.Reason, r.Excerpt))
	}
	slices.Sort(told)
	if err != nil || len(told) != 2 || !strings.HasPrefix(told[0], "Firehose 0 no JSON: ") || !strings.HasSuffix(told[0], ": hello") ||
		told[1] != `Firehose 3 an event of EventBri: {"detai` {
		t.Errorf("rejected %q, %v", told, err)
	}
	if err := l.StopEventDataStoreIngestion(t.Context(), Principal{}, id); err != nil {
		t.Fatal(err)
	}
	_, err = l.PutRecords(t.Context(), Principal{}, in)
	wantCode(t, err, InvalidEventDataStoreStatus, "STOPPED_INGESTION")
}

// TestRejectedBounded: of a flood the newest thousand are kept.
func TestRejectedBounded(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 90)
	for request := range 12 {
		var text strings.Builder
		for i := range 150 {
			fmt.Fprintf(&text, "{\"n\":\"%d-%d\"}\n", request, i)
		}
		got, err := l.PutRecords(t.Context(), Principal{}, PutRecordsInput{EventDataStore: id, Records: [][]byte{[]byte(text.String())}})
		if err != nil || got.Rejected != 150 {
			t.Fatalf("PutRecords = %+v, %v", got, err)
		}
	}
	s, err := l.find(id)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.storage.Docs(rejectedDoc)); n != 1000 {
		t.Errorf("%d are kept, want 1000", n)
	}
}
