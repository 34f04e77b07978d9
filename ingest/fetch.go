package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/traillake/traillake/ingest/trail"
)

// Types of failures beside those of package trail.
const (
	FailureAccessDenied = "AccessDenied" // the source refuses the object
	FailureNoSuchKey    = "NoSuchKey"    // gone since it was listed
)

// wholeBytes is the largest object without an ETag that is held in memory between
// hashing and decoding; a larger one is read twice.
const wholeBytes = 32 << 20

// content opens an object's bytes. For an object without an ETag it finds the
// content's hash and puts it in its place; up to most bytes it holds in between.
func content(ctx context.Context, src Source, obj *Object, most int64) (io.ReadCloser, error) {
	r, err := src.Get(ctx, obj.Key)
	if err != nil || obj.ETag != "" {
		return r, err
	}
	hash := sha256.New()
	var whole bytes.Buffer
	whole.Grow(int(min(max(obj.Size, 0), most)) + bytes.MinRead) // with room to find the end in
	n, err := io.CopyN(&whole, io.TeeReader(r, hash), most+1)
	if err == io.EOF {
		obj.ETag = hex.EncodeToString(hash.Sum(nil))
		return reader{&whole, r}, nil
	}
	if err == nil {
		_, err = io.Copy(hash, r)
	}
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, &trail.Error{Type: trail.ReadError, Message: fmt.Sprintf("read: %v after %d bytes", err, n), Err: err}
	}
	obj.ETag = hex.EncodeToString(hash.Sum(nil))
	if r, err = src.Get(ctx, obj.Key); err != nil {
		return nil, err
	}
	again := sha256.New()
	return reader{&unchanged{r: io.TeeReader(r, again), sum: func() string { return hex.EncodeToString(again.Sum(nil)) }, want: obj.ETag}, r}, nil
}

// reader reads from one place and closes another.
type reader struct {
	io.Reader
	io.Closer
}

var errChanged = errors.New("object changed while it was read")

// unchanged gives an error at the end when the bytes were not the ones hashed.
type unchanged struct {
	r    io.Reader
	sum  func() string
	want string
}

func (u *unchanged) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err == io.EOF && u.sum() != u.want {
		err = errChanged
	}
	return n, err
}

// failureOf says what an error means for the object.
func failureOf(err error) (kind, message string) {
	var fault *trail.Error
	switch {
	case errors.Is(err, fs.ErrPermission):
		return FailureAccessDenied, err.Error()
	case errors.Is(err, fs.ErrNotExist):
		return FailureNoSuchKey, err.Error()
	case errors.As(err, &fault):
		return string(fault.Type), fault.Message
	}
	return string(trail.ReadError), err.Error()
}
