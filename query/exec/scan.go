package exec

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// scan reads one partition of a table and holds its batches to the plan's types.
type scan struct {
	name   string
	schema *arrow.Schema
	in     plan.Stream
	env    *Env
}

// scan opens a table. A table may give more streams than there are partitions;
// those are read one after another by the same goroutine.
func (b *builder) scan(n *plan.Scan) ([]plan.Stream, error) { return b.scanTable(n, n.Table) }

// scanTable is scan of a table with some of the node's rows.
func (b *builder) scanTable(n *plan.Scan, table plan.Table) ([]plan.Stream, error) {
	req := plan.ScanRequest{
		Columns: n.Columns, Conjuncts: n.Conjuncts, Limit: n.Limit,
		Sieve: sieveOf(n, b.env), Folded: n.Folded, Partitions: b.partitions(), Mem: b.env.Context.Mem, Stats: b.env.Stats.Scan(n),
	}
	streams, err := table.Scan(b.ctx, req)
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", n.Table.Name(), err)
	}
	schema := Schema(n.Outputs())
	for i, s := range streams {
		streams[i] = b.measure(&scan{name: n.Table.Name(), schema: schema, in: s, env: b.env}, n, true)
	}
	return inGroups(streams, b.partitions(), schema), nil
}

// Schema implements plan.Stream.
func (s *scan) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *scan) Next(ctx context.Context) (arrow.Record, error) {
	rec, err := s.in.Next(ctx)
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	if int(rec.NumCols()) != s.schema.NumFields() {
		return nil, fmt.Errorf("table %s: batch of %d columns where %d were asked for", s.name, rec.NumCols(), s.schema.NumFields())
	}
	return conformRecord(s.env, rec, s.schema)
}

// Close implements plan.Stream.
func (s *scan) Close() error { return s.in.Close() }

// conformRecord gives a batch the schema of an operator: names of row fields and
// nullability may differ, dictionaries inside nested columns are decoded.
func conformRecord(env *Env, rec arrow.Record, schema *arrow.Schema) (arrow.Record, error) {
	cols := make([]arrow.Array, 0, rec.NumCols())
	for i, c := range rec.Columns() {
		plain := vector.DecodeNested(env.Context.Mem, c)
		arr, err := vector.Conform(plain, schema.Field(i).Type)
		plain.Release()
		if err != nil {
			releaseArrays(cols)
			return nil, fmt.Errorf("column %s: %w", schema.Field(i).Name, err)
		}
		cols = append(cols, arr)
	}
	return newRecord(schema, cols, int(rec.NumRows())), nil
}

// inGroups makes at most n streams of several by reading some one after another.
func inGroups(streams []plan.Stream, n int, schema *arrow.Schema) []plan.Stream {
	if len(streams) == 0 {
		return []plan.Stream{&chain{schema: schema}}
	}
	if len(streams) <= n {
		return streams
	}
	out := make([]plan.Stream, n)
	for i := range out {
		c := &chain{schema: schema}
		for k := i; k < len(streams); k += n {
			c.inputs = append(c.inputs, streams[k])
		}
		out[i] = c
	}
	return out
}

// closed is the error of a stream read after Close.
var errClosed = errors.New("read of a closed stream")
