//go:build unix

package vfs

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes flock, which belongs to the open file: closing it or the end
// of the process gives the lock back.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}
