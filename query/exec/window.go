package exec

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// window reads all rows, puts those of a partition together in the window's
// order, and computes its calls. The frame is SQL's default: the whole partition,
// or with an order the rows up to the last peer of the current one.
type window struct {
	node   *plan.Window
	schema *arrow.Schema
	in     plan.Stream
	env    *Env
	parts  []*eval.Expr
	order  []*eval.Expr
	args   [][]*eval.Expr // by call
	groups *grouper       // numbers the partitions
	run    run
	argCol [][][]arrow.Array // by call, argument, batch

	read  bool
	refs  []vector.Ref // all rows in order
	calls []arrow.Array
	at    int
}

func newWindow(n *plan.Window, in plan.Stream, env *Env) (plan.Stream, error) {
	s := &window{node: n, schema: Schema(n.Outputs()), in: in, env: env, run: run{env: env}}
	var err error
	if s.parts, err = eval.CompileAll(env.Context, n.PartitionBy); err != nil {
		return nil, err
	}
	if s.order, err = compileKeys(n.OrderBy, env); err != nil {
		return nil, err
	}
	for _, c := range n.Calls {
		exprs, err := eval.CompileAll(env.Context, c.Args)
		if err != nil {
			return nil, err
		}
		s.args = append(s.args, exprs)
		s.argCol = append(s.argCol, make([][]arrow.Array, len(exprs)))
	}
	keyTypes := make([]types.Type, len(s.parts))
	for i, p := range s.parts {
		keyTypes[i] = p.Type()
	}
	s.groups = newGrouper(env.Context.Mem, keyTypes)
	return s, nil
}

// Schema implements plan.Stream.
func (s *window) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *window) Next(ctx context.Context) (arrow.Record, error) {
	if !s.read {
		s.read = true
		if err := drain(ctx, s.in, s.add); err != nil {
			return nil, err
		}
		s.refs = s.run.order()
		if err := s.compute(ctx); err != nil {
			return nil, err
		}
	}
	if s.at >= len(s.refs) {
		return nil, io.EOF
	}
	end := min(s.at+batchRows, len(s.refs))
	rec, err := s.run.gather(s.in.Schema(), s.refs[s.at:end])
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	cols := append([]arrow.Array(nil), rec.Columns()...)
	for _, c := range cols {
		c.Retain()
	}
	for _, c := range s.calls {
		cols = append(cols, array.NewSlice(c, int64(s.at), int64(end)))
	}
	out := newRecord(s.schema, cols, end-s.at)
	s.at = end
	return out, nil
}

// add keeps a batch, the arguments of the calls over it, and for each row the
// number of its partition before its sort key.
func (s *window) add(rec arrow.Record) error {
	f := s.env.frame(rec)
	cols, err := evalArrays(s.parts, f)
	if err != nil {
		return err
	}
	numbers := s.groups.number(cols, f.Rows())
	releaseArrays(cols)
	encode, release, err := orderEncoder(f, s.order, s.node.OrderBy)
	if err != nil {
		return err
	}
	defer release()
	keyed := &sorted{ends: make([]int32, f.Rows())}
	for i := range keyed.ends {
		keyed.keys = binary.BigEndian.AppendUint32(keyed.keys, uint32(numbers[i]))
		if keyed.keys, err = encode(keyed.keys, i); err != nil {
			return sortError(err)
		}
		keyed.ends[i] = int32(len(keyed.keys))
	}
	for c, exprs := range s.args {
		arrs, err := evalArrays(exprs, f)
		if err != nil {
			return err
		}
		for a, arr := range arrs {
			s.argCol[c][a] = append(s.argCol[c][a], arr)
		}
	}
	rec.Retain()
	keyed.rec = rec
	s.run.add(keyed)
	return s.env.Budget.Err()
}

func (s *window) key(i int) []byte { return s.run.batches[s.refs[i].Batch].key(s.refs[i].Row) }

// partition is the number of the partition of row i.
func (s *window) partition(i int) int32 { return int32(binary.BigEndian.Uint32(s.key(i))) }

// peers reports whether rows i and i-1 are of one partition and equal in its order.
func (s *window) peers(i int) bool { return bytes.Equal(s.key(i), s.key(i-1)) }

// compute fills calls, in the order of refs.
func (s *window) compute(ctx context.Context) error {
	for c, call := range s.node.Calls {
		var arr arrow.Array
		var err error
		switch {
		case call.Rank != "":
			arr, err = s.rank(call.Rank)
		case len(s.refs) == 0:
			arr = vector.Empty(s.env.Context.Mem, call.Function.Result.Arrow())
		case len(s.order) == 0:
			arr, err = s.whole(c)
		default:
			arr, err = s.running(ctx, c)
		}
		if err != nil {
			return err
		}
		s.calls = append(s.calls, arr)
	}
	return s.env.Budget.Err()
}

// Close implements plan.Stream.
func (s *window) Close() error {
	s.read, s.refs = true, nil
	s.run.release()
	s.groups.release()
	releaseArrays(s.calls)
	s.calls = nil
	for c, exprs := range s.args {
		eval.CloseAll(exprs)
		for a := range s.argCol[c] {
			releaseArrays(s.argCol[c][a])
			s.argCol[c][a] = nil
		}
	}
	eval.CloseAll(s.parts)
	eval.CloseAll(s.order)
	s.args, s.parts, s.order = nil, nil, nil
	return s.in.Close()
}
