package watch

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// Messages as the documents show them: S3 User Guide "Event message structure" and
// "Amazon S3 event notification message structure for EventBridge"; CloudTrail User
// Guide "Configuring Amazon SNS notifications"; SNS "Parsing JSON formats".
const (
	s3Event = `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-west-2","eventTime":"1970-01-01T00:00:00.000Z",
"eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AIDAJDPLRKLG7UEXAMPLE"},"s3":{"s3SchemaVersion":"1.0","configurationId":"testConfigRule",
"bucket":{"name":"amzn-s3-demo-bucket","ownerIdentity":{"principalId":"A3NL1KOZZKExample"},"arn":"arn:aws:s3:::amzn-s3-demo-bucket"},
"object":{"key":"HappyFace+%281%29.jpg","size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","versionId":"096f","sequencer":"0055AED6DCD90281E5"}}}]}`
	s3Removed = `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}`
	s3Test    = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z","Bucket":"amzn-s3-demo-bucket","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR"}`
	eventBus  = `{"version":"0","id":"17793124-05d4-b198-2fde-7ededc63b103","detail-type":"Object Created","source":"aws.s3","account":"111122223333","time":"2021-11-12T00:00:00Z",
"region":"ca-central-1","resources":["arn:aws:s3:::amzn-s3-demo-bucket1"],"detail":{"version":"0","bucket":{"name":"amzn-s3-demo-bucket1"},
"object":{"key":"example+key","size":5,"etag":"b57f9512698f4b09e608f4f2a65852e5","version-id":"N4N7","sequencer":"00617F08299329D189"},"request-id":"N4N7GDK58NMKJ12R","requester":"123456789012","source-ip-address":"1.2.3.4","reason":"PutObject"}}`
	cloudTrail = `{"s3Bucket":"your-bucket-name","s3ObjectKey":["AWSLogs/123456789012/CloudTrail/us-east-2/2013/12/13/123456789012_CloudTrail_us-west-2_20131213T1920Z_LnPgDQnpkSKEsppV.json.gz","second"]}`
)

func sns(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return `{"Type":"Notification","MessageId":"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324","TopicArn":"arn:aws:sns:us-west-2:123456789012:MyTopic","Message":` + string(quoted) + `,"Timestamp":"2012-05-02T00:54:06.655Z"}`
}

func TestParseNotification(t *testing.T) {
	picture := []Notified{{"amzn-s3-demo-bucket", Object{Key: "HappyFace (1).jpg", Size: 1024, ETag: "d41d8cd98f00b204e9800998ecf8427e"}}}
	plus := []Notified{{"amzn-s3-demo-bucket1", Object{Key: "example+key", Size: 5, ETag: "b57f9512698f4b09e608f4f2a65852e5"}}}
	two := []Notified{
		{"your-bucket-name", Object{Key: "AWSLogs/123456789012/CloudTrail/us-east-2/2013/12/13/123456789012_CloudTrail_us-west-2_20131213T1920Z_LnPgDQnpkSKEsppV.json.gz", Size: -1}},
		{"your-bucket-name", Object{Key: "second", Size: -1}},
	}
	tests := []struct {
		name, body string
		want       []Notified
		err        string
	}{
		{"S3", s3Event, picture, ""},
		{"S3 in SNS", sns(s3Event), picture, ""},
		{"removed", s3Removed, nil, ""},
		{"test message", s3Test, nil, ""},
		{"test message in SNS", sns(s3Test), nil, ""},
		{"EventBridge", eventBus, plus, ""},
		{"EventBridge in SNS", sns(eventBus), plus, ""},
		{"EventBridge, deleted", strings.Replace(eventBus, "Object Created", "Object Deleted", 1), nil, ""},
		{"CloudTrail", cloudTrail, two, ""},
		{"CloudTrail in SNS", sns(cloudTrail), two, ""},
		{"no JSON", "hello", nil, "no JSON object"},
		{"array", "[]", nil, "no JSON object"},
		{"other object", `{"a":1}`, nil, "no notification"},
		{"CloudTrail validation", sns("CloudTrail validation message."), nil, "no JSON object"},
		{"trail file", `{"Records":[{"eventSource":"s3.amazonaws.com"}]}`, nil, `record 0: eventSource "s3.amazonaws.com"`},
		{"bad key", strings.Replace(s3Event, "%281%29", "%2", 1), nil, "record 0: key"},
		{"no key", `{"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"b"}}}`, nil, "no key"},
		{"envelopes", sns(sns(sns(sns(sns(s3Event))))), nil, "more than 4 envelopes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseNotification([]byte(tt.body))
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error = %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("= %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
}

func FuzzParseNotification(f *testing.F) {
	for _, s := range []string{s3Event, s3Test, eventBus, cloudTrail, sns(s3Event), sns(cloudTrail), "{", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := ParseNotification(body)
		if err != nil && len(got) > 0 {
			t.Errorf("%q: objects %+v with error %v", body, got, err)
		}
	})
}
