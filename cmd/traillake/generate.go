package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/traillake/traillake/ingest/trailgen"
)

func (p *program) generateCommand() *cobra.Command {
	var o trailgen.Options
	var out, end string
	c := &cobra.Command{
		Use:   "generate --events N --out DIR",
		Short: "Write a realistic trail bucket in the S3 layout",
		Long:  "Write a realistic trail bucket in the S3 layout. With --seed and --end the bytes are the same every time.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if o.End, err = parseTime(end, time.Now()); err != nil {
				return fmt.Errorf("--end: %w", err)
			}
			began := time.Now()
			stats, err := p.generate(c.Context(), o, out)
			if err != nil {
				return err
			}
			took := time.Since(began)
			fmt.Fprintf(p.stdout, "%d events (and %d delivered a second time) in %d objects, %s, over %d days to %s, %s in %.1fs (%.0f events/s)\n",
				stats.Events, stats.Duplicates, stats.Objects, bytesText(stats.GzipBytes), o.Days, o.End.UTC().Format(time.DateOnly), out,
				took.Seconds(), float64(stats.Events)/took.Seconds())
			return nil
		},
	}
	c.Flags().Int64Var(&o.Events, "events", 200000, "number of events")
	c.Flags().IntVar(&o.Days, "days", 30, "days they are spread over")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "seed of the random choices")
	c.Flags().StringVar(&end, "end", "", "time of the last event, RFC 3339 or YYYY-MM-DD (default now)")
	c.Flags().StringVar(&out, "out", "", "directory to write the bucket into")
	_ = c.MarkFlagRequired("out")
	return c
}

// generate writes a trail below a directory, with a progress bar.
func (p *program) generate(ctx context.Context, o trailgen.Options, out string) (trailgen.Stats, error) {
	bar := p.newBar("generate", -1)
	defer bar.finish()
	written := int64(0)
	stats, err := trailgen.Generate(o, func(key string, gz []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.Join(out, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		written += int64(len(gz))
		bar.set(0, "generate "+bytesText(written))
		return os.WriteFile(path, gz, 0o644)
	})
	if err != nil {
		return stats, fmt.Errorf("generate into %s: %w", out, err)
	}
	return stats, nil
}

// parseTime reads a time or a day; an empty text is the default.
func parseTime(text string, standard time.Time) (time.Time, error) {
	if text == "" {
		return standard, nil
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time: write it like 2026-01-31 or 2026-01-31T08:00:00Z", text)
}
