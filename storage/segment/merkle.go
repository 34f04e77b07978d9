package segment

import (
	"crypto/sha256"
	"hash"
)

// Merkle computes the root of RFC 6962 (section 2.1) over leaves that arrive one
// by one. It holds one hash per level. The zero value is an empty tree.
type Merkle struct {
	count uint64
	stack [][sha256.Size]byte // complete subtrees, larger first
	h     hash.Hash
	node  [1 + 2*sha256.Size]byte // what is hashed for a parent, or a leaf's prefix; here it is no garbage
	sum   []byte
}

// Add appends a leaf.
func (m *Merkle) Add(leaf []byte) {
	if m.h == nil {
		m.h = sha256.New()
	}
	m.h.Reset()
	m.node[0] = 0
	m.h.Write(m.node[:1])
	m.h.Write(leaf)
	m.sum = m.h.Sum(m.sum[:0])
	m.stack = append(m.stack, [sha256.Size]byte(m.sum))
	// Every trailing one bit of the count before is a subtree of this height.
	for n := m.count; n&1 == 1; n >>= 1 {
		m.join()
	}
	m.count++
}

// join replaces the two topmost subtrees by their parent.
func (m *Merkle) join() {
	top := len(m.stack) - 1
	m.node[0] = 1
	copy(m.node[1:], m.stack[top-1][:])
	copy(m.node[1+sha256.Size:], m.stack[top][:])
	m.stack[top-1] = sha256.Sum256(m.node[:])
	m.stack = m.stack[:top]
}

// Root returns the root over the leaves so far. It ends the tree: Add must not follow.
func (m *Merkle) Root() [sha256.Size]byte {
	if m.count == 0 {
		return sha256.Sum256(nil)
	}
	for len(m.stack) > 1 {
		m.join()
	}
	return m.stack[0]
}
