// Package wal is a log of batches that are acknowledged but not yet in a segment.
//
// A log is a folder of numbered files. [Log.Append] returns when its batch is
// durable; callers that wait at the same time share one write and one sync. When
// the rows of a file are in segments, [Log.Remove] deletes it.
//
// # Format
//
// Version 1. Integers are little-endian, checksums CRC-32C.
//
//	NNNNNNNNNNNNNNNNNNNN.wal             the number in 20 digits, from 1
//	┌──────────────┬─────────┬─────────┬─────
//	│ header (128) │ group   │ group   │ …
//	└──────────────┴─────────┴─────────┴─────
//
//	header   0  "TLEVWAL\x00"
//	         8  u32 format version
//	        12  u32 size of the header
//	        16  u64 number of the file
//	        24  u64 sequence of its first batch
//	        32  name of the log, padded with zeros (88 bytes)
//	       124  u32 checksum of bytes 0 to 123
//
//	group    0  u32 checksum of what follows in the group
//	         4  u32 length of the group's batches with their lengths
//	         8  u64 sequence of the first batch, counted over all files from 1
//	        16  u32 number of batches, never 0
//	        20  u32 "GRP1"
//	        24  batches: u32 length, bytes
//
// A group is what one write and one sync made durable. The next group is
// written only after that, so a damaged group with an intact one behind it is
// corruption, and a damaged one at the end is a write that a crash cut off:
// none of its batches was acknowledged, and none is replayed. A batch is
// replayed whole or not at all.
package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/traillake/traillake/storage/vfs"
)

// Errors to ask for with errors.Is.
var (
	// ErrCorrupt: a file is not what was written. The message names file and place.
	ErrCorrupt = errors.New("corrupt")
	// ErrInDoubt: a batch may or may not be on disk. The log takes no more until
	// it is opened again, which decides it.
	ErrInDoubt = errors.New("in doubt")
	// ErrClosed: the log is closed.
	ErrClosed = errors.New("closed")
	// ErrTooLarge: a batch is longer than MaxBatchBytes.
	ErrTooLarge = errors.New("too large")
)

// MaxBatchBytes is the most a batch may have.
const MaxBatchBytes = 64 << 20

const (
	fileMagic     = "TLEVWAL\x00"
	formatVersion = 1
	fileSuffix    = ".wal"

	headerSize   = 128
	headerFormat = 8
	headerLen    = 12
	headerNumber = 16
	headerFirst  = 24
	headerName   = 32
	headerCRC    = 124
	maxName      = headerCRC - headerName - 4

	groupSize     = 24
	groupCRC      = 0
	groupLength   = 4
	groupSequence = 8
	groupCount    = 16
	groupMagic    = 20
	magicGroup    = "GRP1"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is the beginning of a file.
type header struct {
	number int64
	first  int64 // sequence of the file's first batch
	name   string
}

func (h header) encode() []byte {
	b := make([]byte, headerSize)
	copy(b, fileMagic)
	binary.LittleEndian.PutUint32(b[headerFormat:], formatVersion)
	binary.LittleEndian.PutUint32(b[headerLen:], headerSize)
	binary.LittleEndian.PutUint64(b[headerNumber:], uint64(h.number))
	binary.LittleEndian.PutUint64(b[headerFirst:], uint64(h.first))
	copy(b[headerName:headerName+maxName], h.name)
	binary.LittleEndian.PutUint32(b[headerCRC:], crc32.Checksum(b[:headerCRC], castagnoli))
	return b
}

// decodeHeader reads a header. torn says that the bytes may be a part of a write
// that a crash cut off.
func decodeHeader(b []byte) (h header, torn bool, err error) {
	if len(b) < headerSize {
		return h, true, fmt.Errorf("%d bytes of a header of %d", len(b), headerSize)
	}
	sum, want := crc32.Checksum(b[:headerCRC], castagnoli), binary.LittleEndian.Uint32(b[headerCRC:])
	if sum != want {
		return h, true, fmt.Errorf("header checksum %08x where the file has %08x", sum, want)
	}
	if magic := string(b[:len(fileMagic)]); magic != fileMagic {
		return h, false, fmt.Errorf("magic %q, expected %q", magic, fileMagic)
	}
	format, size := binary.LittleEndian.Uint32(b[headerFormat:]), binary.LittleEndian.Uint32(b[headerLen:])
	if format != formatVersion || size != headerSize {
		return h, false, fmt.Errorf("format %d with a header of %d bytes: this version reads format %d", format, size, formatVersion)
	}
	return header{
		number: int64(binary.LittleEndian.Uint64(b[headerNumber:])),
		first:  int64(binary.LittleEndian.Uint64(b[headerFirst:])),
		name:   strings.TrimRight(string(b[headerName:headerName+maxName]), "\x00"),
	}, false, nil
}

// appendGroup encodes a group.
func appendGroup(buf []byte, sequence int64, batches [][]byte) []byte {
	start := len(buf)
	buf = append(buf, make([]byte, groupSize)...)
	for _, b := range batches {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(len(b)))
		buf = append(buf, b...)
	}
	g := buf[start:]
	binary.LittleEndian.PutUint32(g[groupLength:], uint32(len(g)-groupSize))
	binary.LittleEndian.PutUint64(g[groupSequence:], uint64(sequence))
	binary.LittleEndian.PutUint32(g[groupCount:], uint32(len(batches)))
	copy(g[groupMagic:], magicGroup)
	binary.LittleEndian.PutUint32(g[groupCRC:], crc32.Checksum(g[groupLength:], castagnoli))
	return buf
}

