package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// threeEvents are told by hand, so that every count below can be read off them.
const threeEvents = `{"Records":[
	{"eventID":"1","eventTime":"2026-03-20T01:00:00Z","eventName":"PutObject","readOnly":false,"requestParameters":{"bucketName":"Demo","key":"a"},
		"userIdentity":{"sessionContext":{"attributes":{"mfaAuthenticated":"true"}}}},
	{"eventID":"2","eventTime":"2026-03-20T02:00:00Z","eventName":"PutObject","readOnly":false,"requestParameters":{"bucketName":"demo-2"}},
	{"eventID":"3","eventTime":"2026-03-21T02:00:00Z","eventName":"GetObject","readOnly":true}]}`

func threeEventLake(t *testing.T) (l *testLake, id string) {
	l = openLake(t, nil)
	l.write(key(1, "x"), threeEvents)
	id = l.create("audit", 366)
	l.importAll(id)
	return l, id
}

func TestListEventDataStoreValues(t *testing.T) {
	l, id := threeEventLake(t)
	for _, test := range []struct {
		in   ListValuesInput
		want string
	}{
		{ListValuesInput{Column: "eventName"}, "PutObject=2 GetObject=1"},
		{ListValuesInput{Column: "eventName", MaxResults: ptr(int32(1))}, "PutObject=2"},
		{ListValuesInput{Column: "eventname", Prefix: "gET"}, "GetObject=1"},
		{ListValuesInput{Column: "eventName", Prefix: "it's"}, ""},
		{ListValuesInput{Column: "readOnly"}, "false=2 true=1"},
		{ListValuesInput{Column: "userIdentity.sessionContext.attributes.mfaAuthenticated"}, "true=1"},
		{ListValuesInput{Column: "requestParameters"}, "bucketName=2 key=1"},
		{ListValuesInput{Column: "requestParameters", Prefix: "K"}, "key=1"},
		{ListValuesInput{Column: "requestParameters", Key: ptr("bucketName")}, "Demo=1 demo-2=1"},
		{ListValuesInput{Column: "requestParameters", Key: ptr("bucketName"), Prefix: "demo-"}, "demo-2=1"},
		{ListValuesInput{Column: "requestParameters", Key: ptr("o'clock")}, ""},
		{ListValuesInput{Column: "errorCode"}, ""},
	} {
		test.in.EventDataStore = id
		got, err := l.ListEventDataStoreValues(t.Context(), Principal{}, test.in)
		if err != nil {
			t.Errorf("%+v: %v", test.in, err)
			continue
		}
		var values []string
		for _, v := range got.Values {
			values = append(values, fmt.Sprintf("%s=%d", v.Value, v.Count))
		}
		if text := strings.Join(values, " "); text != test.want || got.Events != 3 || !got.Complete {
			t.Errorf("%+v: %s of %d events, complete %v, want %s of 3", test.in, text, got.Events, got.Complete, test.want)
		}
	}
	for message, in := range map[string]ListValuesInput{
		`Column "nosuch": the store has no such column`:               {Column: "nosuch"},
		`Column "useridentity.nosuch": the store has no such column`:  {Column: "useridentity.nosuch"},
		`Column "eventname.x": the store has no such column`:          {Column: "eventname.x"},
		`Column "useridentity": is a row(`:                            {Column: "useridentity"},
		`Key "k": column eventName is a varchar, only a map has keys`: {Column: "eventName", Key: ptr("k")},
	} {
		in.EventDataStore = id
		_, err := l.ListEventDataStoreValues(t.Context(), Principal{}, in)
		wantCode(t, err, InvalidParameter, message)
	}
	_, err := l.ListEventDataStoreValues(t.Context(), Principal{}, ListValuesInput{EventDataStore: id, Column: "eventName", MaxResults: ptr(int32(1001))})
	wantCode(t, err, InvalidMaxResults, "1001")
	_, err = l.ListEventDataStoreValues(t.Context(), Principal{}, ListValuesInput{EventDataStore: "11111111-2222-4333-8444-555555555555", Column: "eventName"})
	wantCode(t, err, EventDataStoreNotFound, "11111111")
}

