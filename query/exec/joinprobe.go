package exec

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// prober looks the rows of batches of one side of a join up in the table of the
// other side, and makes the join's rows. It is used by one goroutine.
type prober struct {
	join     *sharedJoin
	table    *joinTable
	side     int // whose rows probe
	keys     []*eval.Expr
	residual *eval.Predicate // nil when absent
	heads    dictionaryHeads

	// The batch at work and how far it got.
	rec     arrow.Record
	first   []int32 // first row of the table for each row, -1 for none
	matched []bool  // of rows; nil when the join does not ask
	row     int
	at      int32 // next row of the table for row

	// When the table holds only some of its side's rows, seen tells of every
	// probing row whether an earlier part had a match for it, and only the last
	// part yields rows by themselves.
	seen   []bool
	offset int // of rec in seen
	part   bool
}

// yieldsPairs reports whether a join yields the pairs that match.
func yieldsPairs(k plan.JoinKind) bool { return k == plan.Inner || k == plan.Left || k == plan.Full }

func newProber(j *sharedJoin, t *joinTable) (*prober, error) {
	p := &prober{join: j, table: t, side: 1 - t.side}
	var err error
	if p.keys, err = eval.CompileAll(j.env.Context, j.keys(p.side)); err != nil {
		return nil, err
	}
	if j.node.Residual != nil {
		if p.residual, err = eval.CompilePredicate(j.env.Context, j.node.Residual); err != nil {
			eval.CloseAll(p.keys)
			return nil, err
		}
	}
	return p, nil
}

// begin takes a batch over and finds the first match of each row.
func (p *prober) begin(rec arrow.Record) error {
	p.rec, p.row, p.at = rec, 0, -1
	n := int(rec.NumRows())
	p.first = make([]int32, n)
	if p.join.keeps(p.side) {
		p.matched = make([]bool, n)
		if p.seen != nil {
			p.matched = p.seen[p.offset : p.offset+n]
			p.offset += n
		}
	}
	if len(p.keys) == 0 {
		if p.table.rows.rows == 0 {
			for i := range p.first {
				p.first[i] = -1
			}
		}
	} else {
		cols, err := evalArrays(p.keys, p.join.env.frame(rec))
		if err != nil {
			return err
		}
		p.heads.find(p.table, p.keys, cols, p.first)
		releaseArrays(cols)
	}
	if n > 0 {
		p.at = p.first[0]
	}
	return nil
}

// step makes the next output of the batch; nil when it has none left, or when a
// whole step's pairs failed the residual or are not what the join yields.
func (p *prober) step() (arrow.Record, error) {
	if p.join.asksKeyOnly(p.table.side) {
		for i, r := range p.first {
			p.matched[i] = p.matched[i] || r >= 0
		}
		return p.finish()
	}
	var probes, builds []int32
	for len(probes) < batchRows && p.row < len(p.first) {
		if p.at >= 0 {
			probes, builds = append(probes, int32(p.row)), append(builds, p.at)
			p.at = p.table.after(p.at)
			continue
		}
		if p.row++; p.row < len(p.first) {
			p.at = p.first[p.row]
		}
	}
	if len(probes) == 0 {
		return p.finish()
	}
	if p.residual == nil && !yieldsPairs(p.join.node.Kind) {
		p.match(probes, builds, nil)
		return nil, nil
	}
	out, err := p.pairs(probes, builds)
	if err != nil || p.residual == nil {
		p.match(probes, builds, nil)
		return out, err
	}
	defer out.Release()
	rows, err := p.residual.Select(p.join.env.frame(out))
	if err != nil {
		return nil, err
	}
	p.match(probes, builds, rows)
	if len(rows) == 0 || !yieldsPairs(p.join.node.Kind) {
		return nil, nil
	}
	cols := make([]arrow.Array, out.NumCols())
	for i, c := range out.Columns() {
		cols[i] = vector.TakeSorted(p.join.env.Context.Mem, c, rows)
	}
	return newRecord(p.join.schema, cols, len(rows)), nil
}

// match marks the rows of pairs as matched: of some pairs, or of all when there
// is no residual.
func (p *prober) match(probes, builds, pairs []int32) {
	if p.residual == nil && (p.matched != nil || p.table.matched != nil) {
		pairs = firstN(len(probes))
	}
	if p.matched != nil {
		for _, i := range pairs {
			p.matched[probes[i]] = true
		}
	}
	if p.table.matched != nil {
		p.table.match(builds, pairs)
	}
}

// finish ends the batch: the join yields what it keeps of its rows.
func (p *prober) finish() (out arrow.Record, err error) {
	if p.matched != nil && !p.part {
		out, err = p.alone()
	}
	p.rec.Release()
	p.rec, p.matched = nil, nil
	return out, err
}

