package wal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/traillake/traillake/storage/vfs"
)

// Batch is a batch that a log holds.
type Batch struct {
	File     int64 // number of the file it is in
	Sequence int64 // counted over all files from 1
	Data     []byte
}

// Tail is what Walk found at the end of a log.
type Tail struct {
	Sequence int64 // of the last intact batch, 0 without one
	File     int64 // the last file, 0 without one
	Path     string
	Size     int64  // bytes of it that are intact; 0: not even its header
	Torn     string // what is wrong with the rest; "" when there is no rest
}

// Walk reads the log in dir that has that name, without changing it, and calls fn
// with every batch in files whose number is above after. Batch.Data is good until
// fn returns. What a crash may have left at the end is told in the Tail; damage
// elsewhere is ErrCorrupt. A folder that is not there is an empty log.
func Walk(ctx context.Context, fsys vfs.FS, dir, name string, after int64, fn func(Batch) error) (Tail, error) {
	files, err := listFiles(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Tail{}, nil
	}
	if err != nil {
		return Tail{}, fmt.Errorf("list %s: %w", dir, err)
	}
	tail := Tail{}
	expect := int64(0) // sequence of the next batch; 0: unknown
	for i, f := range files {
		if err := ctx.Err(); err != nil {
			return tail, err
		}
		if f.number <= after {
			tail.File, tail.Path = f.number, f.path
			continue
		}
		data, err := vfs.ReadFile(fsys, f.path)
		if err != nil {
			return tail, err
		}
		r := fileReader{path: f.path, number: f.number, name: name, data: data, last: i == len(files)-1}
		tail.File, tail.Path = f.number, f.path
		if err := r.read(&tail, expect, fn); err != nil {
			return tail, err
		}
		if tail.Sequence > 0 {
			expect = tail.Sequence + 1
		}
	}
	return tail, nil
}

// fileReader reads one file.
type fileReader struct {
	path, name string
	number     int64
	data       []byte
	last       bool
}

func (r *fileReader) corrupt(at int, format string, args ...any) error {
	return fmt.Errorf("%w: %s at byte %d: %s", ErrCorrupt, r.path, at, fmt.Sprintf(format, args...))
}

func (r *fileReader) read(tail *Tail, expect int64, fn func(Batch) error) error {
	tail.Size, tail.Torn = 0, ""
	h, torn, err := decodeHeader(r.data)
	switch {
	case err != nil && torn && r.last && r.next(0) < 0:
		tail.Torn = err.Error()
		return nil
	case err != nil:
		return r.corrupt(0, "%v", err)
	case h.name != r.name:
		return r.corrupt(headerName, "it is of the log %q, expected %q", h.name, r.name)
	case h.number != r.number:
		return r.corrupt(headerNumber, "it has the number %d, its name says %d", h.number, r.number)
	case expect > 0 && h.first != expect:
		return r.corrupt(headerFirst, "it begins with batch %d, the files before end with %d", h.first, expect-1)
	}
	next := h.first
	tail.Sequence = next - 1
	at := headerSize
	for at < len(r.data) {
		g, err := decodeGroup(r.data[at:])
		if err != nil {
			if !r.last {
				return r.corrupt(at, "%v", err)
			}
			if behind := r.next(at + 1); behind >= 0 {
				return r.corrupt(at, "%v, and an intact group follows at byte %d", err, behind)
			}
			tail.Torn = err.Error()
			break
		}
		if g.sequence != next {
			return r.corrupt(at, "a group begins with batch %d, expected %d", g.sequence, next)
		}
		for _, b := range g.batches {
			if err := fn(Batch{File: r.number, Sequence: next, Data: b}); err != nil {
				return fmt.Errorf("%s at byte %d: batch %d: %w", r.path, at, next, err)
			}
			next++
		}
		at += g.size
		tail.Sequence = next - 1
	}
	tail.Size = int64(at)
	return nil
}

// next finds an intact group at or behind a place, or returns -1.
func (r *fileReader) next(from int) int {
	for from < len(r.data) {
		i := bytes.Index(r.data[from:], []byte(magicGroup))
		if i < 0 {
			return -1
		}
		if start := from + i - groupMagic; start >= 0 {
			if _, err := decodeGroup(r.data[start:]); err == nil {
				return start
			}
		}
		from += i + 1
	}
	return -1
}
