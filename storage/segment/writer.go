package segment

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"
)

// WriterOptions are the options of NewWriter.
type WriterOptions struct {
	// Workers bounds the goroutines that encode columns. 0 is one per processor, at most 4.
	Workers int
	// Fast compresses text without a dictionary at the level of the payload: for files
	// that are not kept.
	Fast bool
}

// Summary says what a Writer wrote.
type Summary struct {
	Rows, Bytes  int64
	PayloadBytes int64
	MerkleRoot   string // hex
	MinTime      int64
	MaxTime      int64
	NullTimes    int64
	Columns      map[string]ColumnStats
	// RowHash covers the (id, payload) pairs in row order; ReadBack compares with it.
	RowHash uint64
	// Fingerprints are those given to Append but 0, with their rows, in no order.
	Fingerprints []Fingerprint
}

// Fingerprint is a fingerprint and the row that has it.
type Fingerprint struct {
	Hash uint64
	Row  uint32
}

// Writer writes a segment. It holds the rows of one row group. Not safe for concurrent use.
type Writer struct {
	layout  Layout
	tree    *tree
	out     countingWriter
	workers int
	options []chunkOptions // by leaf
	bodies  [][]byte       // by leaf: room for its chunk

	records []arrow.Record // of the row group at hand
	prints  [][]uint64
	rows    int
	bytes   int64

	sum    Summary
	merkle Merkle
	rowSum *xxhash.Digest
	footer footer
	err    error // first failure; sticks
}

// Room that writers leave to the next: most segments have one row group, and every
// buffer of it would be grown anew. Chunks stay by leaf: else, in time, every leaf
// would have room for the largest.
var (
	spareShredded = sync.Pool{New: func() any { return new(shredded) }}
	spareBodies   sync.Pool // of *[][]byte, by leaf
)

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// NewWriter starts a segment on out.
func NewWriter(out io.Writer, layout Layout, opts WriterOptions) (*Writer, error) {
	if err := layout.Validate(); err != nil {
		return nil, err
	}
	layout = layout.WithDefaults()
	t, err := newTree(layout.Schema, layout.FieldIDs)
	if err != nil {
		return nil, err
	}
	if opts.Workers <= 0 {
		opts.Workers = min(runtime.GOMAXPROCS(0), 4)
	}
	w := &Writer{layout: layout, tree: t, out: countingWriter{w: out}, workers: opts.Workers, rowSum: xxhash.New()}
	w.sum.Columns = make(map[string]ColumnStats, len(t.leaves))
	w.sum.MinTime, w.sum.MaxTime = math.MaxInt64, math.MinInt64
	for _, leaf := range t.leaves {
		o := chunkOptions{pageBytes: pageBytes, bloom: slices.Contains(layout.BloomColumns, leaf.path), text: slices.Contains(layout.TextColumns, leaf.path), fast: opts.Fast}
		switch leaf.path {
		case layout.PayloadColumn:
			o.plain, o.pageBytes = true, payloadPageBytes
		case layout.IDColumn:
			o.plain = true
		}
		w.options = append(w.options, o)
	}
	if spare, ok := spareBodies.Get().(*[][]byte); ok && len(*spare) == len(t.leaves) {
		w.bodies = *spare
	} else {
		w.bodies = make([][]byte, len(t.leaves))
	}
	w.footer.start(w)
	return w, nil
}

// Append adds rows. fingerprints has one per row, 0 for none, or is nil. The
// record is retained until its row group is written.
func (w *Writer) Append(rec arrow.Record, fingerprints []uint64) error {
	if w.err != nil {
		return w.err
	}
	if err := w.check(rec, fingerprints); err != nil {
		return err
	}
	for from, total := int64(0), rec.NumRows(); from < total; {
		n := w.fits(rec, from)
		part := rec.NewSlice(from, from+n)
		for _, col := range part.Columns() {
			countNulls(col)
		}
		w.records = append(w.records, part)
		var prints []uint64
		if fingerprints != nil {
			prints = fingerprints[from : from+n]
		}
		w.prints = append(w.prints, prints)
		w.rows += int(n)
		w.bytes += recordBytes(part)
		from += n
		if w.rows >= w.layout.RowGroupRows || w.bytes >= w.layout.RowGroupBytes {
			if w.err = w.flush(); w.err != nil {
				return w.err
			}
		}
	}
	return nil
}

