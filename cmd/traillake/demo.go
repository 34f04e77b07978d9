package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/traillake/traillake/ingest/trailgen"
)

// demoStore is the name of the demo's event data store.
const demoStore = "demo"

// demoEvents is the size of the sample trail.
const demoEvents = 200000

func (p *program) demoCommand() *cobra.Command {
	var data string
	var once bool
	c := &cobra.Command{
		Use:   "demo [--data DIR] [--once]",
		Short: "Generate a sample trail, import it, run sample queries, then serve the console",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if data == "" {
				dir, err := os.MkdirTemp("", "traillake-demo-")
				if err != nil {
					return err
				}
				defer func() { _ = os.RemoveAll(dir) }() // temporary
				data = dir
			}
			return p.demo(c.Context(), data, once)
		},
	}
	c.Flags().StringVar(&data, "data", "", "keep the sample trail and the lake here (default: a directory that is removed at the end)")
	c.Flags().BoolVar(&once, "once", false, "exit after the queries")
	return c
}

// demo does the lake's main job on defaults.
func (p *program) demo(ctx context.Context, dir string, once bool) error {
	trail := filepath.Join(dir, "trail")
	if _, err := os.Stat(trail); errors.Is(err, os.ErrNotExist) {
		p.say("1. generating a sample trail of %d events below %s", demoEvents, trail)
		o := trailgen.Options{Events: demoEvents, Days: 30, Seed: 1, End: time.Now().UTC().Truncate(time.Minute)}
		stats, err := p.generate(ctx, o, trail)
		if err != nil {
			return err
		}
		p.say("   %d events in %d objects, %s of gzip", stats.Events, stats.Objects, bytesText(stats.GzipBytes))
	} else {
		p.say("1. the sample trail is there: %s", trail)
	}
	l, err := p.openDemo(ctx, dir, trail)
	if err != nil {
		return err
	}
	c := &client{base: "http://" + l.server.HTTPAddr(), keys: l.keys, http: httpClient}
	if err := p.demoJob(ctx, c); err != nil {
		return errors.Join(err, l.close())
	}
	if once {
		return l.close()
	}
	p.say("\nThe console: http://%s/\n  access key id  %s\n  secret         %s\nStop with Ctrl-C.", l.server.HTTPAddr(), l.keys.AccessKeyID, l.keys.SecretAccessKey)
	return l.wait(ctx)
}

// openDemo opens the demo's lake on the usual ports, or on free ones when those are taken.
func (p *program) openDemo(ctx context.Context, dir, trail string) (*lake, error) {
	cfg := config{
		Data: filepath.Join(dir, "lake"), HTTP: "127.0.0.1:8700", GRPC: "127.0.0.1:8701",
		Buckets: map[string]string{"demo-trail": trail}, Log: logConfig{Level: "warn"},
	}
	l, err := p.openLake(ctx, cfg)
	if isAddressInUse(err) {
		cfg.HTTP, cfg.GRPC = "127.0.0.1:0", "127.0.0.1:0"
		l, err = p.openLake(ctx, cfg)
	}
	return l, err
}

// demoJob imports the sample trail through the lake's interface and asks it questions.
func (p *program) demoJob(ctx context.Context, c *client) error {
	p.say("\n2. importing it into the event data store %q", demoStore)
	f := importFlags{store: demoStore}
	req, _, err := importRequest(f, "s3://demo-trail/AWSLogs/")
	if err != nil {
		return err
	}
	if err := p.runImport(ctx, c, f, req); err != nil {
		return err
	}
	p.say("\n3. asking it")
	return p.demoQuestions(ctx, c)
}

func (p *program) say(format string, args ...any) { fmt.Fprintf(p.stdout, format+"\n", args...) }