// alone makes the rows of the batch that are yielded by themselves, or nil.
func (p *prober) alone() (arrow.Record, error) {
	kind := p.join.node.Kind
	switch kind {
	case plan.Semi, plan.Anti:
		rows := p.rowsWhere(kind == plan.Semi)
		if len(rows) == 0 {
			return nil, nil
		}
		cols := make([]arrow.Array, p.rec.NumCols())
		for i, c := range p.rec.Columns() {
			cols[i] = vector.TakeSorted(p.join.env.Context.Mem, c, rows)
		}
		return newRecord(p.join.schema, cols, len(rows)), nil
	case plan.Mark:
		cols := append([]arrow.Array(nil), p.rec.Columns()...)
		for _, c := range cols {
			c.Retain()
		}
		marks := make([]int8, len(p.matched))
		for _, r := range p.rowsWhere(true) {
			marks[r] = 1
		}
		return newRecord(p.join.schema, append(cols, vector.Bools(p.join.env.Context.Mem, marks)), len(marks)), nil
	}
	rows := p.rowsWhere(false)
	if len(rows) == 0 {
		return nil, nil
	}
	return p.pairs(rows, absent(len(rows)))
}

// rowsWhere lists the rows of the batch that have a match, or those that have none.
func (p *prober) rowsWhere(matched bool) []int32 {
	var rows []int32
	for i, m := range p.matched {
		if m == matched {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// absent lists n rows that are not there.
func absent(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

// fields are those of a side in the pairs.
func (p *prober) fields(side int) []arrow.Field {
	all, width := p.join.pairing.Fields(), len(p.join.node.Left.Outputs())
	if side == leftSide {
		return all[:width]
	}
	return all[width:]
}

// beside puts columns of the probing side and of the table's in the order of the sides.
func (p *prober) beside(probe, build []arrow.Array, rows int) arrow.Record {
	if p.side == rightSide {
		probe, build = build, probe
	}
	return newRecord(p.join.pairing, append(probe[:len(probe):len(probe)], build...), rows)
}

// pairs makes the batch of probing rows beside rows of the table.
func (p *prober) pairs(probes, builds []int32) (arrow.Record, error) {
	build, err := p.table.take(builds, p.fields(p.table.side))
	if err != nil {
		return nil, err
	}
	probe := make([]arrow.Array, p.rec.NumCols())
	for i, c := range p.rec.Columns() {
		probe[i] = vector.Take(p.join.env.Context.Mem, c, probes)
	}
	return p.beside(probe, build, len(probes)), nil
}

// tailRows makes the batch of rows of the table that are yielded by themselves.
func (p *prober) tailRows(rows []int32) (arrow.Record, error) {
	build, err := p.table.take(rows, p.fields(p.table.side))
	if err != nil {
		return nil, err
	}
	switch p.join.node.Kind {
	case plan.Semi, plan.Anti:
		return newRecord(p.join.schema, build, len(rows)), nil
	case plan.Mark:
		marks := make([]int8, len(rows))
		for i, r := range rows {
			if p.table.matched[r].Load() {
				marks[i] = 1
			}
		}
		return newRecord(p.join.schema, append(build, vector.Bools(p.join.env.Context.Mem, marks)), len(rows)), nil
	}
	return p.beside(nullColumns(p.join.env, p.fields(p.side), len(rows)), build, len(rows)), nil
}

func (p *prober) close() {
	if p.rec != nil {
		p.rec.Release()
		p.rec = nil
	}
	eval.CloseAll(p.keys)
	if p.residual != nil {
		p.residual.Close()
	}
	p.heads.release()
}

// dictionaryHeads finds first matches; for one dictionary-encoded key it looks
// each code up once.
type dictionaryHeads struct {
	dict  arrow.Array // the dictionary heads belongs to, retained
	heads []int32     // by code; unknown when not looked up yet
}

// unknown marks a code that was not looked up.
const unknown = -2

func (h *dictionaryHeads) find(t *joinTable, keys []*eval.Expr, cols []arrow.Array, first []int32) {
	if d, ok := cols[0].(*array.Dictionary); ok && len(cols) == 1 && !t.join.node.IsNullSafe(0) {
		h.findCodes(t, keys[0], d, first)
		return
	}
	encode := joinKeys(t.join.node, keys, cols)
	var key []byte
	for row := range first {
		var ok bool
		key, ok = encodeJoinKey(key[:0], encode, row)
		first[row] = -1
		if ok {
			first[row] = t.lookup(key)
		}
	}
}

func (h *dictionaryHeads) findCodes(t *joinTable, key *eval.Expr, d *array.Dictionary, first []int32) {
	if h.dict == nil || h.dict.Data() != vector.DictionaryID(d) {
		h.release()
		h.dict = d.Dictionary()
		h.dict.Retain()
		h.heads = make([]int32, h.dict.Len())
		for i := range h.heads {
			h.heads[i] = unknown
		}
	}
	encode := rowkey.NewEqual(key.Type(), h.dict)
	var buf []byte
	for row, c := range vector.Codes(d) {
		if d.IsNull(row) {
			first[row] = -1
			continue
		}
		if h.heads[c] == unknown {
			var ok bool
			if buf, ok = encode(buf[:0], int(c)); ok {
				h.heads[c] = t.lookup(buf)
			} else {
				h.heads[c] = -1
			}
		}
		first[row] = h.heads[c]
	}
}

func (h *dictionaryHeads) release() {
	if h.dict != nil {
		h.dict.Release()
		h.dict = nil
	}
}
