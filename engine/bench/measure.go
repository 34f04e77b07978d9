package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// sides are the lake and DuckDB with the same rows.
type sides struct {
	data  *dataset
	lake  *lake
	duck  *duck
	table *duck // DuckDB's own table; nil when it is not asked for
}

func openSides(ctx context.Context, d *dataset) (*sides, error) {
	s := &sides{data: d}
	var err error
	if s.lake, err = openLakeSide(ctx, d); err != nil {
		return nil, err
	}
	if s.duck, err = openDuckSide(ctx, d, ""); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if d.all.native {
		if s.table, err = openDuckSide(ctx, d, d.table); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

func (s *sides) close() error {
	var errs []error
	if s.lake != nil {
		errs = append(errs, s.lake.close())
	}
	for _, k := range []*duck{s.duck, s.table} {
		if k != nil {
			errs = append(errs, k.close())
		}
	}
	return errors.Join(errs...)
}

// ours runs our side of a case once, theirs DuckDB's.
func (s *sides) ours(ctx context.Context, c testCase) error {
	if c.file {
		return s.lake.file(ctx, c.ours, s.out("ours"))
	}
	_, err := s.lake.run(ctx, c.ours)
	return err
}

func (s *sides) theirs(ctx context.Context, k *duck, c testCase) error {
	if c.file {
		return k.exec(ctx, fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION zstd)", c.theirs, literal(s.out("duckdb"))))
	}
	_, err := k.run(ctx, c.theirs)
	return err
}

func (s *sides) out(side string) string { return filepath.Join(s.data.temp, side+".parquet") }

// measure compares the answers of a case and times both sides in turns.
func (s *sides) measure(ctx context.Context, c testCase, f flags) error {
	if err := s.compare(ctx, c); err != nil {
		return err
	}
	run := map[string]func() error{
		"ours":   func() error { return s.ours(ctx, c) },
		"duckdb": func() error { return s.theirs(ctx, s.duck, c) },
	}
	order := []string{"ours", "duckdb"}
	if s.table != nil {
		run["native"] = func() error { return s.theirs(ctx, s.table, c) }
		order = append(order, "native")
	}
	took := map[string][]time.Duration{}
	for i := range f.runs + 1 {
		for _, side := range order {
			began := time.Now()
			if err := run[side](); err != nil {
				return fmt.Errorf("%s: %w", side, err)
			}
			if i > 0 { // the first warms up
				took[side] = append(took[side], time.Since(began))
			}
		}
	}
	ours, theirs := median(took["ours"]), median(took["duckdb"])
	printRow(c.name, ours, theirs)
	if s.table != nil {
		fmt.Printf("# %s: DuckDB's own table %s ms\n", c.name, milliseconds(median(took["native"])))
	}
	if f.profile != "" {
		return s.profile(ctx, c, f)
	}
	return nil
}

func printRow(name string, ours, theirs time.Duration) {
	fmt.Printf("%s %s %s %.2f\n", name, milliseconds(ours), milliseconds(theirs), float64(theirs)/float64(ours))
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// compare fails when the answers differ.
func (s *sides) compare(ctx context.Context, c testCase) error {
	ours, err := s.lake.answer(ctx, c.ours)
	if err != nil {
		return fmt.Errorf("ours: %w", err)
	}
	theirs, err := s.duck.answer(ctx, c.theirs)
	if err != nil {
		return fmt.Errorf("duckdb: %w", err)
	}
	if err := same(ours, theirs, c.ties); err != nil {
		return fmt.Errorf("the answers differ: %w", err)
	}
	rows := int64(0)
	for _, r := range ours {
		rows += r.NumRows()
		r.Release()
	}
	for _, r := range theirs {
		r.Release()
	}
	if rows == 0 {
		return errors.New("the answer has no rows: it tells nothing")
	}
	return nil
}

// profile writes what our side's processor time went to, over some seconds.
func (s *sides) profile(ctx context.Context, c testCase, f flags) (err error) {
	if err := os.MkdirAll(f.profile, 0o755); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(f.profile, strings.ReplaceAll(c.name, "/", "-")+".pprof"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	for began := time.Now(); time.Since(began) < 3*time.Second; {
		if err := s.ours(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
