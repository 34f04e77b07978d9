package segment

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// A fingerprint file is, in little-endian order:
//
//	+--------+---------+---------+-----------+-----------+----------------+---------------+
//	| "TLFP" | version | count   | body CRC  | head CRC  | count × uint64 | count × uint32 |
//	| 4      | u32     | u64     | u32       | u32       | fingerprints   | rows           |
//	+--------+---------+---------+-----------+-----------+----------------+---------------+
//
// Fingerprints ascend; equal ones ascend by row. Both CRCs are CRC-32C: the head
// CRC covers the 20 bytes before it, the body CRC all that follows the header.
const (
	printsMagic   = "TLFP"
	printsVersion = 1
	printsHeader  = 24
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Hit is a row that a fingerprint was found at.
type Hit struct {
	Fingerprint uint64
	Row         int64
}

// WriteFingerprints sorts the fingerprints and writes them as a file.
func WriteFingerprints(w io.Writer, prints []Fingerprint) error {
	slices.SortFunc(prints, func(a, b Fingerprint) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.Row, b.Row))
	})
	buf := make([]byte, printsHeader, printsHeader+12*len(prints))
	for _, p := range prints {
		buf = binary.LittleEndian.AppendUint64(buf, p.Hash)
	}
	for _, p := range prints {
		buf = binary.LittleEndian.AppendUint32(buf, p.Row)
	}
	copy(buf, printsMagic)
	binary.LittleEndian.PutUint32(buf[4:], printsVersion)
	binary.LittleEndian.PutUint64(buf[8:], uint64(len(prints)))
	binary.LittleEndian.PutUint32(buf[16:], crc32.Checksum(buf[printsHeader:], castagnoli))
	binary.LittleEndian.PutUint32(buf[20:], crc32.Checksum(buf[:20], castagnoli))
	_, err := w.Write(buf)
	return err
}

// Fingerprints reads a fingerprint file. Safe for concurrent use.
type Fingerprints struct {
	src   Source
	count int64
	body  uint32
}

// OpenFingerprints reads the header. The caller closes src after the last use.
func OpenFingerprints(src Source) (*Fingerprints, error) {
	var head [printsHeader]byte
	if n, err := src.ReadAt(head[:], 0); n < len(head) {
		if err == io.EOF {
			return nil, corruptAt(0, "fingerprint file of %d bytes", src.Size())
		}
		return nil, fmt.Errorf("read fingerprint file: %w", err)
	}
	if string(head[:4]) != printsMagic {
		return nil, corruptAt(0, "fingerprint file begins with %q, want %q", head[:4], printsMagic)
	}
	if got, want := crc32.Checksum(head[:20], castagnoli), binary.LittleEndian.Uint32(head[20:]); got != want {
		return nil, corruptAt(0, "fingerprint file: header CRC is %08x, want %08x", got, want)
	}
	if v := binary.LittleEndian.Uint32(head[4:]); v != printsVersion {
		return nil, corruptAt(0, "fingerprint file of version %d, this program reads %d", v, printsVersion)
	}
	f := &Fingerprints{src: src, count: int64(binary.LittleEndian.Uint64(head[8:])), body: binary.LittleEndian.Uint32(head[16:])}
	if f.count < 0 || f.count > src.Size() || src.Size() != printsHeader+12*f.count {
		return nil, corruptAt(0, "fingerprint file of %d bytes says it has %d entries", src.Size(), f.count)
	}
	return f, nil
}

// Len is the number of entries.
func (f *Fingerprints) Len() int64 { return f.count }

// Rows returns the fingerprint of each of n rows, 0 for those that have none.
func (f *Fingerprints) Rows(n int64) ([]uint64, error) {
	raw := make([]byte, 12*f.count)
	if got, err := f.src.ReadAt(raw, printsHeader); got < len(raw) {
		return nil, fmt.Errorf("read fingerprint file: %w", err)
	}
	if got := crc32.Checksum(raw, castagnoli); got != f.body {
		return nil, corruptAt(printsHeader, "fingerprint file: body CRC is %08x, want %08x", got, f.body)
	}
	out := make([]uint64, n)
	for i := range f.count {
		row := int64(binary.LittleEndian.Uint32(raw[8*f.count+4*i:]))
		if row >= n {
			return nil, corruptAt(printsHeader+8*f.count+4*i, "fingerprint file: row %d of %d", row, n)
		}
		out[row] = binary.LittleEndian.Uint64(raw[8*i:])
	}
	return out, nil
}

