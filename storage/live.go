package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/traillake/traillake/storage/catalog"
	"github.com/traillake/traillake/storage/wal"
)

// liveDoc is the document of a store's log that says up to which file of the
// write-ahead log all batches are in segments.
const liveDoc = "$live"

// LiveBatch is a batch of a store's write-ahead log.
type LiveBatch struct {
	// File is the number of the log's file that has it. A commit moves whole files
	// into segments; see Commit.Live.
	File int64
	Data []byte
}

func liveDir(dir, id string) string { return filepath.Join(storeDir(dir, id), "wal") }

// sealedOf reads liveDoc of a store's log.
func sealedOf(log *catalog.Log) (int64, error) {
	raw, ok := log.Doc(liveDoc)
	if !ok {
		return 0, nil
	}
	var sealed int64
	if err := json.Unmarshal(raw, &sealed); err != nil {
		return 0, fmt.Errorf("%w: document %s: %w", ErrCorrupt, liveDoc, err)
	}
	return sealed, nil
}

// OpenLive opens the store's write-ahead log and hands replay every batch that is
// in no segment, oldest first. It must be called once, before AppendLive.
func (s *Store) OpenLive(ctx context.Context, replay func(LiveBatch) error) error {
	s.mu.Lock()
	sealed, opened := s.mu.current.live, s.mu.wal != nil
	s.mu.Unlock()
	if opened {
		return fmt.Errorf("open the write-ahead log of store %s: it is open", s.id)
	}
	give := func(b wal.Batch) error { return replay(LiveBatch{File: b.File, Data: b.Data}) }
	opts := wal.Options{FS: s.lake.opts.FS, Dir: liveDir(s.lake.opts.Dir, s.id), Name: s.id, Logger: s.lake.opts.Logger}
	if s.lake.opts.ReadOnly {
		_, err := wal.Walk(ctx, opts.FS, opts.Dir, opts.Name, sealed, give)
		return s.liveError("read", err)
	}
	log, err := wal.Open(ctx, opts, sealed, give)
	if err != nil {
		return s.liveError("open", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.wal = log
	return nil
}

// liveLog is the open write-ahead log.
func (s *Store) liveLog() (*wal.Log, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.mu.dropped:
		return nil, ErrClosed
	case s.mu.wal == nil:
		return nil, errors.New("it is not open")
	}
	return s.mu.wal, nil
}

// AppendLive makes a batch durable and returns the number of the file it is in.
// Callers at the same time share one sync. On an error that is not ErrInDoubt
// nothing has happened; after ErrInDoubt the store takes no batches until the lake
// is opened again.
func (s *Store) AppendLive(batch []byte) (file int64, err error) {
	log, err := s.liveLog()
	if err == nil {
		file, err = log.Append(batch)
	}
	return file, s.liveError("append to", err)
}

// RotateLive ends the file being written, and returns the number of the last file
// that has batches.
func (s *Store) RotateLive() (file int64, err error) {
	log, err := s.liveLog()
	if err == nil {
		file, err = log.Rotate()
	}
	return file, s.liveError("rotate", err)
}

// liveError makes errors of the write-ahead log match this package's.
func (s *Store) liveError(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, wal.ErrInDoubt):
		err = fmt.Errorf("%w: %w", ErrInDoubt, err)
	case errors.Is(err, wal.ErrCorrupt):
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	case errors.Is(err, wal.ErrClosed):
		err = fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return fmt.Errorf("%s the write-ahead log of store %s: %w", what, s.id, err)
}

// removeLive deletes the files that the newest version has in segments. One that
// stays because of an error goes later.
func (s *Store) removeLive(sealed int64) {
	log, err := s.liveLog()
	if err == nil {
		err = log.Remove(sealed)
	}
	if err != nil {
		s.lake.opts.Logger.Warn("files of the write-ahead log stay until the next start", "store", s.id, "err", err)
	}
}

// closeLive ends the write-ahead log.
func (s *Store) closeLive() error {
	s.mu.Lock()
	log := s.mu.wal
	s.mu.Unlock()
	if log == nil {
		return nil
	}
	return s.liveError("close", log.Close())
}

// Live is the number up to which files of the write-ahead log are in segments of
// the newest version when the snapshot was taken.
func (sn *Snapshot) Live() int64 { return sn.live }
