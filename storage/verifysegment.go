package storage

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/segment"
)

// segmentCheck collects what is wrong with one segment.
type segmentCheck struct {
	store, dir string
	objects    objstore.Store
	meta       segment.Meta
	findings   []Finding
	missing    bool
}

func (c *segmentCheck) add(key string, offset int64, format string, args ...any) {
	c.findings = append(c.findings, Finding{
		Store: c.store, File: filepath.Join(c.dir, filepath.FromSlash(key)), Offset: offset, Row: -1,
		Message: fmt.Sprintf(format, args...),
	})
}

// segment checks the files of a segment. Beside a server they may be removed
// meanwhile; then the log says so too.
func (v *verifier) segment(ctx context.Context, id string, key ed25519.PublicKey, objects objstore.Store, n namedSegment) error {
	c := &segmentCheck{store: id, dir: storeDir(v.opts.Dir, id), objects: objects, meta: n.meta}
	if err := c.parquet(ctx); err != nil {
		return err
	}
	if n.meta.FingerprintKey != "" {
		if err := c.fingerprints(ctx); err != nil {
			return err
		}
	}
	if c.missing {
		gone, err := v.removedSince(ctx, id, key, n.meta.ID)
		if err != nil || gone {
			return err
		}
	}
	v.sum.Segments++
	v.sum.Rows += n.meta.Rows
	v.sum.Bytes += n.meta.Bytes
	for _, f := range c.findings {
		v.add(f)
	}
	if v.opts.Progress != nil {
		v.opts.Progress(v.sum)
	}
	return nil
}

// removedSince tells whether a commit after the first walk removed the segment
// or its store.
func (v *verifier) removedSince(ctx context.Context, id string, key ed25519.PublicKey, segmentID string) (bool, error) {
	if v.dropped(ctx, id) {
		return true, nil
	}
	named, _, whole, err := v.segments(ctx, id, key, false)
	if err != nil || !whole {
		return false, err
	}
	_, still := named[segmentID]
	return !still, nil
}

// open opens a file and compares its size and hash. It returns nil when there is
// nothing more to check in it.
func (c *segmentCheck) open(ctx context.Context, key string, size int64, sha string) (objstore.Reader, bool, error) {
	src, err := c.objects.Open(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		c.missing = true
		c.add(key, -1, "the file is missing; segment %s needs it", c.meta.ID)
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if size >= 0 && src.Size() != size {
		c.add(key, min(size, src.Size()), "the file has %d bytes, want %d", src.Size(), size)
		return nil, false, src.Close()
	}
	got, err := hashOf(ctx, src)
	if err != nil {
		return nil, false, errors.Join(err, src.Close())
	}
	return src, got == sha, nil
}

func (c *segmentCheck) parquet(ctx context.Context) error {
	src, intact, err := c.open(ctx, c.meta.Key, c.meta.Bytes, c.meta.SHA256)
	if err != nil || src == nil {
		return err
	}
	defer src.Close()
	if !intact {
		// Say where, when a page's checksum or the footer shows it.
		where := c.locate(ctx, src)
		offset, detail := int64(-1), "every page's checksum is right, so it is a page header, a bloom filter, the page index or the footer"
		if where != nil {
			offset, detail = offsetOf(where), where.Error()
		}
		c.add(c.meta.Key, offset, "SHA-256 is not %s, as sealed: %s", c.meta.SHA256, detail)
		return ctx.Err()
	}
	if err := c.locate(ctx, src); err != nil {
		c.add(c.meta.Key, offsetOf(err), "%v", err)
		return ctx.Err()
	}
	return c.secondReader(ctx, src)
}

// locate reads everything through our own reader and returns the first fault.
func (c *segmentCheck) locate(ctx context.Context, src segment.Source) error {
	r, err := segment.Open(src)
	if err != nil {
		return err
	}
	if r.NumRows() != c.meta.Rows {
		return fmt.Errorf("%w: %d rows, want %d", ErrCorrupt, r.NumRows(), c.meta.Rows)
	}
	return r.CheckPages(ctx)
}

func offsetOf(err error) int64 {
	var at *segment.CorruptError
	if errors.As(err, &at) {
		return at.Offset
	}
	return -1
}

// secondReader reads everything through the independent reader.
func (c *segmentCheck) secondReader(ctx context.Context, src segment.Source) error {
	bad := func(format string, args ...any) { c.add(c.meta.Key, -1, format, args...) }
	r, err := segment.Open(src)
	if err != nil {
		bad("%v", err)
		return nil
	}
	b, err := segment.OpenBack(src)
	if err != nil {
		bad("%v", err)
		return nil
	}
	if b.NumRows() != c.meta.Rows {
		bad("the second reader sees %d rows, want %d", b.NumRows(), c.meta.Rows)
		return nil
	}
	layout := r.Layout()
	hash, root, err := b.Pairs(layout.IDColumn, layout.PayloadColumn)
	if err != nil {
		bad("%v", err)
		return nil
	}
	if root != c.meta.MerkleRoot {
		bad("Merkle root over the payloads is %s, want %s", root, c.meta.MerkleRoot)
	}
	own, err := r.Pairs(ctx, layout.IDColumn, layout.PayloadColumn)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		bad("%v", err)
	} else if own != hash {
		bad("the two readers see different ids or payloads")
	}
	// Its columns are read from their beginning again.
	if b, err = segment.OpenBack(src); err != nil {
		bad("%v", err)
		return nil
	}
	return b.VerifyAllColumns(ctx, c.meta.Columns, func(_ string, err error) { bad("%v", err) })
}

func (c *segmentCheck) fingerprints(ctx context.Context) error {
	src, intact, err := c.open(ctx, c.meta.FingerprintKey, -1, c.meta.FingerprintSHA256)
	if err != nil || src == nil {
		return err
	}
	defer src.Close()
	prints, err := segment.OpenFingerprints(src)
	if err == nil {
		err = prints.Check(c.meta.Rows)
	}
	switch {
	case !intact && err != nil:
		c.add(c.meta.FingerprintKey, offsetOf(err), "SHA-256 is not %s, as sealed: %v", c.meta.FingerprintSHA256, err)
	case !intact:
		c.add(c.meta.FingerprintKey, 0, "SHA-256 is not %s, as sealed: it is a whole file, but not this segment's", c.meta.FingerprintSHA256)
	case err != nil:
		c.add(c.meta.FingerprintKey, offsetOf(err), "%v", err)
	}
	return nil
}
