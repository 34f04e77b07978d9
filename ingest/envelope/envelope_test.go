package envelope

import (
	"bytes"
	"compress/gzip"
	"errors"
	"slices"
	"strings"
	"testing"
)

func squeeze(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// The envelopes are those of the documents named in the package comment.
const (
	bridge = `{"version":"0","id":"36eb8523-97d0-4518-b33d-ee3579ff19f0","detail-type":"AWS API Call via CloudTrail","source":"aws.s3","account":"123456789012","time":"2016-02-20T01:09:13Z","region":"us-east-1","resources":[],"detail":{"eventVersion":"1.03","eventName":"CreateBucket"}}`
	logs   = `{"owner":"111111111111","logGroup":"CloudTrail/logs","logStream":"111111111111_CloudTrail/logs_us-east-1","subscriptionFilters":["Destination"],"messageType":"DATA_MESSAGE","logEvents":[{"id":"31953106606966983378809025079804211143289615424298221568","timestamp":1432826855000,"message":"{\"eventVersion\":\"1.03\",\"userIdentity\":{\"type\":\"Root\"}}"},{"id":"2","timestamp":1,"message":"hello"}]}`
)

func TestOpen(t *testing.T) {
	const a, b = `{"eventID":"a"}`, `{"eventID":"b"}`
	tests := []struct {
		name, data string
		want       []string // events, and "!reason" of what is none
	}{
		{"event", a, []string{a}},
		{"concatenated", a + b, []string{a, b}},
		{"lines", a + "\n\n" + b + "\r\n", []string{a, b}},
		{"log file", `{"Records":[` + a + `,` + b + `,7]}`, []string{a, b, "!a JSON value that is no object"}},
		{"two log files", `{"Records":[` + a + `]}{"Records":[` + b + `]}`, []string{a, b}},
		{"gzip", squeeze(a + b), []string{a, b}},
		{"two gzips", squeeze(a) + squeeze(b), []string{a, b}},
		{"EventBridge", bridge, []string{`{"eventVersion":"1.03","eventName":"CreateBucket"}`}},
		{"EventBridge, another's", strings.Replace(bridge, `{"eventVersion":"1.03","eventName":"CreateBucket"}`, `{"state":"running"}`, 1), []string{`!an event of EventBridge, "AWS API Call via CloudTrail", whose detail is no event of CloudTrail`}},
		{"CloudWatch Logs", squeeze(logs), []string{`{"eventVersion":"1.03","userIdentity":{"type":"Root"}}`, "!no JSON"}},
		{"CloudWatch Logs, control", `{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}`, nil},
		{"array", `[` + a + `,` + bridge + `]`, []string{a, `{"eventVersion":"1.03","eventName":"CreateBucket"}`}},
		{"a bad line", a + "\nhello {\n" + b, []string{a, "!no JSON", b}},
		{"cut off", a + `{"eventID":"b`, []string{a, "!no JSON: the text is cut off"}},
		{"many bad lines", strings.Repeat("[\n", 100_000), slices.Concat(slices.Repeat([]string{"!no JSON"}, 1000), []string{"!no JSON, as 1000 lines before it"})},
		{"other object", `{"a":1}`, []string{"!an object with none of the keys"}},
		{"nothing", " \n", nil},
		{"bad gzip", "\x1f\x8bxxxxxxxxxxxxxxxxxxx", []string{"!damaged gzip"}},
		{"cut gzip", squeeze(a)[:20], []string{"!damaged gzip"}},
		{"deep", squeeze(squeeze(squeeze(squeeze(squeeze(squeeze(a)))))), []string{"!in more than 4 envelopes"}},
		{"deep arrays", strings.Repeat("[", 50) + strings.Repeat("]", 50), []string{"!in more than 4 envelopes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			err := Open([]byte(tt.data), func(e Element) error {
				if e.Reason != "" {
					got = append(got, "!"+e.Reason)
				} else {
					got = append(got, string(e.JSON))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			same := func(got, want string) bool {
				return got == want || strings.HasPrefix(want, "!") && strings.HasPrefix(got, want)
			}
			if !slices.EqualFunc(got, tt.want, same) {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
	stop := errors.New("stop")
	if err := Open([]byte(a+b), func(Element) error { return stop }); err != stop {
		t.Errorf("error %v, want the function's", err)
	}
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{bridge, logs, squeeze(logs), `{"Records":[{}]}`, "[", "{\n}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := Open(data, func(Element) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}
