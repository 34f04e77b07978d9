//go:build unix

package vfs_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
)

// A pipe that took a file's place is refused; it does not block.
func TestOpenPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Skip("no pipes here:", err)
	}
	if f, err := vfs.Open(vfs.OS(), path); err == nil {
		t.Errorf("open gave %v", f)
	}
}
