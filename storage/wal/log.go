package wal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/traillake/traillake/storage/vfs"
)

// Options are the options of Open. FS, Dir and Name must be given.
type Options struct {
	FS  vfs.FS
	Dir string // created when missing
	// Name binds the files to what they belong to: files of another name are corrupt.
	Name string
	// MaxGroupBytes is how much one write takes of what is waiting; a larger
	// batch is a group by itself. Default 4 MiB.
	MaxGroupBytes int
	Logger        *slog.Logger // default: discards
}

// Log is an open log. Safe for concurrent use.
type Log struct {
	opts Options

	// writing is held by whoever writes: the file's fields are its.
	writing  sync.Mutex
	file     vfs.File // nil: the next append begins a file
	number   int64    // of file, or of the last one
	end      int64    // where the next group goes
	sequence int64    // of the last batch
	buf      []byte

	mu      sync.Mutex
	waiting []*appending
	failed  error // why the log takes no more
}

// appending is a batch on its way to the disk.
type appending struct {
	batch []byte
	file  int64
	err   error
	done  bool
	wake  chan struct{} // done, or to be the next to write
}

// Open opens a log and hands replay every batch in files whose number is above
// sealed, oldest first; see Walk. Files up to sealed are removed, and what a
// crash cut off is taken off the end.
func Open(ctx context.Context, opts Options, sealed int64, replay func(Batch) error) (*Log, error) {
	if opts.Name == "" || len(opts.Name) > maxName {
		return nil, fmt.Errorf("log name %.100q: must have 1 to %d bytes", opts.Name, maxName)
	}
	if opts.MaxGroupBytes == 0 {
		opts.MaxGroupBytes = 4 << 20
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	l := &Log{opts: opts}
	tail, err := Walk(ctx, opts.FS, opts.Dir, opts.Name, sealed, replay)
	if err != nil {
		return nil, err
	}
	l.number, l.sequence = max(tail.File, sealed), tail.Sequence
	if err := l.mend(tail); err != nil {
		return nil, err
	}
	return l, l.Remove(sealed)
}

// mend takes a torn end off the last file.
func (l *Log) mend(tail Tail) error {
	if tail.Torn == "" {
		return nil
	}
	l.opts.Logger.Info("cut off the end of a log that a crash had torn", "file", tail.Path, "bytes", tail.Size, "found", tail.Torn)
	if tail.Size == 0 {
		if err := l.opts.FS.Remove(tail.Path); err != nil {
			return err
		}
		return l.opts.FS.SyncDir(l.opts.Dir)
	}
	f, err := l.opts.FS.OpenFile(tail.Path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = f.Truncate(tail.Size)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Append makes a batch durable and returns the number of the file it is in. On an
// error that is not ErrInDoubt it is not in the log. The batch must not change
// until Append returns.
func (l *Log) Append(batch []byte) (file int64, err error) {
	if len(batch) > MaxBatchBytes {
		return 0, fmt.Errorf("batch of %d bytes: %w: at most %d", len(batch), ErrTooLarge, MaxBatchBytes)
	}
	a := &appending{batch: batch, wake: make(chan struct{}, 1)}
	l.mu.Lock()
	l.waiting = append(l.waiting, a)
	first := len(l.waiting) == 1
	l.mu.Unlock()
	if !first {
		<-a.wake
	}
	if !a.done {
		l.writeGroup()
	}
	return a.file, a.err
}

// writeGroup writes what is waiting, as far as it fits, for all who wait for it,
// and wakes the first of the rest to write on. The caller is the first waiting.
func (l *Log) writeGroup() {
	l.writing.Lock()
	l.mu.Lock()
	n, size := 1, len(l.waiting[0].batch)
	for n < len(l.waiting) && size+len(l.waiting[n].batch) <= l.opts.MaxGroupBytes {
		size += len(l.waiting[n].batch)
		n++
	}
	taken := l.waiting[:n:n]
	failed := l.failed
	l.mu.Unlock()

	err := failed
	if err == nil {
		err = l.write(taken)
	}
	number := l.number
	l.writing.Unlock()

	l.mu.Lock()
	defer l.mu.Unlock()
	for i, a := range taken {
		a.file, a.err, a.done = number, err, true
		if i > 0 {
			a.wake <- struct{}{}
		}
	}
	l.waiting = l.waiting[n:]
	if len(l.waiting) > 0 {
		l.waiting[0].wake <- struct{}{}
	}
}

// write makes one group durable. The caller holds writing.
func (l *Log) write(taken []*appending) error {
	batches := make([][]byte, len(taken))
	for i, a := range taken {
		batches[i] = a.batch
	}
	l.buf = l.buf[:0]
	if l.file == nil {
		l.buf = append(l.buf, header{number: l.number + 1, first: l.sequence + 1, name: l.opts.Name}.encode()...)
	}
	l.buf = appendGroup(l.buf, l.sequence+1, batches)
	var err error
	if l.file == nil {
		err = l.begin()
	} else {
		err = l.extend()
	}
	if cap(l.buf) > 2*l.opts.MaxGroupBytes {
		l.buf = nil
	}
	if err == nil {
		l.sequence += int64(len(taken))
	}
	return err
}

// extend writes the buffer at the end of the file. A write that failed is undone,
// so that a full disk refuses batches and no more. After a failed sync the kernel
// may have dropped the bytes or not, and nothing done to the file would tell.
func (l *Log) extend() error {
	if _, err := l.file.WriteAt(l.buf, l.end); err != nil {
		undo := l.file.Truncate(l.end)
		if undo == nil {
			undo = l.file.Sync()
		}
		if undo != nil {
			return l.fail(errors.Join(err, fmt.Errorf("undo: %w", undo)))
		}
		return err
	}
	if err := l.file.Sync(); err != nil {
		return l.fail(err)
	}
	l.end += int64(len(l.buf))
	return nil
}

// begin writes the buffer as a new file.
func (l *Log) begin() error {
	fsys, path := l.opts.FS, filepath.Join(l.opts.Dir, fileName(l.number+1))
	if err := vfs.MkdirAllSync(fsys, l.opts.Dir, 0o755); err != nil {
		return err
	}
	f, err := fsys.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(l.buf, 0); err != nil {
		err = errors.Join(err, f.Close())
		undo := fsys.Remove(path)
		if undo == nil {
			undo = fsys.SyncDir(l.opts.Dir)
		}
		if undo != nil {
			return l.fail(errors.Join(err, fmt.Errorf("undo: %w", undo)))
		}
		return err
	}
	err = f.Sync()
	if err == nil {
		err = fsys.SyncDir(l.opts.Dir)
	}
	if err != nil {
		return errors.Join(l.fail(err), f.Close())
	}
	l.file, l.end = f, int64(len(l.buf))
	l.number++
	return nil
}

// fail makes the log take no more.
func (l *Log) fail(err error) error {
	err = fmt.Errorf("%w: %w", ErrInDoubt, err)
	l.mu.Lock()
	l.failed = fmt.Errorf("the log takes no more until it is opened again: %w", err)
	l.mu.Unlock()
	l.opts.Logger.Error("a log takes no more until it is opened again", "dir", l.opts.Dir, "err", err)
	return err
}

// Rotate ends the file that is being written: later batches go to the next. It
// returns the number of the last file that has batches.
func (l *Log) Rotate() (int64, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.file == nil {
		return l.number, nil
	}
	// All it holds was synced: an error now tells nothing.
	if err := l.file.Close(); err != nil {
		l.opts.Logger.Warn("close a log file", "dir", l.opts.Dir, "err", err)
	}
	l.file = nil
	return l.number, nil
}

// Size is the length of the file that is being written, 0 when there is none.
func (l *Log) Size() int64 {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.file == nil {
		return 0
	}
	return l.end
}

// Remove deletes the files up to a number, which must not be being written. A
// file that stays because of an error goes with the next Remove or Open.
func (l *Log) Remove(upTo int64) error {
	files, err := listFiles(l.opts.FS, l.opts.Dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list %s: %w", l.opts.Dir, err)
	}
	var errs []error
	removed := false
	for _, f := range files {
		if f.number <= upTo {
			errs = append(errs, l.opts.FS.Remove(f.path))
			removed = true
		}
	}
	if removed {
		errs = append(errs, l.opts.FS.SyncDir(l.opts.Dir))
	}
	return errors.Join(errs...)
}

// Close closes the log; batches that are being appended are still written. It is
// idempotent.
func (l *Log) Close() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	if l.failed == nil {
		l.failed = ErrClosed
	}
	l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
