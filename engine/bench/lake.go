package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/engine"
)

// lake is our side: an engine with the product's defaults. Its schedules are far
// apart, so that none falls into a case.
type lake struct {
	engine *engine.Engine
}

func openLakeSide(ctx context.Context, d *dataset) (*lake, error) {
	o := d.lakeOptions(d.lake)
	o.Compaction.Off = true // it has run when the trail came in
	e, err := engine.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return &lake{e}, nil
}

func (l *lake) close() error { return l.engine.Close() }

// each runs a query and calls fn with its batches, which it does not keep.
func (l *lake) each(ctx context.Context, query string, fn func(arrow.Record) error) (err error) {
	q, err := l.engine.StartQuery(ctx, engine.Principal{}, engine.StartQueryInput{Statement: &query})
	if err != nil {
		return err
	}
	rows, err := l.engine.StreamQueryResults(ctx, engine.Principal{}, engine.QueryRef{QueryID: q.ID})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for {
		rec, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = fn(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
}

// run runs a query to its last batch and returns how many rows came.
func (l *lake) run(ctx context.Context, query string) (rows int64, err error) {
	err = l.each(ctx, query, func(r arrow.Record) error {
		rows += r.NumRows()
		return nil
	})
	return rows, err
}

// answer is a query's rows.
func (l *lake) answer(ctx context.Context, query string) (out []arrow.Record, err error) {
	err = l.each(ctx, query, func(r arrow.Record) error {
		r.Retain()
		out = append(out, r)
		return nil
	})
	return out, err
}

// file runs a query into a Parquet file.
func (l *lake) file(ctx context.Context, query, path string) error {
	q, err := l.engine.StartQuery(ctx, engine.Principal{}, engine.StartQueryInput{Statement: &query})
	if err != nil {
		return err
	}
	x, err := l.engine.ExportQueryResults(ctx, engine.Principal{}, engine.ExportQueryResultsInput{QueryRef: engine.QueryRef{QueryID: q.ID}, Format: engine.ExportParquet})
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(x.Write(f), f.Close())
}
