package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/objstore/localstore"
	"github.com/traillake/traillake/storage/vfs"
)

// maxUpload bounds one uploaded file.
const maxUpload = 1 << 30

// uploadTTL is how long files that no import took are kept.
const uploadTTL = 7 * 24 * time.Hour

// uploads is where uploaded files are written: one store for all of them, for
// opening a second one for writing removes the files that the first is writing.
type uploads struct {
	mu    sync.Mutex
	store objstore.Store // nil until the first upload
}

// open gives the store, and makes its directory when it is the first time.
func (u *uploads) open(opts Options) (objstore.Store, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.store == nil {
		s, err := localstore.Open(opts.FS, opts.uploadsDir(), localstore.Options{})
		if err != nil {
			return nil, err
		}
		u.store = s
	}
	return u.store, nil
}

// PutUpload keeps a file for an import that reads from upload://<id>/. The
// caller chooses the id (a UUID) and sends its files under it one by one, each
// with a relative key. When the import completes the files are removed.
func (e *Engine) PutUpload(ctx context.Context, _ Principal, id, key string, r io.Reader) error {
	if !uuidPattern.MatchString(id) {
		return Errorf(InvalidParameter, "upload id %q: must be a UUID in lower case", clip(id))
	}
	if key == "" || len(key) > 1024 || path.Clean("/"+key) != "/"+key || strings.Contains(key, "\\") {
		return Errorf(InvalidParameter, "upload key %q: must be a relative path of at most 1024 bytes without . or .. parts", clip(key))
	}
	s, err := e.uploads.open(e.opts)
	if err != nil {
		return internal(fmt.Errorf("open the directory of uploads: %w", err))
	}
	limited := &io.LimitedReader{R: r, N: maxUpload + 1}
	if _, err := s.Put(ctx, id+"/"+key, limited, objstore.PutOptions{}); err != nil {
		return internal(fmt.Errorf("keep upload %s: %w", key, err))
	}
	if limited.N <= 0 {
		return errors.Join(Errorf(InvalidParameter, "upload %q: is larger than %d bytes", clip(key), maxUpload), s.Delete(ctx, id+"/"+key))
	}
	return nil
}

// openUpload opens an upload for reading.
func (e *Engine) openUpload(id string) (objstore.Store, error) {
	dir := filepath.Join(e.opts.uploadsDir(), id)
	if _, err := e.opts.FS.Lstat(dir); err != nil {
		return nil, Errorf(InvalidImportSource, "upload %s does not exist, or was imported", id)
	}
	s, err := localstore.Open(e.opts.FS, dir, localstore.Options{ReadOnly: true})
	if err != nil {
		return nil, internal(fmt.Errorf("open upload %s: %w", id, err))
	}
	return s, nil
}

func (e *Engine) dropUpload(id string) error {
	return vfs.RemoveAll(e.opts.FS, filepath.Join(e.opts.uploadsDir(), id))
}

// expireUploads removes the uploads that no import took in time.
func (e *Engine) expireUploads(now time.Time) error {
	entries, err := e.opts.FS.ReadDir(e.opts.uploadsDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var errs []error
	for _, entry := range entries {
		if !uuidPattern.MatchString(entry.Name()) {
			continue // what is being written
		}
		info, infoErr := entry.Info()
		if infoErr == nil && now.Sub(info.ModTime()) > uploadTTL {
			errs = append(errs, e.dropUpload(entry.Name()))
		}
	}
	return errors.Join(append(errs, err)...)
}
