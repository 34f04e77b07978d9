package exec

import (
	"errors"
	"hash/maphash"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/vector"
)

// fanout is the number of files over which rows are spread by the hash of their key.
const fanout = 16

// noPartition is that of a row which is not kept.
const noPartition = 255

// pendingBytes is how much a partitioner collects before it writes: batches in
// files are then not much smaller than those it is given, whatever those are.
const pendingBytes = 1 << 20

// partitioner writes rows to one of several files each.
type partitioner struct {
	env     *Env
	stats   *OperatorStats
	schema  *arrow.Schema
	files   [fanout]*spillFile // nil while without rows
	pending []arrow.Record     // plain
	parts   []uint8            // of the rows of pending
	bytes   int64              // of pending
}

func newPartitioner(env *Env, stats *OperatorStats, schema *arrow.Schema) *partitioner {
	return &partitioner{env: env, stats: stats, schema: schema}
}

// partitionOf is the partition of a key; every level of partitioning has a seed
// of its own, so that keys which fell together once fall apart the next time.
func partitionOf(seed maphash.Seed, key []byte) uint8 {
	return uint8(maphash.Bytes(seed, key) % fanout)
}

// add takes a batch, which stays the caller's, with the partition of each row.
func (p *partitioner) add(rec arrow.Record, parts []uint8) error {
	plain := decodeRecord(p.env, rec, p.schema)
	p.pending = append(p.pending, plain)
	p.parts = append(p.parts, parts...)
	p.bytes += recordBytes(plain)
	if len(p.parts) >= batchRows || p.bytes >= min(pendingBytes, p.env.spillBound()/8) {
		return p.flush()
	}
	return nil
}

// flush writes what was collected.
func (p *partitioner) flush() error {
	defer p.drop()
	var rows [fanout][]vector.Ref
	at := 0
	for b, rec := range p.pending {
		for row := range int(rec.NumRows()) {
			if part := p.parts[at]; part != noPartition {
				rows[part] = append(rows[part], vector.Ref{Batch: int32(b), Row: int32(row)})
			}
			at++
		}
	}
	for part, refs := range rows {
		if len(refs) == 0 {
			continue
		}
		if err := p.write(part, refs); err != nil {
			return err
		}
	}
	return nil
}

func (p *partitioner) write(part int, refs []vector.Ref) error {
	if p.files[part] == nil {
		f, err := newSpillFile(p.env, p.stats, p.schema)
		if err != nil {
			return err
		}
		p.files[part] = f
	}
	rec, err := gather(p.env, p.schema, p.pending, refs)
	if err != nil {
		return err
	}
	defer rec.Release()
	return p.files[part].write(rec)
}

// gather makes a batch of rows of several.
func gather(env *Env, schema *arrow.Schema, recs []arrow.Record, refs []vector.Ref) (arrow.Record, error) {
	cols := make([]arrow.Array, 0, schema.NumFields())
	chunks := make([]arrow.Array, len(recs))
	for c := range schema.NumFields() {
		for i, rec := range recs {
			chunks[i] = rec.Column(c)
		}
		arr, err := vector.Interleave(env.Context.Mem, chunks, refs)
		if err != nil {
			releaseArrays(cols)
			return nil, err
		}
		cols = append(cols, arr)
	}
	return newRecord(schema, cols, len(refs)), nil
}

func (p *partitioner) drop() {
	for _, rec := range p.pending {
		rec.Release()
	}
	p.pending, p.parts, p.bytes = nil, nil, 0
}

// finish writes what is pending and hands the files over.
func (p *partitioner) finish() (files [fanout]*spillFile, err error) {
	if err := p.flush(); err != nil {
		return files, err
	}
	for _, f := range p.files {
		if f != nil {
			if err := f.finish(); err != nil {
				return files, err
			}
		}
	}
	files, p.files = p.files, files
	return files, nil
}

// close removes the files that were not handed over.
func (p *partitioner) close() error {
	p.drop()
	return removeAll(p.files[:])
}

func removeAll(files []*spillFile) error {
	var errs []error
	for i, f := range files {
		errs = append(errs, f.remove())
		files[i] = nil
	}
	return errors.Join(errs...)
}
