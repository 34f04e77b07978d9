package catalog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/traillake/traillake/storage/vfs"
)

// Layout of a log file's header; the package comment has the picture.
const (
	// LogMagic begins every log file.
	LogMagic = "TLCOMMIT"
	// FormatVersion is the version of the format written.
	FormatVersion = 1

	fileHeaderSize = 128
	fileFormat     = 8
	fileHeaderLen  = 12
	fileFirst      = 16
	fileName       = 24
	filePrevious   = 88
	fileCRC        = 124

	maxNameBytes = 64
	logSuffix    = ".log"
)

// fileHeader is the beginning of a log file.
type fileHeader struct {
	name string
	// first is the version of the first entry, chained to previous.
	first    int64
	previous [32]byte
}

func (h fileHeader) encode() []byte {
	b := make([]byte, fileHeaderSize)
	copy(b, LogMagic)
	binary.LittleEndian.PutUint32(b[fileFormat:], FormatVersion)
	binary.LittleEndian.PutUint32(b[fileHeaderLen:], fileHeaderSize)
	binary.LittleEndian.PutUint64(b[fileFirst:], uint64(h.first))
	copy(b[fileName:fileName+maxNameBytes], h.name)
	copy(b[filePrevious:], h.previous[:])
	binary.LittleEndian.PutUint32(b[fileCRC:], crc32.Checksum(b[:fileCRC], castagnoli))
	return b
}

func decodeFileHeader(b []byte) (fileHeader, *fault) {
	if len(b) < fileHeaderSize {
		return fileHeader{}, tornf("%d bytes of a file header", len(b))
	}
	sum, want := crc32.Checksum(b[:fileCRC], castagnoli), binary.LittleEndian.Uint32(b[fileCRC:])
	if sum != want {
		return fileHeader{}, tornf("header checksum %08x where the file has %08x", sum, want)
	}
	if magic := string(b[:len(LogMagic)]); magic != LogMagic {
		return fileHeader{}, badf("magic %q, expected %q", magic, LogMagic)
	}
	format, size := binary.LittleEndian.Uint32(b[fileFormat:]), binary.LittleEndian.Uint32(b[fileHeaderLen:])
	if format != FormatVersion || size != fileHeaderSize {
		return fileHeader{}, badf("format %d with a header of %d bytes: this version reads format %d", format, size, FormatVersion)
	}
	return fileHeader{
		name:     strings.TrimRight(string(b[fileName:fileName+maxNameBytes]), "\x00"),
		first:    int64(binary.LittleEndian.Uint64(b[fileFirst:])),
		previous: [32]byte(b[filePrevious:]),
	}, nil
}

// logFile is a log file in a folder's listing.
type logFile struct {
	path  string
	first int64
}

// logFileName is named for the first entry, so that names sort like versions.
func logFileName(first int64) string { return fmt.Sprintf("%020d%s", first, logSuffix) }

// listLogFiles lists the log files of a folder in the order of their versions.
// Other files are not looked at.
func listLogFiles(fsys vfs.FS, dir string) ([]logFile, error) {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []logFile
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), logSuffix)
		if !ok || e.IsDir() {
			continue
		}
		first, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || logFileName(first) != e.Name() {
			continue
		}
		files = append(files, logFile{path: filepath.Join(dir, e.Name()), first: first})
	}
	slices.SortFunc(files, func(a, b logFile) int { return int(min(max(a.first-b.first, -1), 1)) })
	return files, nil
}

// checkName refuses names that cannot be a folder's or do not fit a header.
func checkName(name string) error {
	ok := len(name) >= 1 && len(name) < maxNameBytes
	for _, c := range []byte(name) {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')
	}
	if !ok {
		return fmt.Errorf("log name %.80q: must be 1 to %d of a-z, 0-9 and \"-\"", name, maxNameBytes-1)
	}
	return nil
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
