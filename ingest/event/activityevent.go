package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// What is wrong with what an integration sends, as errors.Is tells.
var (
	ErrFieldNotFound = errors.New("a required field is missing")
	ErrFieldTooLong  = errors.New("a field is too long")
	ErrInvalidData   = errors.New("not the data of an event")
)

// Activity is what an integration tells of one event: the eventData of a record of
// ActivityAuditLog.
type Activity struct {
	// Data is the text, compact.
	Data               []byte
	Time               time.Time
	Source             string // eventSource
	RecipientAccountID string
}

// activityRule is what a key of the payload must be (user guide, integration event
// schema): a string of at most so many characters, or an object of so many bytes.
type activityRule struct {
	key      string
	required bool
	object   bool
	most     int // 0 is no bound
}

// The rules in the schema's order; userIdentity has its own below it.
var activityRules = []activityRule{
	{"version", true, false, 256},
	{"userIdentity", true, true, 0},
	{"userAgent", false, false, 1024},
	{"eventSource", true, false, 1024},
	{"eventName", true, false, 1024},
	{"eventTime", true, false, 0},
	{"UID", true, false, 1024},
	{"requestParameters", false, true, 100 << 10},
	{"responseElements", false, true, 100 << 10},
	{"errorCode", false, false, 256},
	{"errorMessage", false, false, 256},
	{"sourceIPAddress", false, false, 0},
	{"recipientAccountId", true, false, 0},
	{"additionalEventData", false, true, 28 << 10},
}

var identityRules = []activityRule{
	{"type", true, false, 128},
	{"principalId", true, false, 1024},
	{"details", false, true, 0},
}

// activityTimes are the forms of the payload's eventTime.
var activityTimes = []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05"}

// ParseActivity reads what an integration sends as eventData and holds it against
// the schema. Its error matches one of ErrFieldNotFound, ErrFieldTooLong and
// ErrInvalidData, and names the field. Keys that the schema does not have are kept.
func ParseActivity(text string) (*Activity, error) {
	d := jsontext.NewDecoder(strings.NewReader(text))
	data, err := d.ReadValue()
	if err != nil {
		return nil, fmt.Errorf("%w: eventData: %w", ErrInvalidData, err)
	}
	data = data.Clone()
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: eventData: more text at byte %d, after the object", ErrInvalidData, d.InputOffset())
	}
	if err := data.Compact(); err != nil {
		return nil, fmt.Errorf("%w: eventData: %w", ErrInvalidData, err)
	}
	if n := depth(data); n >= MaxDepth {
		return nil, fmt.Errorf("%w: eventData: nested %d deep, more than %d", ErrInvalidData, n, MaxDepth-1)
	}
	texts, members, err := checkActivity("", data, activityRules)
	if err != nil {
		return nil, err
	}
	if _, _, err := checkActivity("userIdentity.", members["userIdentity"], identityRules); err != nil {
		return nil, err
	}
	a := &Activity{Data: data, Source: texts["eventSource"], RecipientAccountID: texts["recipientAccountId"]}
	for _, form := range activityTimes {
		if a.Time, err = time.Parse(form, texts["eventTime"]); err == nil && len(texts["eventTime"]) == len(form) {
			break
		}
		a.Time = time.Time{}
	}
	if a.Time.IsZero() {
		return nil, fmt.Errorf("%w: eventTime %q: must be a time in UTC as 2006-01-02T15:04:05Z", ErrInvalidData, excerpt([]byte(texts["eventTime"])))
	}
	if address, given := texts["sourceIPAddress"]; given {
		if _, err := netip.ParseAddr(address); err != nil {
			return nil, fmt.Errorf("%w: sourceIPAddress %q: must be an IPv4 or IPv6 address", ErrInvalidData, excerpt([]byte(address)))
		}
	}
	return a, nil
}

// checkActivity holds an object against the rules and returns its strings and the
// texts of its objects. null is the same as absent.
func checkActivity(path string, object []byte, rules []activityRule) (texts map[string]string, objects map[string][]byte, err error) {
	if len(object) == 0 || object[0] != '{' {
		return nil, nil, fmt.Errorf("%w: eventData: must be a JSON object", ErrInvalidData)
	}
	found := map[string]span{}
	for w := walk(object, span{0, len(object)}); ; {
		raw, value, ok := w.member()
		if !ok {
			break
		}
		key, _ := unquote(nil, raw)
		found[string(key)] = value
	}
	texts, objects = map[string]string{}, map[string][]byte{}
	for _, r := range rules {
		at, given := found[r.key]
		if !given || object[at.from] == 'n' {
			if r.required {
				return nil, nil, fmt.Errorf("%w: %s%s%s", ErrFieldNotFound, path, r.key, misspelled(found, r.key))
			}
			continue
		}
		raw := object[at.from:at.to]
		if err := r.check(path, raw); err != nil {
			return nil, nil, err
		}
		if r.object {
			objects[r.key] = raw
			continue
		}
		value, _ := unquote(nil, raw)
		if texts[r.key] = string(value); r.required && len(value) == 0 {
			return nil, nil, fmt.Errorf("%w: %s%s is empty", ErrFieldNotFound, path, r.key)
		}
	}
	return texts, objects, nil
}

func (r activityRule) check(path string, raw []byte) error {
	want, first, size, unit := "a string", byte('"'), 0, "characters"
	if r.object {
		want, first, unit = "an object", '{', "bytes"
	}
	if raw[0] != first {
		return fmt.Errorf("%w: %s%s: %s where %s belongs: %s", ErrInvalidData, path, r.key, typeName(raw[0]), want, excerpt(raw))
	}
	if size = len(raw); !r.object {
		value, _ := unquote(nil, raw)
		size = utf8.RuneCount(value)
	}
	if r.most > 0 && size > r.most {
		return fmt.Errorf("%w: %s%s is %d %s, at most %d", ErrFieldTooLong, path, r.key, size, unit, r.most)
	}
	return nil
}

// misspelled tells of a key that is there but for its case.
func misspelled(found map[string]span, key string) string {
	for k := range found {
		if strings.EqualFold(k, key) {
			return fmt.Sprintf("; %s is there, keys have their exact case", k)
		}
	}
	return ""
}

// ActivityMeta is what the lake says of an integration's event.
type ActivityMeta struct {
	ID         string
	Region     string
	AccountID  string
	ChannelARN string
	Ingested   time.Time
}

// Record is the record of the event as a store of ActivityAuditLog keeps it.
func (a *Activity) Record(m ActivityMeta) ([]byte, error) {
	var metadata struct {
		IngestionTime string `json:"ingestionTime"`
		ChannelARN    string `json:"channelARN"`
	}
	metadata.IngestionTime, metadata.ChannelARN = m.Ingested.UTC().Format("2006-01-02T15:04:05.000Z"), m.ChannelARN
	record := struct {
		EventVersion       string          `json:"eventVersion"`
		EventCategory      string          `json:"eventCategory"`
		EventType          string          `json:"eventType"`
		EventID            string          `json:"eventID"`
		EventTime          string          `json:"eventTime"`
		AWSRegion          string          `json:"awsRegion"`
		RecipientAccountID string          `json:"recipientAccountId"`
		Metadata           any             `json:"metadata"`
		EventData          json.RawMessage `json:"eventData"`
	}{
		"1.0", "ActivityAuditLog", "ActivityLog", m.ID, a.Time.Format(activityTimes[0]), m.Region, m.AccountID, metadata, a.Data,
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(record); err != nil {
		return nil, fmt.Errorf("encode event %s: %w", m.ID, err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
