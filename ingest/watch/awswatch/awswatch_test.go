package awswatch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/traillake/traillake/ingest/watch"
)

func client(url string) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}
}

func TestBucket(t *testing.T) {
	backend := s3mem.New()
	server := httptest.NewServer(gofakes3.New(backend).Server())
	defer server.Close()
	if err := backend.CreateBucket("trails"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a/1", "a/2", "a/b/3", "c"} {
		if _, err := backend.PutObject("trails", key, nil, strings.NewReader(key), int64(len(key)), nil); err != nil {
			t.Fatal(err)
		}
	}
	b := Bucket{Client: s3.NewFromConfig(client(server.URL), func(o *s3.Options) { o.UsePathStyle = true }), Name: "trails"}
	var keys []string
	note := func(o watch.Object) error {
		keys = append(keys, o.Key)
		if o.Size != int64(len(o.Key)) || len(o.ETag) != 32 || o.Modified.IsZero() {
			t.Errorf("listed %+v", o)
		}
		return nil
	}
	if err := b.List(t.Context(), "a/", "a/1", note); err != nil || !slices.Equal(keys, []string{"a/2", "a/b/3"}) {
		t.Errorf("List = %q, %v", keys, err)
	}
	keys = nil
	folders, err := b.Folder(t.Context(), "a/", note)
	if err != nil || !slices.Equal(folders, []string{"a/b/"}) || !slices.Equal(keys, []string{"a/1", "a/2"}) {
		t.Errorf("Folder = %q, %q, %v", folders, keys, err)
	}
	r, err := b.Get(t.Context(), "a/b/3")
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(r); err != nil || body.String() != "a/b/3" {
		t.Errorf("Get = %q, %v", &body, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := b.Get(t.Context(), "gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Get of what is not there: %v", err)
	}
}

// TestQueue holds the calls against the AWS JSON 1.0 protocol of SQS, as the real
// client speaks it.
func TestQueue(t *testing.T) {
	var calls []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		calls = append(calls, fmt.Sprintf("%s %v", r.Header.Get("X-Amz-Target"), in))
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		answer := "{}"
		switch r.Header.Get("X-Amz-Target") {
		case "AmazonSQS.ReceiveMessage": // the MD5 is that of the body
			answer = `{"Messages":[{"MessageId":"m","ReceiptHandle":"r","Body":"hello","MD5OfBody":"5d41402abc4b2a76b9719d911017c592","Attributes":{"ApproximateReceiveCount":"3"}}]}`
		case "AmazonSQS.DeleteMessageBatch":
			answer = `{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"ReceiptHandleIsInvalid","Message":"old","SenderFault":true}]}`
		}
		if _, err := w.Write([]byte(answer)); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	q := Queue{Client: sqs.NewFromConfig(client(server.URL)), URL: server.URL + "/123456789012/trails"}
	got, err := q.Receive(context.Background(), time.Minute)
	if err != nil || len(got) != 1 || got[0].Receipt != "r" || string(got[0].Body) != "hello" || got[0].Received != 3 {
		t.Errorf("Receive = %+v, %v", got, err)
	}
	if err := q.Delete(context.Background(), []string{"r", "s"}); err == nil || !strings.Contains(err.Error(), "1 of 2 messages: ReceiptHandleIsInvalid: old") {
		t.Errorf("Delete = %v", err)
	}
	if err := q.Extend(context.Background(), "r", 90*time.Second); err != nil {
		t.Error(err)
	}
	url := q.URL
	want := []string{
		"AmazonSQS.ReceiveMessage map[MaxNumberOfMessages:10 MessageSystemAttributeNames:[ApproximateReceiveCount] QueueUrl:" + url + " VisibilityTimeout:60 WaitTimeSeconds:20]",
		"AmazonSQS.DeleteMessageBatch map[Entries:[map[Id:0 ReceiptHandle:r] map[Id:1 ReceiptHandle:s]] QueueUrl:" + url + "]",
		"AmazonSQS.ChangeMessageVisibility map[QueueUrl:" + url + " ReceiptHandle:r VisibilityTimeout:90]",
	}
	if !slices.Equal(calls, want) {
		t.Errorf("calls\n%q\nwant\n%q", calls, want)
	}
}

func TestOpenQueue(t *testing.T) {
	for _, url := range []string{"", "trails", "ftp://host/q", "https://sqs.us-east-1.amazonaws.com", "https://sqs.us-east-1.amazonaws.com/"} {
		if _, err := OpenQueue(context.Background(), QueueOptions{URL: url}); err == nil || !strings.Contains(err.Error(), "must be an http or https URL") {
			t.Errorf("OpenQueue(%q): %v", url, err)
		}
	}
	q, err := OpenQueue(context.Background(), QueueOptions{URL: "https://sqs.eu-west-1.amazonaws.com/1/q", Region: "eu-west-1", AccessKeyID: "id", SecretAccessKey: "s"})
	if err != nil || q.URL != "https://sqs.eu-west-1.amazonaws.com/1/q" || *q.Client.Options().BaseEndpoint != "https://sqs.eu-west-1.amazonaws.com" || q.Client.Options().Region != "eu-west-1" {
		t.Errorf("OpenQueue = %+v, %v", q, err)
	}
}