// group is a decoded group; its batches are parts of the bytes it was read from.
type group struct {
	sequence int64
	batches  [][]byte
	size     int // in the file
}

// decodeGroup reads the group that begins b.
func decodeGroup(b []byte) (group, error) {
	if len(b) < groupSize {
		return group{}, fmt.Errorf("%d bytes of a group's head", len(b))
	}
	if magic := string(b[groupMagic:groupSize]); magic != magicGroup {
		return group{}, fmt.Errorf("magic %q, expected %q", magic, magicGroup)
	}
	length := int64(binary.LittleEndian.Uint32(b[groupLength:]))
	if length > int64(len(b)-groupSize) {
		return group{}, fmt.Errorf("a group of %d bytes where %d follow", length, len(b)-groupSize)
	}
	g := group{sequence: int64(binary.LittleEndian.Uint64(b[groupSequence:])), size: groupSize + int(length)}
	sum, want := crc32.Checksum(b[groupLength:g.size], castagnoli), binary.LittleEndian.Uint32(b[groupCRC:])
	if sum != want {
		return group{}, fmt.Errorf("checksum %08x where the group has %08x", sum, want)
	}
	count := int64(binary.LittleEndian.Uint32(b[groupCount:]))
	for rest := b[groupSize:g.size]; len(rest) > 0; {
		if len(rest) < 4 || int64(binary.LittleEndian.Uint32(rest)) > int64(len(rest)-4) {
			return group{}, errors.New("a batch reaches beyond its group")
		}
		n := int(binary.LittleEndian.Uint32(rest))
		g.batches = append(g.batches, rest[4:4+n:4+n])
		rest = rest[4+n:]
	}
	if count == 0 || count != int64(len(g.batches)) {
		return group{}, fmt.Errorf("%d batches where the group says %d", len(g.batches), count)
	}
	return g, nil
}

// file is a file of the folder's listing.
type file struct {
	path   string
	number int64
}

func fileName(number int64) string { return fmt.Sprintf("%020d%s", number, fileSuffix) }

// listFiles lists the log's files by number; other files are not looked at.
func listFiles(fsys vfs.FS, dir string) ([]file, error) {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), fileSuffix)
		if !ok || e.IsDir() {
			continue
		}
		number, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || number < 1 || fileName(number) != e.Name() {
			continue
		}
		files = append(files, file{filepath.Join(dir, e.Name()), number})
	}
	slices.SortFunc(files, func(a, b file) int { return int(min(max(a.number-b.number, -1), 1)) })
	return files, nil
}
