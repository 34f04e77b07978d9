package exec

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// topRows is the largest limit for which a top-N holds its rows in memory; a sort
// with a larger one may spill as any other.
const topRows = 1 << 16

// sort plans an order: a top-N first per partition, then over what those leave;
// a full sort over all rows.
func (b *builder) sort(n *plan.Sort) ([]plan.Stream, error) {
	streams, err := b.build(n.Input)
	if err != nil {
		return nil, err
	}
	top := n.Limit > 0 && n.Limit <= topRows
	if top && len(streams) > 1 {
		for i, in := range streams {
			s, err := newTopN(n, in, b.env)
			if err != nil {
				return nil, errors.Join(err, closeAll(streams))
			}
			streams[i] = b.measure(s, n, false, in)
		}
	}
	make := newSort
	if top {
		make = newTopN
	}
	in := b.merge(streams)
	s, err := make(n, in, b.env)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	if n.Limit > topRows {
		s = &limit{in: s, left: n.Limit}
	}
	return []plan.Stream{b.measure(s, n, true, in)}, nil
}

// sorted is a batch with the encoded sort key of each row.
type sorted struct {
	rec   arrow.Record
	ends  []int32 // key of row i is keys[ends[i-1]:ends[i]]
	parts []int32 // and its part for the parts of the order ends there; nil without parts
	keys  []byte
}

func (s *sorted) key(row int32) []byte {
	if row == 0 {
		return s.keys[:s.ends[0]]
	}
	return s.keys[s.ends[row-1]:s.ends[row]]
}

// part is the part of the key that tells which rows come together.
func (s *sorted) part(row int32) []byte {
	if s.parts == nil {
		return nil
	}
	if row == 0 {
		return s.keys[:s.parts[0]]
	}
	return s.keys[s.ends[row-1]:s.parts[row]]
}

func (s *sorted) size() int64 { return int64(cap(s.ends)+cap(s.parts))*4 + int64(cap(s.keys)) }

// rowOrder says how rows are ordered: rows that are equal in parts come together,
// in no particular order of the parts, and among them the keys decide.
type rowOrder struct {
	parts []*eval.Expr
	exprs []*eval.Expr
	keys  []plan.SortKey
}

func (o *rowOrder) close() {
	eval.CloseAll(o.parts)
	eval.CloseAll(o.exprs)
	*o = rowOrder{}
}

// encodeKeys evaluates the sort keys of a batch, which it keeps.
func encodeKeys(env *Env, rec arrow.Record, o rowOrder) (*sorted, error) {
	f := env.frame(rec)
	parts, err := evalArrays(o.parts, f)
	if err != nil {
		return nil, err
	}
	defer releaseArrays(parts)
	groups := make([]rowkey.Order, len(parts))
	for i, p := range parts {
		groups[i] = rowkey.NewGroup(o.parts[i].Type(), p)
	}
	encode, release, err := orderEncoder(f, o.exprs, o.keys)
	if err != nil {
		return nil, err
	}
	defer release()
	s := &sorted{ends: make([]int32, rec.NumRows())}
	if len(parts) > 0 {
		s.parts = make([]int32, rec.NumRows())
	}
	for i := range s.ends {
		for _, g := range groups {
			if s.keys, err = g(s.keys, i); err != nil {
				return nil, sortError(err)
			}
		}
		if s.parts != nil {
			s.parts[i] = int32(len(s.keys))
		}
		if s.keys, err = encode(s.keys, i); err != nil {
			return nil, sortError(err)
		}
		if len(s.keys) > vector.MaxBytes {
			return nil, vector.ErrTooLarge
		}
		s.ends[i] = int32(len(s.keys))
	}
	rec.Retain()
	s.rec = rec
	return s, nil
}

// run is rows in memory that are sorted together, by keys that are there as bytes.
type run struct {
	env     *Env
	batches []*sorted
	rows    int
	keys    int64    // bytes of keys, told to the budget
	bytes   int64    // of batches and keys
	held    *holding // is told of bytes; nil: nobody is
}

func (r *run) add(s *sorted) {
	r.batches = append(r.batches, s)
	r.rows += int(s.rec.NumRows())
	r.keys += s.size()
	r.env.Budget.Reserve(s.size())
	bytes := s.size() + recordBytes(s.rec)
	r.bytes += bytes
	if r.held != nil {
		r.held.add(bytes)
	}
}

// order returns all rows in order; rows with equal keys stay in the order they came in.
func (r *run) order() []vector.Ref {
	refs := make([]vector.Ref, 0, r.rows)
	for b, s := range r.batches {
		for i := range s.ends {
			refs = append(refs, vector.Ref{Batch: int32(b), Row: int32(i)})
		}
	}
	compared, stopped := 0, false
	slices.SortFunc(refs, func(a, b vector.Ref) int {
		if compared++; compared%(1<<16) == 0 {
			stopped = stopped || r.env.stopped() != nil
		}
		if stopped {
			return 0 // whoever asks for the rows is told why
		}
		if c := bytes.Compare(r.batches[a.Batch].key(a.Row), r.batches[b.Batch].key(b.Row)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.Batch, b.Batch), cmp.Compare(a.Row, b.Row))
	})
	return refs
}

// size implements gathered.
func (r *run) size() (rows int, size int64) { return r.rows, r.bytes }

// gather implements gathered.
func (r *run) gather(schema *arrow.Schema, refs []vector.Ref) (arrow.Record, error) {
	recs := make([]arrow.Record, len(r.batches))
	for b, s := range r.batches {
		recs[b] = s.rec
	}
	return gather(r.env, schema, recs, refs)
}

func (r *run) release() {
	for _, s := range r.batches {
		s.rec.Release()
	}
	r.env.Budget.Reserve(-r.keys)
	if r.held != nil {
		r.held.add(-r.bytes)
	}
	r.batches, r.rows, r.keys, r.bytes = nil, 0, 0, 0
}
