package engine

import (
	"context"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/cespare/xxhash/v2"

	"github.com/traillake/traillake/query/types"
)

const (
	topValues    = 10  // of a column
	clippedRunes = 256 // characters after which a value in statistics is cut
)

// ColumnStatistics tells of the values of one column of a result.
type ColumnStatistics struct {
	ResultColumn
	Values, Nulls int64 // rows with a value and without
	// Distinct values; exact up to some ten thousand, else within about 1 %.
	Distinct            int64
	DistinctApproximate bool
	// Min and Max are what SQL's min and max give; nil without values, or where the
	// type has no order. At most 256 characters of a value are told.
	Min, Max *string
	// TopValues are the ten most frequent with their counts, which are exact. When
	// they are approximate, one as frequent as the last may be missing.
	TopValues            []ValueCount
	TopValuesApproximate bool
}

// ValueCount is a value as text, and in how many rows it is.
type ValueCount struct {
	Value string
	Count int64
}

// GetQueryResultStatistics tells of each column of an ended query's result what
// values it has. The first call reads the result, once or twice; its answer is
// kept in memory for the next ones; after a restart the result, which is on disk,
// is read again.
func (e *Engine) GetQueryResultStatistics(ctx context.Context, _ Principal, ref QueryRef) ([]ColumnStatistics, error) {
	q, err := e.findQuery(ref)
	if err != nil {
		return nil, err
	}
	record := q.now()
	if !record.Status.Ended() {
		return nil, Errorf(InvalidQueryStatus, "query %s is %s: statistics are of a whole result, wait for its end", q.id, record.Status)
	}
	if known := q.statistics.Load(); known != nil {
		return *known, nil
	}
	s := &resultStatistics{spool: q.spool, columns: make([]columnCounter, len(record.Columns))}
	out, err := s.compute(ctx, record.Columns)
	if err != nil {
		return nil, internal(err)
	}
	q.statistics.Store(&out)
	return out, nil
}

// resultStatistics reads a result for its statistics.
type resultStatistics struct {
	spool   *spool
	columns []columnCounter
}

func (s *resultStatistics) compute(ctx context.Context, columns []outputColumn) ([]ColumnStatistics, error) {
	defer func() {
		for i := range s.columns {
			s.columns[i].release()
		}
	}()
	if err := s.read(ctx, (*columnCounter).add); err != nil {
		return nil, err
	}
	again := false
	for i := range s.columns {
		if c := &s.columns[i]; c.frequent.over {
			c.frequent.recount()
			again = true
		}
	}
	if again {
		if err := s.read(ctx, (*columnCounter).addAgain); err != nil {
			return nil, err
		}
	}
	out := make([]ColumnStatistics, len(columns))
	for i, column := range resultColumns(columns) {
		var err error
		if out[i], err = s.tell(i, column); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// read hands every batch of every column to fn.
func (s *resultStatistics) read(ctx context.Context, fn func(c *columnCounter, t types.Type, values arrow.Array, first int64)) error {
	chunks, _, _ := s.spool.state()
	for _, at := range chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.spool.render(at, func(r *renderer) {
			for i, t := range r.types {
				fn(&s.columns[i], t, r.rec.Column(i), at.First)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tell puts a column's statistics together.
func (s *resultStatistics) tell(i int, column ResultColumn) (ColumnStatistics, error) {
	c := &s.columns[i]
	out := ColumnStatistics{ResultColumn: column, Values: c.values, Nulls: c.nulls, Min: c.text(c.low), Max: c.text(c.high), TopValues: []ValueCount{}}
	var exact bool
	out.Distinct, exact = c.distinct.count()
	out.DistinctApproximate = !exact
	top, exact := c.frequent.top(topValues, c.values)
	out.TopValuesApproximate = !exact
	chunks, _, _ := s.spool.state()
	for _, o := range top {
		err := s.spool.each(chunks, o.row, 1, func(r *renderer, row int) int {
			text, _ := r.text(i, row)
			out.TopValues = append(out.TopValues, ValueCount{Value: clipRunes(text), Count: o.count})
			return len(text)
		})
		if err != nil {
			return ColumnStatistics{}, err
		}
	}
	return out, nil
}

// columnCounter counts the values of one column.
type columnCounter struct {
	typ           types.Type
	values, nulls int64
	distinct      distinctCounter
	frequent      frequentCounter
	low, high     arrow.Array // of one value; nil when there is none
	key           []byte
}

func (c *columnCounter) hash(t types.Type, values arrow.Array, row int) uint64 {
	c.key = types.AppendKey(c.key[:0], t, values, row)
	return xxhash.Sum64(c.key)
}

// add counts a batch whose first row has a number.
func (c *columnCounter) add(t types.Type, values arrow.Array, first int64) {
	c.typ = t
	low, high := -1, -1
	for row := range values.Len() {
		if types.IsNull(values, row) {
			c.nulls++
			continue
		}
		c.values++
		hash := c.hash(t, values, row)
		c.distinct.add(hash)
		c.frequent.add(hash, first+int64(row))
		if !t.IsOrderable() {
			continue
		}
		if low < 0 || types.CompareAll(t, values, row, values, low, false) < 0 {
			low = row
		}
		if high < 0 || types.CompareAll(t, values, row, values, high, true) > 0 {
			high = row
		}
	}
	if low >= 0 && (c.low == nil || types.CompareAll(t, values, low, c.low, 0, false) < 0) {
		replace(&c.low, values, low)
	}
	if high >= 0 && (c.high == nil || types.CompareAll(t, values, high, c.high, 0, true) > 0) {
		replace(&c.high, values, high)
	}
}

// addAgain counts a batch of the second reading.
func (c *columnCounter) addAgain(t types.Type, values arrow.Array, _ int64) {
	if !c.frequent.over {
		return
	}
	for row := range values.Len() {
		if !types.IsNull(values, row) {
			c.frequent.addAgain(c.hash(t, values, row))
		}
	}
}

// replace keeps a copy of one value: a slice would keep its whole batch.
func replace(kept *arrow.Array, values arrow.Array, row int) {
	if *kept != nil {
		(*kept).Release()
	}
	*kept = types.Take(memory.DefaultAllocator, values, []int32{int32(row)})
}

func (c *columnCounter) release() {
	for _, kept := range []arrow.Array{c.low, c.high} {
		if kept != nil {
			kept.Release()
		}
	}
}

// text prints a kept value.
func (c *columnCounter) text(value arrow.Array) *string {
	if value == nil {
		return nil
	}
	text := clipRunes(types.AppendText(nil, c.typ, value, 0))
	return &text
}

// clipRunes is a text, or its first characters and an ellipsis.
func clipRunes(text []byte) string {
	if utf8.RuneCount(text) <= clippedRunes {
		return string(text)
	}
	return string(firstRunes(text, clippedRunes)) + "…"
}
