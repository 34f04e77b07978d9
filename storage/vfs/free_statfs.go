//go:build linux || darwin

package vfs

import (
	"io/fs"
	"math"
	"syscall"
)

// FreeBytes is how much can still be written to the operating system's file
// system that holds a folder; math.MaxInt64 where that cannot be told.
func FreeBytes(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	if size := uint64(s.Bsize); s.Bavail > 0 && size > math.MaxInt64/s.Bavail {
		return math.MaxInt64, nil
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
