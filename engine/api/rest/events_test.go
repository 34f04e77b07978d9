package rest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
)

// TestEventLines puts events as lines: empty ones are none, what is no event is
// told with its line, and the request may be longer than others.
func TestEventLines(t *testing.T) {
	var asked []string
	e := &apitest.Engine{Fail: func(_ context.Context, call string) error {
		asked = append(asked, call)
		return nil
	}}
	url := serve(t, e)
	body := "{\"eventID\":\"a\"}\r\n\n  {\"eventID\":\"b\"}\n[]" // the stub calls the third invalid
	status, _, answer := do(t, newRequest(t, "POST", url+"/api/v1/events?eventDataStore=s&source=tool", body))
	want := `{"lines":3,"stored":1,"duplicates":1,"outsideRetention":0,"notSelected":0,"invalid":1,"failures":[{"line":4,"message":"no JSON object"}]}`
	if status != 200 || strings.TrimSpace(answer) != want {
		t.Errorf("%d %s, want %s", status, answer, want)
	}
	if len(asked) != 1 || asked[0] != "PutEvents" {
		t.Errorf("asked %q", asked)
	}
	long := strings.Repeat("{\"a\":\""+strings.Repeat("x", 1000)+"\"}\n", 200)
	if status, _, answer := do(t, newRequest(t, "POST", url+"/api/v1/events?eventDataStore=s", long)); status != 200 {
		t.Errorf("long: %d %s", status, answer)
	}
}

// TestEventLinesFail: an error tells up to which line the events are stored.
func TestEventLinesFail(t *testing.T) {
	calls := 0
	e := &apitest.Engine{Fail: func(context.Context, string) error {
		if calls++; calls == 3 {
			return engine.Errorf(engine.InsufficientStorage, "no space is left")
		}
		return nil
	}}
	lines := strings.Repeat("{}\n", 2500)
	status, _, answer := do(t, newRequest(t, "POST", serve(t, e)+"/api/v1/events?eventDataStore=s", lines))
	if status != 507 || !strings.Contains(answer, "first 2000 lines are stored") {
		t.Errorf("%d %s", status, answer)
	}
	req := newRequest(t, "POST", serve(t, &apitest.Engine{})+"/api/v1/events?eventDataStore=s", "{}")
	req.Header.Del("Authorization")
	if status, _, answer := do(t, req); status != 401 {
		t.Errorf("without credentials: %d %s", status, answer)
	}
}
