package exec

import (
	"context"
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
)

// unionArm gives the batches of one source of a Union the union's schema.
type unionArm struct {
	schema *arrow.Schema
	in     plan.Stream
	env    *Env
}

// union takes the partitions of all sources as its own.
func (b *builder) union(n *plan.Union) ([]plan.Stream, error) {
	schema := Schema(n.Outputs())
	var all []plan.Stream
	for _, source := range n.Sources {
		streams, err := b.build(source)
		if err != nil {
			return nil, errors.Join(err, closeAll(all))
		}
		for _, in := range streams {
			all = append(all, b.measure(&unionArm{schema: schema, in: in, env: b.env}, n, true, in))
		}
	}
	return inGroups(all, b.partitions(), schema), nil
}

// Schema implements plan.Stream.
func (u *unionArm) Schema() *arrow.Schema { return u.schema }

// Next implements plan.Stream.
func (u *unionArm) Next(ctx context.Context) (arrow.Record, error) {
	rec, err := u.in.Next(ctx)
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	return conformRecord(u.env, rec, u.schema)
}

// Close implements plan.Stream.
func (u *unionArm) Close() error { return u.in.Close() }
