package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// auditSelectors is the argument that makes a store of integrations' events.
const auditSelectors = `[{"Name":"integrations","FieldSelectors":[{"Field":"eventCategory","Equals":["ActivityAuditLog"]}]}]`

// auditData is eventData as an application sends it.
func auditData(t *testing.T, change map[string]any) string {
	t.Helper()
	p := map[string]any{
		"version": "1", "userIdentity": map[string]any{"type": "AppUser", "principalId": "u-7", "details": map[string]any{"team": "ops"}},
		"eventTime": "2026-03-01T10:00:00Z", "eventName": "Login", "eventSource": "crm.example.com", "UID": "req-1",
		"sourceIPAddress": "203.0.113.9", "recipientAccountId": "123456789012",
	}
	maps.Copy(p, change)
	maps.DeleteFunc(p, func(_ string, v any) bool { return v == nil })
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// badAuditEvents are one event of each kind of error, by the error's code as the
// API reference names it.
func badAuditEvents(t *testing.T) map[string]map[string]string {
	good := auditData(t, nil)
	return map[string]map[string]string{
		"InvalidChecksum":    {"eventData": good, "eventDataChecksum": base64.StdEncoding.EncodeToString(make([]byte, 32))},
		"InvalidData":        {"eventData": "hello"},
		"FieldNotFound":      {"eventData": auditData(t, map[string]any{"UID": nil})},
		"FieldTooLong":       {"eventData": auditData(t, map[string]any{"errorCode": strings.Repeat("x", 257)})},
		"InvalidRecipient":   {"eventData": auditData(t, map[string]any{"recipientAccountId": "111122223333"})},
		"InvalidEventSource": {"eventData": auditData(t, map[string]any{"eventSource": "s3.amazonaws.com"})},
	}
}

type auditAnswer struct {
	Successful []struct{ ID, EventID string }
	Failed     []struct{ ID, ErrorCode, ErrorMessage string }
}

// TestAWSCLIAuditEvents brings events through a channel with the aws command alone:
// each kind of bad event is refused, the good one beside it is there.
func TestAWSCLIAuditEvents(t *testing.T) {
	if exec.Command("aws", "--version").Run() != nil {
		optional(t, "the aws CLI")
	}
	dir := filepath.Join(t.TempDir(), "lake")
	p := startServer(t, dir)
	run := func(args ...string) (string, string, error) {
		cmd := exec.Command("aws", append(args, "--output", "json")...)
		cmd.Env = p.awsEnv()
		var stderr strings.Builder
		cmd.Stderr = &stderr
		raw, err := cmd.Output()
		return string(raw), stderr.String(), err
	}
	call := func(out any, args ...string) {
		t.Helper()
		raw, stderr, err := run(args...)
		if err != nil {
			t.Fatalf("aws %s: %v: %s", args[:2], err, stderr)
		}
		if out != nil {
			if err := json.Unmarshal([]byte(raw), out); err != nil {
				t.Fatalf("aws %s printed %q: %v", args[:2], raw, err)
			}
		}
	}
	var store struct{ EventDataStoreArn string }
	call(&store, "cloudtrail", "create-event-data-store", "--name", "apps", "--retention-period", "3653", "--no-multi-region-enabled",
		"--no-termination-protection-enabled", "--advanced-event-selectors", auditSelectors)
	var channel struct {
		ChannelArn, Name, Source string
		Destinations             []struct{ Type, Location string }
	}
	call(&channel, "cloudtrail", "create-channel", "--name", "mine", "--source", "Custom",
		"--destinations", "Type=EVENT_DATA_STORE,Location="+store.EventDataStoreArn, "--tags", "Key=team,Value=blue")
	if channel.Name != "mine" || channel.Source != "Custom" || len(channel.Destinations) != 1 || channel.Destinations[0].Location != store.EventDataStoreArn {
		t.Errorf("create-channel = %+v", channel)
	}
	good := auditData(t, nil)
	sum := sha256.Sum256([]byte(good))
	events := []map[string]string{{"id": "good", "eventData": good, "eventDataChecksum": base64.StdEncoding.EncodeToString(sum[:])}}
	for code, ev := range badAuditEvents(t) {
		ev["id"] = code
		events = append(events, ev)
	}
	raw, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	var first, again auditAnswer
	put := []string{"cloudtrail-data", "put-audit-events", "--channel-arn", channel.ChannelArn, "--external-id", "ext-1", "--audit-events", string(raw)}
	call(&first, put...)
	if len(first.Successful) != 1 || first.Successful[0].ID != "good" || len(first.Failed) != len(events)-1 {
		t.Fatalf("put-audit-events = %+v", first)
	}
	for _, f := range first.Failed {
		if f.ErrorCode != f.ID || f.ErrorMessage == "" {
			t.Errorf("the event of %s is refused with %s %q", f.ID, f.ErrorCode, f.ErrorMessage)
		}
	}
	check := func() {
		t.Helper()
		call(&again, put...)
		rows := p.query("SELECT eventid, eventdata.uid, element_at(eventdata.useridentity.details, 'team'), metadata.channelarn FROM apps")
		want := first.Successful[0].EventID + ",req-1,ops," + channel.ChannelArn
		if len(rows) != 1 || rows[0] != want || again.Successful[0].EventID != first.Successful[0].EventID {
			t.Errorf("the store has %q, want %q alone; sent again the event is %s", rows, want, again.Successful[0].EventID)
		}
	}
	check()
	p.kill() // no time to write anything down
	p = startServer(t, dir)
	check()
	var got struct {
		IngestionStatus struct{ LatestIngestionSuccessEventID, LatestIngestionErrorCode string }
	}
	call(&got, "cloudtrail", "get-channel", "--channel", channel.ChannelArn)
	if got.IngestionStatus.LatestIngestionSuccessEventID != first.Successful[0].EventID || got.IngestionStatus.LatestIngestionErrorCode == "" {
		t.Errorf("get-channel tells of ingestion %+v", got.IngestionStatus)
	}
	for code, args := range map[string][]string{
		"ChannelExistsForEDSException":  {"cloudtrail", "delete-event-data-store", "--event-data-store", store.EventDataStoreArn},
		"ChannelAlreadyExistsException": {"cloudtrail", "create-channel", "--name", "two", "--source", "Custom", "--destinations", "Type=EVENT_DATA_STORE,Location=" + store.EventDataStoreArn},
		"(ChannelNotFound)":             {"cloudtrail-data", "put-audit-events", "--channel-arn", channel.ChannelArn[:len(channel.ChannelArn)-12] + "000000000000", "--audit-events", "id=1,eventData=x"},
		"(InvalidChannelARN)":           {"cloudtrail-data", "put-audit-events", "--channel-arn", "arn:x", "--audit-events", "id=1,eventData=x"},
		"(DuplicatedAuditEventId)":      {"cloudtrail-data", "put-audit-events", "--channel-arn", channel.ChannelArn, "--audit-events", "id=1,eventData=x", "id=1,eventData=y"},
	} {
		if _, stderr, err := run(args...); err == nil || !strings.Contains(stderr, code) {
			t.Errorf("aws %s: %v %q, want %s", args[:2], err, stderr, code)
		}
	}
	var listed struct {
		Channels []struct{ ChannelArn, Name string }
	}
	call(&listed, "cloudtrail", "list-channels")
	if len(listed.Channels) != 1 || listed.Channels[0].ChannelArn != channel.ChannelArn {
		t.Errorf("list-channels = %+v", listed)
	}
	call(nil, "cloudtrail", "update-channel", "--channel", channel.ChannelArn, "--name", "ours")
	call(nil, "cloudtrail", "delete-channel", "--channel", channel.ChannelArn)
	call(nil, "cloudtrail", "delete-event-data-store", "--event-data-store", store.EventDataStoreArn)
	p.stop()
}

// TestBoto3AuditEvents does it through boto3, whose exceptions are named by the API
// model: argv has the events, the script prints what it was told.
func TestBoto3AuditEvents(t *testing.T) {
	p := startServer(t, filepath.Join(t.TempDir(), "lake"))
	events := []map[string]string{{"id": "good", "eventData": auditData(t, nil)}}
	for code, ev := range badAuditEvents(t) {
		ev["id"] = code
		events = append(events, ev)
	}
	raw, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		First, Again auditAnswer
		Count        string
		Raised       []string
	}
	python(t, p.awsEnv(), &got, "boto3", "boto3_audit.py", "http://"+p.http, string(raw))
	if len(got.First.Successful) != 1 || len(got.First.Failed) != len(events)-1 || got.Count != "1" {
		t.Errorf("first = %+v, %s events are stored", got.First, got.Count)
	}
	for _, f := range got.First.Failed {
		if f.ErrorCode != f.ID {
			t.Errorf("the event of %s is refused with %s %q", f.ID, f.ErrorCode, f.ErrorMessage)
		}
	}
	if fmt.Sprint(got.First) != fmt.Sprint(got.Again) {
		t.Errorf("sent again it is %+v, was %+v", got.Again, got.First)
	}
	if want := "[ChannelNotFound DuplicatedAuditEventId InvalidChannelARN UnsupportedOperationException]"; fmt.Sprint(got.Raised) != want {
		t.Errorf("raised %v, want %s", got.Raised, want)
	}
	p.stop()
}
