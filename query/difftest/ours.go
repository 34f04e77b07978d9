package difftest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/types"
)

// Peer answers statements over the tables it was given last.
type Peer interface {
	Name() string
	// Load makes the tables; those of an earlier Load may go.
	Load(ctx context.Context, tables []*Table) error
	// Answer runs a statement. An error is one of the peer, not of the statement.
	Answer(ctx context.Context, s *Statement) (Answer, error)
	Close() error
}

// Ours is our engine under some conditions.
type Ours struct {
	Variant string
	Tables  memtable.Options
	Compile query.Options
	Run     query.RunOptions

	catalog memtable.Catalog
}

// Name implements Peer.
func (o *Ours) Name() string { return o.Variant }

// Load implements Peer.
func (o *Ours) Load(_ context.Context, tables []*Table) error {
	o.catalog = nil
	for _, t := range tables {
		m, err := t.Memtable()
		if err != nil {
			return err
		}
		o.catalog = append(o.catalog, m.With(o.Tables))
	}
	return nil
}

// Close implements Peer.
func (o *Ours) Close() error { return nil }

// patience is how long a statement may take.
const patience = 20 * time.Second

// Answer implements Peer. Memory that is not given back, and a panic, is an
// error of ours that no peer has.
func (o *Ours) Answer(ctx context.Context, s *Statement) (out Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer func() {
		if p := recover(); p != nil {
			out = failed("PANIC", fmt.Sprint(p))
		}
		if held := mem.CurrentAlloc(); held != 0 && (out.Err == nil || out.Err.Code != "PANIC") {
			out = failed("LEAK", fmt.Sprintf("%d bytes not released", held))
		}
	}()
	return o.answer(ctx, s.SQL, mem), nil
}

func failed(code ast.ErrorCode, msg string) Answer { return Answer{Err: &Failure{code, msg}} }

func failure(err error) Answer {
	var e *ast.Error
	if errors.As(err, &e) {
		return failed(e.Code, e.Error())
	}
	return failed("INTERNAL", err.Error())
}

func (o *Ours) answer(ctx context.Context, sql string, mem memory.Allocator) Answer {
	q, err := query.Compile(ctx, sql, o.catalog, o.Compile)
	if err != nil {
		return failure(err)
	}
	opts := o.Run
	opts.Mem, opts.Now, opts.User = mem, time.Unix(1.7e9, 0), "tester"
	run, err := q.Run(ctx, opts)
	if err != nil {
		return failure(err)
	}
	out := Answer{Types: []string{}}
	for _, c := range q.Columns() {
		out.Types = append(out.Types, c.Type.String())
	}
	err = readAll(ctx, run, func(rec arrow.Record) {
		for i := range int(rec.NumRows()) {
			row := make([]any, rec.NumCols())
			for j, col := range rec.Columns() {
				row[j] = normal(q.Columns()[j].Type, col, i)
			}
			out.Rows = append(out.Rows, row)
		}
	})
	if err = errors.Join(err, run.Close()); err != nil {
		return failure(err)
	}
	return out
}

func readAll(ctx context.Context, run *query.Run, each func(arrow.Record)) error {
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		each(rec)
		rec.Release()
	}
}

// normal is an element of an array as a normal value.
func normal(t types.Type, arr arrow.Array, i int) any {
	if types.IsNull(arr, i) {
		return nil
	}
	switch t.Kind {
	case types.Boolean:
		return arr.(*array.Boolean).Value(i)
	case types.Double:
		return arr.(*array.Float64).Value(i)
	case types.Real:
		return float64(arr.(*array.Float32).Value(i))
	case types.Char:
		return strings.TrimRight(string(types.AppendText(nil, t, arr, i)), " ")
	case types.Array:
		list := arr.(*array.List)
		from, to := list.ValueOffsets(i)
		out := make([]any, 0, to-from)
		for k := from; k < to; k++ {
			out = append(out, normal(*t.Elem, list.ListValues(), int(k)))
		}
		return out
	case types.Row:
		out := make([]any, len(t.Fields))
		for k, f := range t.Fields {
			out[k] = normal(f.Type, arr.(*array.Struct).Field(k), i)
		}
		return out
	case types.Map:
		m := arr.(*array.Map)
		from, to := m.ValueOffsets(i)
		var out []normalEntry
		for k := from; k < to; k++ {
			out = append(out, normalEntry{normal(*t.Key, m.Keys(), int(k)), normal(*t.Elem, m.Items(), int(k))})
		}
		return newNormalMap(out)
	}
	return string(types.AppendText(nil, t, arr, i))
}
