// Package remotestore is an object store in an S3 bucket, of AWS or of a
// server that speaks its protocol.
//
// It uses the AWS SDK and not gocloud's bucket, which rewrites keys that it
// deems odd: a bucket that others fill is read with its keys as they are.
package remotestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/traillake/traillake/storage/objstore"
)

// S3Options says which bucket to open and how.
type S3Options struct {
	// Bucket is required.
	Bucket string
	// Region is the bucket's. Default: that of the environment or the shared
	// configuration, else us-east-1.
	Region string
	// Endpoint is the URL of a server other than AWS.
	Endpoint string
	// PathStyle names the bucket in the path of the URL and not in the host.
	PathStyle bool
	// AccessKeyID, SecretAccessKey and SessionToken sign the requests. Empty:
	// the standard chain of environment, shared files, web identity,
	// container and instance.
	AccessKeyID, SecretAccessKey, SessionToken string
	// ReadOnly refuses changes.
	ReadOnly bool
}

func (o S3Options) validate() error {
	var errs []error
	if o.Bucket == "" {
		errs = append(errs, errors.New("no bucket is named"))
	}
	if (o.AccessKeyID == "") != (o.SecretAccessKey == "") {
		errs = append(errs, errors.New("an access key needs both its id and its secret"))
	}
	if o.AccessKeyID == "" && o.SessionToken != "" {
		errs = append(errs, errors.New("a session token needs an access key"))
	}
	if o.Endpoint != "" && !strings.HasPrefix(o.Endpoint, "http://") && !strings.HasPrefix(o.Endpoint, "https://") {
		errs = append(errs, fmt.Errorf("endpoint %q: must be an http or https URL", o.Endpoint))
	}
	return errors.Join(errs...)
}

// Store is an object store in an S3 bucket. A key may be anything that S3
// takes. Requests that fail for a passing cause are tried again by the SDK.
type Store struct {
	bucket   string
	readOnly bool
	client   *s3.Client
	uploads  *transfermanager.Client
}

var _ objstore.Store = (*Store)(nil)

// OpenS3 prepares access to a bucket. It reads settings and credentials, but
// asks the bucket nothing.
func OpenS3(ctx context.Context, opts S3Options) (*Store, error) {
	if err := opts.validate(); err != nil {
		return nil, fmt.Errorf("open bucket %q: %w", opts.Bucket, err)
	}
	load := []func(*config.LoadOptions) error{config.WithDefaultRegion("us-east-1")}
	if opts.Region != "" {
		load = append(load, config.WithRegion(opts.Region))
	}
	if opts.AccessKeyID != "" {
		load = append(load, config.WithCredentialsProvider(
			credentials.NewStaticCredentialsProvider(opts.AccessKeyID, opts.SecretAccessKey, opts.SessionToken)))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("open bucket %q: %w", opts.Bucket, err)
	}
	checksums := aws.RequestChecksumCalculationWhenSupported
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = opts.PathStyle
		if opts.Endpoint == "" {
			return
		}
		// Other servers often do not know the checksum trailers that the SDK
		// sends unasked.
		checksums = aws.RequestChecksumCalculationWhenRequired
		o.BaseEndpoint = aws.String(opts.Endpoint)
		o.RequestChecksumCalculation = checksums
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	uploads := transfermanager.New(client, func(o *transfermanager.Options) {
		o.RequestChecksumCalculation = checksums
		// An upload given up on is cleared away also when ctx has ended.
		o.FailTimeout = 30 * time.Second
	})
	return &Store{bucket: opts.Bucket, readOnly: opts.ReadOnly, client: client, uploads: uploads}, nil
}

// checkKey refuses what cannot be sent.
func checkKey(key string) error {
	if key == "" || len(key) > objstore.MaxKeyBytes {
		return fmt.Errorf("key %.80q: must have 1 to %d bytes: %w", key, objstore.MaxKeyBytes, objstore.ErrInvalidKey)
	}
	return nil
}

// etag takes the quotes off.
func etag(tag *string) string { return strings.Trim(aws.ToString(tag), `"`) }

// Put implements objstore.Store. Large objects go up in parts; they appear
// when the last has arrived.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, opts objstore.PutOptions) (objstore.Object, error) {
	if s.readOnly {
		return objstore.Object{}, fmt.Errorf("put %s: %w", key, objstore.ErrReadOnly)
	}
	if err := checkKey(key); err != nil {
		return objstore.Object{}, err
	}
	counted := &counter{r: r}
	in := &transfermanager.UploadObjectInput{Bucket: &s.bucket, Key: &key, Body: counted}
	if opts.IfAbsent {
		in.IfNoneMatch = aws.String("*")
	}
	out, err := s.uploads.UploadObject(ctx, in)
	if err != nil {
		return objstore.Object{}, s.wrap("put", key, err)
	}
	return objstore.Object{Key: key, Size: counted.n, ETag: etag(out.ETag)}, nil
}

// counter counts what goes through it. It hides that its reader can seek, so
// that an upload reads it once.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// Stat implements objstore.Store.
func (s *Store) Stat(ctx context.Context, key string) (objstore.Object, error) {
	if err := checkKey(key); err != nil {
		return objstore.Object{}, err
	}
	out, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return objstore.Object{}, s.wrap("stat", key, err)
	}
	return objstore.Object{
		Key: key, Size: aws.ToInt64(out.ContentLength), ETag: etag(out.ETag), ModTime: aws.ToTime(out.LastModified),
	}, nil
}

// List implements objstore.Store.
func (s *Store) List(ctx context.Context, prefix string, fn func(objstore.Object) error) error {
	_, err := s.list(ctx, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix}, fn)
	return err
}

// ListAfter implements objstore.Folders.
func (s *Store) ListAfter(ctx context.Context, prefix, after string, fn func(objstore.Object) error) error {
	in := &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix}
	if after != "" {
		in.StartAfter = &after
	}
	_, err := s.list(ctx, in, fn)
	return err
}

// WalkFolder implements objstore.Folders.
func (s *Store) WalkFolder(ctx context.Context, prefix string, fn func(objstore.Object) error) ([]string, error) {
	return s.list(ctx, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix, Delimiter: aws.String("/")}, fn)
}

func (s *Store) list(ctx context.Context, in *s3.ListObjectsV2Input, fn func(objstore.Object) error) (folders []string, err error) {
	pages, prefix := s3.NewListObjectsV2Paginator(s.client, in), *in.Prefix
	last := ""
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, s.wrap("list", prefix, err)
		}
		for _, p := range page.CommonPrefixes {
			folders = append(folders, aws.ToString(p.Prefix))
		}
		for _, o := range page.Contents {
			key := aws.ToString(o.Key)
			if key <= last {
				return nil, fmt.Errorf("list %s of bucket %s: key %q comes after %q: the bucket does not list in order, as directory buckets do not",
					prefix, s.bucket, key, last)
			}
			last = key
			err := fn(objstore.Object{
				Key: key, Size: aws.ToInt64(o.Size), ETag: etag(o.ETag), ModTime: aws.ToTime(o.LastModified),
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return folders, nil
}

// Delete implements objstore.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	if s.readOnly {
		return fmt.Errorf("delete %s: %w", key, objstore.ErrReadOnly)
	}
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key})
	if err = s.wrap("delete", key, err); errors.Is(err, fs.ErrNotExist) && !isNoBucket(err) {
		return nil
	}
	return err
}
