package awsapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/engine/api/apitest"
	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/engine/api/awsapi"
)

const requestID = "00000000-0000-4000-8000-00000000000a"

func front(e *apitest.Engine) http.Handler {
	return awsapi.New(awsapi.Options{
		Stores: e, Imports: e, Queries: e, Samples: e, Channels: e,
		Auth:      auth.New(e, func() time.Time { return apitest.At }),
		RequestID: func(context.Context) string { return requestID },
		MaxBody:   1 << 16,
	})
}

func call(t *testing.T, h http.Handler, r *http.Request, body string) *http.Response {
	t.Helper()
	if err := apitest.Sign(r, []byte(body), apitest.At); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func newRequest(op, body string) *http.Request {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8700/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."+op)
	return r
}

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestWire holds requests against what the engine is asked and what the wire
// answers. testdata/wire follows the CloudTrail API reference (API version
// 2013-11-01) member by member.
func TestWire(t *testing.T) {
	datadriven.RunTest(t, "testdata/wire", func(t *testing.T, d *datadriven.TestData) string {
		if d.Cmd != "call" {
			d.Fatalf(t, "unknown command %s", d.Cmd)
		}
		var op string
		d.ScanArgs(t, "op", &op)
		e := &apitest.Engine{}
		resp := call(t, front(e), newRequest(op, d.Input), d.Input)
		var out strings.Builder
		for _, c := range e.Calls() {
			if c.Principal != apitest.Principal() {
				t.Errorf("%s: principal = %+v", op, c.Principal)
			}
			b, err := json.Marshal(c.Input)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "engine %s %s\n", c.Op, b)
		}
		fmt.Fprintf(&out, "%d %s %s\n", resp.StatusCode, resp.Header.Get("Content-Type"), resp.Header.Get("X-Amzn-Requestid"))
		out.WriteString(read(t, resp.Body))
		return out.String()
	})
}
