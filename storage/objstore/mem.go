package objstore

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
)

// Mem is a store in memory. Its ETags are MD5 sums, as those of small objects
// in S3 are, and its times are zero. The zero value is empty and ready.
type Mem struct {
	// mu guards objects; an object's bytes are never changed.
	mu      sync.RWMutex
	objects map[string]memObject
}

type memObject struct {
	Object
	data []byte
}

// NewMem returns an empty store.
func NewMem() *Mem { return &Mem{} }

// Put implements Store.
func (m *Mem) Put(ctx context.Context, key string, r io.Reader, opts PutOptions) (Object, error) {
	if err := CheckKey(key); err != nil {
		return Object{}, err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return Object{}, fmt.Errorf("put %s: %w", key, err)
	}
	if err := ctx.Err(); err != nil {
		return Object{}, err
	}
	sum := md5.Sum(data)
	o := memObject{data: data, Object: Object{
		Key: key, Size: int64(len(data)), ETag: hex.EncodeToString(sum[:]), ModTime: time.Time{},
	}}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.objects[key]; taken && opts.IfAbsent {
		return Object{}, &fs.PathError{Op: "put", Path: key, Err: fs.ErrExist}
	}
	if m.objects == nil {
		m.objects = map[string]memObject{}
	}
	m.objects[key] = o
	return o.Object, nil
}

func (m *Mem) find(ctx context.Context, op, key string) (memObject, error) {
	if err := ctx.Err(); err != nil {
		return memObject{}, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	o, ok := m.objects[key]
	if !ok {
		return memObject{}, &fs.PathError{Op: op, Path: key, Err: fs.ErrNotExist}
	}
	return o, nil
}

// Get implements Store.
func (m *Mem) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	o, err := m.find(ctx, "get", key)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(o.data)), nil
}

// Open implements Store.
func (m *Mem) Open(ctx context.Context, key string) (Reader, error) {
	o, err := m.find(ctx, "open", key)
	if err != nil {
		return nil, err
	}
	return memReader{bytes.NewReader(o.data)}, nil
}

type memReader struct{ *bytes.Reader }

func (memReader) Close() error { return nil }

// Stat implements Store.
func (m *Mem) Stat(ctx context.Context, key string) (Object, error) {
	o, err := m.find(ctx, "stat", key)
	return o.Object, err
}

// List implements Store. It lists the objects there were when it began.
func (m *Mem) List(ctx context.Context, prefix string, fn func(Object) error) error {
	m.mu.RLock()
	var found []Object
	for key, o := range m.objects {
		if strings.HasPrefix(key, prefix) {
			found = append(found, o.Object)
		}
	}
	m.mu.RUnlock()
	slices.SortFunc(found, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	for _, o := range found {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(o); err != nil {
			return err
		}
	}
	return nil
}

// Delete implements Store.
func (m *Mem) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
	return nil
}
