package exec

import (
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
)

// spool keeps batches to be read once, in the order they came. When its operator
// holds too much it puts them into a temporary file, and those that follow.
type spool struct {
	held    *holding
	schema  *arrow.Schema
	batches []arrow.Record // in memory: all, or none when there is a file
	file    *spillFile
	reader  *spillReader
}

func (s *spool) add(rec arrow.Record) error {
	if s.file != nil {
		return s.file.write(rec)
	}
	rec.Retain()
	s.batches = append(s.batches, rec)
	s.held.add(recordBytes(rec))
	if !s.held.full() {
		return nil
	}
	var err error
	if s.file, err = newSpillFile(s.held.env, s.held.stats, s.schema); err != nil {
		return err
	}
	for len(s.batches) > 0 {
		rec := s.take()
		err := s.file.write(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// take takes the first batch in memory out.
func (s *spool) take() arrow.Record {
	rec := s.batches[0]
	s.batches = s.batches[1:]
	s.held.add(-recordBytes(rec))
	return rec
}

// rewind goes to the first batch; nothing can be added after it.
func (s *spool) rewind() error {
	if s.file == nil {
		return nil
	}
	err := s.file.finish()
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
	for len(s.batches) > 0 {
		s.take().Release()
	}
	err := errors.Join(s.reader.close(), s.file.remove())
	s.reader, s.file = nil, nil
	return err
}
