package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api"
	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/storage"
)

func (p *program) serveCommand() *cobra.Command {
	var flags config
	var file string
	var buckets []string
	c := &cobra.Command{
		Use:   "serve --data DIR",
		Short: "Serve the AWS wire, REST, gRPC and the console",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := readConfig(file)
			if err != nil {
				return err
			}
			if err := mergeFlags(c, &cfg, flags, buckets); err != nil {
				return err
			}
			return p.serve(c.Context(), cfg)
		},
	}
	f := c.Flags()
	f.StringVar(&flags.Data, "data", "", "data directory")
	f.StringVar(&flags.HTTP, "http", "127.0.0.1:8700", "address of the AWS wire, REST and the console")
	f.StringVar(&flags.GRPC, "grpc", "127.0.0.1:8701", "address of gRPC")
	f.StringArrayVar(&buckets, "bucket", nil, "NAME=DIR: serve a directory as an S3 bucket to imports; may be repeated")
	f.StringVar(&flags.Account, "account", "123456789012", "AWS account id the lake stands for")
	f.StringVar(&flags.Region, "region", "us-east-1", "AWS region in the lake's ARNs")
	f.StringVar(&flags.TLS.Cert, "tls-cert", "", "certificate file (PEM)")
	f.StringVar(&flags.TLS.Key, "tls-key", "", "key file of the certificate (PEM)")
	f.BoolVar(&flags.Insecure, "insecure", false, "serve beyond loopback without TLS")
	f.StringVar(&file, "config", "", "configuration file (YAML)")
	return c
}

// mergeFlags puts the flags that were given, and the defaults of the others, into a configuration.
func mergeFlags(c *cobra.Command, cfg *config, flags config, buckets []string) error {
	given := c.Flags().Changed
	take := func(name string, to *string, from string) {
		if given(name) || *to == "" {
			*to = from
		}
	}
	take("data", &cfg.Data, flags.Data)
	take("http", &cfg.HTTP, flags.HTTP)
	take("grpc", &cfg.GRPC, flags.GRPC)
	take("account", &cfg.Account, flags.Account)
	take("region", &cfg.Region, flags.Region)
	take("tls-cert", &cfg.TLS.Cert, flags.TLS.Cert)
	take("tls-key", &cfg.TLS.Key, flags.TLS.Key)
	cfg.Insecure = cfg.Insecure || flags.Insecure
	for _, b := range buckets {
		name, dir, ok := strings.Cut(b, "=")
		if !ok || name == "" || dir == "" {
			return fmt.Errorf("--bucket %q: must be NAME=DIR", b)
		}
		if cfg.Buckets == nil {
			cfg.Buckets = map[string]string{}
		}
		cfg.Buckets[name] = dir
	}
	if cfg.Data == "" {
		return errors.New("--data: give the data directory")
	}
	return nil
}

// serve runs the server until the context ends.
func (p *program) serve(ctx context.Context, cfg config) error {
	lake, err := p.openLake(ctx, cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "ready http=%s grpc=%s\n", lake.server.HTTPAddr(), lake.server.GRPCAddr())
	return lake.wait(ctx)
}

// wait serves until the context ends or a listener fails, and closes.
func (l *lake) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-l.server.Done():
	}
	return l.close()
}

// lake is an engine with its listeners, as serve, demo and --data use it.
type lake struct {
	engine *engine.Engine
	server *api.Server
	keys   keyPair
}

// openLake opens the data directory and starts the listeners.
func (p *program) openLake(ctx context.Context, cfg config) (*lake, error) {
	log, err := cfg.logger(p.stderr)
	if err != nil {
		return nil, err
	}
	if p.env("GOGC") == "" {
		// Half of an import's peak was garbage waiting for its collection: a sixth
		// less memory for some 2 % more work.
		debug.SetGCPercent(50)
	}
	keys, made, err := p.rootKeys(cfg.Data)
	if err != nil {
		return nil, err
	}
	if made != "" {
		fmt.Fprintf(p.stderr, "traillake: a root access key was made and is kept in %s\n", made)
	}
	o := cfg.engineOptions(log)
	o.Credentials = []engine.Credential{keys.credential(orText(cfg.Account, "123456789012"))}
	e, err := engine.Open(ctx, o)
	if errors.Is(err, storage.ErrLocked) {
		return nil, fmt.Errorf("data directory %s is in use: give --endpoint with the address of its server", cfg.Data)
	}
	if err != nil {
		return nil, err
	}
	tlsConfig, err := cfg.TLS.load()
	if err == nil {
		var server *api.Server
		server, err = api.Serve(context.WithoutCancel(ctx), api.Options{
			Engine: e, HTTPAddr: cfg.HTTP, GRPCAddr: cfg.GRPC, TLS: tlsConfig, Insecure: cfg.Insecure, Logger: log, DrainTimeout: drainTime,
			Version: version, Sessions: auth.SessionOptions{IdleTimeout: cfg.Session.IdleTimeout, Lifetime: cfg.Session.Lifetime},
		})
		if err == nil {
			return &lake{engine: e, server: server, keys: keys}, nil
		}
	}
	return nil, errors.Join(err, e.Close())
}

// close drains the listeners and closes the engine.
func (l *lake) close() error { return errors.Join(l.server.Close(), l.engine.Close()) }

func orText(s, d string) string {
	if s == "" {
		return d
	}
	return s
}
