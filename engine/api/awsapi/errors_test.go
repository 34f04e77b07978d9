package awsapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/smithy-go"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
)

// commonErrors are not in CloudTrail's model but among AWS's common errors, with
// a status of their own (CloudTrail API reference, "Common Errors").
var commonErrors = map[string]int{
	"AccessDeniedException":       http.StatusForbidden,
	"UnrecognizedClientException": http.StatusForbidden,
	"InternalFailure":             http.StatusInternalServerError,
	"ServiceUnavailable":          http.StatusServiceUnavailable,
}

// TestEveryCode lets the engine fail with every code and holds the exception's
// name against what the Go SDK, made from CloudTrail's model, knows.
func TestEveryCode(t *testing.T) {
	for _, code := range engine.Codes() {
		t.Run(string(code), func(t *testing.T) {
			e := &apitest.Engine{Fail: func(context.Context, string) error { return engine.Errorf(code, "value %q: must be other", "x") }}
			resp := call(t, front(e), newRequest("StartQuery", "{}"), "{}")
			var body struct {
				Type    string `json:"__type"`
				Message string `json:"message"`
			}
			if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
				t.Fatal(err)
			}
			if body.Message != `value "x": must be other` {
				t.Errorf("message = %q", body.Message)
			}
			if want, ok := commonErrors[body.Type]; ok {
				if resp.StatusCode != want {
					t.Errorf("status = %d, want %d", resp.StatusCode, want)
				}
				return
			}
			if body.Type != string(code)+"Exception" {
				t.Errorf("__type = %q, want the code with Exception", body.Type)
			}
			if resp.StatusCode != http.StatusBadRequest {
				t.Errorf("status = %d: every modelled exception is 400", resp.StatusCode)
			}
		})
	}
}

// TestSDKErrors: the Go SDK gives the caller the exception by its name.
func TestSDKErrors(t *testing.T) {
	for _, code := range engine.Codes() {
		e := &apitest.Engine{Fail: func(context.Context, string) error { return engine.Errorf(code, "told") }}
		client := sdk(t, e)
		_, err := client.StartQuery(context.Background(), &cloudtrail.StartQueryInput{QueryStatement: aws.String("SELECT 1")})
		var api smithy.APIError
		if !errors.As(err, &api) {
			t.Errorf("%s: error = %v, want an API error", code, err)
			continue
		}
		want := string(code) + "Exception"
		switch code {
		case engine.Internal:
			want = "InternalFailure"
		case engine.InsufficientStorage:
			want = "ServiceUnavailable"
		}
		if api.ErrorCode() != want || api.ErrorMessage() != "told" {
			t.Errorf("%s: SDK sees %s %q, want %s", code, api.ErrorCode(), api.ErrorMessage(), want)
		}
	}
}

// TestUnknownErrors: what the engine did not name stays in the log.
func TestUnknownErrors(t *testing.T) {
	fails := map[string]func(context.Context, string) error{
		"error": func(context.Context, string) error { return errors.New("open /secret/path") },
		"code":  func(context.Context, string) error { return engine.Errorf("Unheard", "never") },
		"panic": func(context.Context, string) error { panic("secret") },
	}
	for name, fail := range fails {
		t.Run(name, func(t *testing.T) {
			resp := call(t, front(&apitest.Engine{Fail: fail}), newRequest("StartQuery", "{}"), "{}")
			body := read(t, resp.Body)
			if resp.StatusCode != 500 || !strings.Contains(body, `"InternalFailure"`) || strings.Contains(body, "secret") {
				t.Errorf("%d %s", resp.StatusCode, body)
			}
		})
	}
}

