package catalog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/traillake/traillake/storage/vfs"
)

// Layout of HEAD; the package comment has the picture.
const (
	// HeadMagic begins both slots of HEAD.
	HeadMagic = "TLCOMHED"
	// HeadName is the name of HEAD in a log's folder.
	HeadName = "HEAD"

	slotSize    = 4096
	slotUsed    = 512
	headSize    = 2 * slotSize
	slotFormat  = 8
	slotIndex   = 12
	slotVersion = 16
	slotHash    = 24
	slotFirst   = 56
	slotEnd     = 64
	slotName    = 72
	slotCRC     = slotUsed - 4
)

// head is one slot of HEAD: the last acknowledged entry.
type head struct {
	name    string
	version int64
	hash    [32]byte
	// first names the file that holds the entry, end is where the entry ends
	// in it; both are 0 at version 0.
	first, end int64
}

// slot is where a version's head is written. Two versions that follow each
// other never share one, so a torn write leaves the other.
func (h head) slot() int { return int(h.version % 2) }

func (h head) encode(slot int) []byte {
	b := make([]byte, slotUsed)
	copy(b, HeadMagic)
	binary.LittleEndian.PutUint32(b[slotFormat:], FormatVersion)
	binary.LittleEndian.PutUint32(b[slotIndex:], uint32(slot))
	binary.LittleEndian.PutUint64(b[slotVersion:], uint64(h.version))
	copy(b[slotHash:], h.hash[:])
	binary.LittleEndian.PutUint64(b[slotFirst:], uint64(h.first))
	binary.LittleEndian.PutUint64(b[slotEnd:], uint64(h.end))
	copy(b[slotName:slotName+maxNameBytes], h.name)
	binary.LittleEndian.PutUint32(b[slotCRC:], crc32.Checksum(b[:slotCRC], castagnoli))
	return b
}

func decodeHead(b []byte, slot int) (head, error) {
	sum, want := crc32.Checksum(b[:slotCRC], castagnoli), binary.LittleEndian.Uint32(b[slotCRC:])
	if sum != want {
		return head{}, fmt.Errorf("checksum %08x where the slot has %08x", sum, want)
	}
	if !bytes.Equal(b[slotUsed:], make([]byte, slotSize-slotUsed)) {
		return head{}, errors.New("not zero behind its used part")
	}
	format, index := binary.LittleEndian.Uint32(b[slotFormat:]), binary.LittleEndian.Uint32(b[slotIndex:])
	if string(b[:len(HeadMagic)]) != HeadMagic || format != FormatVersion || index != uint32(slot) {
		return head{}, fmt.Errorf("magic %q, format %d, slot %d: expected %q, %d, %d",
			b[:len(HeadMagic)], format, index, HeadMagic, FormatVersion, slot)
	}
	return head{
		name:    strings.TrimRight(string(b[slotName:slotName+maxNameBytes]), "\x00"),
		version: int64(binary.LittleEndian.Uint64(b[slotVersion:])),
		hash:    [32]byte(b[slotHash:]),
		first:   int64(binary.LittleEndian.Uint64(b[slotFirst:])),
		end:     int64(binary.LittleEndian.Uint64(b[slotEnd:])),
	}, nil
}

// headFile is both slots as read.
type headFile struct {
	slots  [2]head
	faults [2]error
}

func readHeadFile(fsys vfs.FS, path string) (headFile, error) {
	b, err := vfs.ReadFile(fsys, path)
	if err != nil {
		return headFile{}, err
	}
	var hf headFile
	for i := range hf.slots {
		if len(b) != headSize {
			hf.faults[i] = fmt.Errorf("%d bytes, expected %d", len(b), headSize)
			continue
		}
		hf.slots[i], hf.faults[i] = decodeHead(b[i*slotSize:(i+1)*slotSize], i)
	}
	return hf, nil
}

