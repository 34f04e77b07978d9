package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/objstore/localstore"
	"github.com/traillake/traillake/storage/objstore/remotestore"
)

var (
	s3URI     = regexp.MustCompile(`^s3://([a-z0-9][.\-a-z0-9]{1,61}[a-z0-9])(?:/(.*))?$`)
	uploadURI = regexp.MustCompile(`^upload://([0-9a-f-]{36})(?:/(.*))?$`)
)

// location is where an import reads: a prefix of a bucket, or of files uploaded before.
type location struct {
	bucket string
	upload string // id of an upload; bucket is empty then
	prefix string
}

func parseLocation(uri string) (location, error) {
	if m := uploadURI.FindStringSubmatch(uri); m != nil && uuidPattern.MatchString(m[1]) {
		return location{upload: m[1], prefix: m[2]}, nil
	}
	m := s3URI.FindStringSubmatch(uri)
	if m == nil {
		return location{}, Errorf(InvalidImportSource, "S3LocationUri %q: must look like s3://bucket/prefix", clip(uri))
	}
	return location{bucket: m[1], prefix: m[2]}, nil
}

// uri is the address of an object of the location.
func (l location) uri(key string) string {
	if l.upload != "" {
		return "upload://" + l.upload + "/" + key
	}
	return "s3://" + l.bucket + "/" + key
}

// source names the location in checkpoints and rows: the bucket, or "upload"
// for all uploads, so that the same file uploaded twice is known.
func (l location) source() string {
	if l.upload != "" {
		return "upload"
	}
	return l.bucket
}

// openBucket opens a bucket for reading: a directory served as one, or S3.
func (e *Engine) openBucket(ctx context.Context, l location, region string) (objstore.Store, error) {
	if l.upload != "" {
		return e.openUpload(l.upload)
	}
	if dir, ok := e.opts.Buckets[l.bucket]; ok {
		s, err := localstore.Open(e.opts.FS, dir, localstore.Options{ReadOnly: true})
		if err != nil {
			return nil, &Error{Code: InvalidImportSource, Message: fmt.Sprintf("bucket %s: its directory cannot be read: %v", l.bucket, err), Err: err}
		}
		return s, nil
	}
	o := e.opts.S3
	s, err := remotestore.OpenS3(ctx, remotestore.S3Options{
		Bucket: l.bucket, Region: orText(o.Region, region), Endpoint: o.Endpoint, PathStyle: o.PathStyle,
		AccessKeyID: o.AccessKeyID, SecretAccessKey: o.SecretAccessKey, SessionToken: o.SessionToken, ReadOnly: true,
	})
	if err != nil {
		return nil, &Error{Code: InvalidImportSource, Message: fmt.Sprintf("bucket %s: %v", l.bucket, err), Err: err}
	}
	return s, nil
}

// checkDirectory refuses to go on with an import of a directory that is not served
// now: a bucket of that name in S3 is another one, and may be a stranger's.
func (e *Engine) checkDirectory(l location, r importRecord) error {
	if r.Directory && e.opts.Buckets[l.bucket] == "" {
		return Errorf(InvalidImportSource, "bucket %s was a directory when the import began and is not served now", l.bucket)
	}
	return nil
}

// errFound ends a listing that only asks whether there is anything.
var errFound = errors.New("found")

// checkSource opens a source and looks for its first object.
func (e *Engine) checkSource(ctx context.Context, l location, region string) error {
	bucket, err := e.openBucket(ctx, l, region)
	if err != nil {
		return err
	}
	err = bucket.List(ctx, l.prefix, func(objstore.Object) error { return errFound })
	switch {
	case errors.Is(err, errFound):
		return nil
	case err == nil:
		return Errorf(InvalidImportSource, "%s: no object has that prefix", l.uri(l.prefix))
	case errors.Is(err, fs.ErrPermission):
		return &Error{Code: InvalidImportSource, Message: fmt.Sprintf("%s: access denied", l.uri(l.prefix)), Err: err}
	case errors.Is(err, fs.ErrNotExist):
		return &Error{Code: InvalidImportSource, Message: fmt.Sprintf("bucket %s does not exist: serve a directory as it with --bucket %s=DIR, or set where S3 is", l.bucket, l.bucket), Err: err}
	}
	return &Error{Code: InvalidImportSource, Message: fmt.Sprintf("%s: cannot be listed: %v", l.uri(l.prefix), err), Err: err}
}

// bucketSource lets an import read a bucket. It never writes.
type bucketSource struct{ store objstore.Store }

// List implements ingest.Source.
func (s bucketSource) List(ctx context.Context, prefix string, fn func(ingest.Object) error) error {
	err := s.store.List(ctx, prefix, func(o objstore.Object) error {
		return fn(ingest.Object{Key: o.Key, Size: o.Size, ETag: strings.Trim(o.ETag, `"`)})
	})
	if err != nil {
		return &sourceError{err}
	}
	return nil
}

// sourceError is an error of what an import reads, which its owner can mend: the
// import tells it.
type sourceError struct{ error }

// Unwrap returns the cause.
func (e *sourceError) Unwrap() error { return e.error }

// Get implements ingest.Source.
func (s bucketSource) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	return s.store.Get(ctx, key)
}

func orText(s, d string) string {
	if s == "" {
		return d
	}
	return s
}
