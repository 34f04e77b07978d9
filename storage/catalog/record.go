package catalog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// Layout of a record; the package comment has the picture.
const (
	recordHeaderSize = 112
	recordCRC        = 0
	recordLength     = 4
	recordVersion    = 8
	recordPrevious   = 16
	recordSignature  = 48
)

// signatureContext keeps a signature over an entry from meaning anything else.
const signatureContext = "traillake commit log entry 1\x00"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// genesis is what entry 1 is chained to. It binds the log's name.
func genesis(name string) [32]byte { return sha256.Sum256([]byte("traillake commit log\x00" + name)) }

// record is one framed entry.
type record struct {
	version  int64
	previous [32]byte
	hash     [32]byte
	payload  []byte
	// signature is over hash.
	signature [ed25519.SignatureSize]byte
}

// size is the record's length in the file.
func (r *record) size() int64 { return recordHeaderSize + int64(len(r.payload)) }

// entryHash covers the length, the version, the previous hash and the payload.
func entryHash(header, payload []byte) (sum [32]byte) {
	h := sha256.New()
	h.Write(header[recordLength:recordSignature])
	h.Write(payload)
	h.Sum(sum[:0])
	return sum
}

func signedBytes(hash [32]byte) []byte { return append([]byte(signatureContext), hash[:]...) }

// encodeRecord appends the record of a payload to buf and returns the entry's
// hash.
func encodeRecord(buf []byte, version int64, previous [32]byte, payload []byte, key ed25519.PrivateKey) ([]byte, [32]byte) {
	start := len(buf)
	buf = append(buf, make([]byte, recordHeaderSize)...)
	buf = append(buf, payload...)
	rec := buf[start:]
	binary.LittleEndian.PutUint32(rec[recordLength:], uint32(len(payload)))
	binary.LittleEndian.PutUint64(rec[recordVersion:], uint64(version))
	copy(rec[recordPrevious:], previous[:])
	hash := entryHash(rec, payload)
	copy(rec[recordSignature:], ed25519.Sign(key, signedBytes(hash)))
	binary.LittleEndian.PutUint32(rec[recordCRC:], crc32.Checksum(rec[recordLength:], castagnoli))
	return buf, hash
}

// fault is what is wrong with bytes that should be a record or a header. torn
// means that they may be the part of a write that a crash cut off; otherwise
// they were written as they are.
type fault struct {
	reason string
	torn   bool
}

func tornf(format string, args ...any) *fault {
	return &fault{reason: fmt.Sprintf(format, args...), torn: true}
}

func badf(format string, args ...any) *fault {
	return &fault{reason: fmt.Sprintf(format, args...)}
}

// readRecord reads the record that should follow. left is how many bytes the
// file still has. err is a failure to read, not a finding.
func readRecord(r io.Reader, left, version int64, previous [32]byte) (rec record, flt *fault, err error) {
	if left < recordHeaderSize {
		return record{}, tornf("%d bytes of a record header", left), nil
	}
	var header [recordHeaderSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return record{}, nil, err
	}
	length := int64(binary.LittleEndian.Uint32(header[recordLength:]))
	if length > MaxPayloadBytes || length > left-recordHeaderSize {
		return record{}, tornf("a payload of %d bytes where %d follow", length, left-recordHeaderSize), nil
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(r, payload); err != nil {
		return record{}, nil, err
	}
	sum := crc32.Update(crc32.Checksum(header[recordLength:], castagnoli), castagnoli, payload)
	if want := binary.LittleEndian.Uint32(header[recordCRC:]); sum != want {
		return record{}, tornf("checksum %08x where the record has %08x", sum, want), nil
	}
	rec = record{
		version:   int64(binary.LittleEndian.Uint64(header[recordVersion:])),
		previous:  [32]byte(header[recordPrevious:]),
		signature: [ed25519.SignatureSize]byte(header[recordSignature:]),
		payload:   payload,
		hash:      entryHash(header[:], payload),
	}
	switch {
	case rec.version != version:
		return record{}, badf("the record has version %d", rec.version), nil
	case rec.previous != previous:
		return record{}, badf("the chain is broken: previous hash %x, expected %x", rec.previous, previous), nil
	}
	return rec, nil, nil
}

// verify checks the signature.
func (r *record) verify(key ed25519.PublicKey) *fault {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, signedBytes(r.hash), r.signature[:]) {
		return badf("the signature does not verify with public key %x", []byte(key))
	}
	return nil
}

// entry decodes the payload.
func (r *record) entry() (Entry, *fault) {
	e, err := decodeEntry(r.payload)
	if err != nil {
		return Entry{}, badf("the payload is not an entry: %v", err)
	}
	if e.Version != r.version {
		return Entry{}, badf("the payload has version %d", e.Version)
	}
	return e, nil
}
