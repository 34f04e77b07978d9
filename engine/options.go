package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"runtime"
	"time"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/storage/vfs"
)

// Options configure an Engine. The zero value of a member is its documented default.
type Options struct {
	Dir            string // data directory; required
	FS             vfs.FS // default: the operating system's
	SigningKeyFile string // Ed25519 key of the commit logs; default: inside Dir

	Account string // 12 digits; default 123456789012
	Region  string // default us-east-1
	// Credentials are the access keys that may call. Without any, nobody can.
	Credentials []Credential

	// Buckets are local directories served as S3 buckets to imports, by bucket name.
	Buckets map[string]string
	// S3 is where every other bucket is.
	S3 S3Options

	Query      QueryOptions
	Import     ImportOptions
	Live       LiveOptions
	Watch      WatchOptions
	Compaction CompactionOptions

	// MaxStores is the number of event data stores after which creating one is
	// refused; 0 is no limit (AWS has 10).
	MaxStores int
	// MaxChannels is the number of channels after which creating one is refused;
	// default 25, as in AWS.
	MaxChannels int
	// RetentionInterval is the time between sweeps that drop what is past its
	// retention; default one hour.
	RetentionInterval time.Duration

	Now    func() time.Time // default time.Now
	Rand   io.Reader        // default crypto/rand
	Logger *slog.Logger     // default: discards
}

// S3Options say how imports reach S3. Empty credentials mean the AWS standard chain.
type S3Options struct {
	Endpoint        string // default: AWS
	Region          string // overrides the S3BucketRegion of imports when set
	PathStyle       bool
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// QueryOptions bound queries.
type QueryOptions struct {
	MaxConcurrent  int           // queued and running; default 10, as in AWS
	Timeout        time.Duration // default one hour
	MemoryBytes    int64         // of one query; default 512 MiB
	Partitions     int           // parallel streams of one query; default GOMAXPROCS
	ResultBytes    int64         // of one result; default 4 GiB
	AllResultBytes int64         // of all results; the oldest go first; default 32 GiB
	ResultTTL      time.Duration // default 7 days
}

// ImportOptions bound imports.
type ImportOptions struct {
	Workers     int   // parallel readers; default GOMAXPROCS
	MemoryBytes int64 // of rows that are in no file yet; default ingest.DefaultMemoryBytes
	// Pause leaves the imports that were running as they are, for a later Open to go on with.
	Pause bool
}

// WatchOptions bound watched sources.
type WatchOptions struct {
	// Interval is the time between listings of a bucket; default one minute.
	Interval time.Duration
	// Gather is how long an object waits for others that are read with it, in one
	// commit; default one second.
	Gather time.Duration
}

// LiveOptions bound live events: those of PutEvents and its like.
type LiveOptions struct {
	// MemoryBytes is what the events of one store that are in no segment yet may
	// take; while they take more, senders wait. Default 128 MiB.
	MemoryBytes int64
	// SealBytes and SealAge tell when events in memory are moved into segments: when
	// they take so much, or the oldest is so old. Defaults 24 MiB and 5 minutes.
	SealBytes int64
	SealAge   time.Duration
	// SealInterval is how often ages are looked at; default one second.
	SealInterval time.Duration
	// Wait is how long a sender waits before it is told to come again; default 10 seconds.
	Wait time.Duration
}

// CompactionOptions bound how small segments become large ones in the background.
type CompactionOptions struct {
	// Interval is the time between looks; default one minute.
	Interval time.Duration
	// MinSegments of like size are needed to make one of them; default 4.
	MinSegments int
	// TargetBytes is the most a segment made of others has, and the size from which
	// on a segment is left alone; default 256 MiB.
	TargetBytes int64
	// BytesPerSecond bounds reading; default 16 MiB, negative is no bound.
	BytesPerSecond int64
	// Off leaves segments as they are.
	Off bool
}

var accountPattern = regexp.MustCompile(`^\d{12}$`)

// complete fills in the defaults and reports every problem at once.
func (o *Options) complete() error {
	setDefault(&o.FS, vfs.OS())
	setDefault(&o.Account, "123456789012")
	setDefault(&o.Region, "us-east-1")
	setDefault(&o.RetentionInterval, time.Hour)
	setDefault(&o.MaxChannels, 25)
	setDefault(&o.Query.MaxConcurrent, 10)
	setDefault(&o.Query.Timeout, time.Hour)
	setDefault(&o.Query.MemoryBytes, 512<<20)
	setDefault(&o.Query.Partitions, runtime.GOMAXPROCS(0))
	setDefault(&o.Query.ResultBytes, 4<<30)
	setDefault(&o.Query.AllResultBytes, 32<<30)
	setDefault(&o.Query.ResultTTL, 7*24*time.Hour)
	setDefault(&o.Watch.Interval, time.Minute)
	setDefault(&o.Watch.Gather, time.Second)
	setDefault(&o.Live.MemoryBytes, 128<<20)
	setDefault(&o.Live.SealBytes, 24<<20)
	setDefault(&o.Live.SealAge, 5*time.Minute)
	setDefault(&o.Live.SealInterval, time.Second)
	setDefault(&o.Live.Wait, 10*time.Second)
	setDefault(&o.Compaction.Interval, time.Minute)
	setDefault(&o.Compaction.MinSegments, 4)
	setDefault(&o.Compaction.TargetBytes, 256<<20)
	setDefault(&o.Compaction.BytesPerSecond, 16<<20)
	setDefault(&o.Import.Workers, runtime.GOMAXPROCS(0))
	setDefault(&o.Import.MemoryBytes, ingest.DefaultMemoryBytes)
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of the option
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	var problems []error
	if o.Dir == "" {
		problems = append(problems, errors.New("no data directory given"))
	}
	if !accountPattern.MatchString(o.Account) {
		problems = append(problems, fmt.Errorf("account %q: must be 12 digits", o.Account))
	}
	for name, dir := range o.Buckets {
		if name == "" || dir == "" {
			problems = append(problems, fmt.Errorf("bucket %q=%q: needs a name and a directory", name, dir))
		}
	}
	return errors.Join(problems...)
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

func (o *Options) resultsDir() string { return filepath.Join(o.Dir, "results") }
func (o *Options) tempDir() string    { return filepath.Join(o.Dir, "tmp") }

func (o *Options) uploadsDir() string { return filepath.Join(o.Dir, "uploads") }
