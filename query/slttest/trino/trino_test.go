package trino

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The pages are as Trino 483 sent them for the statement below.
const (
	firstPage  = `{"id":"q","nextUri":"SERVER/v1/statement/executing/q/1"}`
	secondPage = `{"id":"q","columns":[
		{"name":"r","type":"row(a integer, varchar(1))","typeSignature":{"rawType":"row","arguments":[
			{"kind":"NAMED_TYPE","value":{"fieldName":{"name":"a"},"typeSignature":{"rawType":"integer","arguments":[]}}},
			{"kind":"NAMED_TYPE","value":{"typeSignature":{"rawType":"varchar","arguments":[{"kind":"LONG","value":1}]}}}]}},
		{"name":"m","type":"map(varchar(1), decimal(2, 1))","typeSignature":{"rawType":"map","arguments":[
			{"kind":"TYPE","value":{"rawType":"varchar","arguments":[{"kind":"LONG","value":1}]}},
			{"kind":"TYPE","value":{"rawType":"decimal","arguments":[{"kind":"LONG","value":2},{"kind":"LONG","value":1}]}}]}},
		{"name":"l","type":"array(double)","typeSignature":{"rawType":"array","arguments":[
			{"kind":"TYPE","value":{"rawType":"double","arguments":[]}}]}},
		{"name":"b","type":"varbinary","typeSignature":{"rawType":"varbinary","arguments":[]}},
		{"name":"t","type":"timestamp(6)","typeSignature":{"rawType":"timestamp","arguments":[{"kind":"LONG","value":6}]}},
		{"name":"n","type":"unknown","typeSignature":{"rawType":"unknown","arguments":[]}}],
		"data":[[[1,"x"],{"k":"1.5","a":null},[1.0E10,"NaN",null],"aGk=","2020-01-01 00:00:00.123456",null]]}`
)

// serve answers the pages in order and notes what it was asked.
func serve(t *testing.T, pages ...string) (*Client, *[]string) {
	t.Helper()
	var asked []string
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Method+" "+r.URL.Path+" "+string(body))
		_, _ = io.WriteString(w, strings.ReplaceAll(pages[len(asked)-1], "SERVER", server.URL))
	}))
	t.Cleanup(server.Close)
	return &Client{Server: server.URL, User: "tester"}, &asked
}

func TestRun(t *testing.T) {
	c, asked := serve(t, firstPage, secondPage)
	res, err := c.Run(context.Background(), "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	var letters, cells []string
	for i, col := range res.Columns {
		cell, ok, err := col.Type.Text(res.Rows[0][i])
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			cell = "NULL"
		}
		letters, cells = append(letters, string(col.Type.Letter())), append(cells, cell)
	}
	if got, want := strings.Join(letters, ""), "NNNXDU"; got != want {
		t.Errorf("letters %s, want %s", got, want)
	}
	want := "{a=1, field1=x}|{a=null, k=1.5}|[1.0E10, NaN, null]|68 69|2020-01-01 00:00:00.123456|NULL"
	if got := strings.Join(cells, "|"); got != want {
		t.Errorf("cells\n%s\nwant\n%s", got, want)
	}
	if got := strings.Join(*asked, ", "); got != "POST /v1/statement SELECT 1, GET /v1/statement/executing/q/1 " {
		t.Errorf("asked %s", got)
	}
}

func TestRunFails(t *testing.T) {
	c, _ := serve(t, `{"error":{"errorName":"COLUMN_NOT_FOUND","message":"line 1:8: Column 'x' cannot be resolved"}}`)
	_, err := c.Run(context.Background(), "SELECT x")
	failure, ok := Failed(err)
	if !ok || failure.Name != "COLUMN_NOT_FOUND" || failure.Error() != "line 1:8: Column 'x' cannot be resolved" {
		t.Errorf("Run = %v", err)
	}
}
