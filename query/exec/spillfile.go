package exec

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/traillake/traillake/query/exec/vector"
)

// TempFile is a file that an operator writes once, reads any number of times
// afterwards, and removes.
type TempFile interface {
	io.Writer
	// Open reads the file from its start, after the last Write.
	Open() (io.ReadCloser, error)
	Remove() error
}

// spillBuffer is the size of the buffer between an operator and a file.
const spillBuffer = 32 << 10

// spillFile is batches of one schema in a temporary file, as an Arrow IPC stream
// without dictionaries.
type spillFile struct {
	env    *Env
	stats  *OperatorStats
	schema *arrow.Schema
	file   TempFile
	buf    *bufio.Writer
	w      *ipc.Writer // nil when all is written
	rows   int64
	bytes  int64 // of the batches in memory
}

func newSpillFile(env *Env, stats *OperatorStats, schema *arrow.Schema) (*spillFile, error) {
	file, err := env.CreateTemp()
	if err != nil {
		return nil, fmt.Errorf("spill: %w", err)
	}
	stats.SpillFiles.Add(1)
	f := &spillFile{env: env, stats: stats, schema: schema, file: file}
	f.buf = bufio.NewWriterSize(countingWriter{file, stats}, spillBuffer)
	f.w = ipc.NewWriter(f.buf, ipc.WithSchema(schema), ipc.WithAllocator(env.Context.Mem))
	return f, nil
}

// countingWriter counts what reaches a file.
type countingWriter struct {
	w     io.Writer
	stats *OperatorStats
}

func (c countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.stats.SpillBytes.Add(int64(n))
	return n, err
}

// write adds a batch, which stays the caller's.
func (f *spillFile) write(rec arrow.Record) error {
	plain := decodeRecord(f.env, rec, f.schema)
	defer plain.Release()
	f.rows += plain.NumRows()
	f.bytes += recordBytes(plain)
	if err := f.w.Write(plain); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	return nil
}

// decodeRecord returns the batch without dictionaries.
func decodeRecord(env *Env, rec arrow.Record, schema *arrow.Schema) arrow.Record {
	cols := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		cols[i] = vector.Decode(env.Context.Mem, c)
	}
	return newRecord(schema, cols, int(rec.NumRows()))
}

// finish ends the writing.
func (f *spillFile) finish() error {
	if f.w == nil {
		return nil
	}
	err := f.w.Close()
	f.w = nil
	if err = errors.Join(err, f.buf.Flush()); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	f.buf = nil
	return nil
}

// size is the bytes of the batches in memory; a nil file has none.
func (f *spillFile) size() int64 {
	if f == nil {
		return 0
	}
	return f.bytes
}

// open reads the batches from the first one on, after finish. Of a nil file there
// are none.
func (f *spillFile) open() (*spillReader, error) {
	if f == nil {
		return &spillReader{}, nil
	}
	rc, err := f.file.Open()
	if err != nil {
		return nil, fmt.Errorf("read spilled rows: %w", err)
	}
	reader, err := ipc.NewReader(bufio.NewReaderSize(rc, spillBuffer), ipc.WithAllocator(f.env.Context.Mem))
	if err != nil {
		return nil, fmt.Errorf("read spilled rows: %w", errors.Join(err, rc.Close()))
	}
	return &spillReader{schema: f.schema, file: rc, reader: reader}, nil
}

// remove deletes the file; a nil file is none.
func (f *spillFile) remove() error {
	if f == nil {
		return nil
	}
	if f.w != nil {
		_ = f.w.Close() // what it writes is not read any more
		f.w = nil
	}
	return f.file.Remove()
}

// spillReader reads the batches of a spillFile.
type spillReader struct {
	schema *arrow.Schema
	file   io.ReadCloser
	reader *ipc.Reader
}

// next returns the next batch, which is the caller's, or io.EOF.
func (r *spillReader) next() (arrow.Record, error) {
	if r.reader == nil {
		return nil, io.EOF
	}
	rec, err := r.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, fmt.Errorf("read spilled rows: %w", err)
	}
	return array.NewRecord(r.schema, rec.Columns(), rec.NumRows()), nil
}

// close ends the reading; a nil reader is none.
func (r *spillReader) close() error {
	if r == nil || r.reader == nil {
		return nil
	}
	r.reader.Release()
	r.reader = nil
	return r.file.Close()
}
