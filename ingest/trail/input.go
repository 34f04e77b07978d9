package trail

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// source remembers why the bytes from the bucket ended.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

var (
	errObjectTooLarge = errors.New("object too large")
	errPieceTooLarge  = errors.New("piece too large")
)

// input is an object's text. It keeps the limits and remembers why it ended, since
// the JSON decoder only tells that it did.
type input struct {
	limits
	from  *source
	text  io.Reader
	total int64 // bytes of text read
	piece int64 // bytes of it since the last mark
	whole bool  // pieces have no limit of their own
	err   error
}

// mark begins a new piece of text, which may be as long as a record.
func (in *input) mark() { in.piece = 0 }

func (in *input) Read(p []byte) (int, error) {
	if in.err != nil {
		return 0, in.err
	}
	if in.piece > in.record && !in.whole {
		in.err = errPieceTooLarge
		return 0, in.err
	}
	if left := in.object - in.total + 1; int64(len(p)) > left {
		p = p[:left]
	}
	n, err := in.text.Read(p)
	in.total += int64(n)
	in.piece += int64(n)
	if in.total > in.object {
		err = errObjectTooLarge
	}
	if err != nil {
		in.err = err
	}
	return n, err
}

// fault explains why reading ended, or is nil when that was the text's own end.
func (in *input) fault() error {
	switch {
	case in.from.err != nil:
		return faultf(ReadError, in.from.err, "read: %v", in.from.err)
	case in.err == nil || in.err == io.EOF:
		return nil
	case in.err == errObjectTooLarge:
		return faultf(ObjectTooLarge, nil, "more than %d bytes of text", in.object)
	case in.err == errPieceTooLarge:
		return faultf(ObjectTooLarge, nil, "a record or other value of more than %d bytes before byte %d", in.record, in.total)
	case errors.Is(in.err, io.ErrUnexpectedEOF):
		return faultf(InvalidGzip, in.err, "gzip stream is cut off after %d bytes of text", in.total)
	case errors.Is(in.err, gzip.ErrHeader):
		return faultf(InvalidGzip, in.err, "bytes that are no gzip after %d bytes of text", in.total)
	case errors.Is(in.err, gzip.ErrChecksum):
		return faultf(InvalidGzip, in.err, "gzip checksum is wrong after %d bytes of text", in.total)
	}
	return faultf(InvalidGzip, in.err, "damaged gzip stream after %d bytes of text: %v", in.total, in.err)
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// open looks at the first bytes: gzip, or, unless strict, plain text.
func (r *Reader) open(from io.Reader, strict bool) (*input, error) {
	src := &source{r: from}
	r.raw.Reset(src)
	in := &input{limits: r.limits, from: src, text: r.raw}
	magic, err := r.raw.Peek(2)
	switch {
	case src.err != nil:
		return nil, in.fault()
	case len(magic) == 0:
		return nil, faultf(InvalidGzip, err, "object is empty")
	case bytes.Equal(magic, []byte{0x1f, 0x8b}):
		if r.gzip == nil {
			r.gzip, err = gzip.NewReader(r.raw)
		} else {
			err = r.gzip.Reset(r.raw)
		}
		if err != nil {
			r.gzip = nil
			if src.err != nil {
				return nil, in.fault()
			}
			return nil, faultf(InvalidGzip, err, "damaged gzip header: %v", err)
		}
		in.text = r.gzip
	case strict:
		return nil, faultf(InvalidGzip, nil, "not gzip: begins with %q", magic)
	}
	r.text.Reset(in.text)
	if head, _ := r.text.Peek(len(byteOrderMark)); bytes.Equal(head, byteOrderMark) {
		if _, err := r.text.Discard(len(byteOrderMark)); err != nil {
			return nil, err
		}
	}
	in.text = r.text
	return in, nil
}
