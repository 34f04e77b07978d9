package segment

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// hashPair adds a row's id and payload to a running hash, so that neither their
// border nor NULL can be mistaken.
func hashPair(h *xxhash.Digest, id []byte, hasID bool, payload []byte, hasPayload bool) {
	var head [16]byte
	binary.LittleEndian.PutUint64(head[:], lengthOf(id, hasID))
	binary.LittleEndian.PutUint64(head[8:], lengthOf(payload, hasPayload))
	h.Write(head[:])
	h.Write(id)
	h.Write(payload)
}

func lengthOf(b []byte, has bool) uint64 {
	if !has {
		return ^uint64(0)
	}
	return uint64(len(b))
}
