package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/segment"
)

// SegmentWriter builds a segment. It holds the rows of one row group. Not safe
// for concurrent use.
type SegmentWriter struct {
	store   *Store
	day     int32
	id, key string
	out     *segment.Writer
	pipe    *io.PipeWriter
	hash    hash.Hash
	stored  chan putResult // of the goroutine that stores the file
	cancel  context.CancelFunc
	state   writerState
	err     error
}

type putResult struct {
	object objstore.Object
	err    error
}

type writerState int

const (
	writerNew writerState = iota
	writerOpen
	writerDone
)

// NewSegment starts a segment for the rows of a day, or of segment.NoDay.
func (s *Store) NewSegment(day int32) *SegmentWriter {
	return &SegmentWriter{store: s, day: day}
}

// start begins the file. A goroutine stores what the writer produces; Seal and
// Abort wait for it.
func (w *SegmentWriter) start() error {
	s := w.store
	s.mu.Lock()
	layout, dropped := s.mu.layout, s.mu.dropped
	s.mu.Unlock()
	if dropped {
		return ErrClosed
	}
	if err := s.lake.checkOpen(); err != nil {
		return err
	}
	if layout == nil {
		return errors.New("the store was opened without a layout")
	}
	var random [8]byte
	if _, err := io.ReadFull(s.lake.opts.Rand, random[:]); err != nil {
		return err
	}
	day := "noday"
	if w.day != segment.NoDay {
		day = time.Unix(int64(w.day)*86400, 0).UTC().Format(time.DateOnly)
	}
	w.id = day + "-" + hex.EncodeToString(random[:])
	w.key = segmentPrefix + day + "/" + w.id + ".parquet"
	pr, pw := io.Pipe()
	w.hash = sha256.New()
	out, err := segment.NewWriter(io.MultiWriter(pw, w.hash), *layout, segment.WriterOptions{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(s.lake.ctx)
	w.out, w.pipe, w.cancel, w.stored = out, pw, cancel, make(chan putResult, 1)
	go func() {
		o, err := s.objects.Put(ctx, w.key, pr, objstore.PutOptions{IfAbsent: true})
		if err == nil {
			err = ctx.Err() // cancelled after the last byte: nobody wants it
		}
		if err == nil {
			pr.CloseWithError(io.ErrClosedPipe)
		} else {
			pr.CloseWithError(err)
		}
		w.stored <- putResult{o, err}
	}()
	w.state = writerOpen
	return nil
}

// Append adds rows with their fingerprints (0 for none, nil for no row). It
// retains rec until its row group is written. After an error only Abort is of use.
func (w *SegmentWriter) Append(rec arrow.Record, fingerprints []uint64) error {
	if w.err != nil {
		return w.err
	}
	if w.state == writerDone {
		return errors.New("append to a segment that is sealed or aborted")
	}
	if w.state == writerNew {
		w.err = w.start()
	}
	if w.err == nil {
		w.err = w.out.Append(rec, fingerprints)
	}
	if w.err != nil {
		w.err = fmt.Errorf("write segment of store %s: %w", w.store.id, w.err)
	}
	return w.err
}

// Rows is the number of rows appended.
func (w *SegmentWriter) Rows() int64 {
	if w.out == nil {
		return 0
	}
	return w.out.Rows()
}

// Held is the raw size of the rows that are in memory: those of the row group at hand.
func (w *SegmentWriter) Held() int64 {
	if w.out == nil {
		return 0
	}
	return w.out.Held()
}

// Seal completes the segment: durable, and read back by the second reader, but
// part of no version until committed. On an error nothing is left.
func (w *SegmentWriter) Seal(ctx context.Context) (segment.Meta, error) {
	begin := w.store.lake.opts.Now()
	m, err := w.seal(ctx)
	if err != nil {
		w.Abort()
		return segment.Meta{}, fmt.Errorf("seal segment of store %s: %w", w.store.id, err)
	}
	if f := w.store.lake.opts.Listener.SegmentSealed; f != nil {
		f(w.store.id, m, w.store.lake.opts.Now().Sub(begin))
	}
	return m, nil
}

func (w *SegmentWriter) seal(ctx context.Context) (segment.Meta, error) {
	switch {
	case w.err != nil:
		return segment.Meta{}, w.err
	case w.state == writerDone:
		return segment.Meta{}, errors.New("it is sealed or aborted already")
	case w.state == writerNew || w.out.Rows() == 0:
		return segment.Meta{}, ErrNoRows
	}
	stop := context.AfterFunc(ctx, w.cancel) // the file is being stored under the lake's context
	defer stop()
	sum, err := w.out.Close()
	if err != nil {
		return segment.Meta{}, err
	}
	if err := w.pipe.Close(); err != nil {
		return segment.Meta{}, err
	}
	put := <-w.stored
	w.stored <- put // for Abort
	if put.err != nil {
		return segment.Meta{}, put.err
	}
	m := segment.Meta{
		ID: w.id, Key: w.key, Day: w.day, Rows: sum.Rows, Bytes: sum.Bytes, SHA256: hex.EncodeToString(w.hash.Sum(nil)),
		MerkleRoot: sum.MerkleRoot, MinTime: sum.MinTime, MaxTime: sum.MaxTime, NullTimes: sum.NullTimes,
		Columns: sum.Columns, PayloadBytes: sum.PayloadBytes, Sealed: w.store.lake.opts.Now().UnixMicro(),
	}
	w.store.mu.Lock()
	layout := *w.store.mu.layout
	w.store.mu.Unlock()
	m.SchemaVersion = layout.SchemaVersion
	if err := w.readBack(ctx, m, layout, sum); err != nil {
		return segment.Meta{}, err
	}
	if err := w.putFingerprints(ctx, &m, sum.Fingerprints); err != nil {
		return segment.Meta{}, err
	}
	w.state = writerDone
	w.cancel()
	return m, nil
}

// readBack checks what is stored: its hash, and its rows through the second reader.
func (w *SegmentWriter) readBack(ctx context.Context, m segment.Meta, layout segment.Layout, sum segment.Summary) error {
	src, err := w.store.objects.Open(ctx, m.Key)
	if err != nil {
		return err
	}
	defer src.Close()
	got, err := hashOf(ctx, src)
	if err != nil {
		return err
	}
	if src.Size() != m.Bytes || got != m.SHA256 {
		return fmt.Errorf("%w: %s: %d bytes with SHA-256 %s were stored, %d with %s written", ErrCorrupt, m.Key, src.Size(), got, m.Bytes, m.SHA256)
	}
	if err := segment.ReadBack(src, layout, sum); err != nil {
		return fileError(err)
	}
	return nil
}

// hashOf returns the SHA-256 of a file in hex.
func hashOf(ctx context.Context, src segment.Source) (string, error) {
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for off := int64(0); off < src.Size(); {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n := min(int64(len(buf)), src.Size()-off)
		if got, err := src.ReadAt(buf[:n], off); int64(got) < n {
			return "", err
		}
		h.Write(buf[:n])
		off += n
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (w *SegmentWriter) putFingerprints(ctx context.Context, m *segment.Meta, prints []segment.Fingerprint) error {
	if len(prints) == 0 {
		return nil
	}
	var buf bytes.Buffer
	if err := segment.WriteFingerprints(&buf, prints); err != nil {
		return err
	}
	sum := sha256.Sum256(buf.Bytes())
	key := w.fingerprintKey()
	if _, err := w.store.objects.Put(ctx, key, &buf, objstore.PutOptions{IfAbsent: true}); err != nil {
		return err
	}
	m.FingerprintKey, m.FingerprintSHA256 = key, hex.EncodeToString(sum[:])
	return nil
}

func (w *SegmentWriter) fingerprintKey() string {
	return w.key[:len(w.key)-len(".parquet")] + ".fingerprints"
}

// Abort gives the segment up and removes what was written. It does nothing
// after Seal, and is idempotent.
func (w *SegmentWriter) Abort() {
	if w.state != writerOpen {
		w.state = writerDone
		return
	}
	w.state = writerDone
	w.out.Abort()
	w.cancel()
	w.pipe.CloseWithError(context.Canceled)
	<-w.stored
	for _, key := range []string{w.key, w.fingerprintKey()} {
		if err := w.store.objects.Delete(context.WithoutCancel(w.store.lake.ctx), key); err != nil {
			w.store.lake.opts.Logger.Warn("a segment given up stays until the next start", "store", w.store.id, "segment", w.id, "err", err)
		}
	}
}
