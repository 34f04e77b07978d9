package segment

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"
	"github.com/xitongsys/parquet-go/reader"
	"github.com/xitongsys/parquet-go/source"
)

// readBackRows is how many rows the second reader decodes at once.
const readBackRows = 16384

// faultKeeper keeps the first error of reading, which the library swallows.
type faultKeeper struct {
	Source
	err error
}

func (f *faultKeeper) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.Source.ReadAt(p, off)
	if err != nil && err != io.EOF && f.err == nil {
		f.err = err
	}
	return n, err
}

// parquetSource is a Source as the file that xitongsys/parquet-go reads.
type parquetSource struct {
	*io.SectionReader
	src Source
}

func newParquetSource(src Source) *parquetSource {
	return &parquetSource{SectionReader: io.NewSectionReader(src, 0, src.Size()), src: src}
}

// Open returns the same file at its beginning: segments never point to others.
func (p *parquetSource) Open(string) (source.ParquetFile, error) { return newParquetSource(p.src), nil }

// Create is refused.
func (p *parquetSource) Create(string) (source.ParquetFile, error) {
	return nil, fmt.Errorf("segments are read only")
}

// Write is refused.
func (p *parquetSource) Write([]byte) (int, error) { return 0, fmt.Errorf("segments are read only") }

// Close does nothing: the source is the caller's.
func (p *parquetSource) Close() error { return nil }

// BackReader reads a segment through xitongsys/parquet-go, which shares no code
// with the writer and the Reader. Its column reader runs in the caller's
// goroutine; it swallows errors, so everything it says is counted.
type BackReader struct {
	src   *faultKeeper
	pr    *reader.ParquetReader
	paths map[string]int64 // index of a leaf by path
	tree  *tree
	rows  int64
}

// OpenBack reads the footer.
func OpenBack(src Source) (b *BackReader, err error) {
	defer guard(&err, "read back footer")
	own, err := Open(src)
	if err != nil {
		return nil, err
	}
	kept := &faultKeeper{Source: src}
	pr, err := reader.NewParquetColumnReader(newParquetSource(kept), 1)
	if kept.err != nil {
		return nil, fmt.Errorf("read back footer: %w", kept.err)
	}
	if err != nil {
		return nil, corrupt("read back footer: %w", err)
	}
	b = &BackReader{src: kept, pr: pr, tree: own.tree, rows: pr.GetNumRows(), paths: map[string]int64{}}
	if got := len(pr.SchemaHandler.ValueColumns); got != len(own.tree.leaves) {
		return nil, corrupt("read back: %d leaves, want %d", got, len(own.tree.leaves))
	}
	for i, leaf := range own.tree.leaves {
		b.paths[leaf.path] = int64(i)
	}
	return b, nil
}

// NumRows is the number of rows as this reader counts them.
func (b *BackReader) NumRows() int64 { return b.rows }

// next reads the next n rows of a leaf: values (nil for none) and levels.
func (b *BackReader) next(path string, n int64) (values []any, rep, def []int32, err error) {
	defer guard(&err, "read back column "+path)
	values, rep, def, err = b.pr.ReadColumnByIndex(b.paths[path], n)
	if b.src.err != nil {
		return nil, nil, nil, fmt.Errorf("read back column %s: %w", path, b.src.err)
	}
	if err != nil {
		return nil, nil, nil, corrupt("read back column %s: %w", path, err)
	}
	if len(rep) != len(values) || len(def) != len(values) {
		return nil, nil, nil, corrupt("read back column %s: %d values, %d and %d levels", path, len(values), len(rep), len(def))
	}
	return values, rep, def, nil
}

// Pairs reads the id and payload columns and returns the row hash and the Merkle
// root over the payloads in hex, as a Summary has them.
func (b *BackReader) Pairs(idColumn, payloadColumn string) (rowHash uint64, merkleRoot string, err error) {
	var tree Merkle
	if rowHash, err = b.pairs(idColumn, payloadColumn, &tree); err != nil {
		return 0, "", err
	}
	root := tree.Root()
	return rowHash, hex.EncodeToString(root[:]), nil
}

