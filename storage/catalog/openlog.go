package catalog

import (
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
)

// errIndexContradicts says that the index reflects a version that the log has
// not, or has with other content.
var errIndexContradicts = errors.New("the index contradicts the log")

// replayBytes is how many bytes of payload are replayed between two writes to
// the index.
const replayBytes = 4 << 20

// openLog checks a log's files, brings the index up to them, and makes what a
// crash left whole. A log without entries is opened too.
func (c *Catalog) openLog(ctx context.Context, name string) (*Log, error) {
	dir := LogDir(c.opts.Dir, name)
	hf, err := readHeadFile(c.opts.FS, filepath.Join(dir, HeadName))
	if isNotExist(err) {
		files, lerr := listLogFiles(c.opts.FS, dir)
		switch {
		case len(files) > 0:
			return nil, headMissing(dir)
		case lerr != nil && !isNotExist(lerr):
			return nil, lerr
		}
	}
	if err != nil {
		return nil, err
	}
	h, ok, headFinding := hf.last(filepath.Join(dir, HeadName))
	if !ok {
		return nil, headFinding
	}
	r, d, err := c.replayLog(ctx, name, dir, h)
	if err != nil {
		return nil, err
	}
	if headFinding != nil && d != nil {
		// A crash tears the one or the other, as the log is synced before HEAD
		// is written.
		return nil, errors.Join(headFinding, d.err())
	}
	l := &Log{cat: c, name: name, dir: dir, st: r.st, overlay: map[objectKey]Checkpoint{}}
	if c.public == nil {
		c.public = r.key
	}
	if c.opts.ReadOnly {
		return l, nil
	}
	if err := l.openFiles(r.scan, hf, d); err != nil {
		return nil, errors.Join(err, l.closeFiles())
	}
	return l, nil
}

// replayLog reads the files with the index as it is and, where that cannot be
// right, again with an empty one.
func (c *Catalog) replayLog(ctx context.Context, name, dir string, h head) (*replay, *damage, error) {
	st, ok, err := c.index.load(name)
	for {
		if err != nil || !ok {
			if st == nil || st.at.version > 0 || err != nil {
				c.opts.Logger.Warn("the index of a log is made anew", "log", name, "err", err)
			}
			if err := c.index.drop(name); err != nil {
				return nil, nil, err
			}
			st = newState(name)
		}
		r := &replay{scan: newScan(c.opts.FS, dir, name), index: c.index, st: st, from: st.at}
		r.key = c.public
		r.each = r.record
		d, rerr := r.all(ctx, h)
		if !errors.Is(rerr, errIndexContradicts) || r.from.version == 0 {
			return r, d, rerr
		}
		ok, err = false, rerr
	}
}

// replay is a scan that brings a state and the index up to the log.
type replay struct {
	*scan
	index *index
	st    *state
	// from is where the index was.
	from point
	// pending are entries in st that the index has not, of bytes in all.
	pending []*Entry
	bytes   int
	// newest is the last record read; its signature, through the chain,
	// vouches for all before it.
	newest *record
}

// all reads the whole log and holds it against HEAD.
func (r *replay) all(ctx context.Context, h head) (*damage, error) {
	d, err := r.run(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.judge(h, d); err != nil {
		return nil, err
	}
	if r.last.version < r.from.version {
		return nil, errIndexContradicts
	}
	if r.newest != nil {
		if flt := r.newest.verify(r.key); flt != nil {
			return nil, &CorruptError{File: r.last.file, Offset: r.last.end - r.newest.size(),
				Version: r.last.version, Reason: flt.reason}
		}
	}
	r.st.at = r.last
	return d, r.flush()
}

func (r *replay) record(rec *record, place Place) (*fault, error) {
	r.newest = rec
	if rec.version == 1 {
		e, flt := rec.entry()
		if flt == nil {
			flt = checkEntryKey(e, r.key)
		}
		if flt != nil {
			return flt, nil
		}
		r.key = ed25519.PublicKey(e.PublicKey)
	}
	if rec.version == r.from.version && rec.hash != r.from.hash {
		return nil, errIndexContradicts
	}
	if rec.version <= r.from.version {
		return nil, nil
	}
	e, flt := rec.entry()
	if flt == nil {
		flt = rec.verify(r.key)
	}
	if flt != nil {
		return flt, nil
	}
	r.st.apply(&e, point{version: rec.version, hash: rec.hash})
	r.pending = append(r.pending, &e)
	if r.bytes += len(rec.payload); r.bytes < replayBytes {
		return nil, nil
	}
	return nil, r.flush()
}

func (r *replay) flush() error {
	if len(r.pending) == 0 {
		return nil
	}
	if err := r.index.write(r.name, r.pending, r.st); err != nil {
		return err
	}
	r.pending, r.bytes = nil, 0
	return nil
}

// openFiles makes the files whole and opens them for commits: it cuts a torn
// entry off, and lets HEAD tell of an entry that was durable already but not
// acknowledged.
func (l *Log) openFiles(s *scan, hf headFile, d *damage) error {
	fsys, log := l.cat.opts.FS, l.cat.opts.Logger
	var err error
	if l.head, err = openHeadWriter(fsys, l.dir); err != nil {
		return err
	}
	if s.empty != "" {
		log.Warn("a log file that a crash left without an entry is removed", "log", l.name, "file", s.empty)
		if err := fsys.Remove(s.empty); err != nil {
			return err
		}
	}
	if s.last.version > 0 {
		if l.file, err = fsys.OpenFile(s.last.file, os.O_RDWR, 0); err != nil {
			return err
		}
		if d != nil && s.empty == "" {
			log.Warn("an entry that a crash cut off is removed", "log", l.name, "file", d.file, "offset", d.offset, "why", d.reason)
			if err := l.file.Truncate(d.offset); err != nil {
				return err
			}
		}
		if err := l.file.Sync(); err != nil {
			return err
		}
	}
	if err := fsys.SyncDir(l.dir); err != nil {
		return err
	}
	h, _, finding := hf.last(filepath.Join(l.dir, HeadName))
	if finding != nil || !s.last.matches(h) {
		log.Warn("HEAD is brought up to the log", "log", l.name, "version", s.last.version, "was", h.version, "err", finding)
	}
	return l.head.mend(hf, s.last.head(l.name), s.before.head(l.name))
}

func (l *Log) closeFiles() error {
	var errs []error
	if l.file != nil {
		errs = append(errs, l.file.Close())
		l.file = nil
	}
	if l.head != nil {
		errs = append(errs, l.head.close())
		l.head = nil
	}
	return errors.Join(errs...)
}
