// Package watch reads a trail's log objects as they are delivered: it lists a
// bucket now and then, takes the messages of a queue that tells of new objects, and
// hands each object on until it is accepted. It is for any program; it knows nothing
// of the lake. Package awswatch has the bucket and the queue of AWS.
//
// # What is found
//
// Listing goes from the prefix down to the folders of regions, of any number of
// accounts and organizations, and lists each from about an hour before the newest
// object it knows, so that a round is one request per region however large the
// bucket is. Every 15 minutes it begins with yesterday, and once a day, and first,
// as far back as CloudTrail delivers late (Options.Late). Buckets of another layout
// are listed folder by folder; folders of past days are left out. In a trail's folders
// log files are what ends in ".json.gz".
//
// # At least once
//
// An object that is not accepted is handed on again, after longer and longer
// pauses. A message is deleted only after all of its objects are accepted; while
// they are at work it is kept from others. An object may come twice: when a program
// ends between accepting it and noting so, or when it was replaced.
package watch

import (
	"context"
	"errors"
	"io"
	"time"
)

// Object is an object of the bucket, as a listing or a notification tells of it.
type Object struct {
	Key      string
	Size     int64     // bytes; -1 when it is not told
	ETag     string    // without quotes; "" when it is not told
	Modified time.Time // zero when it is not told
}

// Bucket is where the objects are. Its methods must be safe for concurrent use, and
// their errors match fs.ErrNotExist and fs.ErrPermission.
type Bucket interface {
	// List calls fn with the objects whose key begins with prefix and is greater than
	// after, in the bytewise order of their keys.
	List(ctx context.Context, prefix, after string, fn func(Object) error) error
	// Folder calls fn with the objects whose key begins with prefix and has no "/"
	// behind it, and returns what the others begin with, up to and with that "/".
	Folder(ctx context.Context, prefix string, fn func(Object) error) (folders []string, err error)
	// Get opens an object; only Records calls it.
	Get(ctx context.Context, key string) (io.ReadCloser, error)
}

// Message is a message of a queue.
type Message struct {
	ID, Receipt string
	Body        []byte
	Received    int // how often it has been received, this time included
}

// Queue is where notifications wait. Its methods must be safe for concurrent use.
type Queue interface {
	// Receive waits, up to some 20 seconds, for messages and keeps them from others
	// for the time given.
	Receive(ctx context.Context, visibility time.Duration) ([]Message, error)
	// Delete removes messages.
	Delete(ctx context.Context, receipts []string) error
	// Extend keeps a message from everyone for so long from now on; at most 12 hours.
	Extend(ctx context.Context, receipt string, visibility time.Duration) error
}

// Handler takes objects, and returns one error for each, or nil for them all. A nil
// error accepts the object: it will not come again. One that matches ErrLater has
// it come again soon; any other is a failure, and has it come again after a pause.
// One call runs at a time.
type Handler func(ctx context.Context, objects []Object) []error

// ErrLater says that it is not the time for an object.
var ErrLater = errors.New("not now")

// Options says what to watch. Handle and one of Bucket and Queue are required.
type Options struct {
	Bucket Bucket
	Name   string // of the bucket; notifications of others are left alone
	Prefix string
	Queue  Queue
	Handle Handler

	// Since leaves out objects by the time in their name, or without one by the day
	// in their path; those that show neither are taken. The zero time takes all.
	Since time.Time
	// Listed is when the last listing of an earlier run began that went to its end
	// (Round.Began); the first goes back from there. Zero: it goes back to Since.
	Listed time.Time
	// Retry is what had failed at the end of an earlier run.
	Retry []Object
	// Seen reports whether this very content of the object was accepted before. It
	// must be safe for concurrent use. Objects without an ETag, and with a nil Seen
	// all, are remembered by the watcher too, while it runs.
	Seen func(Object) bool

	Interval   time.Duration // between listings; default one minute
	Late       time.Duration // how late objects may come; default 31 days, CloudTrail tries for 30
	Gather     time.Duration // how long objects wait for others to be handed on with; default one second
	Objects    int           // handed on at once; default 1000
	Visibility time.Duration // of messages; default 5 minutes, prolonged while they are at work
	MinBackoff time.Duration // before a failed object comes again; default 30 seconds, doubled each time
	MaxBackoff time.Duration // default one hour

	Events Events
	Now    func() time.Time // default time.Now
}

// Events are called as things happen; any may be nil. They must be safe for
// concurrent use and return soon.
type Events struct {
	Listed   func(Round)
	Accepted func(objects int)
	// Failed tells of an object that was not accepted, and when it comes again.
	Failed func(o Object, attempt int, err error, next time.Time)
	// Received tells of messages and the objects they name that are watched.
	Received func(messages, objects int)
	Deleted  func(messages int)
	// Invalid tells of a message that is no notification. It has been deleted.
	Invalid func(m Message, reason string)
	// QueueError tells of a call of the queue that failed; it is made again.
	QueueError func(error)
}

// Round is a listing that ended.
type Round struct {
	Began   time.Time
	Objects int64 // listed
	Found   int64 // of them handed on
	Err     error // what could not be listed
}

var errOptions = errors.New("watch: a Handler and a Bucket or a Queue are required")

func (o *Options) complete() error {
	if o.Handle == nil || o.Bucket == nil && o.Queue == nil {
		return errOptions
	}
	for d, v := range map[*time.Duration]time.Duration{
		&o.Interval: time.Minute, &o.Late: 31 * 24 * time.Hour, &o.Gather: time.Second, &o.Visibility: 5 * time.Minute,
		&o.MinBackoff: 30 * time.Second, &o.MaxBackoff: time.Hour,
	} {
		if *d <= 0 {
			*d = v
		}
	}
	if o.Objects <= 0 {
		o.Objects = 1000
	}
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of the option
	}
	if o.Seen == nil {
		o.Seen = func(Object) bool { return false }
	}
	o.Events.complete()
	return nil
}

func (e *Events) complete() {
	if e.Listed == nil {
		e.Listed = func(Round) {}
	}
	if e.Accepted == nil {
		e.Accepted = func(int) {}
	}
	if e.Failed == nil {
		e.Failed = func(Object, int, error, time.Time) {}
	}
	if e.Received == nil {
		e.Received = func(int, int) {}
	}
	if e.Deleted == nil {
		e.Deleted = func(int) {}
	}
	if e.Invalid == nil {
		e.Invalid = func(Message, string) {}
	}
	if e.QueueError == nil {
		e.QueueError = func(error) {}
	}
}
