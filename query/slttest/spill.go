package slttest

import (
	"bytes"
	"io"
	"sync/atomic"

	"github.com/traillake/traillake/query/exec"
)

// disk makes temporary files in memory and counts those that were not removed.
type disk struct{ left atomic.Int64 }

func (d *disk) create() (exec.TempFile, error) {
	d.left.Add(1)
	return &tempFile{disk: d}, nil
}

type tempFile struct {
	bytes.Buffer
	disk *disk
}

// Open implements exec.TempFile.
func (f *tempFile) Open() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(f.Bytes())), nil
}

// Remove implements exec.TempFile.
func (f *tempFile) Remove() error {
	f.disk.left.Add(-1)
	return nil
}
