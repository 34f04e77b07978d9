package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"time"
)

// flags are the command line.
type flags struct {
	dir     string
	events  int64
	days    int
	seed    uint64
	runs    int
	ingests int
	only    string
	native  bool
	memory  bool
	profile string
	limits  bool
	child   string
	trail   string
	spread  bool
}

func parseFlags() (flags, *regexp.Regexp) {
	var f flags
	flag.StringVar(&f.dir, "dir", filepath.Join(os.TempDir(), "traillake-bench"), "where trails, lakes and files are made, and found again")
	flag.Int64Var(&f.events, "events", 5_000_000, "events of the trail")
	flag.IntVar(&f.days, "days", 90, "days that they spread over")
	flag.Uint64Var(&f.seed, "seed", 1, "another trail of the same kind")
	flag.IntVar(&f.runs, "runs", 7, "timed runs of a query on each side; the median counts")
	flag.IntVar(&f.ingests, "ingests", 3, "timed runs of the ingest on each side; 0 leaves it out")
	flag.StringVar(&f.only, "only", "", "only cases whose name matches this expression")
	flag.BoolVar(&f.native, "native", false, "time a table of DuckDB's own too, on lines that begin with #")
	flag.BoolVar(&f.memory, "memory", false, "measure the peak memory of each case, in a process of its own")
	flag.BoolVar(&f.limits, "limits", false, "measure how fast this machine reads memory and decodes zstd")
	flag.StringVar(&f.profile, "profile", "", "write a CPU profile of our side of each case into this folder")
	flag.StringVar(&f.child, "child", "", "run one thing for the memory it takes: ours/CASE, duckdb/CASE, ours-ingest, duckdb-ingest")
	flag.StringVar(&f.trail, "trail", "", "use this trail in place of one that is generated")
	flag.BoolVar(&f.spread, "distributions", false, "print how the values of the events are spread, and nothing else")
	flag.Parse()
	only, err := regexp.Compile(f.only)
	if err != nil {
		log.Fatalf("bench: -only: %v", err)
	}
	return f, only
}

func main() {
	log.SetFlags(0)
	f, only := parseFlags()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := bench
	if f.child != "" {
		run = runChild
	}
	if err := run(ctx, f, only); err != nil {
		stop()
		log.Fatalf("bench: %v", err)
	}
}

// bench makes the data and runs the cases.
func bench(ctx context.Context, f flags, only *regexp.Regexp) (err error) {
	fmt.Printf("# %s, %d cores, %s\n", machine(), runtime.NumCPU(), runtime.Version())
	d := newDataset(f)
	if err := d.make(ctx); err != nil {
		return err
	}
	if err := d.describe(); err != nil {
		return err
	}
	if f.spread {
		return d.distributions(ctx)
	}
	failed := 0
	all, err := d.cases(ctx)
	if err != nil {
		return err
	}
	queries, err := openSides(ctx, d)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !only.MatchString(c.name) {
			continue
		}
		if err := queries.measure(ctx, c, f); err != nil {
			fmt.Printf("# %s: %v\n", c.name, err)
			failed++
		}
	}
	if err := queries.close(); err != nil {
		return err
	}
	// Behind the others: a process of its own needs the lake for itself.
	for _, c := range all {
		if f.memory && only.MatchString(c.name) {
			printMemory(ctx, f, c.name, "ours/"+c.name, "duckdb/"+c.name)
		}
	}
	if f.ingests > 0 && only.MatchString("ingest") {
		if err := measureIngest(ctx, d, f); err != nil {
			return err
		}
	}
	if only.MatchString("bytes_per_event") {
		if err := d.sizes(ctx); err != nil {
			return err
		}
	}
	if f.limits {
		if err := measureLimits(d); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d cases failed or gave different answers", failed)
	}
	return nil
}

// milliseconds is a time as the table prints it.
func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000)
}
