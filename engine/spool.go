package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/traillake/traillake/storage/vfs"
)

// A chunk is small enough that a window of the result decodes little that it does
// not show: at most so many rows, and about so many bytes.
const (
	chunkRows  = 2048
	chunkBytes = 1 << 20
	firstRows  = 256 // of the first chunk, whose rows may be of any length
)

// errResultTooLarge says that a result passed its cap; the words are AWS's.
var errResultTooLarge = errors.New("Query response is too large")

// chunk is one self-contained Arrow IPC stream within a spool file.
type chunk struct {
	Offset int64  `json:"offset"` // bytes
	Size   int64  `json:"size"`
	First  int64  `json:"first"` // number of its first row
	Rows   int64  `json:"rows"`
	held   []byte // its bytes, when the disk had no room for them
}

// Bounds of what is held in memory while the disk is full: of one result, and of all.
const (
	heldBytes    = 16 << 20
	allHeldBytes = 128 << 20
)

// errNoRoom says that a result has no room on the full disk and is too large to be held.
var errNoRoom = errors.New("no space is left in the data directory for a result of this size: make room, or ask for fewer rows")

// spool is a query's result on disk: chunks of Arrow IPC, one after the other.
// One goroutine writes, any number read what is written. While the disk is full,
// chunks are held in memory.
type spool struct {
	fs   vfs.FS
	path string
	max  int64         // bytes; 0 is no limit
	part int64         // rows of the next chunk; the writer's
	buf  bytes.Buffer  // room for a chunk; the writer's
	all  *atomic.Int64 // bytes of all results that are held in memory

	mu     sync.Mutex // guards what follows
	file   vfs.File   // open for writing until finish; nil also when the disk was full at the beginning
	chunks []chunk
	size   int64 // on disk
	held   int64 // in memory
	rows   int64
	grown  chan struct{} // closed and replaced when a chunk is added or the spool ends
}

func createSpool(fs vfs.FS, path string, limit int64, all *atomic.Int64) (*spool, error) {
	f, err := vfs.Create(fs, path)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		return nil, fmt.Errorf("create result file: %w", err)
	}
	return &spool{fs: fs, path: path, max: limit, part: firstRows, all: all, file: f, grown: make(chan struct{})}, nil
}

// reopenSpool is a finished spool, given the chunks its query's record lists.
func reopenSpool(fs vfs.FS, path string, chunks []chunk) *spool {
	s := &spool{fs: fs, path: path, chunks: chunks, grown: make(chan struct{})}
	for _, c := range chunks {
		s.size += c.Size
		s.rows += c.Rows
	}
	return s
}

// write adds a batch. The caller keeps the record.
func (s *spool) write(rec arrow.Record) error {
	for from := int64(0); from < rec.NumRows(); {
		part := rec.NewSlice(from, min(from+s.part, rec.NumRows()))
		from += part.NumRows()
		err := s.writeChunk(part)
		part.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *spool) writeChunk(rec arrow.Record) error {
	buf := &s.buf
	buf.Reset()
	w := ipc.NewWriter(buf, ipc.WithSchema(rec.Schema()))
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	s.mu.Lock()
	offset, file := s.size, s.file
	s.mu.Unlock()
	s.part = min(max(chunkBytes*rec.NumRows()/int64(buf.Len()), 1), chunkRows)
	if s.max > 0 && offset+int64(buf.Len()) > s.max {
		return errResultTooLarge
	}
	c := chunk{Offset: offset, Size: int64(buf.Len()), Rows: rec.NumRows()}
	if err := writeAt(file, buf.Bytes(), offset); errors.Is(err, syscall.ENOSPC) {
		if s.held+c.Size > heldBytes || s.all.Load()+c.Size > allHeldBytes {
			return errNoRoom
		}
		s.all.Add(c.Size)
		c.held = bytes.Clone(buf.Bytes())
	} else if err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.First = s.rows
	s.chunks = append(s.chunks, c)
	if c.held == nil {
		s.size += c.Size
	} else {
		s.held += c.Size
	}
	s.rows += c.Rows
	close(s.grown)
	s.grown = make(chan struct{})
	return nil
}

// writeAt writes at the end of a file, or nothing.
func writeAt(f vfs.File, b []byte, end int64) error {
	if f == nil {
		return syscall.ENOSPC
	}
	_, err := f.WriteAt(b, end)
	if err != nil {
		err = errors.Join(err, f.Truncate(end))
	}
	return err
}

// forget gives up what is held in memory.
func (s *spool) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all != nil {
		s.all.Add(-s.held)
	}
	s.held = 0
}

// inMemory reports whether a part of the result is not on disk.
func (s *spool) inMemory() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held > 0
}

// finish ends writing.
func (s *spool) finish() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	s.buf = bytes.Buffer{}
	close(s.grown)
	s.grown = make(chan struct{})
	return err
}

// state returns the chunks so far and a channel that is closed when there is more or the end.
func (s *spool) state() (chunks []chunk, rows int64, grown <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chunks, s.rows, s.grown
}

// read returns one chunk's rows; the caller releases them.
func (s *spool) read(c chunk) (arrow.Record, error) {
	var src io.Reader = bytes.NewReader(c.held)
	if c.held == nil {
		f, err := s.fs.OpenFile(s.path, os.O_RDONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("open result file: %w", err)
		}
		defer f.Close()
		src = io.NewSectionReader(f, c.Offset, c.Size)
	}
	r, err := ipc.NewReader(src)
	if err != nil {
		return nil, fmt.Errorf("read result: %w", err)
	}
	defer r.Release()
	if !r.Next() {
		return nil, fmt.Errorf("read result: %w", errors.Join(r.Err(), io.ErrUnexpectedEOF))
	}
	rec := r.Record()
	rec.Retain()
	return rec, nil
}

// from returns the chunks that hold rows at or after a row number.
func from(chunks []chunk, row int64) []chunk {
	i := sort.Search(len(chunks), func(i int) bool { return chunks[i].First+chunks[i].Rows > row })
	return chunks[i:]
}
