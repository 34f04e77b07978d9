// Package memtable is a plan.Table in memory, for tests and examples.
//
// A table can be read in variants that must not change any answer: split over
// partitions, in small batches, with varchar columns dictionary-encoded. Every
// dictionary then holds a value that no row has, as a pruned segment's may.
package memtable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// Options are the variants of a table. The zero value is one partition of one
// batch without dictionaries.
type Options struct {
	Partitions int  // streams a scan returns; 0 is one
	BatchRows  int  // rows of a batch; 0 is all
	Dictionary bool // varchar columns are dictionary<int32, utf8>
	Search     bool // the table is asked for conditions on texts, see plan.Searcher
}

// Table is a table in memory. Safe for concurrent use.
type Table struct {
	name    string
	columns []plan.TableColumn
	rec     arrow.Record
	opts    Options
}

// New makes a table of a record, whose columns have the Arrow types of columns.
// The record must be made of garbage-collected memory: the table never releases it.
func New(name string, columns []plan.TableColumn, rec arrow.Record) *Table {
	return &Table{name: name, columns: columns, rec: rec}
}

// With returns the same table in another variant.
func (t *Table) With(opts Options) *Table {
	out := *t
	out.opts = opts
	return &out
}

// Name implements plan.Table.
func (t *Table) Name() string { return t.name }

// Columns implements plan.Table.
func (t *Table) Columns() []plan.TableColumn { return t.columns }

// Estimate implements plan.Estimator: a batch counts as a segment of one row group.
func (t *Table) Estimate(_ context.Context, _ plan.ScanRequest) (*plan.ScanStats, error) {
	s := &plan.ScanStats{}
	n := int64(len(t.bounds()))
	s.Segments.Store(n)
	s.RowGroups.Store(n)
	return s, nil
}

// Searches implements plan.Searcher.
func (t *Table) Searches(plan.ColumnPath) bool { return t.opts.Search }

// bounds are the first and last-plus-one rows of the batches.
func (t *Table) bounds() [][2]int64 {
	rows, step := t.rec.NumRows(), int64(t.opts.BatchRows)
	if step <= 0 {
		step = max(rows, 1)
	}
	var out [][2]int64
	for at := int64(0); at < rows; at += step {
		out = append(out, [2]int64{at, min(at+step, rows)})
	}
	return out
}

// Folds implements plan.Folder.
func (t *Table) Folds(columns []plan.ColumnPath) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(c plan.ColumnPath) bool {
		return c.Type.Kind != types.Varchar && c.Type.Kind != types.BigInt && c.Type.Kind != types.Boolean
	})
}

// Scan implements plan.Table. It ignores the conjuncts, heeds the limit, and asks
// the sieve about each batch.
func (t *Table) Scan(_ context.Context, req plan.ScanRequest) ([]plan.Stream, error) {
	mem := req.Mem
	if mem == nil {
		mem = memory.DefaultAllocator
	}
	fields := make([]arrow.Field, len(req.Columns))
	for i, c := range req.Columns {
		if c.Column < 0 || c.Column >= len(t.columns) {
			return nil, fmt.Errorf("table %s has no column %d", t.name, c.Column)
		}
		fields[i] = types.ToField(c.Name, c.Type)
	}
	if req.Folded {
		fields = append(fields, types.ToField(plan.TimesColumn, types.BigIntType))
	}
	streams := make([]*stream, max(1, t.opts.Partitions))
	for i := range streams {
		s := &stream{table: t, req: req, mem: mem, schema: arrow.NewSchema(fields, nil)}
		if req.Sieve != nil {
			sieve, err := req.Sieve()
			if err != nil {
				return nil, errors.Join(err, closeAll(streams[:i]))
			}
			s.sieve = sieve
		}
		streams[i] = s
	}
	for i, b := range t.bounds() {
		s := streams[i%len(streams)]
		s.batches = append(s.batches, b)
	}
	req.Stats.Segments.Add(int64(len(t.bounds())))
	req.Stats.RowGroups.Add(int64(len(t.bounds())))
	out := make([]plan.Stream, len(streams))
	for i, s := range streams {
		out[i] = s
	}
	return out, nil
}

func closeAll(streams []*stream) error {
	var errs []error
	for _, s := range streams {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Catalog finds tables by their name, in any case.
type Catalog []*Table

// Table implements plan.Catalog.
func (c Catalog) Table(_ context.Context, name []string) (plan.Table, error) {
	full := strings.Join(name, ".")
	for _, t := range c {
		if strings.EqualFold(t.name, full) {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", plan.ErrTableNotFound, full)
}

// encode makes a dictionary of the values of a varchar array and of one that is in no row.
func encode(mem memory.Allocator, arr *array.String) arrow.Array {
	values := array.NewStringBuilder(mem)
	defer values.Release()
	codes := array.NewInt32Builder(mem)
	defer codes.Release()
	known := map[string]int32{}
	values.Append("\x00 a value of no row")
	for i := range arr.Len() {
		if arr.IsNull(i) {
			codes.AppendNull()
			continue
		}
		v := arr.Value(i)
		code, ok := known[v]
		if !ok {
			code = int32(values.Len())
			known[v] = code
			values.Append(v)
		}
		codes.Append(code)
	}
	dict, index := values.NewArray(), codes.NewArray()
	defer dict.Release()
	defer index.Release()
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	return array.NewDictionaryArray(dt, index, dict)
}
