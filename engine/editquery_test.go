package engine

import (
	"strings"
	"testing"
	"time"
)

// TestEditQuery: on a real store an edited statement finds what the edit says.
func TestEditQuery(t *testing.T) {
	l, _ := threeEventLake(t)
	from := time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)
	demo, name, mfa := "Demo", "PutObject", "true"
	for _, test := range []struct {
		sql   string
		edits []QueryEdit
		want  string // ids
	}{
		{"SELECT eventID FROM audit ORDER BY 1", []QueryEdit{{Leaf: &LeafFilter{Path: []PathStep{{Key: "requestParameters"}, {Key: "bucketName"}}, Value: &demo}}}, "1"},
		{"SELECT eventID FROM audit ORDER BY 1", []QueryEdit{{Leaf: &LeafFilter{Path: []PathStep{{Key: "requestParameters"}, {Key: "bucketName"}}, Value: &demo, Out: true}}}, "2 3"},
		{"SELECT eventID FROM audit ORDER BY 1", []QueryEdit{
			{Leaf: &LeafFilter{Path: []PathStep{{Key: "eventName"}}, Value: &name}},
			{Leaf: &LeafFilter{Path: []PathStep{{Key: "userIdentity"}, {Key: "sessionContext"}, {Key: "attributes"}, {Key: "mfaAuthenticated"}}, Value: &mfa, Out: true}},
		}, "2"},
		{"SELECT * FROM audit ORDER BY eventTime LIMIT 2", []QueryEdit{{Column: &ColumnFilter{Column: EditColumn{Name: "eventname"}, Value: &name}}, {Sort: &SortEdit{Column: EditColumn{Name: "eventID"}, Desc: true}}}, "2 1"},
		{"SELECT eventID FROM $EDS_ID", []QueryEdit{{Range: &TimeRange{From: &from}}}, "3"},
		{"SELECT eventID FROM audit", []QueryEdit{{Range: &TimeRange{From: &from}}}, "3"},
	} {
		out, err := l.EditQuery(t.Context(), Principal{}, EditQueryInput{Statement: test.sql, Edits: test.edits})
		if err != nil {
			t.Errorf("%s: %v", test.sql, err)
			continue
		}
		out = "SELECT eventID FROM (" + out + "\n)"
		if got := strings.Join(l.query(out), " "); got != test.want {
			t.Errorf("%s\n finds %s, want %s", out, got, test.want)
		}
	}
	// A ? stays one.
	out, err := l.EditQuery(t.Context(), Principal{}, EditQueryInput{Statement: "SELECT eventID FROM audit WHERE eventName = ? LIMIT ?", Edits: []QueryEdit{
		{Leaf: &LeafFilter{Path: []PathStep{{Key: "readOnly"}}, Value: &mfa}},
	}})
	if want := "SELECT eventID FROM audit WHERE eventName = ? AND readOnly = TRUE LIMIT ?"; err != nil || out != want {
		t.Errorf("%s, %v, want %s", out, err, want)
	}
	sort := QueryEdit{Sort: &SortEdit{Column: EditColumn{Name: "eventID"}}}
	for message, in := range map[string]EditQueryInput{
		"0 Edits: must be 1 to 20":                       {Statement: "SELECT 1"},
		"21 Edits":                                       {Statement: "SELECT 1", Edits: make([]QueryEdit, 21)},
		"edit 1: no filter, sort or time range":          {Statement: "SELECT 1", Edits: make([]QueryEdit, 1)},
		"edit 2: column eventID: the result has no such": {Statement: "SELECT eventID AS x FROM audit", Edits: []QueryEdit{{Range: &TimeRange{From: &from}}, sort}},
		"only a query can be edited, this is SHOW":       {Statement: "SHOW TABLES", Edits: []QueryEdit{sort}},
		"QueryStatement \"\"":                            {Edits: []QueryEdit{sort}},
		"the edited QueryStatement":                      {Statement: "SELECT eventID FROM audit" + strings.Repeat(" ", 9970), Edits: []QueryEdit{sort}},
	} {
		_, err := l.EditQuery(t.Context(), Principal{}, in)
		wantCode(t, err, InvalidParameter, message)
	}
	_, err = l.EditQuery(t.Context(), Principal{}, EditQueryInput{Statement: "SELECT nosuch FROM audit", Edits: []QueryEdit{sort}})
	wantCode(t, err, InvalidQueryStatement, "line 1:8: Column 'nosuch' cannot be resolved")
}

// TestExplainQuery: a plan as a tree tells what the query's statistics and its
// result tell; one that is not run estimates its scans.
func TestExplainQuery(t *testing.T) {
	l := openLake(t, nil)
	l.generate(5000, 10)
	l.create("audit", 3653)
	l.importAll(l.mustFind("audit"))
	sql := "SELECT eventName, count(*) FROM audit WHERE eventTime >= TIMESTAMP '2026-03-30 00:00:00' GROUP BY 1 ORDER BY 2 DESC"
	rows := int64(len(l.query(sql)))
	scanOf := func(e *Explanation) *PlanNode {
		n := e.Root
		for len(n.Inputs) > 0 {
			n = n.Inputs[0]
		}
		return n
	}
	for _, statement := range []string{sql, "EXPLAIN " + sql, "EXPLAIN ANALYZE " + sql} {
		in := StatementInput{Statement: statement}
		estimate, err := l.EstimateQuery(t.Context(), Principal{}, in)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := l.ExplainQuery(t.Context(), Principal{}, ExplainQueryInput{StatementInput: in})
		if err != nil {
			t.Fatal(err)
		}
		scan := scanOf(plain)
		if scan.Name != "Scan" || scan.Scan == nil || *scan.Scan != ScanFigures(*estimate) || plain.Root.Rows != 0 || !strings.Contains(scan.Detail, "audit [") {
			t.Errorf("%s: not run: %+v with %+v, want %+v", statement, scan, scan.Scan, *estimate)
		}
		ran, err := l.ExplainQuery(t.Context(), Principal{}, ExplainQueryInput{StatementInput: in, Analyze: true})
		if err != nil {
			t.Fatal(err)
		}
		scan = scanOf(ran)
		if ran.Rows != rows || ran.Root.Rows != rows || scan.Scan == nil || scan.Scan.SegmentsPruned != estimate.SegmentsPruned || scan.Rows == 0 || scan.Scan.Bytes == 0 || ran.PeakMemory == 0 {
			t.Errorf("%s: run: %+v, scan %+v with %+v, want %d rows", statement, ran, scan, scan.Scan, rows)
		}
	}
	for message, in := range map[string]ExplainQueryInput{
		"line 1:8: Column 'nosuch'": {StatementInput: StatementInput{Statement: "SELECT nosuch FROM audit"}},
		"Division by zero":          {StatementInput: StatementInput{Statement: "SELECT 1 / (length(eventName) - length(eventName)) FROM audit"}, Analyze: true},
	} {
		_, err := l.ExplainQuery(t.Context(), Principal{}, in)
		wantCode(t, err, InvalidQueryStatement, message)
	}
	for range cap(l.analyzing) {
		l.analyzing <- struct{}{}
	}
	_, err := l.ExplainQuery(t.Context(), Principal{}, ExplainQueryInput{StatementInput: StatementInput{Statement: "SELECT 1"}, Analyze: true})
	wantCode(t, err, MaxConcurrentQueries, "10 queries are being analyzed")
}
