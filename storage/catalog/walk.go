package catalog

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/traillake/traillake/storage/vfs"
)

// Place is where an entry lies.
type Place struct {
	// File is the log file's path.
	File string
	// Offset and Size are the record's, in bytes.
	Offset, Size int64
	// Hash is what the next entry is chained to.
	Hash [32]byte
}

// WalkOptions says what a walk checks.
type WalkOptions struct {
	// Name is the log's name; when set, a log of another name is corrupt.
	Name string
	// PublicKey verifies the signatures. nil takes the key in entry 1 on
	// trust; that it is the lake's must then be checked elsewhere.
	PublicKey ed25519.PublicKey
}

// Summary is what a walk saw.
type Summary struct {
	// Version is the last entry, Hash its hash.
	Version int64
	Hash    [32]byte
	// Acknowledged is the version in HEAD: equal to Version or, after a crash
	// or during a commit, one less.
	Acknowledged int64
	// Files and Bytes count the log files and their whole entries.
	Files int
	Bytes int64
	// TornFile and TornBytes describe what lies behind the last whole entry:
	// an entry being written, or one that a crash cut off. It was never
	// acknowledged and is no damage.
	TornFile  string
	TornBytes int64
	// PublicKey is the key in entry 1.
	PublicKey ed25519.PublicKey
}

// Walk reads a log's folder from the first entry to the last and checks every
// byte: headers, checksums, versions, the hash chain, signatures, and HEAD. It
// changes nothing, and may run beside a server that commits. fn, when not nil,
// gets each entry; an error of it ends the walk and is returned. Damage is a
// *CorruptError, or two joined when HEAD is damaged and the log too; what was
// read before it has been given to fn. A folder that holds no log is an error
// matching fs.ErrNotExist.
func Walk(ctx context.Context, fsys vfs.FS, dir string, opts WalkOptions, fn func(Entry, Place) error) (Summary, error) {
	h, headErr := walkHead(fsys, dir)
	if headErr != nil && !errors.Is(headErr, ErrCorrupt) {
		return Summary{}, headErr
	}
	if opts.Name == "" {
		opts.Name = h.name
		if headErr != nil {
			opts.Name = nameInFiles(fsys, dir)
		}
	}
	w := walk{scan: newScan(fsys, dir, opts.Name), fn: fn}
	w.key = opts.PublicKey
	w.each = w.entry
	if headErr != nil {
		return w.withoutHead(ctx, headErr)
	}
	for {
		d, err := w.run(ctx)
		if err != nil {
			return w.summary(h, nil), err
		}
		// Entries were durable before HEAD told of them. So what the HEAD read
		// before the scan tells of must be there; what came later is read again.
		now, err := walkHead(fsys, dir)
		if err != nil {
			return w.summary(h, d), err
		}
		grown := now.version > h.version
		h = now
		if !grown || d == nil && w.last.version >= h.version {
			return w.summary(h, d), w.judge(h, d)
		}
	}
}

// walkHead reads HEAD and tells a log without one from a folder without a log.
func walkHead(fsys vfs.FS, dir string) (head, error) {
	h, err := readHead(fsys, dir)
	if !isNotExist(err) {
		return h, err
	}
	files, lerr := listLogFiles(fsys, dir)
	if lerr != nil || len(files) == 0 {
		return head{}, errors.Join(err, lerr)
	}
	return head{}, headMissing(dir)
}

// nameInFiles is the log's name as its first file has it, "" when that cannot
// be read.
func nameInFiles(fsys vfs.FS, dir string) string {
	files, err := listLogFiles(fsys, dir)
	if err != nil || len(files) == 0 {
		return ""
	}
	f, err := vfs.Open(fsys, files[0].path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b := make([]byte, fileHeaderSize)
	n, _ := f.ReadAt(b, 0) // what is missing shows in the header
	h, flt := decodeFileHeader(b[:n])
	if flt != nil {
		return ""
	}
	return h.name
}

// withoutHead reads what there is of a log whose HEAD is damaged. Nothing then
// says whether a torn entry was acknowledged, so it is told as damage.
func (w *walk) withoutHead(ctx context.Context, headErr error) (Summary, error) {
	d, err := w.run(ctx)
	if err == nil && d != nil {
		err = d.err()
	}
	if isNotExist(err) {
		err = nil // HEAD says so already
	}
	return w.summary(head{}, nil), errors.Join(headErr, err)
}

// walk is a scan that gives entries to a function.
type walk struct {
	*scan
	fn       func(Entry, Place) error
	entryKey ed25519.PublicKey
}

func (w *walk) entry(rec *record, place Place) (*fault, error) {
	e, flt := rec.entry()
	if flt != nil {
		return flt, nil
	}
	if e.Version == 1 {
		if flt := checkEntryKey(e, w.key); flt != nil {
			return flt, nil
		}
		w.entryKey, w.key = e.PublicKey, e.PublicKey
	}
	if flt := rec.verify(w.key); flt != nil {
		return flt, nil
	}
	if w.fn == nil {
		return nil, nil
	}
	return nil, w.fn(e, place)
}

// checkEntryKey checks the key that entry 1 records, against want if it is
// known.
func checkEntryKey(e Entry, want ed25519.PublicKey) *fault {
	if len(e.PublicKey) != ed25519.PublicKeySize {
		return badf("the entry records no public key")
	}
	if want != nil && !want.Equal(ed25519.PublicKey(e.PublicKey)) {
		return badf("the entry records public key %x, expected %x", e.PublicKey, []byte(want))
	}
	return nil
}

// judge holds what was read against HEAD.
func (s *scan) judge(h head, d *damage) error {
	headBad := func(format string, args ...any) error {
		return &CorruptError{File: filepath.Join(s.dir, HeadName), Offset: int64(h.slot() * slotSize), Reason: fmt.Sprintf(format, args...)}
	}
	end := s.last
	switch {
	case h.name != s.name:
		return headBad("of log %q, expected %q", h.name, s.name)
	case d != nil && (!d.torn || d.version <= h.version):
		return d.err()
	case end.version < h.version:
		file := end.file
		if file == "" {
			file = filepath.Join(s.dir, logFileName(1))
		}
		return &CorruptError{File: file, Offset: end.end, Version: end.version + 1,
			Reason: fmt.Sprintf("missing: the log ends here, but version %d was acknowledged", h.version)}
	case end.version > h.version+1:
		return headBad("it acknowledges version %d, but the log has %d", h.version, end.version)
	case end.version == h.version+1:
		end = s.before
	}
	if !end.matches(h) {
		return headBad("version %d is described as hash %x up to offset %d of file %d: the log has hash %x up to offset %d of file %d",
			h.version, h.hash, h.end, h.first, end.hash, end.end, end.first)
	}
	return nil
}

func (w *walk) summary(h head, d *damage) Summary {
	sum := Summary{
		Version: w.last.version, Hash: w.last.hash, Acknowledged: h.version,
		Files: w.files, Bytes: w.bytes, PublicKey: w.entryKey,
	}
	if d != nil && d.torn && d.version > h.version {
		sum.TornFile, sum.TornBytes = d.file, d.size-d.offset
	}
	return sum
}