const findBlock = 512 // fingerprints read at once

// Find returns the rows that have one of the fingerprints, which must ascend.
func (f *Fingerprints) Find(sorted []uint64) ([]Hit, error) {
	var hits []Hit
	s := printSearch{f: f}
	for i, fp := range sorted {
		if i > 0 && fp == sorted[i-1] {
			continue
		}
		var err error
		if hits, err = s.find(fp, hits); err != nil {
			return nil, err
		}
	}
	return hits, nil
}

// printSearch looks for ascending fingerprints. It keeps the last block read.
type printSearch struct {
	f     *Fingerprints
	from  int64 // nothing before can match any more
	block []uint64
	start int64 // index of block[0]
	raw   [8 * findBlock]byte
}

// load reads the block that begins with an index.
func (s *printSearch) load(start int64) error {
	if s.block != nil && start == s.start {
		return nil
	}
	n := min(findBlock, s.f.count-start)
	raw := s.raw[:8*n]
	if got, err := s.f.src.ReadAt(raw, printsHeader+8*start); got < len(raw) {
		return fmt.Errorf("read fingerprint file: %w", err)
	}
	if s.block == nil {
		s.block = make([]uint64, 0, findBlock)
	}
	s.block, s.start = s.block[:n], start
	for i := range s.block {
		s.block[i] = binary.LittleEndian.Uint64(raw[8*i:])
	}
	return nil
}

// find appends the rows of fp. Fingerprints are spread evenly, so the guess of
// the place is off by little; the search narrows from there block by block.
func (s *printSearch) find(fp uint64, hits []Hit) ([]Hit, error) {
	lo, hi := s.from, s.f.count // the first entry >= fp is in [lo, hi]
	first := true
	for lo < hi {
		mid := lo + (hi-lo)/2
		if first {
			mid = min(max(int64(float64(fp)/(1<<64)*float64(s.f.count))-findBlock/2, lo), hi-1)
			first = false
		}
		if b := s.start; s.block != nil && lo >= b && lo < b+int64(len(s.block)) {
			mid = b // the block at hand may do
		}
		if err := s.load(mid); err != nil {
			return nil, err
		}
		i, _ := slices.BinarySearch(s.block, fp)
		at := mid + int64(i)
		switch {
		case i == 0:
			if hi = mid; lo >= mid {
				lo, hi = at, at
			}
		case i == len(s.block):
			lo = max(lo, at)
		default:
			lo, hi = at, at
		}
	}
	s.from = lo
	for i := lo; i < s.f.count; i++ {
		if i < s.start || i >= s.start+int64(len(s.block)) {
			if err := s.load(i); err != nil {
				return nil, err
			}
		}
		if s.block[i-s.start] != fp {
			break
		}
		var row [4]byte
		if n, err := s.f.src.ReadAt(row[:], printsHeader+8*s.f.count+4*i); n < 4 {
			return nil, fmt.Errorf("read fingerprint file: %w", err)
		}
		hits = append(hits, Hit{fp, int64(binary.LittleEndian.Uint32(row[:]))})
	}
	return hits, nil
}

// Check reads the whole file: its checksum, its order, and that rows are below limit.
func (f *Fingerprints) Check(limit int64) error {
	buf := make([]byte, 12*f.count)
	if n, err := f.src.ReadAt(buf, printsHeader); n < len(buf) {
		return fmt.Errorf("read fingerprint file: %w", err)
	}
	if got := crc32.Checksum(buf, castagnoli); got != f.body {
		return corruptAt(printsHeader, "fingerprint file: body CRC is %08x, want %08x", got, f.body)
	}
	last := uint64(0)
	for i := range f.count {
		fp := binary.LittleEndian.Uint64(buf[8*i:])
		row := int64(binary.LittleEndian.Uint32(buf[8*f.count+4*i:]))
		if fp == 0 || fp < last {
			return corruptAt(printsHeader+8*i, "fingerprint file: entry %d is out of order", i)
		}
		if row >= limit {
			return corruptAt(printsHeader+8*f.count+4*i, "fingerprint file: entry %d names row %d of %d", i, row, limit)
		}
		last = fp
	}
	return nil
}
