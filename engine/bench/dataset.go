package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/ingest/trailgen"
)

// end is the time after the last event of every trail.
var end = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// storeName is the event data store of the lake.
const storeName = "events"

// dataset is a trail, the lake that it was imported into, and DuckDB's files of the
// same rows. What was made once is found again.
type dataset struct {
	opts  trailgen.Options
	trail string // the bucket
	lake  string // data directory
	file  string // DuckDB's Parquet, with eventjson
	plain string // and without
	table string // DuckDB's database with a table
	temp  string
	made  bool // the trail is generated, not given
	all   flags
}

func newDataset(f flags) *dataset {
	at := filepath.Join(f.dir, fmt.Sprintf("events-%d-days-%d-seed-%d", f.events, f.days, f.seed))
	d := &dataset{
		opts:  trailgen.Options{Events: f.events, Days: f.days, Seed: f.seed, End: end},
		trail: filepath.Join(at, "trail"), lake: filepath.Join(at, "lake"), file: filepath.Join(at, "duckdb.parquet"),
		plain: filepath.Join(at, "duckdb-plain.parquet"), table: filepath.Join(at, "duckdb.db"), temp: filepath.Join(at, "temp"),
		made: f.trail == "", all: f,
	}
	if !d.made {
		d.trail = f.trail
	}
	return d
}

// make makes what is missing, each in one step that is complete or absent.
func (d *dataset) make(ctx context.Context) error {
	if err := os.RemoveAll(d.temp); err != nil {
		return err
	}
	if err := os.MkdirAll(d.temp, 0o755); err != nil {
		return err
	}
	for _, step := range []struct {
		path string
		make func(ctx context.Context, to string) error
	}{
		{d.trail, d.generate}, {d.lake, d.importTrail}, {d.file, d.copyFile}, {d.plain, d.copyPlain},
	} {
		if _, err := os.Stat(step.path); err == nil {
			continue
		}
		began := time.Now()
		to := step.path + ".new"
		if err := os.RemoveAll(to); err != nil {
			return err
		}
		if err := step.make(ctx, to); err != nil {
			return fmt.Errorf("make %s: %w", step.path, err)
		}
		if err := os.Rename(to, step.path); err != nil {
			return err
		}
		fmt.Printf("# made %s in %.0f s\n", step.path, time.Since(began).Seconds())
	}
	return nil
}

func (d *dataset) generate(ctx context.Context, to string) error {
	_, err := trailgen.Generate(d.opts, func(key string, gz []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.Join(to, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, gz, 0o644)
	})
	return err
}

// importTrail imports the trail into a new lake.
func (d *dataset) importTrail(ctx context.Context, to string) error {
	e, err := engine.Open(ctx, d.lakeOptions(to))
	if err != nil {
		return err
	}
	return errors.Join(importInto(ctx, e), e.Close())
}

// lakeOptions are the defaults of the product, with the trail as a bucket.
func (d *dataset) lakeOptions(dir string) engine.Options {
	return engine.Options{
		Dir: dir, Buckets: map[string]string{"trail": d.trail}, Now: func() time.Time { return end },
		Credentials: []engine.Credential{{AccessKeyID: "AKIABENCH", SecretAccessKey: "bench"}},
	}
}

// importInto makes the store and imports the bucket into it.
func importInto(ctx context.Context, e *engine.Engine) error {
	retention := int32(36500)
	store, err := e.CreateEventDataStore(ctx, engine.Principal{}, engine.CreateEventDataStoreInput{Name: storeName, RetentionDays: &retention})
	if err != nil {
		return err
	}
	i, err := e.StartImport(ctx, engine.Principal{}, engine.StartImportInput{
		Destinations: []string{store.ARN},
		Source:       &engine.S3Source{LocationURI: "s3://trail/AWSLogs/", Region: "us-east-1", RoleARN: "arn:aws:iam::111122223333:role/bench"},
	})
	if err != nil {
		return err
	}
	for {
		now, err := e.GetImport(ctx, engine.Principal{}, i.ID)
		if err != nil {
			return err
		}
		switch now.Status {
		case engine.ImportCompleted:
			return nil
		case engine.ImportFailed, engine.ImportStopped:
			return fmt.Errorf("import %s: %s", now.Status, now.Error)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// segments are the lake's Parquet files as DuckDB names them.
func (d *dataset) segments() string {
	return filepath.Join(d.lake, "stores", "*", "segments", "**", "*.parquet")
}

// files are the lake's Parquet files.
func (d *dataset) files() ([]string, error) {
	var out []string
	err := filepath.WalkDir(d.lake, func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".parquet") {
			out = append(out, path)
		}
		return err
	})
	return out, err
}

// copyFile has DuckDB write its file of the lake's rows.
func (d *dataset) copyFile(ctx context.Context, to string) error {
	columns, err := d.columns(ctx)
	if err != nil {
		return err
	}
	return d.copy(ctx, fmt.Sprintf("SELECT %s FROM read_parquet(%s, union_by_name = true) ORDER BY eventtime", strings.Join(columns, ", "), literal(d.segments())), to)
}

// copyPlain writes the file without eventjson.
func (d *dataset) copyPlain(ctx context.Context, to string) error {
	return d.copy(ctx, fmt.Sprintf("SELECT * EXCLUDE (eventjson) FROM read_parquet(%s)", literal(d.file)), to)
}

func (d *dataset) copy(ctx context.Context, query, to string) error {
	db, err := openDuck("", d.temp)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION zstd)", query, literal(to)))
	return errors.Join(err, db.Close())
}

// columns are the published ones: those of the segments that are no columns of ours.
func (d *dataset) columns(ctx context.Context) ([]string, error) {
	db, err := openDuck("", d.temp)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // only read
	return columnsOf(ctx, db, d.segments())
}

func columnsOf(ctx context.Context, db *sql.DB, files string) ([]string, error) {
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(%s, union_by_name = true))", literal(files)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(name, "$") {
			out = append(out, name)
		}
	}
	return out, rows.Err()
}

// describe prints what there is.
func (d *dataset) describe() error {
	objects, gz, err := sizeOf(d.trail, func(name string) bool {
		return strings.HasSuffix(name, ".json.gz") && !strings.Contains(name, "Digest")
	})
	if err != nil {
		return err
	}
	segments, bytes, err := sizeOf(d.lake, func(name string) bool { return strings.HasSuffix(name, ".parquet") })
	if err != nil {
		return err
	}
	info, err := os.Stat(d.file)
	if err != nil {
		return err
	}
	fmt.Printf("# trail: %d objects, %.1f MB gzip; lake: %d segments, %.1f MB; DuckDB's file: %.1f MB\n", objects, mb(gz), segments, mb(bytes), mb(info.Size()))
	return nil
}

// sizeOf adds up the files below a folder that are wanted.
func sizeOf(dir string, wanted func(path string) bool) (files int, bytes int64, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !wanted(path) {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		files, bytes = files+1, bytes+info.Size()
		return nil
	})
	return files, bytes, err
}

func mb(n int64) float64 { return float64(n) / 1e6 }

// literal is a text in SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
