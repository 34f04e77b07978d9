package exec

import (
	"hash/maphash"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/rowkey"
)

// overflow is where the rows of groups go for which a groupTable has no room.
type overflow struct {
	files *partitioner
	seed  maphash.Seed
}

func newOverflow(env *Env, held *holding, schema *arrow.Schema) *overflow {
	return &overflow{files: newPartitioner(env, held.stats, schema), seed: maphash.MakeSeed()}
}

// close removes the files that were not handed over.
func (o *overflow) close() error { return o.files.close() }

// addOr adds the rows of a batch to the table's groups. When it is frozen, rows
// of other groups go to the overflow.
func (t *groupTable) addOr(rec arrow.Record, o *overflow) error {
	if !t.frozen {
		if err := t.add(rec); err != nil {
			return err
		}
		if err := t.account(); err != nil {
			return err
		}
		return t.relieve()
	}
	f := t.env.frame(rec)
	keys, err := evalArrays(t.keys, f)
	if err != nil {
		return err
	}
	defer releaseArrays(keys)
	groups := t.groups.find(keys, f.Rows())
	var known, of []int32
	for row, g := range groups {
		if g >= 0 {
			known, of = append(known, int32(row)), append(of, g)
		}
	}
	if len(known) > 0 {
		sub := f
		if len(known) < f.Rows() {
			sub = f.Sub(known)
			defer sub.Release()
		}
		for _, a := range t.aggs {
			if err := a.add(sub, of, t.groups.count()); err != nil {
				return err
			}
		}
	}
	if err := t.account(); err != nil {
		return err
	}
	if len(known) < len(groups) {
		if err := o.files.add(rec, t.partitions(keys, groups, o.seed)); err != nil {
			return err
		}
	}
	return t.relieve()
}

// partitions returns the partition of each row that is of no group.
func (t *groupTable) partitions(keys []arrow.Array, groups []int32, seed maphash.Seed) []uint8 {
	encode := make([]rowkey.Equal, len(keys))
	for i, k := range keys {
		encode[i] = rowkey.NewEqual(t.keys[i].Type(), k)
	}
	out := make([]uint8, len(groups))
	var key []byte
	for row, g := range groups {
		out[row] = noPartition
		if g >= 0 {
			continue
		}
		key = key[:0]
		for _, e := range encode {
			key, _ = e(key, row) // NULLs are equal here
		}
		out[row] = partitionOf(seed, key)
	}
	return out
}

// relieve makes room when the table is full: rows that aggregates hold back go to
// files when they are most of it, else the table is frozen.
func (t *groupTable) relieve() error {
	if !t.held.full() {
		return nil
	}
	rows := int64(0)
	for _, a := range t.aggs {
		if a.held != nil {
			rows += a.held.size() + a.held.bytes()
		}
	}
	if rows > 0 && (2*rows > t.bytes || t.frozen && rows > t.env.spillBound()/16) {
		for _, a := range t.aggs {
			if a.held != nil {
				if err := a.held.spill(t.held.stats); err != nil {
					return err
				}
			}
		}
		return t.measureAll()
	}
	t.frozen = len(t.keys) > 0
	return nil
}
