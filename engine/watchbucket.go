package engine

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/traillake/traillake/ingest/watch"
	"github.com/traillake/traillake/storage/objstore"
)

// watchBucket lets a watched source look at a bucket. It never writes.
type watchBucket struct{ store objstore.Store }

func watchObject(o objstore.Object) watch.Object {
	return watch.Object{Key: o.Key, Size: o.Size, ETag: strings.Trim(o.ETag, `"`), Modified: o.ModTime}
}

// List implements watch.Bucket.
func (b watchBucket) List(ctx context.Context, prefix, after string, fn func(watch.Object) error) error {
	return listAfter(ctx, b.store, prefix, after, func(o objstore.Object) error { return fn(watchObject(o)) })
}

// Folder implements watch.Bucket.
func (b watchBucket) Folder(ctx context.Context, prefix string, fn func(watch.Object) error) ([]string, error) {
	f, err := asFolders(b.store)
	if err != nil {
		return nil, err
	}
	return f.WalkFolder(ctx, prefix, func(o objstore.Object) error { return fn(watchObject(o)) })
}

// Get implements watch.Bucket.
func (b watchBucket) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	return b.store.Get(ctx, key)
}

func listAfter(ctx context.Context, s objstore.Store, prefix, after string, fn func(objstore.Object) error) error {
	f, err := asFolders(s)
	if err != nil {
		return err
	}
	return f.ListAfter(ctx, prefix, after, fn)
}

func asFolders(s objstore.Store) (objstore.Folders, error) {
	f, ok := s.(objstore.Folders)
	if !ok {
		return nil, fmt.Errorf("a bucket of type %T cannot be watched", s)
	}
	return f, nil
}
