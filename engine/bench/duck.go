package main

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"

	ipc18 "github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/duckdb/duckdb-go/v2"
)

// duck is DuckDB with what the cases ask. Not safe for concurrent use.
type duck struct {
	connector *duckdb.Connector
	conn      driver.Conn
	arrow     *duckdb.Arrow
}

func duckSettings(temp string) []string {
	return []string{
		fmt.Sprintf("SET threads = %d", runtime.NumCPU()),
		"SET parquet_metadata_cache = true",
		"SET TimeZone = 'UTC'",
		"SET enable_progress_bar = false",
		"SET preserve_insertion_order = false", // its advice for large files
		"SET temp_directory = " + literal(temp),
	}
}

// openDuck opens a database for statements whose rows are few; "" is one in memory.
func openDuck(path, temp string) (*sql.DB, error) {
	c, err := connectDuck(path, temp)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

func connectDuck(path, temp string) (*duckdb.Connector, error) {
	return duckdb.NewConnector(path, func(e driver.ExecerContext) error {
		for _, s := range duckSettings(temp) {
			if _, err := e.ExecContext(context.Background(), s, nil); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
}

// openDuckSide opens a database in which the view or table events has the rows.
func openDuckSide(ctx context.Context, d *dataset, database string) (*duck, error) {
	c, err := connectDuck(database, d.temp)
	if err != nil {
		return nil, err
	}
	k := &duck{connector: c}
	if k.conn, err = c.Connect(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if k.arrow, err = duckdb.NewArrowFromConn(k.conn); err != nil {
		return nil, errors.Join(err, k.close())
	}
	statement := "CREATE OR REPLACE VIEW " + storeName + " AS SELECT * FROM read_parquet(" + literal(d.file) + ")"
	if database != "" {
		statement = "CREATE TABLE IF NOT EXISTS " + storeName + " AS SELECT * FROM read_parquet(" + literal(d.file) + ") ORDER BY eventtime"
	}
	if _, err := k.conn.(driver.ExecerContext).ExecContext(ctx, statement, nil); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", statement, err), k.close())
	}
	return k, nil
}

func (k *duck) close() error {
	var err error
	if k.conn != nil {
		err = k.conn.Close()
	}
	return errors.Join(err, k.connector.Close())
}

// run runs a query to its last batch and returns how many rows came.
func (k *duck) run(ctx context.Context, query string) (rows int64, err error) {
	r, err := k.arrow.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer r.Release()
	for r.Next() {
		rows += r.Record().NumRows()
	}
	return rows, r.Err()
}

// answer is a query's rows as Arrow batches of the lake's version of Arrow.
func (k *duck) answer(ctx context.Context, query string) ([]arrow.Record, error) {
	r, err := k.arrow.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var b bytes.Buffer
	w := ipc18.NewWriter(&b, ipc18.WithSchema(r.Schema()))
	for r.Next() {
		if err := w.Write(r.Record()); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(r.Err(), w.Close()); err != nil {
		return nil, err
	}
	in, err := ipc.NewReader(&b)
	if err != nil {
		return nil, err
	}
	defer in.Release()
	var out []arrow.Record
	for in.Next() {
		rec := in.Record()
		rec.Retain()
		out = append(out, rec)
	}
	return out, in.Err()
}

// exec runs a statement whose rows are not wanted.
func (k *duck) exec(ctx context.Context, statement string) error {
	_, err := k.conn.(driver.ExecerContext).ExecContext(ctx, statement, nil)
	return err
}