// TestListEventDataStoreColumns: every path is one that SQL takes, with its type.
func TestListEventDataStoreColumns(t *testing.T) {
	l, id := threeEventLake(t)
	columns, err := l.ListEventDataStoreColumns(t.Context(), Principal{}, id)
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, c := range columns {
		path := c.Path
		if strings.HasPrefix(path, "$") {
			first, rest, _ := strings.Cut(path, ".")
			if path = `"` + first + `"`; rest != "" {
				path += "." + rest
			}
		}
		v, err := l.ValidateQuery(t.Context(), Principal{}, StatementInput{Statement: "SELECT " + path + " FROM audit"})
		if err != nil || len(v.Errors) > 0 || c.Synonym == "" && v.Columns[0].Type != c.Type {
			t.Errorf("%+v: %+v, %v", c, v, err)
		}
		if !strings.Contains(c.Path, ".") && !c.Hidden {
			shown = append(shown, c.Path)
		}
	}
	v, err := l.ValidateQuery(t.Context(), Principal{}, StatementInput{Statement: "SELECT * FROM audit"})
	if err != nil || len(v.Columns) != len(shown) {
		t.Fatalf("SELECT * has %d columns, %d listed: %v", len(v.Columns), len(shown), err)
	}
	for i, c := range v.Columns {
		if c.Name != shown[i] {
			t.Errorf("column %d is %s, listed %s", i, c.Name, shown[i])
		}
	}
	for path, typ := range map[string]string{
		"useridentity.sessioncontext.attributes.creationdate": "timestamp(3)", "requestparameters": "map(varchar, varchar)",
		"eventcontext.tagcontext.principaltags": "map(varchar, varchar)", "readonly": "boolean", "dt": "",
	} {
		if i := slices.IndexFunc(columns, func(c StoreColumn) bool { return c.Path == path }); i < 0 || columns[i].Type != typ || columns[i].Keys != strings.HasPrefix(typ, "map") {
			t.Errorf("%s is not listed as %q", path, typ)
		}
	}
}

// TestEstimateQuery: a query that reads every row it may read reads what was
// estimated; of bytes a little more, because a column of a condition may be read twice.
func TestEstimateQuery(t *testing.T) {
	l := openLake(t, nil)
	l.generate(shorter(20000), 10)
	l.create("audit", 3653)
	l.importAll(l.mustFind("audit"))
	for _, sql := range []string{
		"SELECT count(*) FROM audit", "SELECT eventName FROM audit", "SELECT eventName, eventTime FROM audit WHERE eventTime >= TIMESTAMP '2026-03-30 00:00:00' ",
		"SELECT a.eventName FROM audit a JOIN audit b ON a.eventID = b.eventID", "SELECT 1", "SELECT * FROM audit WHERE eventTime > now() - INTERVAL '2' DAY",
		"WITH w AS (SELECT eventName FROM audit) SELECT * FROM w UNION ALL SELECT * FROM w",
	} {
		got, err := l.EstimateQuery(t.Context(), Principal{}, StatementInput{Statement: sql})
		if err != nil {
			t.Fatal(err)
		}
		q, err := l.StartQuery(t.Context(), Principal{}, StartQueryInput{Statement: &sql})
		if err != nil {
			t.Fatal(err)
		}
		d := l.waitQuery(q.ID)
		ran := Estimate{Segments: d.Segments, SegmentsPruned: d.SegmentsPruned, RowGroups: d.RowGroups, RowGroupsPruned: d.RowGroupsPruned}
		if got.Segments != ran.Segments || got.SegmentsPruned != ran.SegmentsPruned || got.RowGroups != ran.RowGroups || got.RowGroupsPruned != ran.RowGroupsPruned ||
			got.Rows < d.EventsScanned || got.Bytes+got.Bytes/20 < d.BytesScanned {
			t.Errorf("%s: estimated %+v, ran %+v, %d rows, %d bytes", sql, *got, ran, d.EventsScanned, d.BytesScanned)
		}
	}
	some, err := l.EstimateQuery(t.Context(), Principal{}, StatementInput{Statement: "SELECT eventName FROM audit WHERE eventTime >= '?' AND eventTime < '?'", Parameters: []string{"2026-03-30", "2026-03-31"}})
	if err != nil || some.SegmentsPruned == 0 || some.SegmentsPruned == some.Segments || some.Rows == 0 || some.Bytes == 0 {
		t.Errorf("one day: %+v, %v, want some segments", some, err)
	}
	for message, in := range map[string]StatementInput{
		"line 1:8: Column 'nosuch'": {Statement: "SELECT nosuch FROM audit"}, "expected 1 but found 2": {Statement: "SELECT ?", Parameters: []string{"1", "2"}},
	} {
		_, err := l.EstimateQuery(t.Context(), Principal{}, in)
		wantCode(t, err, InvalidQueryStatement, message)
	}
	_, err = l.EstimateQuery(t.Context(), Principal{}, StatementInput{})
	wantCode(t, err, InvalidParameter, "QueryStatement")
}

func TestListFunctions(t *testing.T) {
	l := openLake(t, nil)
	functions, err := l.ListFunctions(t.Context(), Principal{})
	if err != nil || len(functions) < 300 {
		t.Fatalf("%d functions, %v", len(functions), err)
	}
	for _, f := range functions {
		if f.Name == "json_extract_scalar" {
			if len(f.Signatures) != 2 || f.Signatures[0] != "json_extract_scalar(json, jsonpath) -> varchar" || f.Description == "" {
				t.Errorf("%+v", f)
			}
			return
		}
	}
	t.Error("no json_extract_scalar")
}
