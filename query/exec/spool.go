package exec

import (
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
)

// spool is keptRows that are read once, and given back while they are.
type spool struct {
	keptRows
	reader *spillReader
}

// rewind goes to the first batch; nothing can be added after it.
func (s *spool) rewind() error {
	if s.file == nil {
		return nil
	}
	err := s.finish()
	if err != nil {
		return err
	}
	s.reader, err = s.file.open()
	return err
}

// next returns the next batch, which is the caller's; io.EOF after the last.
func (s *spool) next() (arrow.Record, error) {
	switch {
	case s.file != nil:
		return s.reader.next()
	case len(s.batches) == 0:
		return nil, io.EOF
	}
	return s.take(), nil
}

func (s *spool) close() error {
	err := errors.Join(s.reader.close(), s.keptRows.close())
	s.reader = nil
	return err
}