// pairs returns the row hash, and adds the payloads to the tree unless it is nil.
func (b *BackReader) pairs(idColumn, payloadColumn string, tree *Merkle) (uint64, error) {
	h := xxhash.New()
	for at := int64(0); at < b.rows; {
		n := min(readBackRows, b.rows-at)
		ids, err := b.flat(idColumn, n)
		if err != nil {
			return 0, err
		}
		payloads, err := b.flat(payloadColumn, n)
		if err != nil {
			return 0, err
		}
		for i := range int(n) {
			id, hasID := backBytes(ids, i)
			payload, hasPayload := backBytes(payloads, i)
			hashPair(h, id, hasID, payload, hasPayload)
			if tree != nil && payloadColumn != "" {
				tree.Add(payload)
			}
		}
		at += n
	}
	return h.Sum64(), nil
}

// merkleRoot is the root that the footer notes.
func (b *BackReader) merkleRoot() string {
	for _, kv := range b.pr.Footer.KeyValueMetadata {
		if kv.Key == keyMerkleRoot && kv.Value != nil {
			return *kv.Value
		}
	}
	return ""
}

// flat reads n values of a top-level column; nil for a column without a name.
func (b *BackReader) flat(path string, n int64) ([]any, error) {
	if path == "" {
		return nil, nil
	}
	values, _, _, err := b.next(path, n)
	if err == nil && int64(len(values)) != n {
		err = corrupt("read back column %s: %d rows, want %d", path, len(values), n)
	}
	return values, err
}

func backBytes(values []any, i int) ([]byte, bool) {
	if values == nil || values[i] == nil {
		return nil, false
	}
	s, ok := values[i].(string)
	if !ok {
		return nil, false
	}
	return viewBytes(s), true
}

// ReadBack checks a segment just written against what its writer says. That the ids
// and payloads are those that were written is proved by the row hash. The writer took
// the Merkle root from the same bytes as that; here only its note is compared.
func ReadBack(src Source, layout Layout, want Summary) error {
	b, err := OpenBack(src)
	if err != nil {
		return err
	}
	if b.NumRows() != want.Rows {
		return corrupt("read back: %d rows, wrote %d", b.NumRows(), want.Rows)
	}
	hash, err := b.pairs(layout.IDColumn, layout.PayloadColumn, nil)
	if err != nil {
		return err
	}
	if hash != want.RowHash {
		return corrupt("read back: ids and payloads are not those that were written")
	}
	if root := b.merkleRoot(); root != want.MerkleRoot {
		return corrupt("read back: the footer's Merkle root is %q, want %q", root, want.MerkleRoot)
	}
	return nil
}

// leafCount is how many entries of a leaf have a value and how many do not.
type leafCount struct {
	Path          string
	Values, Nulls int64
}

// VerifyAllColumns reads every leaf through the second reader and compares the
// number of rows, values and NULLs with want, the statistics of the whole
// segment. check is called for each leaf that differs, and for one that cannot be
// read with its error.
func (b *BackReader) VerifyAllColumns(ctx context.Context, want map[string]ColumnStats, differs func(path string, err error)) error {
	for _, leaf := range b.tree.leaves {
		if err := ctx.Err(); err != nil {
			return err
		}
		got, err := b.count(leaf)
		s, known := want[leaf.path]
		switch {
		case err != nil:
			differs(leaf.path, err)
		case known && (got.Values != s.Values || got.Nulls != s.Nulls):
			differs(leaf.path, corrupt("read back column %s: %d values and %d NULLs, want %d and %d", leaf.path, got.Values, got.Nulls, s.Values, s.Nulls))
		}
	}
	return nil
}

// count reads a leaf to its end.
func (b *BackReader) count(leaf *node) (leafCount, error) {
	c := leafCount{Path: leaf.path}
	for at := int64(0); at < b.rows; {
		n := min(readBackRows, b.rows-at)
		values, rep, def, err := b.next(leaf.path, n)
		if err != nil {
			return c, err
		}
		rows := int64(0)
		for i, v := range values {
			if rep[i] == 0 {
				rows++
			}
			has := int(def[i]) == leaf.maxDef
			if has != (v != nil) {
				return c, corrupt("read back column %s: definition level %d with value %v", leaf.path, def[i], v)
			}
			if has {
				c.Values++
			} else {
				c.Nulls++
			}
		}
		if rows != n {
			return c, corrupt("read back column %s: %d rows, want %d", leaf.path, rows, n)
		}
		at += n
	}
	return c, nil
}
