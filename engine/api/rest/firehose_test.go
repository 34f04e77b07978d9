package rest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
)

// sample is the request that the developer guide shows, in the parts that it tells
// of: "HTTP endpoint delivery request and response specifications".
const sample = `{"requestId":"ed4acda5-034f-9f42-bba1-f29aea6d7d8f","timestamp":1578090901599,"records":[{"data":"aGVsbG8="},{"data":"aGVsbG8gd29ybGQ="}]}`

func TestFirehose(t *testing.T) {
	squeezed := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := io.WriteString(z, text)
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	const key = apitest.KeyID + ":" + apitest.Secret
	tests := []struct {
		name, body, key, encoding string
		fail                      error
		status                    int
		message                   string // the beginning of the errorMessage
		id                        string
	}{
		{"sample", sample, key, "", nil, 200, "", "ed4acda5-034f-9f42-bba1-f29aea6d7d8f"},
		{"gzip", squeezed(sample), key, "gzip", nil, 200, "", "ed4acda5-034f-9f42-bba1-f29aea6d7d8f"},
		{"no records", `{"requestId":"r","timestamp":1,"records":[]}`, key, "", nil, 200, "", "r"},
		{"records before the id", `{"records":[{"data":"aGVsbG8="}],"requestId":"r"}`, key, "", nil, 200, "", "r"},
		{"wrong key", sample, apitest.KeyID + ":x", "", nil, 401, "UnrecognizedClient", "header"},
		{"no pair", sample, "x", "", nil, 401, "IncompleteSignature", "header"},
		{"no key", sample, "", "", nil, 401, "MissingAuthenticationToken", "header"},
		{"no JSON", "hello", key, "", nil, 400, "InvalidParameter: the body:", "header"},
		{"an array", "[]", key, "", nil, 400, "InvalidParameter: the body: json: cannot unmarshal array", "header"},
		{"cut off", sample[:100], key, "", nil, 400, "InvalidParameter: the body: unexpected end", "header"},
		{"bad base64", `{"requestId":"r","records":[{"data":"?"}]}`, key, "", nil, 400, "InvalidParameter: the body: illegal base64", "r"},
		{"no id", `{"records":[]}`, key, "", nil, 400, "InvalidParameter: the body has no requestId", "header"},
		{"no gzip", sample, key, "gzip", nil, 400, "InvalidParameter: the body is no gzip", "header"},
		{"other encoding", sample, key, "br", nil, 400, `InvalidParameter: Content-Encoding "br"`, "header"},
		{"too large", squeezed(`{"requestId":"r","records":[` + strings.Repeat(" ", 64<<20) + `]}`), key, "gzip", nil, 413, "RequestEntityTooLarge", "header"},
		{"busy", sample, key, "", engine.Errorf(engine.Throttling, "later"), 429, "Throttling: later", "ed4acda5-034f-9f42-bba1-f29aea6d7d8f"},
		{"stopped", sample, key, "", engine.Errorf(engine.InvalidEventDataStoreStatus, "no"), 409, "InvalidEventDataStoreStatus", "ed4acda5-034f-9f42-bba1-f29aea6d7d8f"},
		{"disk full", sample, key, "", engine.Errorf(engine.InsufficientStorage, "no"), 507, "InsufficientStorage", "ed4acda5-034f-9f42-bba1-f29aea6d7d8f"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &apitest.Engine{Fail: func(context.Context, string) error { return tt.fail }}
			r, err := http.NewRequest("POST", serve(t, e)+"/api/v1/firehose?eventDataStore=s", strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Amz-Firehose-Protocol-Version", "1.0")
			r.Header.Set("X-Amz-Firehose-Request-Id", "header")
			if tt.key != "" {
				r.Header.Set("X-Amz-Firehose-Access-Key", tt.key)
			}
			if tt.encoding != "" {
				r.Header.Set("Content-Encoding", tt.encoding)
			}
			status, kind, body := do(t, r)
			var answer struct {
				RequestID    string `json:"requestId"`
				Timestamp    int64  `json:"timestamp"`
				ErrorMessage string `json:"errorMessage"`
			}
			if err := json.Unmarshal([]byte(body), &answer); err != nil {
				t.Fatalf("%q: %v", body, err)
			}
			if status != tt.status || kind != "application/json" || answer.RequestID != tt.id || answer.Timestamp < 1_500_000_000_000 ||
				!strings.HasPrefix(answer.ErrorMessage, tt.message) || (status == 200) != (answer.ErrorMessage == "") {
				t.Errorf("%d %s %s", status, kind, body)
			}
			calls := e.Calls()
			if tt.name != "sample" && tt.name != "gzip" {
				return
			}
			if len(calls) != 1 || fmt.Sprintf("%q", calls[0].Input.(engine.PutRecordsInput)) != `{"s" ["hello" "hello world"] "Firehose"}` {
				t.Errorf("calls %q", calls)
			}
		})
	}
}

// TestFirehosePieces: a large delivery is stored piece by piece.
func TestFirehosePieces(t *testing.T) {
	e := &apitest.Engine{}
	record := `{"data":"` + base64.StdEncoding.EncodeToString(make([]byte, 1<<20)) + `"}`
	body := `{"requestId":"r","timestamp":1,"records":[` + strings.Repeat(record+",", 19) + record + `]}`
	r := newRequest(t, "POST", serve(t, e)+"/api/v1/firehose?eventDataStore=s", body)
	if status, _, answer := do(t, r); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	var records []int
	for _, c := range e.Calls() {
		records = append(records, len(c.Input.(engine.PutRecordsInput).Records))
	}
	if fmt.Sprint(records) != "[8 8 4]" {
		t.Errorf("pieces of %v records", records)
	}
}
