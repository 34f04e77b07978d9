package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/traillake/traillake/storage/objstore/localstore"
)

// BucketObject is an object of a bucket, or the beginning that the keys of several
// have in common up to a "/".
type BucketObject struct {
	Key      string    // ends in "/" for a beginning
	Size     int64     // bytes
	Modified time.Time // zero for a beginning
}

// IsPrefix reports whether it is the beginning of keys.
func (o BucketObject) IsPrefix() bool { return strings.HasSuffix(o.Key, "/") }

// ListBucketObjectsInput asks for a page of what lies directly below a prefix.
type ListBucketObjectsInput struct {
	Page
	Bucket string
	Prefix string
}

// ListBuckets lists the names of the directories that are served as buckets.
// Imports also reach the buckets of S3, which the lake cannot list.
func (e *Engine) ListBuckets(_ context.Context, _ Principal, p Page) ([]string, string, error) {
	return paginate(e.tokens, slices.Collect(maps.Keys(e.opts.Buckets)), p, callName("ListBuckets"), func(name *string) string { return *name })
}

// ListBucketObjects lists the objects of a served bucket that begin with a prefix
// and have no "/" behind it, and what leads to the others up to that "/", as S3
// does with it as delimiter: one folder, however much lies below.
func (e *Engine) ListBucketObjects(ctx context.Context, _ Principal, in ListBucketObjectsInput) ([]BucketObject, string, error) {
	dir, ok := e.opts.Buckets[in.Bucket]
	if !ok {
		return nil, "", Errorf(InvalidImportSource, "bucket %q: is not one of the directories that are served as buckets (--bucket NAME=DIR); see ListBuckets", clip(in.Bucket))
	}
	if len(in.Prefix) > 1024 {
		return nil, "", Errorf(InvalidParameter, "Prefix %q: is %d bytes long, must be at most 1024", clip(in.Prefix), len(in.Prefix))
	}
	s, err := localstore.Open(e.opts.FS, dir, localstore.Options{ReadOnly: true})
	if err != nil {
		return nil, "", &Error{Code: InvalidImportSource, Message: fmt.Sprintf("bucket %s: its directory cannot be read", in.Bucket), Err: err}
	}
	keys, err := s.Folder(ctx, in.Prefix)
	if err != nil {
		return nil, "", internal(fmt.Errorf("bucket %s: %w", in.Bucket, err))
	}
	page, next, err := paginate(e.tokens, keys, in.Page, callName("ListBucketObjects", in.Bucket, in.Prefix), func(key *string) string { return addressPlace(*key) })
	if err != nil {
		return nil, "", err
	}
	out := make([]BucketObject, 0, len(page))
	for _, key := range page {
		o := BucketObject{Key: key}
		if !o.IsPrefix() {
			info, err := s.Stat(ctx, key)
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
				continue // gone since, or a name that no import can take
			}
			if err != nil {
				return nil, "", internal(fmt.Errorf("bucket %s: %w", in.Bucket, err))
			}
			o.Size, o.Modified = info.Size, info.ModTime
		}
		out = append(out, o)
	}
	return out, next, nil
}
