// Package awswatch has the bucket of S3 and the queue of SQS for package watch.
package awswatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"github.com/traillake/traillake/ingest/watch"
)

// Bucket is a bucket of S3. It needs s3:ListBucket and s3:GetObject.
type Bucket struct {
	Client *s3.Client
	Name   string
}

// List implements watch.Bucket.
func (b Bucket) List(ctx context.Context, prefix, after string, fn func(watch.Object) error) error {
	in := &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &prefix}
	if after != "" {
		in.StartAfter = &after
	}
	_, err := b.pages(ctx, in, fn)
	return err
}

// Folder implements watch.Bucket.
func (b Bucket) Folder(ctx context.Context, prefix string, fn func(watch.Object) error) ([]string, error) {
	return b.pages(ctx, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &prefix, Delimiter: aws.String("/")}, fn)
}

func (b Bucket) pages(ctx context.Context, in *s3.ListObjectsV2Input, fn func(watch.Object) error) (folders []string, err error) {
	pages := s3.NewListObjectsV2Paginator(b.Client, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, b.wrap(err)
		}
		for _, p := range page.CommonPrefixes {
			folders = append(folders, aws.ToString(p.Prefix))
		}
		for _, o := range page.Contents {
			err := fn(watch.Object{
				Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: strings.Trim(aws.ToString(o.ETag), `"`), Modified: aws.ToTime(o.LastModified),
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return folders, nil
}

// Get implements watch.Bucket.
func (b Bucket) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	out, err := b.Client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: &key})
	if err != nil {
		return nil, b.wrap(err)
	}
	return out.Body, nil
}

func (b Bucket) wrap(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "NoSuchKey", "NoSuchBucket", "NotFound":
			err = errors.Join(err, fs.ErrNotExist)
		case "AccessDenied", "Forbidden":
			err = errors.Join(err, fs.ErrPermission)
		}
	}
	return fmt.Errorf("bucket %s: %w", b.Name, err)
}

// Queue is a queue of SQS. It needs sqs:ReceiveMessage, sqs:DeleteMessage and
// sqs:ChangeMessageVisibility.
type Queue struct {
	Client *sqs.Client
	URL    string
}

// QueueOptions say how a queue is reached.
type QueueOptions struct {
	URL    string // https://sqs.REGION.amazonaws.com/ACCOUNT/NAME, or of another server
	Region string // default: that of the environment or the shared configuration, else us-east-1
	// AccessKeyID, SecretAccessKey and SessionToken sign the requests. Empty: the
	// standard chain of environment, shared files, web identity, container, instance.
	AccessKeyID, SecretAccessKey, SessionToken string
}

// OpenQueue makes a Queue with a client for the server in its URL. It sends nothing.
func OpenQueue(ctx context.Context, o QueueOptions) (Queue, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") == "" {
		return Queue{}, fmt.Errorf("queue %q: must be an http or https URL with a path", o.URL)
	}
	load := []func(*config.LoadOptions) error{config.WithDefaultRegion("us-east-1")}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	if o.AccessKeyID != "" {
		load = append(load, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(o.AccessKeyID, o.SecretAccessKey, o.SessionToken)))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return Queue{}, fmt.Errorf("queue %s: %w", o.URL, err)
	}
	client := sqs.NewFromConfig(cfg, func(so *sqs.Options) { so.BaseEndpoint = aws.String(u.Scheme + "://" + u.Host) })
	return Queue{Client: client, URL: o.URL}, nil
}

// The most that a call of SQS takes.
const (
	maxMessages = 10
	maxWait     = 20 // seconds
)

// Receive implements watch.Queue.
func (q Queue) Receive(ctx context.Context, visibility time.Duration) ([]watch.Message, error) {
	out, err := q.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &q.URL, MaxNumberOfMessages: maxMessages, WaitTimeSeconds: maxWait, VisibilityTimeout: int32(visibility / time.Second),
		MessageSystemAttributeNames: []sqstypes.MessageSystemAttributeName{sqstypes.MessageSystemAttributeNameApproximateReceiveCount},
	})
	if err != nil {
		return nil, fmt.Errorf("receive from %s: %w", q.URL, err)
	}
	messages := make([]watch.Message, len(out.Messages))
	for i, m := range out.Messages {
		messages[i] = watch.Message{ID: aws.ToString(m.MessageId), Receipt: aws.ToString(m.ReceiptHandle), Body: []byte(aws.ToString(m.Body)), Received: 1}
		if n, err := strconv.Atoi(m.Attributes["ApproximateReceiveCount"]); err == nil {
			messages[i].Received = n
		}
	}
	return messages, nil
}

// Delete implements watch.Queue.
func (q Queue) Delete(ctx context.Context, receipts []string) error {
	entries := make([]sqstypes.DeleteMessageBatchRequestEntry, len(receipts))
	for i, r := range receipts {
		entries[i] = sqstypes.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(r)}
	}
	out, err := q.Client.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: &q.URL, Entries: entries})
	if err != nil {
		return fmt.Errorf("delete from %s: %w", q.URL, err)
	}
	if len(out.Failed) > 0 {
		f := out.Failed[0]
		return fmt.Errorf("delete from %s: %d of %d messages: %s: %s", q.URL, len(out.Failed), len(receipts), aws.ToString(f.Code), aws.ToString(f.Message))
	}
	return nil
}

// Extend implements watch.Queue.
func (q Queue) Extend(ctx context.Context, receipt string, visibility time.Duration) error {
	_, err := q.Client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &q.URL, ReceiptHandle: &receipt, VisibilityTimeout: int32(visibility / time.Second),
	})
	if err != nil {
		return fmt.Errorf("change the visibility of a message of %s: %w", q.URL, err)
	}
	return nil
}
