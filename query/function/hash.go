package function

import (
	"encoding/binary"
	"math/bits"

	"github.com/spaolacci/murmur3"
)

// murmur3Hash is the 128-bit MurmurHash3 for x64, its halves little-endian.
func murmur3Hash(b []byte) []byte {
	high, low := murmur3.Sum128(b)
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, high), low)
}

// SpookyHash V2 by Bob Jenkins, public domain: https://burtleburtle.net/bob/hash/spooky.html.
// Here because no Go library has version 2.
const (
	spookyConst = 0xdeadbeefdeadbeef
	spookyBlock = 96
)

var (
	spookyMix      = [12]int{11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46}
	spookyEnd      = [12]int{44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54}
	spookyShortMix = [12]int{50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36}
	spookyShortEnd = [11]int{15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63}
)

// spookyHash is the 64-bit SpookyHash V2 of b with seed 0.
func spookyHash(b []byte) uint64 {
	if len(b) < 2*spookyBlock {
		return spookyShort(b)
	}
	var h [12]uint64
	for i := 2; i < 12; i += 3 {
		h[i] = spookyConst
	}
	rest := b
	for ; len(rest) >= spookyBlock; rest = rest[spookyBlock:] {
		for i := range 12 {
			h[i] += binary.LittleEndian.Uint64(rest[8*i:])
			h[(i+2)%12] ^= h[(i+10)%12]
			h[(i+11)%12] ^= h[i]
			h[i] = bits.RotateLeft64(h[i], spookyMix[i])
			h[(i+11)%12] += h[(i+1)%12]
		}
	}
	var last [spookyBlock]byte
	copy(last[:], rest)
	last[spookyBlock-1] = byte(len(rest))
	for i := range 12 {
		h[i] += binary.LittleEndian.Uint64(last[8*i:])
	}
	for range 3 {
		for i := range 12 {
			h[(i+11)%12] += h[(i+1)%12]
			h[(i+2)%12] ^= h[(i+11)%12]
			h[(i+1)%12] = bits.RotateLeft64(h[(i+1)%12], spookyEnd[i])
		}
	}
	return h[0]
}

// spookyShort is for less than two blocks.
func spookyShort(b []byte) uint64 {
	h := [4]uint64{0, 0, spookyConst, spookyConst}
	mix := func() {
		for i := range 12 {
			x := (i + 2) % 4
			h[x] = bits.RotateLeft64(h[x], spookyShortMix[i]) + h[(x+1)%4]
			h[(x+2)%4] ^= h[x]
		}
	}
	rest := b
	for ; len(rest) >= 32; rest = rest[32:] {
		h[2] += binary.LittleEndian.Uint64(rest)
		h[3] += binary.LittleEndian.Uint64(rest[8:])
		mix()
		h[0] += binary.LittleEndian.Uint64(rest[16:])
		h[1] += binary.LittleEndian.Uint64(rest[24:])
	}
	if len(rest) >= 16 {
		h[2] += binary.LittleEndian.Uint64(rest)
		h[3] += binary.LittleEndian.Uint64(rest[8:])
		mix()
		rest = rest[16:]
	}
	h[3] += uint64(len(b)) << 56
	if len(rest) == 0 {
		h[2] += spookyConst
		h[3] += spookyConst
	} else {
		var last [16]byte
		copy(last[:], rest)
		h[2] += binary.LittleEndian.Uint64(last[:])
		h[3] += binary.LittleEndian.Uint64(last[8:])
	}
	for i, by := range spookyShortEnd {
		x := (i + 3) % 4
		h[x] ^= h[(x+3)%4]
		h[(x+3)%4] = bits.RotateLeft64(h[(x+3)%4], by)
		h[x] += h[(x+3)%4]
	}
	return h[0]
}
