package catalog

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"path/filepath"

	"github.com/traillake/traillake/storage/vfs"
)

// point is a state of a log: its last entry and where that ends.
type point struct {
	version int64
	hash    [32]byte
	// file holds the entry and begins at version first; the entry ends at end.
	// All are zero at version 0.
	file       string
	first, end int64
}

func (p point) head(name string) head {
	return head{name: name, version: p.version, hash: p.hash, first: p.first, end: p.end}
}

// matches reports whether a slot of HEAD describes this point.
func (p point) matches(h head) bool { return p.head(h.name) == h }

// damage is what ended a scan before the end of the files.
type damage struct {
	fault
	file    string
	offset  int64
	version int64
	// size is the length of the file.
	size int64
}

func (d *damage) err() error {
	return &CorruptError{File: d.file, Offset: d.offset, Version: d.version, Reason: d.reason}
}

// scan reads a log's files in order and keeps its place, so that it can go on
// when the log has grown.
type scan struct {
	fs   vfs.FS
	dir  string
	name string
	// key verifies signatures; nil until entry 1 has told it.
	key ed25519.PublicKey
	// each gets every whole record, in order.
	each func(*record, Place) (*fault, error)

	// last is the newest whole entry, before the one ahead of it.
	last, before point
	files        int
	bytes        int64
	// file and offset are where reading goes on.
	file   string
	offset int64
	// empty is a last file that has no whole entry.
	empty string
}

func newScan(fsys vfs.FS, dir, name string) *scan {
	start := point{hash: genesis(name)}
	return &scan{fs: fsys, dir: dir, name: name, last: start, before: start}
}

// run reads on to the end of the files there are now, or to damage.
func (s *scan) run(ctx context.Context) (*damage, error) {
	files, err := listLogFiles(s.fs, s.dir)
	if err != nil {
		return nil, err
	}
	for i, lf := range files {
		path := filepath.Join(s.dir, logFileName(lf.first))
		if path != s.file {
			if path < s.file {
				continue // read before
			}
			if lf.first != s.last.version+1 {
				flt := badf("the file begins with version %d", lf.first)
				return &damage{fault: *flt, file: lf.path, version: s.last.version + 1}, nil
			}
			s.file, s.offset, s.empty = path, 0, path
		}
		d, err := s.readFile(ctx, lf)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", lf.path, err)
		}
		if d != nil {
			// Only the end of the last file can be the work of a crash.
			d.torn = d.torn && i == len(files)-1
			return d, nil
		}
	}
	return nil, nil
}

// readFile reads one file from where the scan is to its end.
func (s *scan) readFile(ctx context.Context, lf logFile) (*damage, error) {
	f, err := vfs.Open(s.fs, lf.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	found := func(flt *fault) *damage {
		return &damage{fault: *flt, file: lf.path, offset: s.offset, version: s.last.version + 1, size: size}
	}
	if size < s.offset {
		return found(badf("the file has shrunk to %d bytes", size)), nil
	}
	r := bufio.NewReaderSize(io.NewSectionReader(f, s.offset, size-s.offset), 1<<16)
	if s.offset == 0 {
		flt, err := s.readHeader(r, lf.first)
		if err != nil {
			return nil, err
		}
		if flt != nil {
			return found(flt), nil
		}
		s.offset = fileHeaderSize
		s.files++
	}
	for s.offset < size {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rec, flt, err := readRecord(r, size-s.offset, s.last.version+1, s.last.hash)
		if err == nil && flt == nil {
			flt, err = s.take(&rec, lf)
		}
		if err != nil {
			return nil, err
		}
		if flt != nil {
			return found(flt), nil
		}
	}
	return nil, nil
}

func (s *scan) readHeader(r io.Reader, first int64) (*fault, error) {
	b, err := io.ReadAll(io.LimitReader(r, fileHeaderSize))
	if err != nil {
		return nil, err
	}
	h, flt := decodeFileHeader(b)
	if flt != nil {
		return flt, nil
	}
	if want := (fileHeader{name: s.name, first: first, previous: s.last.hash}); h != want {
		return badf("the header is of log %q, version %d after hash %x: expected log %q, version %d after hash %x",
			h.name, h.first, h.previous, want.name, want.first, want.previous), nil
	}
	return nil, nil
}

// take accepts a record and moves the scan behind it.
func (s *scan) take(rec *record, lf logFile) (*fault, error) {
	place := Place{File: lf.path, Offset: s.offset, Size: rec.size(), Hash: rec.hash}
	if s.each != nil {
		if flt, err := s.each(rec, place); flt != nil || err != nil {
			return flt, err
		}
	}
	s.offset += rec.size()
	s.bytes += rec.size()
	s.empty = ""
	s.before = s.last
	s.last = point{version: rec.version, hash: rec.hash, file: lf.path, first: lf.first, end: s.offset}
	return nil, nil
}
