package event

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"
)

// activityPayload is the smallest payload that has all the schema requires, with changes.
func activityPayload(t *testing.T, change map[string]any) string {
	t.Helper()
	p := map[string]any{
		"version": "1", "userIdentity": map[string]any{"type": "AppUser", "principalId": "u-7"}, "eventTime": "2026-03-01T10:00:00Z",
		"eventName": "Login", "eventSource": "crm.example.com", "UID": "req-1", "recipientAccountId": "111122223333",
	}
	maps.Copy(p, change)
	maps.DeleteFunc(p, func(_ string, v any) bool { return v == "absent" })
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestParseActivity holds the limits of the published schema of integration events,
// each at its bound and one beyond.
func TestParseActivity(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	identity := func(kind, id any) map[string]any {
		return map[string]any{"userIdentity": map[string]any{"type": kind, "principalId": id}}
	}
	object := func(bytes int) map[string]any { return map[string]any{"k": strings.Repeat("x", bytes-len(`{"k":""}`))} }
	type c = map[string]any
	tests := []struct {
		name   string
		change map[string]any
		want   error // nil: taken
		tells  string
	}{
		{"what is required", nil, nil, ""},
		{"no version", c{"version": "absent"}, ErrFieldNotFound, "version"},
		{"no userIdentity", c{"userIdentity": "absent"}, ErrFieldNotFound, "userIdentity"},
		{"no type", identity(nil, "u"), ErrFieldNotFound, "userIdentity.type"},
		{"no principalId", identity("t", nil), ErrFieldNotFound, "userIdentity.principalId"},
		{"no eventSource", c{"eventSource": nil}, ErrFieldNotFound, "eventSource"},
		{"no eventName", c{"eventName": ""}, ErrFieldNotFound, "eventName is empty"},
		{"no eventTime", c{"eventTime": "absent"}, ErrFieldNotFound, "eventTime"},
		{"no UID", c{"UID": "absent", "uid": "x"}, ErrFieldNotFound, "uid is there"},
		{"no recipientAccountId", c{"recipientAccountId": "absent"}, ErrFieldNotFound, "recipientAccountId"},
		{"version of 256", c{"version": long(256)}, nil, ""},
		{"version of 257", c{"version": long(257)}, ErrFieldTooLong, "257"},
		{"type of 128", identity(long(128), "u"), nil, ""},
		{"type of 129", identity(long(129), "u"), ErrFieldTooLong, "userIdentity.type"},
		{"principalId of 1024", identity("t", long(1024)), nil, ""},
		{"principalId of 1025", identity("t", long(1025)), ErrFieldTooLong, "userIdentity.principalId"},
		{"userAgent of 1025", c{"userAgent": long(1025)}, ErrFieldTooLong, "userAgent"},
		{"eventSource of 1025", c{"eventSource": long(1025)}, ErrFieldTooLong, "eventSource"},
		{"eventName of 1024", c{"eventName": long(1024)}, nil, ""},
		{"eventName of 1025", c{"eventName": long(1025)}, ErrFieldTooLong, "eventName"},
		{"UID of 1025", c{"UID": long(1025)}, ErrFieldTooLong, "UID"},
		{"errorCode of 256", c{"errorCode": long(256), "errorMessage": long(256)}, nil, ""},
		{"errorCode of 257", c{"errorCode": long(257)}, ErrFieldTooLong, "errorCode"},
		{"errorMessage of 257", c{"errorMessage": long(257)}, ErrFieldTooLong, "errorMessage"},
		{"requestParameters of 100 kB", c{"requestParameters": object(102400)}, nil, ""},
		{"requestParameters of more", c{"requestParameters": object(102401)}, ErrFieldTooLong, "requestParameters"},
		{"responseElements of more", c{"responseElements": object(102401)}, ErrFieldTooLong, "responseElements"},
		{"additionalEventData of 28 kB", c{"additionalEventData": object(28672)}, nil, ""},
		{"additionalEventData of more", c{"additionalEventData": object(28673)}, ErrFieldTooLong, "additionalEventData"},
		{"an IPv6 address", c{"sourceIPAddress": "2001:db8::1"}, nil, ""},
		{"no address", c{"sourceIPAddress": "localhost"}, ErrInvalidData, "localhost"},
		{"a time without Z", c{"eventTime": "2026-03-01T10:00:00"}, nil, ""},
		{"a time with an offset", c{"eventTime": "2026-03-01T10:00:00+02:00"}, ErrInvalidData, "eventTime"},
		{"a time with a fraction", c{"eventTime": "2026-03-01T10:00:00.5Z"}, ErrInvalidData, "eventTime"},
		{"a day of no month", c{"eventTime": "2026-02-30T10:00:00Z"}, ErrInvalidData, "eventTime"},
		{"a number for a string", c{"version": 1}, ErrInvalidData, "number where a string belongs"},
		{"a string for an object", c{"requestParameters": "a"}, ErrInvalidData, "string where an object belongs"},
		{"details that are no object", c{"userIdentity": c{"type": "t", "principalId": "u", "details": []int{1}}}, ErrInvalidData, "details"},
		{"a key of its own", c{"mine": 1}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkParse(t, activityPayload(t, tt.change), tt.want, tt.tells)
		})
	}
	for name, text := range map[string]string{
		"empty": "", "no JSON": "hello", "an array": "[]", "two objects": "{} {}", "a key twice": `{"version":"1","version":"2"}`,
		"not UTF-8": "{\"version\":\"\xff\"}", "deep": strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600),
	} {
		t.Run(name, func(t *testing.T) { checkParse(t, text, ErrInvalidData, "eventData") })
	}
}

func checkParse(t *testing.T, text string, want error, tells string) {
	t.Helper()
	a, err := ParseActivity(text)
	if !errors.Is(err, want) || err != nil && !strings.Contains(err.Error(), tells) {
		t.Fatalf("ParseActivity = %v, want %v that tells of %q", err, want, tells)
	}
	if err != nil {
		return
	}
	if !a.Time.Equal(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)) || a.RecipientAccountID != "111122223333" || a.Source == "" {
		t.Errorf("activity = %v %q %q", a.Time, a.Source, a.RecipientAccountID)
	}
	record, err := a.Record(ActivityMeta{ID: "e", Region: "r", AccountID: "111122223333", ChannelARN: "arn:c", Ingested: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	row, err := NewDecoder(ActivityAuditLog).Decode(record)
	if err != nil || !row.HasTime || row.Time != a.Time.UnixMicro() || row.ID != "e" {
		t.Errorf("the record %s is decoded as %+v %v", record, row, err)
	}
	var got struct {
		Metadata  map[string]string `json:"metadata"`
		EventData json.RawMessage   `json:"eventData"`
	}
	if err := json.Unmarshal(record, &got); err != nil || string(got.EventData) != string(a.Data) {
		t.Errorf("eventData = %s %v", got.EventData, err)
	}
	if got.Metadata["channelARN"] != "arn:c" || got.Metadata["ingestionTime"] != "2026-03-02T00:00:00.000Z" {
		t.Errorf("metadata = %v", got.Metadata)
	}
}
