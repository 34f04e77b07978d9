package vfs

import (
	"math/rand/v2"
	"slices"
)

// crashBlock is the piece of a file that reaches the disk as a whole or not
// at all in CrashClone.
const crashBlock = 512

// CrashOptions says what a crash leaves beyond what was synced.
type CrashOptions struct {
	// Rand picks which unsynced blocks of files and which unsynced names
	// survive all the same, as a kernel may have written them already. nil:
	// none do. Names survive one by one, so that of a rename only half may:
	// that is more than most file systems inflict.
	Rand *rand.Rand
}

// CrashClone returns the file system that a power cut at this moment would
// leave. The original goes on unharmed.
func (m *Mem) CrashClone(opts CrashOptions) *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := crash{rand: opts.Rand, done: map[*memNode]*memNode{}}
	return &Mem{root: c.clone(m.root), now: m.now}
}

// crash clones a tree; done keeps a node with two names one node.
type crash struct {
	rand *rand.Rand
	done map[*memNode]*memNode
}

func (c crash) clone(n *memNode) *memNode {
	if twin := c.done[n]; twin != nil {
		return twin
	}
	twin := &memNode{mode: n.mode, modTime: n.modTime}
	c.done[n] = twin
	if !n.isDir() {
		twin.data = c.content(n)
		twin.sync()
		return twin
	}
	twin.names, twin.syncedNames = map[string]*memNode{}, map[string]*memNode{}
	for _, base := range namesOf(n) {
		child := n.syncedNames[base]
		if now := n.names[base]; now != child && c.survives() {
			child = now
		}
		if child != nil {
			twin.names[base] = c.clone(child)
			twin.syncedNames[base] = twin.names[base]
		}
	}
	return twin
}

func (c crash) survives() bool { return c.rand != nil && c.rand.IntN(2) == 0 }

// content mixes synced and unsynced blocks. The size is one or the other, and
// a block beyond what was written reads as zeros.
func (c crash) content(n *memNode) []byte {
	size := len(n.synced)
	if c.survives() {
		size = len(n.data)
	}
	data := make([]byte, size)
	copy(data, n.synced)
	for off := n.dirty / crashBlock * crashBlock; off < size; off += crashBlock {
		end := min(off+crashBlock, size)
		if off < len(n.data) && c.survives() {
			copy(data[off:end], n.data[off:])
		}
	}
	return data
}

// namesOf lists the names of a folder, synced or not, in order, so that a
// seed gives the same crash again.
func namesOf(n *memNode) []string {
	var names []string
	for base := range n.names {
		names = append(names, base)
	}
	for base := range n.syncedNames {
		if n.names[base] == nil {
			names = append(names, base)
		}
	}
	slices.Sort(names)
	return names
}
