package segment

import (
	"encoding/binary"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
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

// pairs hashes the (id, payload) pairs of records.
type pairs struct{ hash *xxhash.Digest }

func newPairs() *pairs { return &pairs{xxhash.New()} }

// addAll adds all rows of the batches, whose columns are the id and the payload.
func (p *pairs) addAll(b *Batches, hasID, hasPayload bool) error {
	for {
		rec, err := b.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var ids, payloads []arrow.Array
		columns := rec.Columns()
		if hasID {
			ids, columns = columns[:1], columns[1:]
		}
		if hasPayload {
			payloads = columns
		}
		for row := range int(rec.NumRows()) {
			id, ok1 := bytesAt(ids, rowRef{0, int32(row)})
			payload, ok2 := bytesAt(payloads, rowRef{0, int32(row)})
			hashPair(p.hash, id, ok1, payload, ok2)
		}
		rec.Release()
	}
}
