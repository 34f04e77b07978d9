package remotestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/traillake/traillake/storage/objstore"
)

// errReplaced says that an object changed while it was read.
var errReplaced = errors.New("the object was replaced while it was read")

// resumes is how often a stream that breaks off is taken up again. The SDK
// tries a request again only up to its first byte.
const resumes = 4

// Get implements objstore.Store. A connection that breaks is made again where
// it broke, as long as the object is the same.
func (s *Store) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return nil, s.wrap("get", key, err)
	}
	return &stream{
		ctx: ctx, store: s, key: key, body: out.Body, etag: aws.ToString(out.ETag),
		size: aws.ToInt64(out.ContentLength), left: resumes,
	}, nil
}

// stream reads one object from its beginning.
type stream struct {
	ctx   context.Context
	store *Store
	key   string
	body  io.ReadCloser
	etag  string
	// pos of size bytes have been read.
	pos, size int64
	// left is how often the stream may still be taken up again.
	left int
}

func (r *stream) Read(p []byte) (int, error) {
	for {
		n, err := r.body.Read(p)
		r.pos += int64(n)
		if errors.Is(err, io.EOF) && r.pos < r.size {
			err = io.ErrUnexpectedEOF
		}
		if err == nil || errors.Is(err, io.EOF) {
			return n, err
		}
		if r.left == 0 || r.ctx.Err() != nil || r.etag == "" || r.pos >= r.size {
			return n, r.store.wrap("get", r.key, err)
		}
		r.left--
		if rerr := r.resume(); rerr != nil {
			return n, r.store.wrap("get", r.key, errors.Join(err, rerr))
		}
		if n > 0 {
			return n, nil
		}
	}
}

// resume asks for the rest of the object.
func (r *stream) resume() error {
	body, err := r.store.rest(r.ctx, r.key, r.etag, r.pos, r.size-r.pos)
	if err != nil {
		return err
	}
	// The old body broke already; how it closes tells nothing.
	_ = r.body.Close()
	r.body = body
	return nil
}

func (r *stream) Close() error { return r.body.Close() }

// rest asks for n bytes from off of the object with a tag.
func (s *Store) rest(ctx context.Context, key, tag string, off, n int64) (io.ReadCloser, error) {
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: &s.bucket, Key: &key, IfMatch: &tag,
		Range: aws.String(fmt.Sprintf("bytes=%d-%d", off, off+n-1)),
	})
	if kindOf(err) == fs.ErrExist { // the precondition on the tag
		return nil, errReplaced
	}
	if err != nil {
		return nil, err
	}
	// Not every server minds preconditions and ranges.
	if aws.ToString(out.ETag) != tag {
		return nil, errors.Join(errReplaced, out.Body.Close())
	}
	if got := aws.ToInt64(out.ContentLength); got != n {
		return nil, errors.Join(fmt.Errorf("%d bytes in answer to a range of %d", got, n), out.Body.Close())
	}
	return out.Body, nil
}

// Open implements objstore.Store. Each ReadAt is a request of its own.
func (s *Store) Open(ctx context.Context, key string) (objstore.Reader, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	out, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return nil, s.wrap("open", key, err)
	}
	return &reader{ctx: ctx, store: s, key: key, etag: aws.ToString(out.ETag), size: aws.ToInt64(out.ContentLength)}, nil
}

// reader reads anywhere in one object.
type reader struct {
	ctx   context.Context
	store *Store
	key   string
	etag  string
	size  int64
}

func (r *reader) Size() int64 { return r.size }

func (r *reader) Close() error { return nil }

func (r *reader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, &fs.PathError{Op: "read", Path: r.key, Err: fs.ErrInvalid}
	}
	want := min(int64(len(p)), r.size-off)
	if want <= 0 {
		if len(p) == 0 {
			return 0, nil
		}
		return 0, io.EOF
	}
	body, err := r.store.rest(r.ctx, r.key, r.etag, off, want)
	if err != nil {
		return 0, r.store.wrap("read", r.key, err)
	}
	s := &stream{ctx: r.ctx, store: r.store, key: r.key, body: body, etag: r.etag, pos: off, size: off + want, left: resumes}
	n, err := io.ReadFull(s, p[:want])
	err = errors.Join(err, s.Close())
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}
