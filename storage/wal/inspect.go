package wal

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/traillake/traillake/storage/vfs"
)

// Inspect describes a file of a log: its header, its groups, and what is wrong at
// its end. Damage is an error matching ErrCorrupt.
func Inspect(fsys vfs.FS, path string, w io.Writer) error {
	data, err := vfs.ReadFile(fsys, path)
	if err != nil {
		return err
	}
	h, _, err := decodeHeader(data)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	fmt.Fprintf(w, "write-ahead log: file %d of %s, %d bytes\n\nbyte\tfirst batch\tbatches\tbytes\n", h.number, h.name, len(data))
	at := headerSize
	r := fileReader{path: filepath.Base(path), data: data}
	for at < len(data) {
		g, err := decodeGroup(data[at:])
		if err != nil {
			if behind := r.next(at + 1); behind >= 0 {
				return r.corrupt(at, "%v, and an intact group follows at byte %d", err, behind)
			}
			fmt.Fprintf(w, "%d\tends with a group that is being written, or was never acknowledged: %v\n", at, err)
			return nil
		}
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\n", at, g.sequence, len(g.batches), g.size)
		at += g.size
	}
	return nil
}