// TestMalformed: requests that are wrong before any operation is reached.
func TestMalformed(t *testing.T) {
	tests := []struct {
		name    string
		body    string
		change  func(*http.Request)
		after   func(*http.Request) // after signing
		status  int
		errType string
		message string
	}{
		{"no target", "{}", func(r *http.Request) { r.Header.Del("X-Amz-Target") }, nil, 404, "UnknownOperationException", "X-Amz-Target"},
		{"two targets", "{}", func(r *http.Request) { r.Header.Add("X-Amz-Target", "CloudTrail_20131101.StartQuery") }, nil, 404, "UnknownOperationException", "once"},
		{"other service", "{}", func(r *http.Request) { r.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables") }, nil, 404, "UnknownOperationException", "DynamoDB"},
		{"no operation", "{}", func(r *http.Request) { r.Header.Set("X-Amz-Target", "CloudTrail_20131101.") }, nil, 404, "UnknownOperationException", ""},
		{"other content type", "a=b", func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, nil, 400, "SerializationException", "application/x-amz-json-1.1"},
		{"unreadable content type", "{}", func(r *http.Request) { r.Header.Set("Content-Type", ";;;") }, nil, 400, "SerializationException", "Content-Type"},
		{"not UTF-8", "{\"QueryStatement\": \"\xff\"}", nil, nil, 400, "SerializationException", "UTF-8"},
		{"deep nesting", strings.Repeat("[", 20000), nil, nil, 400, "SerializationException", "JSON"},
		{"too long", `{"a":"` + strings.Repeat("x", 1<<16) + `"}`, nil, nil, 413, "RequestEntityTooLargeException", "65536"},
		{"no credentials", "{}", nil, func(r *http.Request) { r.Header.Del("Authorization") }, 403, "MissingAuthenticationToken", "Missing"},
		{"Basic on the AWS wire", "{}", nil, apitest.BasicAuth, 403, "IncompleteSignature", "Basic"},
		{"tampered body", "{}", nil, func(r *http.Request) { r.Body = http.NoBody }, 403, "InvalidSignatureException", "does not match"},
		{"truncated signature", "{}", nil, func(r *http.Request) {
			r.Header.Set("Authorization", r.Header.Get("Authorization")[:150])
		}, 403, "IncompleteSignature", ""},
		{"unknown operation without credentials", "{}", func(r *http.Request) { r.Header.Set("X-Amz-Target", "CloudTrail_20131101.Nope") },
			func(r *http.Request) { r.Header.Del("Authorization") }, 403, "MissingAuthenticationToken", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := &apitest.Engine{}
			r := newRequest("StartQuery", test.body)
			if test.change != nil {
				test.change(r)
			}
			if err := apitest.Sign(r, []byte(test.body), apitest.At); err != nil {
				t.Fatal(err)
			}
			if test.after != nil {
				test.after(r)
			}
			w := httptest.NewRecorder()
			front(e).ServeHTTP(w, r)
			var got struct {
				Type    string `json:"__type"`
				Message string `json:"message"`
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status || got.Type != test.errType || !strings.Contains(got.Message, test.message) {
				t.Errorf("%d %+v, want %d %s with %q", w.Code, got, test.status, test.errType, test.message)
			}
			if calls := e.Calls(); len(calls) > 0 {
				t.Errorf("the engine was asked: %+v", calls)
			}
		})
	}
}

// FuzzBody: any body gets an answer in JSON, with 200 or an exception of 400.
func FuzzBody(f *testing.F) {
	f.Add("StartImport", `{"StartEventTime": 1e9, "ImportSource": {"S3": {}}}`)
	f.Add("CreateEventDataStore", `{"AdvancedEventSelectors": [{"FieldSelectors": [null]}]}`)
	f.Add("ListQueries", `{"StartTime": -0.5, "MaxResults": 1e2}`)
	h := front(&apitest.Engine{})
	f.Fuzz(func(t *testing.T, op, body string) {
		if strings.ContainsFunc(op, func(c rune) bool { return c < ' ' || c > '~' }) {
			return // no HTTP header
		}
		resp := call(t, h, newRequest(op, body), body)
		text := read(t, resp.Body)
		if !json.Valid([]byte(text)) || resp.StatusCode >= 500 {
			t.Errorf("%d %s", resp.StatusCode, text)
		}
	})
}
