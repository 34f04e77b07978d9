package exec

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// join reads the right input into a joinTable, shared by all partitions of the
// left one, and looks every left row up in it. Right rows that a full join keeps
// are yielded by the partition that comes to its end last.
type join struct {
	node     *plan.Join
	schema   *arrow.Schema
	pairing  *arrow.Schema // of left rows beside right ones
	left     plan.Stream
	table    *joinTable
	env      *Env
	keys     []*eval.Expr
	residual *eval.Predicate // nil when absent
	heads    dictionaryHeads
	closed   bool

	// The left batch at work and how far it got.
	rec     arrow.Record
	first   []int32 // first right row of each left row, -1 for none
	matched []bool  // of left rows; nil for an inner join
	row     int
	at      int32 // next right row of row

	ended bool    // the left input is at its end
	rest  []int32 // right rows without a match, still to be yielded
}

func (b *builder) join(n *plan.Join) ([]plan.Stream, error) {
	right, err := b.single(n.Right)
	if err != nil {
		return nil, err
	}
	lefts, err := b.build(n.Left)
	if err != nil {
		return nil, errors.Join(err, right.Close())
	}
	table := &joinTable{in: right, env: b.env, node: n, keyExprs: n.RightKeys, users: len(lefts), partitions: len(lefts), keeps: n.Kind == plan.Full}
	schema, pairing := Schema(n.Outputs()), Schema(n.Pairs())
	for i, in := range lefts {
		s := &join{node: n, schema: schema, pairing: pairing, left: in, table: table, env: b.env}
		if s.keys, err = eval.CompileAll(b.env.Context, n.LeftKeys); err == nil && n.Residual != nil {
			s.residual, err = eval.CompilePredicate(b.env.Context, n.Residual)
		}
		if err != nil {
			return nil, errors.Join(err, closeAll(lefts), right.Close())
		}
		inputs := []plan.Stream{in}
		if len(lefts) == 1 {
			inputs = append(inputs, right)
		}
		lefts[i] = b.measure(s, n, true, inputs...)
	}
	return lefts, nil
}

// Schema implements plan.Stream.
func (s *join) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *join) Next(ctx context.Context) (arrow.Record, error) {
	if err := s.table.build(ctx); err != nil {
		return nil, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if s.ended {
			return s.unmatchedRight()
		}
		if s.rec == nil {
			rec, err := s.left.Next(ctx)
			if errors.Is(err, io.EOF) {
				s.ended, s.rest = true, s.table.unmatched()
				continue
			}
			if err != nil {
				return nil, err
			}
			if err := s.begin(rec); err != nil {
				return nil, err
			}
		}
		out, err := s.step()
		if out != nil || err != nil {
			return out, err
		}
	}
}

// begin takes a left batch over and finds the first match of each row.
func (s *join) begin(rec arrow.Record) error {
	s.rec, s.row, s.at = rec, 0, -1
	n := int(rec.NumRows())
	s.first = make([]int32, n)
	if s.node.Kind != plan.Inner {
		s.matched = make([]bool, n)
	}
	if len(s.keys) == 0 {
		if s.table.rows.rows == 0 {
			for i := range s.first {
				s.first[i] = -1
			}
		}
	} else {
		cols, err := evalArrays(s.keys, s.env.frame(rec))
		if err != nil {
			return err
		}
		s.heads.find(s.table, s.keys, cols, s.first)
		releaseArrays(cols)
	}
	if n > 0 {
		s.at = s.first[0]
	}
	return nil
}

// yieldsPairs reports whether a join yields the pairs that match.
func yieldsPairs(k plan.JoinKind) bool { return k == plan.Inner || k == plan.Left || k == plan.Full }

// step makes the next output of the left batch; nil when it has none left, or
// when a whole step's pairs failed the residual or are not what the join yields.
func (s *join) step() (arrow.Record, error) {
	if s.residual == nil && !yieldsPairs(s.node.Kind) {
		for i, r := range s.first {
			s.matched[i] = r >= 0
		}
		return s.finish()
	}
	var lefts, rights []int32
	for len(lefts) < batchRows && s.row < len(s.first) {
		if s.at >= 0 {
			lefts, rights = append(lefts, int32(s.row)), append(rights, s.at)
			s.at = s.table.after(s.at)
			continue
		}
		if s.row++; s.row < len(s.first) {
			s.at = s.first[s.row]
		}
	}
	if len(lefts) == 0 {
		return s.finish()
	}
	out, err := s.pairs(lefts, rights)
	if err != nil || s.residual == nil {
		s.match(lefts, rights, nil)
		return out, err
	}
	defer out.Release()
	rows, err := s.residual.Select(s.env.frame(out))
	if err != nil {
		return nil, err
	}
	s.match(lefts, rights, rows)
	if len(rows) == 0 || !yieldsPairs(s.node.Kind) {
		return nil, nil
	}
	cols := make([]arrow.Array, out.NumCols())
	for i, c := range out.Columns() {
		cols[i] = vector.TakeSorted(s.env.Context.Mem, c, rows)
	}
	return newRecord(s.schema, cols, len(rows)), nil
}

