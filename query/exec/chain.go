package exec

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
)

// chain yields its inputs one after another and closes each at its end.
type chain struct {
	schema *arrow.Schema
	inputs []plan.Stream
}

// Schema implements plan.Stream.
func (c *chain) Schema() *arrow.Schema { return c.schema }

// Next implements plan.Stream.
func (c *chain) Next(ctx context.Context) (arrow.Record, error) {
	for len(c.inputs) > 0 {
		rec, err := c.inputs[0].Next(ctx)
		if !errors.Is(err, io.EOF) {
			return rec, err
		}
		err = c.inputs[0].Close()
		c.inputs = c.inputs[1:]
		if err != nil {
			return nil, err
		}
	}
	return nil, io.EOF
}

// Close implements plan.Stream.
func (c *chain) Close() error {
	err := closeAll(c.inputs)
	c.inputs = nil
	return err
}
