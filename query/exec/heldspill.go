package exec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/types"
)

// Held rows in files are the number of their group, their arguments, and their
// encoded order. They are sorted by group, then order, then, with DISTINCT, by
// the arguments, so that equal rows of different files come together.

// spillSchema is that of held rows in files.
func (h *heldRows) spillSchema() *arrow.Schema {
	fields := []arrow.Field{{Name: "group", Type: arrow.PrimitiveTypes.Int32}}
	for i, t := range h.argTypes() {
		fields = append(fields, types.ToField(fmt.Sprintf("arg%d", i), t))
	}
	return arrow.NewSchema(append(fields, arrow.Field{Name: "order", Type: arrow.BinaryTypes.Binary}), nil)
}

// spill writes the rows in memory to a file.
func (h *heldRows) spill(stats *OperatorStats) error {
	if len(h.rows) == 0 {
		return nil
	}
	if h.spills == nil {
		h.spills = newSpills(h.env, stats, h.spillSchema(), h.encode)
	}
	r := run{env: h.env}
	defer r.release()
	for at := 0; at < len(h.rows); at += batchRows {
		rec, err := h.record(at, min(at+batchRows, len(h.rows)))
		if err != nil {
			return err
		}
		s, err := h.encode(rec)
		rec.Release()
		if err != nil {
			return err
		}
		r.add(s)
	}
	h.clear()
	return h.spills.write(&r, r.order())
}

// record makes a batch of some of the rows in memory.
func (h *heldRows) record(from, to int) (arrow.Record, error) {
	mem := h.env.Context.Mem
	groups, orders := array.NewInt32Builder(mem), array.NewBinaryBuilder(mem, arrow.BinaryTypes.Binary)
	defer groups.Release()
	defer orders.Release()
	numbers := make([]int32, 0, to-from)
	for i, r := range h.rows[from:to] {
		groups.Append(r.group)
		numbers = append(numbers, r.value)
		if len(h.order) > 0 {
			orders.Append(h.keys[from+i])
		} else {
			orders.Append(nil)
		}
	}
	args, err := h.argRows(numbers)
	if err != nil {
		return nil, err
	}
	cols := append([]arrow.Array{groups.NewArray()}, args...)
	return newRecord(h.spillSchema(), append(cols, orders.NewArray()), to-from), nil
}

// encode gives a batch of a file, which it keeps, the key of each row.
func (h *heldRows) encode(rec arrow.Record) (*sorted, error) {
	groups := rec.Column(0).(*array.Int32)
	orders := rec.Column(int(rec.NumCols()) - 1).(*array.Binary)
	var args []rowkey.Equal
	if h.call.Distinct {
		for i, t := range h.argTypes() {
			args = append(args, rowkey.NewEqual(t, rec.Column(1+i)))
		}
	}
	s := &sorted{ends: make([]int32, rec.NumRows())}
	for i := range s.ends {
		s.keys = binary.BigEndian.AppendUint32(s.keys, uint32(groups.Value(i)))
		s.keys = append(s.keys, orders.Value(i)...)
		for _, e := range args {
			s.keys, _ = e(s.keys, i)
		}
		s.ends[i] = int32(len(s.keys))
	}
	rec.Retain()
	s.rec = rec
	return s, nil
}

// flushSpilled hands the rows to the accumulator, in order.
func (h *heldRows) flushSpilled(acc function.Accumulator) error {
	if err := h.spill(h.spills.stats); err != nil {
		return err
	}
	if err := h.spills.open(); err != nil {
		return err
	}
	var last []byte // key of the row before
	for {
		if err := h.env.stopped(); err != nil {
			return err
		}
		merged, err := h.spills.merge()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var rows []int32
		for i := range merged.ends {
			key := merged.key(int32(i))
			if !h.call.Distinct || last == nil || !bytes.Equal(key, last) {
				rows = append(rows, int32(i))
				last = append(last[:0], key...)
			}
		}
		err = h.update(acc, merged.rec, rows)
		merged.rec.Release()
		if err != nil {
			return err
		}
	}
}

// update hands rows of a batch of a file to the accumulator.
func (h *heldRows) update(acc function.Accumulator, rec arrow.Record, rows []int32) error {
	f := h.env.frame(rec).Sub(rows)
	defer f.Release()
	args := make([]function.Value, len(h.call.Args))
	for i := range args {
		args[i].Array = f.Column(1 + i)
	}
	return acc.Update(f.Column(0).(*array.Int32).Int32Values(), args)
}