// match marks the rows of pairs as matched: of some pairs, or of all when there
// is no residual.
func (s *join) match(lefts, rights, rows []int32) {
	if s.residual == nil {
		rows = firstN(len(lefts))
	}
	if s.matched != nil {
		for _, r := range rows {
			s.matched[lefts[r]] = true
		}
	}
	if s.node.Kind == plan.Full {
		s.table.match(rights, rows)
	}
}

// finish ends the left batch: the join yields what it keeps of its rows.
func (s *join) finish() (out arrow.Record, err error) {
	switch s.node.Kind {
	case plan.Left, plan.Full:
		if lefts := s.rowsWhere(false); len(lefts) > 0 {
			out, err = s.pairs(lefts, absent(len(lefts)))
		}
	case plan.Semi, plan.Anti:
		if rows := s.rowsWhere(s.node.Kind == plan.Semi); len(rows) > 0 {
			cols := make([]arrow.Array, s.rec.NumCols())
			for i, c := range s.rec.Columns() {
				cols[i] = vector.TakeSorted(s.env.Context.Mem, c, rows)
			}
			out = newRecord(s.schema, cols, len(rows))
		}
	case plan.Mark:
		cols := append([]arrow.Array(nil), s.rec.Columns()...)
		for _, c := range cols {
			c.Retain()
		}
		marks := make([]int8, len(s.matched))
		for _, r := range s.rowsWhere(true) {
			marks[r] = 1
		}
		out = newRecord(s.schema, append(cols, vector.Bools(s.env.Context.Mem, marks)), len(marks))
	}
	s.rec.Release()
	s.rec, s.matched = nil, nil
	return out, err
}

// rowsWhere lists the left rows that have a match, or those that have none.
func (s *join) rowsWhere(matched bool) []int32 {
	var rows []int32
	for i, m := range s.matched {
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

// unmatchedRight yields right rows without a match beside NULLs.
func (s *join) unmatchedRight() (arrow.Record, error) {
	if len(s.rest) == 0 {
		return nil, io.EOF
	}
	n := min(len(s.rest), batchRows)
	rights := s.rest[:n]
	s.rest = s.rest[n:]
	width := len(s.node.Left.Outputs())
	cols := make([]arrow.Array, 0, s.schema.NumFields())
	for _, f := range s.schema.Fields()[:width] {
		cols = append(cols, vector.Nulls(s.env.Context.Mem, f.Type, n))
	}
	right, err := s.table.take(rights, nil)
	if err != nil {
		releaseArrays(cols)
		return nil, err
	}
	return newRecord(s.schema, append(cols, right...), n), nil
}

// pairs makes the batch of left rows beside right rows.
func (s *join) pairs(lefts, rights []int32) (arrow.Record, error) {
	cols := make([]arrow.Array, 0, s.pairing.NumFields())
	for _, c := range s.rec.Columns() {
		cols = append(cols, vector.Take(s.env.Context.Mem, c, lefts))
	}
	right, err := s.table.take(rights, s.pairing.Fields()[len(cols):])
	if err != nil {
		releaseArrays(cols)
		return nil, err
	}
	return newRecord(s.pairing, append(cols, right...), len(lefts)), nil
}

// Close implements plan.Stream.
func (s *join) Close() error {
	if s.closed {
		return nil
	}
	s.closed, s.ended, s.rest = true, true, nil
	if s.rec != nil {
		s.rec.Release()
		s.rec = nil
	}
	eval.CloseAll(s.keys)
	if s.residual != nil {
		s.residual.Close()
	}
	s.heads.release()
	return errors.Join(s.left.Close(), s.table.leave())
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
	if d, ok := cols[0].(*array.Dictionary); ok && len(cols) == 1 && !t.node.IsNullSafe(0) {
		h.findCodes(t, keys[0], d, first)
		return
	}
	encode := joinKeys(t.node, keys, cols)
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
