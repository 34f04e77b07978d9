package catalog

import (
	"encoding/binary"
	"fmt"
)

// Keys of the index: a tag, the log's name and its length, and the rest. The
// source of a checkpoint is preceded by its length too, so that no name is the
// beginning of another.
const (
	tagMark       = 'm'
	tagPosition   = 'p'
	tagDoc        = 'd'
	tagSegment    = 's'
	tagCheckpoint = 'c'
)

var markKey = []byte{tagMark}

func appendSized(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func logPrefix(tag byte, name string) []byte { return appendSized([]byte{tag}, name) }

func positionKey(name string) []byte { return logPrefix(tagPosition, name) }

func docKey(name, key string) []byte { return append(logPrefix(tagDoc, name), key...) }

func segmentKey(name, id string) []byte { return append(logPrefix(tagSegment, name), id...) }

func checkpointKey(name, source, key string) []byte {
	return append(appendSized(logPrefix(tagCheckpoint, name), source), key...)
}

// encodePosition tells the entry that a log's part reflects, and how many
// documents and segments it must then have.
func encodePosition(st *state) []byte {
	b := binary.AppendUvarint(nil, uint64(st.at.version))
	b = append(b, st.at.hash[:]...)
	b = binary.AppendUvarint(b, uint64(len(st.docs)))
	return binary.AppendUvarint(b, uint64(len(st.segments)))
}

func decodePosition(b []byte) (version int64, hash [32]byte, docs, segments uint64, ok bool) {
	v, n := binary.Uvarint(b)
	if n <= 0 || len(b) < n+len(hash) {
		return 0, hash, 0, 0, false
	}
	b = b[n:]
	hash = [32]byte(b)
	b = b[len(hash):]
	docs, n = binary.Uvarint(b)
	if n <= 0 {
		return 0, hash, 0, 0, false
	}
	segments, m := binary.Uvarint(b[n:])
	return int64(v), hash, docs, segments, m > 0 && n+m == len(b)
}

func encodeCheckpoint(p Checkpoint) []byte {
	b := binary.AppendVarint(nil, p.Cutoff)
	return append(binary.AppendVarint(b, p.Rows), p.ETag...)
}

func decodeCheckpoint(source, key string, b []byte) (Checkpoint, error) {
	p := Checkpoint{Source: source, Key: key}
	var n, m int
	p.Cutoff, n = binary.Varint(b)
	if n > 0 {
		p.Rows, m = binary.Varint(b[n:])
	}
	if n <= 0 || m <= 0 {
		return Checkpoint{}, fmt.Errorf("index: checkpoint of %s in %s: value of %d bytes", key, source, len(b))
	}
	p.ETag = string(b[n+m:])
	return p, nil
}