// fits returns how many rows of the record from a row on go into the row group
// at hand: at least one, so that it grows past its bytes by one row at most.
func (w *Writer) fits(rec arrow.Record, from int64) int64 {
	most := min(rec.NumRows()-from, int64(w.layout.RowGroupRows-w.rows))
	room := w.layout.RowGroupBytes - w.bytes
	size := func(n int64) int64 {
		part := rec.NewSlice(from, from+n)
		defer part.Release()
		return recordBytes(part)
	}
	if size(most) <= room {
		return most
	}
	lo, hi := int64(1), most // the answer is in [lo, hi]
	for lo < hi {
		mid := (lo + hi) / 2
		if size(mid) >= room {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

func (w *Writer) check(rec arrow.Record, fingerprints []uint64) error {
	if fingerprints != nil && int64(len(fingerprints)) != rec.NumRows() {
		return fmt.Errorf("append to segment: %d fingerprints for %d rows", len(fingerprints), rec.NumRows())
	}
	if int(rec.NumCols()) != len(w.tree.columns) {
		return fmt.Errorf("append to segment: record has %d columns, the layout %d", rec.NumCols(), len(w.tree.columns))
	}
	for i, n := range w.tree.columns {
		if name := rec.ColumnName(i); name != n.name || !arrow.TypeEqual(rec.Column(i).DataType(), n.typ) {
			return fmt.Errorf("append to segment: column %d is %s %s, the layout has %s %s", i, name, rec.Column(i).DataType(), n.name, n.typ)
		}
	}
	return nil
}

// Rows is the number of rows appended.
func (w *Writer) Rows() int64 { return w.sum.Rows + int64(w.rows) }

// Held is the raw size of the rows appended that are not written yet.
func (w *Writer) Held() int64 { return w.bytes }

// Close writes what is left and the footer. It does not close the output. The
// writer is of no use afterwards.
func (w *Writer) Close() (Summary, error) {
	defer w.Abort()
	if w.err != nil {
		return Summary{}, w.err
	}
	if err := w.flush(); err != nil {
		return Summary{}, err
	}
	root := w.merkle.Root()
	w.sum.MerkleRoot = hex.EncodeToString(root[:])
	w.sum.RowHash = w.rowSum.Sum64()
	if w.sum.MinTime > w.sum.MaxTime {
		w.sum.MinTime, w.sum.MaxTime = 0, 0
	}
	if err := w.footer.finish(w); err != nil {
		return Summary{}, err
	}
	w.sum.Bytes = w.out.n
	return w.sum, nil
}

// Abort releases what the writer holds. It is idempotent.
func (w *Writer) Abort() {
	w.releaseRecords()
	if w.bodies != nil {
		spare := w.bodies
		spareBodies.Put(&spare)
		w.bodies = nil
	}
	if w.err == nil {
		w.err = errors.New("segment writer is closed")
	}
}

func (w *Writer) releaseRecords() {
	for _, r := range w.records {
		r.Release()
	}
	clear(w.records)
	w.records, w.prints = w.records[:0], w.prints[:0]
	w.rows, w.bytes = 0, 0
}

// flush writes the row group at hand.
func (w *Writer) flush() error {
	if w.rows == 0 {
		return nil
	}
	defer w.releaseRecords()
	order := sortedRows(w.tree, w.records, w.layout.SortColumns)
	chunks := make([]*chunk, len(w.tree.leaves))
	var group errgroup.Group
	group.SetLimit(w.workers)
	group.Go(func() error { return w.digest(order) })
	// Large leaves first, so that none is left to one worker at the end.
	for _, i := range w.bySize() {
		group.Go(func() error {
			c, err := w.encodeLeaf(i, order)
			chunks[i] = c
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("encode row group: %w", err)
	}
	w.collectPrints(order)
	if err := w.footer.rowGroup(w, chunks, len(order)); err != nil {
		return fmt.Errorf("write row group: %w", err)
	}
	for i, leaf := range w.tree.leaves {
		s := w.sum.Columns[leaf.path]
		s.merge(chunks[i].stats)
		w.sum.Columns[leaf.path] = s
	}
	w.sum.Rows += int64(len(order))
	return nil
}

// bySize returns the indexes of the leaves, the payload first.
func (w *Writer) bySize() []int {
	index := make([]int, 0, len(w.tree.leaves))
	for i := range w.tree.leaves {
		if w.options[i].pageBytes == payloadPageBytes {
			index = append(index, i)
		}
	}
	for i := range w.tree.leaves {
		if w.options[i].pageBytes != payloadPageBytes {
			index = append(index, i)
		}
	}
	return index
}

func (w *Writer) encodeLeaf(i int, order []rowRef) (*chunk, error) {
	leaf := w.tree.leaves[i]
	vals := spareShredded.Get().(*shredded)
	defer func() {
		vals.reset()
		spareShredded.Put(vals)
	}()
	newShredder(w.tree, leaf, vals).rows(w.records, order)
	if leaf.maxRep == 0 {
		rep := vals.rep // empty and kept for reuse, it would look like levels
		vals.rep = nil
		defer func() { vals.rep = rep }()
	}
	e := chunkEncoder{leaf: leaf, opts: w.options[i], zstd: compressor(w.options[i]), vals: vals, body: w.bodies[i]}
	if key := w.tree.keyOf(leaf); key != nil {
		e.keys = func() []string { return w.keysOf(leaf, key, vals, order) }
	}
	c, err := e.encode()
	if err == nil {
		w.bodies[i] = c.body
	}
	return c, err
}

// keysOf returns the key of each value of a map's leaf of values.
func (w *Writer) keysOf(leaf, key *node, vals *shredded, order []rowRef) []string {
	keys := spareShredded.Get().(*shredded)
	defer func() {
		keys.reset()
		spareShredded.Put(keys)
	}()
	newShredder(w.tree, key, keys).rows(w.records, order)
	out, entry := make([]string, 0, len(vals.strs)), 0
	for _, def := range vals.def {
		if int(def) < key.maxDef {
			continue // a map without entries
		}
		if int(def) == leaf.maxDef {
			out = append(out, keys.strs[entry])
		}
		entry++
	}
	return out
}

// digest adds the rows to the Merkle tree, the row hash and the times.
func (w *Writer) digest(order []rowRef) error {
	column := func(name string) []arrow.Array {
		i := slices.IndexFunc(w.tree.columns, func(n *node) bool { return n.name == name })
		if name == "" || i < 0 {
			return nil
		}
		out := make([]arrow.Array, len(w.records))
		for k, r := range w.records {
			out[k] = r.Column(i)
		}
		return out
	}
	ids, payloads, times := column(w.layout.IDColumn), column(w.layout.PayloadColumn), column(w.layout.TimeColumn)
	for _, r := range order {
		id, hasID := bytesAt(ids, r)
		payload, hasPayload := bytesAt(payloads, r)
		if payloads != nil {
			w.merkle.Add(payload)
			w.sum.PayloadBytes += int64(len(payload))
		}
		hashPair(w.rowSum, id, hasID, payload, hasPayload)
		if times == nil {
			continue
		}
		if a := times[r.rec].(*array.Timestamp); a.IsNull(int(r.row)) {
			w.sum.NullTimes++
		} else {
			t := int64(a.Value(int(r.row)))
			w.sum.MinTime, w.sum.MaxTime = min(w.sum.MinTime, t), max(w.sum.MaxTime, t)
		}
	}
	return nil
}

func bytesAt(column []arrow.Array, r rowRef) ([]byte, bool) {
	if column == nil || column[r.rec].IsNull(int(r.row)) {
		return nil, false
	}
	switch a := column[r.rec].(type) {
	case *array.String:
		return viewBytes(a.Value(int(r.row))), true
	case *array.Binary:
		return a.Value(int(r.row)), true
	}
	return nil, false
}

func (w *Writer) collectPrints(order []rowRef) {
	for i, r := range order {
		if p := w.prints[r.rec]; p != nil && p[r.row] != 0 {
			w.sum.Fingerprints = append(w.sum.Fingerprints, Fingerprint{p[r.row], uint32(w.sum.Rows) + uint32(i)})
		}
	}
}
