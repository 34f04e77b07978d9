package vfs

import (
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"
)

// resize cuts or extends the file with zeros.
func (n *memNode) resize(size int) {
	n.dirty = min(n.dirty, size, len(n.data))
	if size <= len(n.data) {
		n.data = n.data[:size]
		return
	}
	n.data = append(n.data, make([]byte, size-len(n.data))...)
}

func (n *memNode) writeAt(p []byte, off int) {
	if off > len(n.data) {
		n.resize(off)
	}
	n.dirty = min(n.dirty, off)
	kept := copy(n.data[off:], p)
	n.data = append(n.data, p[kept:]...)
}

func (n *memNode) sync() {
	n.synced = append(n.synced[:n.dirty], n.data[n.dirty:]...)
	n.dirty = len(n.data)
}

func (n *memNode) info(base string) fs.FileInfo {
	return memInfo{name: base, size: int64(len(n.data)), mode: n.mode, modTime: n.modTime}
}

type memInfo struct {
	name    string
	size    int64
	mode    fs.FileMode
	modTime time.Time
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) Mode() fs.FileMode  { return i.mode }
func (i memInfo) ModTime() time.Time { return i.modTime }
func (i memInfo) IsDir() bool        { return i.mode.IsDir() }
func (i memInfo) Sys() any           { return nil }

// memFile is an open file of Mem. pos and closed are guarded by the tree's
// lock, as the node is.
type memFile struct {
	fs     *Mem
	node   *memNode
	name   string
	flag   int
	pos    int
	closed bool
}

func (f *memFile) fail(op string, err error) error {
	return &fs.PathError{Op: op, Path: f.name, Err: err}
}

// checkLocked refuses what the operating system would: a closed file, a read
// of a write-only file, a write to a read-only one.
func (f *memFile) checkLocked(op string, refused int) error {
	if f.closed {
		return f.fail(op, fs.ErrClosed)
	}
	if refused >= 0 && f.flag&(os.O_RDONLY|os.O_WRONLY|os.O_RDWR) == refused {
		return f.fail(op, syscall.EBADF)
	}
	return nil
}

func (f *memFile) Read(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.checkLocked("read", os.O_WRONLY); err != nil {
		return 0, err
	}
	if f.pos >= len(f.node.data) {
		if len(p) == 0 {
			return 0, nil
		}
		return 0, io.EOF
	}
	n := copy(p, f.node.data[f.pos:])
	f.pos += n
	return n, nil
}

func (f *memFile) ReadAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.checkLocked("read", os.O_WRONLY); err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, f.fail("read", syscall.EINVAL)
	}
	if off >= int64(len(f.node.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) Write(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.checkLocked("write", os.O_RDONLY); err != nil {
		return 0, err
	}
	if f.flag&os.O_APPEND != 0 {
		f.pos = len(f.node.data)
	}
	f.node.writeAt(p, f.pos)
	f.node.modTime = f.fs.now()
	f.pos += len(p)
	return len(p), nil
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.checkLocked("write", os.O_RDONLY); err != nil {
		return 0, err
	}
	if off < 0 || f.flag&os.O_APPEND != 0 {
		return 0, f.fail("write", syscall.EINVAL)
	}
	f.node.writeAt(p, int(off))
	f.node.modTime = f.fs.now()
	return len(p), nil
}

func (f *memFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.checkLocked("truncate", os.O_RDONLY); err != nil {
		return err
	}
	if size < 0 {
		return f.fail("truncate", syscall.EINVAL)
	}
	f.node.resize(int(size))
	f.node.modTime = f.fs.now()
	return nil
}

func (f *memFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.checkLocked("sync", -1); err != nil {
		return err
	}
	f.node.sync()
	return nil
}

func (f *memFile) Stat() (fs.FileInfo, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.checkLocked("stat", -1); err != nil {
		return nil, err
	}
	parts := slices.Concat([]string{"/"}, splitName(f.name))
	return f.node.info(parts[len(parts)-1]), nil
}

func (f *memFile) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.checkLocked("close", -1); err != nil {
		return err
	}
	f.closed = true
	return nil
}
