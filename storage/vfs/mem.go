package vfs

import (
	"cmp"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Mem is a file system in memory that knows which bytes and names were synced,
// see [Mem.CrashClone]. It has no symbolic links. A relative name starts at
// the root, which always exists.
type Mem struct {
	now func() time.Time
	// mu guards the whole tree.
	mu   sync.Mutex
	root *memNode
}

// memNode is a file or a folder. synced and syncedNames are what a crash
// leaves of it.
type memNode struct {
	mode    fs.FileMode
	modTime time.Time
	locked  bool

	data   []byte
	synced []byte
	// dirty is the first byte at which data and synced may differ.
	dirty int

	names       map[string]*memNode
	syncedNames map[string]*memNode
}

// NewMem returns an empty file system. Its files carry the zero time.
func NewMem() *Mem {
	return &Mem{root: newMemDir(0o755), now: func() time.Time { return time.Time{} }}
}

// SetNow sets the clock that modification times come from.
func (m *Mem) SetNow(now func() time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = now
}

func newMemDir(perm fs.FileMode) *memNode {
	return &memNode{
		mode:        perm.Perm() | fs.ModeDir,
		names:       map[string]*memNode{},
		syncedNames: map[string]*memNode{},
	}
}

func (n *memNode) isDir() bool { return n.names != nil }

// OpenFile implements FS.
func (m *Mem) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fail := func(err error) (File, error) { return nil, &fs.PathError{Op: "open", Path: name, Err: err} }
	dir, base, err := m.parentLocked(name)
	if err != nil {
		return fail(err)
	}
	n := dir.names[base]
	switch {
	case base == "":
		return fail(syscall.EISDIR)
	case n == nil && flag&os.O_CREATE == 0:
		return fail(syscall.ENOENT)
	case n == nil:
		n = &memNode{mode: perm.Perm(), modTime: m.now()}
		dir.names[base] = n
	case flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		return fail(syscall.EEXIST)
	case n.isDir():
		return fail(syscall.EISDIR)
	}
	f := &memFile{fs: m, node: n, name: name, flag: flag}
	if flag&os.O_TRUNC != 0 {
		n.resize(0)
	}
	return f, nil
}

// Rename implements FS.
func (m *Mem) Rename(oldName, newName string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	fail := func(err error) error { return &os.LinkError{Op: "rename", Old: oldName, New: newName, Err: err} }
	from, oldBase, err := m.parentLocked(oldName)
	if err != nil {
		return fail(err)
	}
	to, newBase, err := m.parentLocked(newName)
	if err != nil {
		return fail(err)
	}
	n := from.names[oldBase]
	if n == nil {
		return fail(syscall.ENOENT)
	}
	if old := to.names[newBase]; old != nil && old != n && (old.isDir() || n.isDir()) {
		return fail(syscall.EEXIST)
	}
	delete(from.names, oldBase)
	to.names[newBase] = n
	return nil
}

// Remove implements FS.
func (m *Mem) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	fail := func(err error) error { return &fs.PathError{Op: "remove", Path: name, Err: err} }
	dir, base, err := m.parentLocked(name)
	if err != nil {
		return fail(err)
	}
	n := dir.names[base]
	if n == nil {
		return fail(syscall.ENOENT)
	}
	if len(n.names) > 0 {
		return fail(syscall.ENOTEMPTY)
	}
	delete(dir.names, base)
	return nil
}

// MkdirAll implements FS.
func (m *Mem) MkdirAll(name string, perm fs.FileMode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.root
	for _, part := range splitName(name) {
		next := n.names[part]
		if next == nil {
			next = newMemDir(perm)
			next.modTime = m.now()
			n.names[part] = next
		}
		if !next.isDir() {
			return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
		}
		n = next
	}
	return nil
}

// ReadDir implements FS.
func (m *Mem) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.lookupLocked(name)
	if err == nil && !n.isDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	entries := make([]fs.DirEntry, 0, len(n.names))
	for base, child := range n.names {
		entries = append(entries, fs.FileInfoToDirEntry(child.info(base)))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// Lstat implements FS.
func (m *Mem) Lstat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.lookupLocked(name)
	if err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	return n.info(filepath.Base(name)), nil
}

// SyncDir implements FS.
func (m *Mem) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.lookupLocked(name)
	if err == nil && !n.isDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return &fs.PathError{Op: "sync", Path: name, Err: err}
	}
	clear(n.syncedNames)
	for base, child := range n.names {
		n.syncedNames[base] = child
	}
	return nil
}

// Lock implements FS. The lock ends with Close only; a crash clone has none.
func (m *Mem) Lock(name string) (io.Closer, error) {
	f, err := m.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	n := f.(*memFile).node
	m.mu.Lock()
	defer m.mu.Unlock()
	if n.locked {
		return nil, &fs.PathError{Op: "lock", Path: name, Err: ErrLocked}
	}
	n.locked = true
	return &memLock{fs: m, node: n}, nil
}

type memLock struct {
	fs   *Mem
	node *memNode
	done bool
}

func (l *memLock) Close() error {
	l.fs.mu.Lock()
	defer l.fs.mu.Unlock()
	if !l.done {
		l.done, l.node.locked = true, false
	}
	return nil
}

func splitName(name string) []string {
	name = strings.Trim(filepath.ToSlash(filepath.Clean("/"+name)), "/")
	if name == "" {
		return nil
	}
	return strings.Split(name, "/")
}

func (m *Mem) lookupLocked(name string) (*memNode, error) {
	n := m.root
	for _, part := range splitName(name) {
		if !n.isDir() {
			return nil, syscall.ENOTDIR
		}
		if n = n.names[part]; n == nil {
			return nil, syscall.ENOENT
		}
	}
	return n, nil
}

// parentLocked finds the folder of name; base is empty for the root.
func (m *Mem) parentLocked(name string) (dir *memNode, base string, err error) {
	parts := splitName(name)
	if len(parts) == 0 {
		return m.root, "", nil
	}
	dir, err = m.lookupLocked(strings.Join(parts[:len(parts)-1], "/"))
	if err == nil && !dir.isDir() {
		err = syscall.ENOTDIR
	}
	return dir, parts[len(parts)-1], err
}
