package engine

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/storage/vfs"
)

// tempFile is a file that a query spills to. It is not synced: it does not
// outlive the query.
type tempFile struct {
	fs   vfs.FS
	path string
	file vfs.File // open for writing until Open or Remove
}

// createTemp makes a spill file.
func (e *Engine) createTemp() (exec.TempFile, error) {
	id, err := uuid.NewRandomFromReader(e.opts.Rand)
	if err != nil {
		return nil, fmt.Errorf("name a temporary file: %w", err)
	}
	if err := e.opts.FS.MkdirAll(e.opts.tempDir(), 0o755); err != nil {
		return nil, fmt.Errorf("make temporary directory: %w", err)
	}
	path := filepath.Join(e.opts.tempDir(), id.String())
	f, err := vfs.Create(e.opts.FS, path)
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	return &tempFile{fs: e.opts.FS, path: path, file: f}, nil
}

// Write implements exec.TempFile.
func (t *tempFile) Write(p []byte) (int, error) { return t.file.Write(p) }

// Open implements exec.TempFile.
func (t *tempFile) Open() (io.ReadCloser, error) {
	if err := t.closeWriter(); err != nil {
		return nil, err
	}
	return vfs.Open(t.fs, t.path)
}

// Remove implements exec.TempFile.
func (t *tempFile) Remove() error { return errors.Join(t.closeWriter(), t.fs.Remove(t.path)) }

func (t *tempFile) closeWriter() error {
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	t.file = nil
	return err
}
