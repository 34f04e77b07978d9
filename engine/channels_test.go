package engine

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func (l *testLake) createChannel(name, source string, stores ...string) (*Channel, error) {
	in := CreateChannelInput{Name: name, Source: source}
	for _, s := range stores {
		in.Destinations = append(in.Destinations, Destination{DestinationStore, s})
	}
	return l.CreateChannel(l.t.Context(), Principal{}, in)
}

func refused(t *testing.T, what string, err error, code Code) {
	t.Helper()
	if err == nil || AsError(err).Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func inOrder(list []string) []string { return slices.Sorted(slices.Values(list)) }

// TestChannels makes, lists, changes and deletes channels, over a restart.
func TestChannels(t *testing.T) {
	l := openLake(t, nil)
	ctx := t.Context()
	a, b := l.createAudit("apps"), l.createAudit("more")
	value := "blue"
	made, err := l.CreateChannel(ctx, Principal{}, CreateChannelInput{
		Name: "mine", Source: CustomSource, Destinations: []Destination{{DestinationStore, a.ID}}, Tags: []Tag{{Key: "team", Value: &value}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &Channel{
		ARN: "arn:aws:cloudtrail:us-east-1:123456789012:channel/" + made.ID, ID: made.ID, Name: "mine", Source: "Custom",
		Destinations: []Destination{{DestinationStore, a.ARN}}, Tags: []Tag{{Key: "team", Value: &value}},
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if _, err := l.createChannel("git", "GitHub", a.ARN, b.ID); err != nil {
		t.Fatal(err)
	}
	name := "ours"
	updated, err := l.UpdateChannel(ctx, Principal{}, UpdateChannelInput{Channel: made.ARN, Name: &name, Destinations: []Destination{{DestinationStore, b.ID}}})
	if err != nil {
		t.Fatal(err)
	}
	want.Name, want.Destinations = "ours", []Destination{{DestinationStore, b.ARN}}
	if diff := cmp.Diff(want, updated); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	l.reopen()
	if got, err := l.GetChannel(ctx, Principal{}, made.ID); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("after a restart it is %+v %v", got, err)
	}
	one := int32(1)
	page, next, err := l.ListChannels(ctx, Principal{}, Page{MaxResults: &one})
	if err != nil || len(page) != 1 || page[0].Name != "git" || next == "" {
		t.Fatalf("first page = %+v %q %v", page, next, err)
	}
	page, next, err = l.ListChannels(ctx, Principal{}, Page{MaxResults: &one, NextToken: &next})
	if err != nil || len(page) != 1 || page[0].Name != "ours" || next != "" {
		t.Errorf("second page = %+v %q %v", page, next, err)
	}
	refused(t, "delete a store with a channel", l.DeleteEventDataStore(ctx, Principal{}, b.ID), ChannelExistsForEDS)
	if err := l.DeleteChannel(ctx, Principal{}, made.ARN); err != nil {
		t.Fatal(err)
	}
	refused(t, "delete it again", l.DeleteChannel(ctx, Principal{}, made.ARN), ChannelNotFound)
	if _, err := l.UpdateChannel(ctx, Principal{}, UpdateChannelInput{Channel: page0(t, l).ID, Destinations: []Destination{{DestinationStore, a.ID}}}); err != nil {
		t.Fatal(err)
	}
	if err := l.DeleteEventDataStore(ctx, Principal{}, b.ID); err != nil {
		t.Errorf("delete a store that no channel has any more: %v", err)
	}
	l.reopen()
	if page, _, err := l.ListChannels(ctx, Principal{}, Page{}); err != nil || len(page) != 1 || page[0].Name != "git" {
		t.Errorf("after deletion and restart: %+v %v", page, err)
	}
}

func page0(t *testing.T, l *testLake) Channel {
	t.Helper()
	page, _, err := l.ListChannels(t.Context(), Principal{}, Page{})
	if err != nil || len(page) == 0 {
		t.Fatal(page, err)
	}
	return page[0]
}

// TestChannelRefusals: the errors of the API reference.
func TestChannelRefusals(t *testing.T) {
	l := openLake(t, func(o *Options) { o.MaxChannels = 2 })
	ctx := t.Context()
	s := l.createAudit("apps")
	trail, gone := l.create("trail", 366), l.createAudit("gone")
	if err := l.DeleteEventDataStore(ctx, Principal{}, gone.ID); err != nil {
		t.Fatal(err)
	}
	first, err := l.createChannel("first", CustomSource, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	create := func(name, source string, stores ...string) error {
		_, err := l.createChannel(name, source, stores...)
		return err
	}
	update := func(in UpdateChannelInput) error {
		_, err := l.UpdateChannel(ctx, Principal{}, in)
		return err
	}
	get := func(id string) error {
		_, err := l.GetChannel(ctx, Principal{}, id)
		return err
	}
	of := func(kind DestinationType, at string) error {
		_, err := l.CreateChannel(ctx, Principal{}, CreateChannelInput{Name: "new", Source: "GitHub", Destinations: []Destination{{kind, at}}})
		return err
	}
	missing, text := "00000000-0000-4000-8000-000000000000", "second"
	refused(t, "a short name", create("ab", "GitHub", s.ID), InvalidParameter)
	refused(t, "a name with a blank", create("a b c", "GitHub", s.ID), InvalidParameter)
	refused(t, "an unknown source", create("new", "github", s.ID), InvalidSource)
	refused(t, "no source", create("new", "", s.ID), InvalidParameter)
	refused(t, "no destination", create("new", "GitHub"), InvalidParameter)
	refused(t, "a destination twice", create("new", "GitHub", s.ID, s.ARN), InvalidParameter)
	refused(t, "a service", of(DestinationService, "ssm"), InvalidParameter)
	refused(t, "a store of CloudTrail events", create("new", "GitHub", trail), InvalidEventDataStoreCategory)
	refused(t, "a store that is not there", create("new", "GitHub", missing), EventDataStoreNotFound)
	refused(t, "a store pending deletion", create("new", "GitHub", gone.ID), InactiveEventDataStore)
	refused(t, "no store's ARN", create("new", "GitHub", "arn:aws:s3:::b"), EventDataStoreARNInvalid)
	refused(t, "a source that has a channel", create("new", CustomSource, s.ID), ChannelAlreadyExists)
	refused(t, "a name that is taken", create("first", "GitHub", s.ID), ChannelAlreadyExists)
	tags := make([]Tag, 51)
	for i := range tags {
		tags[i].Key = fmt.Sprint(i)
	}
	_, err = l.CreateChannel(ctx, Principal{}, CreateChannelInput{Name: "new", Source: "GitHub", Destinations: first.Destinations, Tags: tags})
	refused(t, "51 tags", err, TagsLimitExceeded)
	if err := create("second", "GitHub", s.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, "a third", create("third", "Clumio", s.ID), ChannelMaxLimitExceeded)
	refused(t, "a channel that is not there", get(missing), ChannelNotFound)
	refused(t, "another account's", get(strings.Replace(first.ARN, "123456789012", "111122223333", 1)), ChannelARNInvalid)
	refused(t, "no channel's ARN", get(s.ARN), ChannelARNInvalid)
	refused(t, "nothing to update", update(UpdateChannelInput{Channel: first.ID}), InvalidParameter)
	refused(t, "an update to no destination", update(UpdateChannelInput{Channel: first.ID, Destinations: []Destination{}}), InvalidParameter)
	refused(t, "an update to a taken name", update(UpdateChannelInput{Channel: first.ID, Name: &text}), ChannelAlreadyExists)
}

// auditPayload is eventData that is right, with the key's text replaced.
func auditPayload(change map[string]string) string {
	p := map[string]string{
		"version": `"1"`, "userIdentity": `{"type":"AppUser","principalId":"u-7","details":{"team":"ops"}}`, "eventName": `"Login"`,
		"eventTime": `"` + testNow.Add(-time.Hour).Format("2006-01-02T15:04:05Z") + `"`, "eventSource": `"crm.example.com"`, "UID": `"req-1"`,
		"sourceIPAddress": `"203.0.113.9"`, "recipientAccountId": `"123456789012"`,
	}
	maps.Copy(p, change)
	var out []string
	for k, v := range p {
		if v != "" {
			out = append(out, `"`+k+`": `+v)
		}
	}
	// One order, so that the same event has the same text.
	return "{" + strings.Join(inOrder(out), ", ") + "}"
}

func (l *testLake) putAudit(channel string, events ...AuditEvent) []AuditEventResult {
	l.t.Helper()
	out, err := l.PutAuditEvents(l.t.Context(), Principal{AccountID: "123456789012"}, PutAuditEventsInput{Channel: channel, Events: events})
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

// TestPutAuditEvents: each kind of bad event is refused alone, the others are there
// at once in every store, and stay when they are sent again, after a seal and a
// restart too.
func TestPutAuditEvents(t *testing.T) {
	l := openLake(t, nil)
	a, b := l.createAudit("apps"), l.createAudit("more")
	c, err := l.createChannel("mine", CustomSource, a.ID, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	good := auditPayload(nil)
	sum := sha256.Sum256([]byte(good))
	right, wrong := base64.StdEncoding.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(make([]byte, 32))
	events := []AuditEvent{
		{ID: "plain", Data: good},
		{ID: "checked", Data: good, Checksum: &right},
		{ID: "wrong-sum", Data: good, Checksum: &wrong},
		{ID: "no-json", Data: "hello"},
		{ID: "no-uid", Data: auditPayload(map[string]string{"UID": ""})},
		{ID: "long", Data: auditPayload(map[string]string{"eventName": `"` + strings.Repeat("x", 1025) + `"`})},
		{ID: "other-account", Data: auditPayload(map[string]string{"recipientAccountId": `"111122223333"`})},
		{ID: "of-aws", Data: auditPayload(map[string]string{"eventSource": `"iam.amazonaws.com"`})},
		{ID: "old", Data: auditPayload(map[string]string{"eventTime": `"2001-02-03T04:05:06Z"`})},
	}
	results := l.putAudit(c.ARN, events...)
	var got []string
	for _, r := range results {
		got = append(got, r.ID+" "+string(r.Code))
		if !uuidPattern.MatchString(r.EventID) {
			t.Errorf("%s: eventID %q is no UUID", r.ID, r.EventID)
		}
		if (r.Code == "") != (r.Message == "") {
			t.Errorf("%s: %q %q", r.ID, r.Code, r.Message)
		}
	}
	want := []string{
		"plain ", "checked ", "wrong-sum InvalidChecksum", "no-json InvalidData", "no-uid FieldNotFound", "long FieldTooLong",
		"other-account InvalidRecipient", "of-aws InvalidEventSource", "old InvalidData",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	again := func() {
		t.Helper()
		if diff := cmp.Diff(results, l.putAudit(c.ID, events...)); diff != "" {
			t.Errorf("sent again (-first +again):\n%s", diff)
		}
		for _, store := range []string{"apps", "more"} {
			rows := l.query(`SELECT eventid, eventcategory, eventtype, awsregion, recipientaccountid, metadata.channelarn, eventdata.uid, element_at(eventdata.useridentity.details, 'team'),
				date_format(eventtime, '%Y-%m-%dT%H:%i:%sZ') = eventdata.eventtime, "$source".object = metadata.channelarn, metadata.ingestiontime FROM ` + store)
			var want []string
			for _, r := range results[:2] {
				want = append(want, r.EventID+"|ActivityAuditLog|ActivityLog|us-east-1|123456789012|"+c.ARN+"|req-1|ops|true|true|"+testNow.Format("2006-01-02T15:04:05.000Z"))
			}
			if diff := cmp.Diff(inOrder(want), inOrder(rows)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", store, diff)
			}
		}
	}
	later := testNow.Add(time.Hour)
	l.setNow(later) // the time of ingestion is another when they are sent again
	again()
	l.sealAll(a.ID)
	again()
	l.reopen()
	again()
	now := later.UTC()
	status := IngestionStatus{SuccessTime: &now, SuccessEventID: results[1].EventID, ErrorCode: AuditInvalidData, AttemptTime: &now, AttemptEventID: results[8].EventID}
	l.reopen()
	if after, err := l.GetChannel(t.Context(), Principal{}, c.ID); err != nil || cmp.Diff(status, after.Ingestion) != "" {
		t.Errorf("the status after a restart is %+v %v, want %+v", after, err, status)
	}
}

// TestPutAuditEventsRefusals: what refuses the whole request.
func TestPutAuditEventsRefusals(t *testing.T) {
	l := openLake(t, nil)
	s := l.createAudit("apps")
	c, err := l.createChannel("mine", CustomSource, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	put := func(p Principal, in PutAuditEventsInput) error {
		if in.Channel == "" {
			in.Channel = c.ARN
		}
		_, err := l.PutAuditEvents(t.Context(), p, in)
		return err
	}
	event := func(id string) AuditEvent { return AuditEvent{ID: id, Data: auditPayload(nil)} }
	var many []AuditEvent
	for i := range 101 {
		many = append(many, event(fmt.Sprint(i)))
	}
	us, short := Principal{AccountID: "123456789012"}, "x"
	big := []AuditEvent{{ID: "1", Data: strings.Repeat("x", 1<<20)}, {ID: "2", Data: "x"}}
	refused(t, "no events", put(us, PutAuditEventsInput{}), InvalidParameter)
	refused(t, "101 events", put(us, PutAuditEventsInput{Events: many}), InvalidParameter)
	refused(t, "more than 1 MiB", put(us, PutAuditEventsInput{Events: big}), InvalidParameter)
	refused(t, "the same id twice", put(us, PutAuditEventsInput{Events: []AuditEvent{event("1"), event("1")}}), DuplicatedAuditEventID)
	refused(t, "an id with a dot", put(us, PutAuditEventsInput{Events: []AuditEvent{event("1.1")}}), InvalidParameter)
	refused(t, "no id", put(us, PutAuditEventsInput{Events: []AuditEvent{event("")}}), InvalidParameter)
	refused(t, "a short external id", put(us, PutAuditEventsInput{Events: many[:1], ExternalID: &short}), InvalidParameter)
	refused(t, "no channel", put(us, PutAuditEventsInput{Channel: "arn:aws:cloudtrail:us-east-1:123456789012:channel/x", Events: many[:1]}), ChannelARNInvalid)
	refused(t, "a missing channel", put(us, PutAuditEventsInput{Channel: s.ID, Events: many[:1]}), ChannelNotFound)
	refused(t, "another account", put(Principal{AccountID: "111122223333"}, PutAuditEventsInput{Events: many[:1]}), ChannelInsufficientPermission)
	if err := put(us, PutAuditEventsInput{Events: many[:100]}); err != nil {
		t.Errorf("100 events: %v", err)
	}
	off := false
	stopped, err := l.CreateEventDataStore(t.Context(), Principal{}, CreateEventDataStoreInput{Name: "stopped", Selectors: auditSelectors(), StartIngestion: &off})
	if err != nil {
		t.Fatal(err)
	}
	quiet, err := l.createChannel("quiet", "GitHub", stopped.ID)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "ingestion was not started", put(us, PutAuditEventsInput{Channel: quiet.ID, Events: many[:1]}), UnsupportedOperation)
	if got := l.query("SELECT count(*) FROM apps")[0]; got != "100" {
		t.Errorf("%s events are stored, want 100", got)
	}
}