// last returns the newer of the slots that can be read, and what is wrong with
// HEAD, if anything, as a *CorruptError. ok is false when neither can be read.
func (hf headFile) last(path string) (h head, ok bool, finding error) {
	bad := func(slot int, reason string) error {
		return &CorruptError{File: path, Offset: int64(slot * slotSize), Reason: reason}
	}
	switch a, b := hf.slots[0], hf.slots[1]; {
	case hf.faults[0] != nil && hf.faults[1] != nil:
		return head{}, false, bad(0, hf.faults[0].Error())
	case hf.faults[0] != nil:
		return b, true, bad(0, hf.faults[0].Error())
	case hf.faults[1] != nil:
		return a, true, bad(1, hf.faults[1].Error())
	case a.name != b.name:
		return head{}, false, bad(1, fmt.Sprintf("the slots are of logs %q and %q", a.name, b.name))
	case a.version == 0 && b.version == 0:
		return a, true, nil
	case a.version > b.version:
		h, finding = a, order(a, b, bad)
	default:
		h, finding = b, order(b, a, bad)
	}
	return h, finding == nil, finding
}

// order checks that the slots hold versions that follow each other, each in
// its own slot.
func order(newer, older head, bad func(int, string) error) error {
	if newer.version == older.version+1 && older.version >= 0 {
		return nil
	}
	return bad(newer.slot(), fmt.Sprintf("the slots hold versions %d and %d", older.version, newer.version))
}

// headReads is how often a HEAD that looks damaged is read before that is
// believed: a server may be writing it.
const headReads = 16

// readHead reads the HEAD of a folder strictly.
func readHead(fsys vfs.FS, dir string) (head, error) {
	path := filepath.Join(dir, HeadName)
	var finding error
	for range headReads {
		hf, err := readHeadFile(fsys, path)
		if err != nil {
			return head{}, err
		}
		var h head
		if h, _, finding = hf.last(path); finding == nil {
			return h, nil
		}
		runtime.Gosched()
	}
	return head{}, finding
}

// createHead makes the HEAD of a log without entries.
func createHead(fsys vfs.FS, dir, name string) error {
	h := head{name: name, hash: genesis(name)}
	data := make([]byte, headSize)
	copy(data, h.encode(0))
	copy(data[slotSize:], h.encode(1))
	return vfs.WriteFile(fsys, filepath.Join(dir, HeadName), data, 0o644)
}

// headWriter overwrites one slot of HEAD at a time. Only the first sector of a
// slot is written, which a disk does as a whole.
type headWriter struct {
	file vfs.File
}

func openHeadWriter(fsys vfs.FS, dir string) (*headWriter, error) {
	f, err := fsys.OpenFile(filepath.Join(dir, HeadName), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &headWriter{file: f}, nil
}

// write makes h durable.
func (w *headWriter) write(h head) error {
	if _, err := w.file.WriteAt(h.encode(h.slot()), int64(h.slot()*slotSize)); err != nil {
		return err
	}
	return w.file.Sync()
}

// mend writes the slots that do not tell of last and, in the other, of the
// entry before it. A slot that is right is not touched: a crash may tear the
// one being written.
func (w *headWriter) mend(found headFile, last, before head) error {
	want := [2]head{before, before}
	want[last.slot()] = last
	if last.version == 0 {
		want = [2]head{last, last}
	}
	for i := range want {
		if found.faults[i] == nil && found.slots[i] == want[i] {
			continue
		}
		slot := make([]byte, slotSize) // the padding too
		copy(slot, want[i].encode(i))
		if _, err := w.file.WriteAt(slot, int64(i*slotSize)); err != nil {
			return err
		}
		if err := w.file.Sync(); err != nil {
			return err
		}
	}
	return nil
}

func (w *headWriter) close() error { return w.file.Close() }

// headMissing is the finding that a log has files but no HEAD.
func headMissing(dir string) error {
	return &CorruptError{File: filepath.Join(dir, HeadName), Reason: "missing, though the log has files"}
}
