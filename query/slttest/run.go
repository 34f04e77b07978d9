package slttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// Now is what now() is in every test.
var Now = time.Date(2024, 5, 6, 7, 8, 9, 123e6, time.UTC)

// Engine is one way of answering that must agree with the files.
type Engine struct {
	Name string
	// Catalog offers the tables of a file.
	Catalog    func(tables []*memtable.Table) (plan.Catalog, error)
	Options    query.Options
	Partitions int
	// Spill lets every operator that can spill do so at its first batch.
	Spill bool
}

// Memory is an Engine over tables in memory.
func Memory(name string, variant memtable.Options, opts query.Options) Engine {
	return Engine{
		Name: name, Options: opts, Partitions: variant.Partitions,
		Catalog: func(tables []*memtable.Table) (plan.Catalog, error) {
			cat := make(memtable.Catalog, len(tables))
			for i, t := range tables {
				cat[i] = t.With(variant)
			}
			return cat, nil
		},
	}
}

// Run runs every record of a file on an engine. Memory that a query does not
// give back is a failure.
func (e Engine) Run(t *testing.T, f *File) {
	t.Helper()
	cat, err := e.Catalog(f.Tables)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Records {
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		got, err := e.answer(r.SQL, cat, mem)
		if problem := r.check(got, err); problem != "" {
			t.Errorf("%s:%d: %s\n%s", f.Name, r.Line, r.SQL, problem)
		}
		if held := mem.CurrentAlloc(); held != 0 {
			t.Errorf("%s:%d: %s\n%d bytes not released", f.Name, r.Line, r.SQL, held)
		}
	}
}

// Result is what a statement yielded, as files write it.
type Result struct {
	Types string
	Rows  []string
}

// answer runs one statement.
func (e Engine) answer(sql string, cat plan.Catalog, mem memory.Allocator) (res *Result, err error) {
	ctx := context.Background()
	q, err := query.Compile(ctx, sql, cat, e.Options)
	if err != nil {
		return nil, err
	}
	opts := query.RunOptions{Mem: mem, Now: Now, User: "tester", Partitions: e.Partitions}
	if e.Spill {
		files := &disk{}
		opts.CreateTemp, opts.SpillBytes = files.create, 1
		defer func() {
			if n := files.left.Load(); n != 0 {
				err = errors.Join(err, fmt.Errorf("%d temporary files not removed", n))
			}
		}()
	}
	run, err := q.Run(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	res = &Result{}
	for _, c := range q.Columns() {
		res.Types += string(letter(c.Type))
	}
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			return res, nil
		}
		if err != nil {
			return nil, err
		}
		for i := range int(rec.NumRows()) {
			res.Rows = append(res.Rows, rowText(rec, q.Columns(), i))
		}
		rec.Release()
	}
}

// letter is the type letter of a column.
func letter(t types.Type) byte {
	switch {
	case t.Kind == types.Unknown:
		return 'U'
	case t.Kind == types.Boolean:
		return 'B'
	case t.IsInteger():
		return 'I'
	case t.IsNumeric():
		return 'R'
	case t.IsString() || t.Kind == types.JSON:
		return 'T'
	case t.Kind >= types.Date && t.Kind <= types.IntervalYearMonth:
		return 'D'
	case t.Kind >= types.Array:
		return 'N'
	}
	return 'X'
}

func rowText(rec arrow.Record, columns []plan.Output, row int) string {
	cells := make([]string, rec.NumCols())
	for i, col := range rec.Columns() {
		if types.IsNull(col, row) {
			cells[i] = "NULL"
			continue
		}
		cells[i] = Cell(valueText(columns[i].Type, col, row))
	}
	return strings.Join(cells, "\t")
}

// Cell is a value that is not NULL, given as results show it, as files write it.
func Cell(text string) string {
	if text == "" {
		return "(empty)"
	}
	return strings.NewReplacer("\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(text)
}

// check returns what is wrong with an answer, or "".
func (r *Record) check(got *Result, err error) string {
	if r.Error != "" {
		if err == nil {
			return "succeeded; want an error that matches " + r.Error
		}
		if ok, bad := regexp.MatchString(r.Error, err.Error()); bad != nil || !ok {
			return fmt.Sprintf("error %q does not match %s", err, r.Error)
		}
		return ""
	}
	if err != nil {
		return "failed: " + err.Error()
	}
	if !r.Query {
		return ""
	}
	if got.Types != r.Types {
		return fmt.Sprintf("types %s, want %s", got.Types, r.Types)
	}
	rows, want := got.Rows, r.Rows
	if r.RowSort {
		rows, want = slices.Sorted(slices.Values(rows)), slices.Sorted(slices.Values(want))
	}
	if !slices.Equal(rows, want) {
		return "rows:\n" + strings.Join(rows, "\n") + "\nwant:\n" + strings.Join(want, "\n")
	}
	return ""
}
