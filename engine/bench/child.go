package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// childResult is what a process of its own took for one thing.
type childResult struct {
	took time.Duration
	peak int64 // bytes of resident memory
}

// runInChild runs one thing in a process of its own.
func runInChild(ctx context.Context, f flags, what string) (childResult, error) {
	var r childResult
	cmd := exec.CommandContext(ctx, os.Args[0], "-child", what, "-dir", f.dir, "-events", fmt.Sprint(f.events), "-days", fmt.Sprint(f.days),
		"-seed", fmt.Sprint(f.seed), "-trail", f.trail)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return r, err
	}
	var micros int64
	if _, err := fmt.Sscan(out.String(), &micros, &r.peak); err != nil {
		return r, fmt.Errorf("it says %q: %w", out.String(), err)
	}
	r.took = time.Duration(micros) * time.Microsecond
	return r, nil
}

// runChild is the process of its own: it prints microseconds and bytes.
func runChild(ctx context.Context, f flags, _ *regexp.Regexp) error {
	d := newDataset(f)
	took, err := childWork(ctx, d, f.child)
	if err != nil {
		return err
	}
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	fmt.Println(took.Microseconds(), peak)
	return nil
}

func childWork(ctx context.Context, d *dataset, what string) (time.Duration, error) {
	switch what {
	case "ours-ingest":
		return d.ingestOurs(ctx)
	case "duckdb-ingest":
		return d.ingestDuck(ctx)
	}
	side, name, _ := strings.Cut(what, "/")
	s := &sides{data: d}
	all, err := d.cases(ctx)
	if err != nil {
		return 0, err
	}
	c, err := caseNamed(all, name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.close() }() // the process ends
	began := time.Now()
	switch side {
	case "ours":
		if s.lake, err = openLakeSide(ctx, d); err == nil {
			began = time.Now()
			err = s.ours(ctx, c)
		}
	case "duckdb":
		if s.duck, err = openDuckSide(ctx, d, ""); err == nil {
			began = time.Now()
			err = s.theirs(ctx, s.duck, c)
		}
	default:
		err = fmt.Errorf("-child %q: ours/CASE, duckdb/CASE, ours-ingest or duckdb-ingest", what)
	}
	return time.Since(began), err
}

// peakMemory is the most that the process had resident.
func peakMemory() (int64, error) {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("/proc/self/status tells no VmHWM")
}

func printMemory(ctx context.Context, f flags, name, ours, theirs string) {
	a, err := runInChild(ctx, f, ours)
	if err == nil {
		var b childResult
		if b, err = runInChild(ctx, f, theirs); err == nil {
			fmt.Printf("# %s: peak memory ours %.0f MB, DuckDB %.0f MB\n", name, mb(a.peak), mb(b.peak))
			return
		}
	}
	fmt.Printf("# %s: memory is not measured: %v\n", name, err)
}
