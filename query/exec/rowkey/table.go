package rowkey

import (
	"bytes"
	"hash/maphash"
)

// Table numbers distinct byte keys from 0 in the order of their arrival. It keeps
// the keys in one block of memory, so that the garbage collector sees three
// slices however many keys there are. Lookups may run at the same time as each
// other, not as Insert. The zero Table is empty and ready.
type Table struct {
	seed    maphash.Seed
	slots   []int32 // key number + 1, 0 when free; a power of two long
	hashes  []uint32
	offsets []int // key i is arena[offsets[i]:offsets[i+1]]
	arena   []byte
}

// Len is the number of keys.
func (t *Table) Len() int { return len(t.hashes) }

// Size is the memory held, in bytes.
func (t *Table) Size() int64 {
	return int64(cap(t.slots))*4 + int64(cap(t.hashes))*4 + int64(cap(t.offsets))*8 + int64(cap(t.arena))
}

// Insert returns the number of key and whether it is new.
func (t *Table) Insert(key []byte) (id int32, isNew bool) {
	if 4*len(t.hashes) >= 3*len(t.slots) {
		t.grow()
	}
	h := uint32(maphash.Bytes(t.seed, key))
	slot := t.find(key, h)
	if n := t.slots[slot]; n != 0 {
		return n - 1, false
	}
	id = int32(len(t.hashes))
	t.slots[slot] = id + 1
	t.hashes = append(t.hashes, h)
	t.arena = append(t.arena, key...)
	t.offsets = append(t.offsets, len(t.arena))
	return id, true
}

// Lookup returns the number of key, or -1.
func (t *Table) Lookup(key []byte) int32 {
	if len(t.slots) == 0 {
		return -1
	}
	return t.slots[t.find(key, uint32(maphash.Bytes(t.seed, key)))] - 1
}

// find returns the slot that holds key or the free one where it belongs.
func (t *Table) find(key []byte, h uint32) uint32 {
	mask := uint32(len(t.slots) - 1)
	for slot := h & mask; ; slot = (slot + 1) & mask {
		n := t.slots[slot]
		if n == 0 || t.hashes[n-1] == h && bytes.Equal(t.arena[t.offsets[n-1]:t.offsets[n]], key) {
			return slot
		}
	}
}

func (t *Table) grow() {
	if len(t.slots) == 0 {
		t.seed = maphash.MakeSeed()
		t.slots, t.offsets = make([]int32, 64), []int{0}
		return
	}
	t.slots = make([]int32, 2*len(t.slots))
	mask := uint32(len(t.slots) - 1)
	for i, h := range t.hashes {
		slot := h & mask
		for t.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		t.slots[slot] = int32(i) + 1
	}
}

// WordTable is Table for keys of 64 bits.
type WordTable struct {
	slots []int32
	keys  []uint64
}

// Len is the number of keys.
func (t *WordTable) Len() int { return len(t.keys) }

// Size is the memory held, in bytes.
func (t *WordTable) Size() int64 { return int64(cap(t.slots))*4 + int64(cap(t.keys))*8 }

// Insert returns the number of key and whether it is new.
func (t *WordTable) Insert(key uint64) (id int32, isNew bool) {
	if 4*len(t.keys) >= 3*len(t.slots) {
		t.grow()
	}
	slot := t.find(key)
	if n := t.slots[slot]; n != 0 {
		return n - 1, false
	}
	id = int32(len(t.keys))
	t.slots[slot] = id + 1
	t.keys = append(t.keys, key)
	return id, true
}

// Lookup returns the number of key, or -1.
func (t *WordTable) Lookup(key uint64) int32 {
	if len(t.slots) == 0 {
		return -1
	}
	return t.slots[t.find(key)] - 1
}

// Key returns the key with that number.
func (t *WordTable) Key(id int32) uint64 { return t.keys[id] }

func (t *WordTable) find(key uint64) uint64 {
	mask := uint64(len(t.slots) - 1)
	for slot := mix(key) & mask; ; slot = (slot + 1) & mask {
		if n := t.slots[slot]; n == 0 || t.keys[n-1] == key {
			return slot
		}
	}
}

func (t *WordTable) grow() {
	if len(t.slots) == 0 {
		t.slots = make([]int32, 64)
		return
	}
	t.slots = make([]int32, 2*len(t.slots))
	for i, k := range t.keys {
		t.slots[t.find(k)] = int32(i) + 1
	}
}

// mix spreads the bits of a key (the finaliser of splitmix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
