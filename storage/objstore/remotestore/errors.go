package remotestore

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// storeError is an error of S3 with what it means to a caller.
type storeError struct {
	op, bucket, key string
	// kind is an error of package fs, or nil.
	kind error
	err  error
}

func (e *storeError) Error() string {
	return fmt.Sprintf("%s %q in bucket %s: %v", e.op, e.key, e.bucket, e.err)
}

func (e *storeError) Unwrap() []error {
	if e.kind == nil {
		return []error{e.err}
	}
	return []error{e.kind, e.err}
}

// wrap tells what an error of the SDK means. nil stays nil.
func (s *Store) wrap(op, key string, err error) error {
	if err == nil {
		return nil
	}
	return &storeError{op: op, bucket: s.bucket, key: key, kind: kindOf(err), err: err}
}

func kindOf(err error) error {
	switch code := apiCode(err); code {
	case "NoSuchKey", "NoSuchBucket", "NotFound":
		return fs.ErrNotExist
	case "PreconditionFailed":
		return fs.ErrExist
	case "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken":
		return fs.ErrPermission
	}
	// A HEAD has no body that would name the error.
	var resp *awshttp.ResponseError
	if !errors.As(err, &resp) {
		return nil
	}
	switch resp.HTTPStatusCode() {
	case http.StatusNotFound:
		return fs.ErrNotExist
	case http.StatusForbidden, http.StatusUnauthorized:
		return fs.ErrPermission
	case http.StatusPreconditionFailed:
		return fs.ErrExist
	}
	return nil
}

func apiCode(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func isNoBucket(err error) bool { return apiCode(err) == "NoSuchBucket" }
