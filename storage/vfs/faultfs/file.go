package faultfs

import (
	"errors"
	"io/fs"

	"github.com/traillake/traillake/storage/vfs"
)

type faultFile struct {
	vfs.File
	name   string
	decide func(Op) error
}

func (f *faultFile) Read(p []byte) (int, error) {
	if err := f.decide(Op{Kind: Read, Path: f.name, Offset: -1, Size: len(p)}); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

func (f *faultFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.decide(Op{Kind: Read, Path: f.name, Offset: off, Size: len(p)}); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

func (f *faultFile) Write(p []byte) (int, error) {
	op := Op{Kind: Write, Path: f.name, Offset: -1, Size: len(p)}
	return f.write(op, p, f.File.Write)
}

func (f *faultFile) WriteAt(p []byte, off int64) (int, error) {
	op := Op{Kind: Write, Path: f.name, Offset: off, Size: len(p)}
	return f.write(op, p, func(p []byte) (int, error) { return f.File.WriteAt(p, off) })
}

func (f *faultFile) write(op Op, p []byte, write func([]byte) (int, error)) (int, error) {
	err := f.decide(op)
	if err == nil {
		return write(p)
	}
	var short *Short
	if !errors.As(err, &short) {
		return 0, err
	}
	n, werr := write(p[:min(max(short.N, 0), len(p))])
	return n, errors.Join(err, werr)
}

func (f *faultFile) Truncate(size int64) error {
	if err := f.decide(Op{Kind: Truncate, Path: f.name, Offset: size}); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *faultFile) Sync() error {
	if err := f.decide(Op{Kind: Sync, Path: f.name}); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultFile) Stat() (fs.FileInfo, error) {
	if err := f.decide(Op{Kind: Stat, Path: f.name}); err != nil {
		return nil, err
	}
	return f.File.Stat()
}

// Close closes the file also when it is told to fail, as close(2) does.
func (f *faultFile) Close() error {
	return errors.Join(f.decide(Op{Kind: Close, Path: f.name}), f.File.Close())
}
