//go:build !unix

package vfs

import (
	"errors"
	"os"
)

// lockFile refuses: running without the lock would let two servers write one
// data folder.
func lockFile(*os.File) error { return errors.ErrUnsupported }
