package watch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/traillake/traillake/ingest/watch"
)

// A program that prints the names of a trail's events as its objects come. With AWS
// the bucket is awswatch.Bucket, and Options.Queue awswatch.Queue.
func Example() {
	ctx, done := context.WithTimeout(context.Background(), time.Minute)
	defer done()
	bucket := folder{"AWSLogs/1.json": `{"Records":[{"eventVersion":"1.08","eventName":"ConsoleLogin"},null]}`}
	print := func(_ context.Context, b watch.Batch) error {
		for _, r := range b.Records {
			if r.Reason != "" {
				fmt.Printf("%s, record %d: %s\n", b.Object.Key, r.Number, r.Reason)
				continue
			}
			var event struct{ EventName string }
			if err := json.Unmarshal(r.JSON, &event); err != nil {
				return err // the object comes again
			}
			fmt.Println(event.EventName)
		}
		if b.Last {
			done()
		}
		return nil
	}
	err := watch.Run(ctx, watch.Options{
		Bucket: bucket, Prefix: "AWSLogs/", Gather: time.Millisecond,
		Handle: watch.Records(bucket, watch.RecordOptions{AnyFormat: true}, print),
		Events: watch.Events{Failed: func(o watch.Object, attempt int, err error, next time.Time) {
			fmt.Println(o.Key, "attempt", attempt, err, "again at", next)
		}},
	})
	fmt.Println(err)
	// Output:
	// ConsoleLogin
	// AWSLogs/1.json, record 1: not an object
	// context canceled
}

// folder is a bucket of a few objects, of which none has "/" behind the prefix.
type folder map[string]string

func (f folder) List(context.Context, string, string, func(watch.Object) error) error { return nil }

func (f folder) Folder(_ context.Context, prefix string, fn func(watch.Object) error) ([]string, error) {
	for key, body := range f {
		if strings.HasPrefix(key, prefix) {
			if err := fn(watch.Object{Key: key, Size: int64(len(body)), ETag: "1"}); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

func (f folder) Get(_ context.Context, key string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(f[key])), nil
}
