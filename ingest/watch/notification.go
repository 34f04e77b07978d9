package watch

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Notified is an object that a notification tells of.
type Notified struct {
	Bucket string
	Object Object
}

// Wrapped notifications are taken out of so many envelopes.
const maxEnvelopes = 4

// ParseNotification returns the new objects a message tells of. It knows S3's event
// notifications, S3's events of EventBridge, and CloudTrail's own notifications, each
// as they are or in envelopes of SNS. S3's test message and events of other kinds
// than a new object tell of none. The error says why the text is no notification.
//
// Sources: S3 User Guide, "Event message structure" (object keys are URL-encoded)
// and "EventBridge event message structure" (they are not); CloudTrail User Guide,
// "Configuring Amazon SNS notifications for CloudTrail".
func ParseNotification(body []byte) ([]Notified, error) {
	for range maxEnvelopes {
		var m message
		if err := json.Unmarshal(body, &m); err != nil {
			return nil, fmt.Errorf("no JSON object: %w", err)
		}
		switch {
		case m.Type != "" && m.Message != nil: // SNS
			body = []byte(*m.Message)
			continue
		case m.Bucket != "" && m.Keys != nil:
			out := make([]Notified, 0, len(m.Keys))
			for _, key := range m.Keys {
				out = append(out, Notified{m.Bucket, Object{Key: key, Size: -1}})
			}
			return out, nil
		case m.Source == "aws.s3":
			return m.eventBridge()
		case m.Records != nil:
			return s3Records(m.Records)
		case m.Event == "s3:TestEvent":
			return nil, nil
		}
		return nil, fmt.Errorf("a JSON object that is no notification of S3, EventBridge or CloudTrail")
	}
	return nil, fmt.Errorf("a notification in more than %d envelopes", maxEnvelopes)
}

// message has the members that tell the kinds of messages apart.
type message struct {
	Type    string  `json:"Type"` // of SNS
	Message *string `json:"Message"`

	Bucket string   `json:"s3Bucket"` // of CloudTrail
	Keys   []string `json:"s3ObjectKey"`

	Source     string `json:"source"` // of EventBridge
	DetailType string `json:"detail-type"`
	Detail     struct {
		Bucket s3Bucket `json:"bucket"`
		Object s3Object `json:"object"`
	} `json:"detail"`

	Records []s3Record `json:"Records"` // of S3
	Event   string     `json:"Event"`
}

type s3Bucket struct {
	Name string `json:"name"`
}

// s3Object is read of both spellings: S3 writes eTag, EventBridge etag, and names
// are matched without regard to case.
type s3Object struct {
	Key  string `json:"key"`
	Size *int64 `json:"size"`
	ETag string `json:"etag"`
}

type s3Record struct {
	Source string `json:"eventSource"`
	Name   string `json:"eventName"`
	S3     struct {
		Bucket s3Bucket `json:"bucket"`
		Object s3Object `json:"object"`
	} `json:"s3"`
}

func (m *message) eventBridge() ([]Notified, error) {
	if m.DetailType != "Object Created" {
		return nil, nil
	}
	return notified(nil, m.Detail.Bucket, m.Detail.Object)
}

func s3Records(records []s3Record) ([]Notified, error) {
	var out []Notified
	for i, r := range records {
		if r.Source != "aws:s3" {
			return nil, fmt.Errorf("record %d: eventSource %q is not aws:s3", i, r.Source)
		}
		if !strings.HasPrefix(strings.TrimPrefix(r.Name, "s3:"), "ObjectCreated:") {
			continue
		}
		key, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil {
			return nil, fmt.Errorf("record %d: key %q: %w", i, r.S3.Object.Key, err)
		}
		r.S3.Object.Key = key
		if out, err = notified(out, r.S3.Bucket, r.S3.Object); err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
	}
	return out, nil
}

func notified(to []Notified, b s3Bucket, o s3Object) ([]Notified, error) {
	if b.Name == "" || o.Key == "" {
		return nil, fmt.Errorf("it names no bucket or no key")
	}
	size := int64(-1)
	if o.Size != nil {
		size = *o.Size
	}
	return append(to, Notified{b.Name, Object{Key: o.Key, Size: size, ETag: strings.Trim(o.ETag, `"`)}}), nil
}
