package selector

import (
	"fmt"
	"testing"

	"github.com/traillake/traillake/ingest/event"
)

var busyRecord = []byte(`{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:s","arn":"arn:aws:sts::111122223333:assumed-role/r/s","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/r","accountId":"111122223333","userName":"r"},"webIdFederationData":{},"attributes":{"creationDate":"2024-06-02T20:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2024-06-02T20:27:12Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2","requestParameters":{"bucketName":"demo","Host":"demo.s3.amazonaws.com","key":"a/b"},"responseElements":null,"additionalEventData":{"bytesTransferredIn":0.0,"bytesTransferredOut":791.0},"requestID":"R1","eventID":"0b1c2d3e-0000-4000-8000-000000000001","readOnly":true,"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::demo/a/b"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::demo"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data"}`)

// busySelectors are as many as a store may have, each asking for all its fields;
// only the last takes busyRecord.
func busySelectors(t testing.TB) *Selectors {
	t.Helper()
	var list []EventSelector
	for i := range 5 {
		var starts, names, roles []string
		for j := range 30 {
			starts = append(starts, fmt.Sprintf("arn:aws:s3:::bucket-%d-%d/", i, j))
			names = append(names, fmt.Sprintf("Action%d", j))
			roles = append(roles, fmt.Sprintf("arn:aws:sts::111122223333:assumed-role/bot-%d/", j))
		}
		if i == 4 {
			starts[29] = "arn:aws:s3:::demo/"
		}
		list = append(list, EventSelector{FieldSelectors: []FieldSelector{
			{Field: "eventCategory", Equals: []string{"Data"}},
			{Field: "resources.type", Equals: []string{"AWS::S3::Object"}},
			{Field: "resources.ARN", StartsWith: starts},
			{Field: "readOnly", Equals: []string{"true"}},
			{Field: "eventName", NotEquals: names},
			{Field: "eventType", NotEquals: []string{"AwsServiceEvent"}},
			{Field: "userIdentity.arn", NotStartsWith: roles},
		}})
	}
	s, err := Compile(list)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// BenchmarkMatch decodes a record and asks for it, as a live source does; "none"
// only decodes.
func BenchmarkMatch(b *testing.B) {
	compiled := func(list ...EventSelector) *Selectors {
		s, err := Compile(list)
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	d := event.NewDecoder(event.CloudTrail)
	for _, c := range []struct {
		name string
		s    *Selectors
		want bool
	}{
		{"none", nil, true},
		{"default", compiled(Default()...), false},
		{"bucket", compiled(EventSelector{FieldSelectors: []FieldSelector{
			{Field: "eventCategory", Equals: []string{"Data"}},
			{Field: "resources.type", Equals: []string{"AWS::S3::Object"}},
			{Field: "resources.ARN", StartsWith: []string{"arn:aws:s3:::demo/"}},
		}}), true},
		{"full", busySelectors(b), true},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(busyRecord)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decode(busyRecord); err != nil {
					b.Fatal(err)
				}
				if c.s != nil && c.s.Match(d) != c.want {
					b.Fatal("wrong")
				}
			}
		})
	}
}

// TestMatchAllocates: every event of every live source passes through Match.
func TestMatchAllocates(t *testing.T) {
	s, record := busySelectors(t), busyRecord
	d := event.NewDecoder(event.CloudTrail)
	if _, err := d.Decode(record); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { s.Match(d) }); n != 0 {
		t.Errorf("Match allocates %v times", n)
	}
}
