package awsapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
)

func putAudit(t *testing.T, e *apitest.Engine, query, body string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("POST", "http://127.0.0.1:8700/PutAuditEvents?"+query, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return call(t, front(e), r, body)
}

// TestPutAuditEvents follows a request of CloudTrail Data (API model 2021-08-11,
// REST-JSON) to the engine and back.
func TestPutAuditEvents(t *testing.T) {
	e := &apitest.Engine{}
	body := `{"auditEvents":[{"id":"1","eventData":"{}","eventDataChecksum":"c"},{"id":"2","eventData":""}]}`
	resp := putAudit(t, e, "channelArn=arn%3Aaws%3Acloudtrail%3Ar%3A1%3Achannel%2Fc&externalId=ext%40me", body)
	want := `{"successful":[{"id":"1","eventID":"e-1"}],"failed":[{"id":"2","errorCode":"FieldNotFound","errorMessage":"UID"}]}`
	if got := read(t, resp.Body); resp.StatusCode != 200 || got != want || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %s %s, want %s", resp.StatusCode, resp.Header.Get("Content-Type"), got, want)
	}
	external, sum := "ext@me", "c"
	asked := engine.PutAuditEventsInput{
		Channel: "arn:aws:cloudtrail:r:1:channel/c", ExternalID: &external, Events: []engine.AuditEvent{{ID: "1", Data: "{}", Checksum: &sum}, {ID: "2"}},
	}
	calls := e.Calls()
	if len(calls) != 1 || calls[0].Principal != apitest.Principal() {
		t.Fatalf("the engine was asked %+v", calls)
	}
	if diff := cmp.Diff(asked, calls[0].Input); diff != "" {
		t.Errorf("the engine was asked (-want +got):\n%s", diff)
	}
}

// TestPutAuditEventsErrors: the names and statuses of the API model; they stand in a
// header too, where the SDKs look for them.
func TestPutAuditEventsErrors(t *testing.T) {
	const good = `{"auditEvents":[{"id":"1","eventData":"{}"}]}`
	fail := func(code engine.Code) func(context.Context, string) error {
		return func(context.Context, string) error { return engine.Errorf(code, "told") }
	}
	tests := []struct {
		name   string
		body   string
		fail   func(context.Context, string) error
		status int
		want   string
	}{
		{"malformed ARN", good, fail(engine.ChannelARNInvalid), 400, "InvalidChannelARN"},
		{"unknown channel", good, fail(engine.ChannelNotFound), 400, "ChannelNotFound"},
		{"another account", good, fail(engine.ChannelInsufficientPermission), 400, "ChannelInsufficientPermission"},
		{"an id twice", good, fail(engine.DuplicatedAuditEventID), 400, "DuplicatedAuditEventId"},
		{"stopped", good, fail(engine.UnsupportedOperation), 400, "UnsupportedOperationException"},
		{"too many", good, fail(engine.InvalidParameter), 400, "ValidationError"},
		{"ours", good, fail(engine.Internal), 500, "InternalFailure"},
		{"unknown", good, fail("Unheard"), 500, "InternalFailure"},
		{"no eventData", `{"auditEvents":[{"id":"1"}]}`, nil, 400, "ValidationError"},
		{"a number for a list", `{"auditEvents":1}`, nil, 400, "SerializationException"},
		{"eventData that is no string", `{"auditEvents":[{"id":"1","eventData":{}}]}`, nil, 400, "SerializationException"},
		{"no JSON", `{`, nil, 400, "SerializationException"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := putAudit(t, &apitest.Engine{Fail: tt.fail}, "channelArn=arn:c", tt.body)
			var body struct {
				Type    string `json:"__type"`
				Message string `json:"message"`
			}
			if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || body.Type != tt.want || resp.Header.Get("X-Amzn-Errortype") != tt.want || body.Message == "" {
				t.Errorf("%d %s %+v, want %d %s", resp.StatusCode, resp.Header.Get("X-Amzn-Errortype"), body, tt.status, tt.want)
			}
		})
	}
	t.Run("no signature", func(t *testing.T) {
		w := httptest.NewRecorder()
		front(&apitest.Engine{}).ServeHTTP(w, httptest.NewRequest("POST", "/PutAuditEvents?channelArn=arn:c", strings.NewReader(good)))
		if w.Code != 403 || w.Header().Get("X-Amzn-Errortype") != "MissingAuthenticationToken" {
			t.Errorf("%d %s", w.Code, w.Header().Get("X-Amzn-Errortype"))
		}
	})
}
