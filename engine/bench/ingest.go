package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/traillake/traillake/engine"
)

// measureIngest times, in turns and each in a process of its own, the import of the
// trail into a new lake and DuckDB's way: read_json into the published columns but
// eventjson, as ZSTD Parquet.
func measureIngest(ctx context.Context, d *dataset, f flags) error {
	took := map[string][]time.Duration{}
	peak := map[string]int64{}
	for range f.ingests {
		for _, side := range []string{"ours-ingest", "duckdb-ingest"} {
			r, err := runInChild(ctx, f, side)
			if err != nil {
				return fmt.Errorf("%s: %w", side, err)
			}
			took[side] = append(took[side], r.took)
			peak[side] = max(peak[side], r.peak)
		}
	}
	printRow("19_ingest", median(took["ours-ingest"]), median(took["duckdb-ingest"]))
	fmt.Printf("# 19_ingest: peak memory ours %.0f MB, DuckDB %.0f MB; %.0f events/s\n", mb(peak["ours-ingest"]), mb(peak["duckdb-ingest"]),
		float64(f.events)/median(took["ours-ingest"]).Seconds())
	return nil
}

// ingestOurs imports the trail into a lake that is thrown away, to its last commit.
func (d *dataset) ingestOurs(ctx context.Context) (time.Duration, error) {
	dir, err := os.MkdirTemp(d.temp, "ingest-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // scratch
	e, err := engine.Open(ctx, d.lakeOptions(dir))
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = importInto(ctx, e)
	took := time.Since(began)
	return took, errors.Join(err, e.Close())
}

// ingestDuck has DuckDB read the trail into a file that is thrown away.
func (d *dataset) ingestDuck(ctx context.Context) (time.Duration, error) {
	db, err := openDuck("", d.temp)
	if err != nil {
		return 0, err
	}
	out := filepath.Join(d.temp, "ingest.parquet")
	defer func() { _ = os.Remove(out) }() // scratch
	began := time.Now()
	_, err = db.ExecContext(ctx, fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION zstd)", readTrail(d.trail), literal(out)))
	took := time.Since(began)
	return took, errors.Join(err, db.Close())
}

// trailQuery is DuckDB's query of a trail's records in the published columns but
// eventjson; $FILES stands for the files.
//
//go:embed trail.sql
var trailQuery string

func readTrail(trail string) string {
	return strings.ReplaceAll(trailQuery, "$FILES", literal(filepath.Join(trail, "AWSLogs", "*", "CloudTrail", "**", "*.json.gz")))
}

// sizes prints what an event takes on the disk.
func (d *dataset) sizes(ctx context.Context) error {
	db, err := openDuck("", d.temp)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // only read
	var rows, json int64
	metadata := "SELECT sum(total_compressed_size) FROM parquet_metadata(%s) WHERE %s"
	for query, to := range map[string]*int64{
		"SELECT count(*) FROM read_parquet(" + literal(d.file) + ")":                 &rows,
		fmt.Sprintf(metadata, literal(d.segments()), "path_in_schema = 'eventjson'"): &json,
	} {
		if err := db.QueryRowContext(ctx, query).Scan(to); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	_, segments, err := sizeOf(d.lake, func(name string) bool { return strings.HasSuffix(name, ".parquet") })
	if err != nil {
		return err
	}
	_, stores, err := sizeOf(filepath.Join(d.lake, "stores"), func(string) bool { return true })
	if err != nil {
		return err
	}
	_, gz, err := sizeOf(d.trail, func(name string) bool {
		return strings.HasSuffix(name, ".json.gz") && !strings.Contains(name, "Digest")
	})
	if err != nil {
		return err
	}
	info, err := os.Stat(d.plain)
	if err != nil {
		return err
	}
	ours, theirs := float64(segments-json)/float64(rows), float64(info.Size())/float64(rows)
	fmt.Printf("20_bytes_per_event %.1f %.1f %.2f\n", ours, theirs, theirs/ours)
	fmt.Printf("# 20_bytes_per_event: whole segments but eventjson (our own columns, filters and indexes in) %.2f of DuckDB's file; with eventjson %.2f of the gzip source; eventjson alone %.2f of it; with fingerprints and the commit log %.2f\n",
		ours/theirs, float64(segments)/float64(gz), float64(json)/float64(gz), float64(stores)/float64(gz))
	return nil
}
