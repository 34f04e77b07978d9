package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/traillake/traillake/engine"
)

// config is the server's configuration file; deploy/traillake.yaml explains every
// member. Flags that are given win over it.
type config struct {
	Data     string            `yaml:"data"`
	HTTP     string            `yaml:"http"`
	GRPC     string            `yaml:"grpc"`
	Account  string            `yaml:"account"`
	Region   string            `yaml:"region"`
	Buckets  map[string]string `yaml:"buckets"`
	TLS      tlsConfig         `yaml:"tls"`
	Insecure bool              `yaml:"insecure"`
	Log      logConfig         `yaml:"log"`
	S3       s3Config          `yaml:"s3"`
	Query    queryConfig       `yaml:"query"`
	Import   importConfig      `yaml:"import"`
	Watch    watchConfig       `yaml:"watch"`
	Live     liveConfig        `yaml:"live"`
	Compact  compactConfig     `yaml:"compaction"`
	Storage  storageConfig     `yaml:"storage"`
	Session  sessionConfig     `yaml:"session"`

	pauseImports bool // of commands that only ask
}

type tlsConfig struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// load reads the certificate; nil when none is configured.
func (c tlsConfig) load() (*tls.Config, error) {
	switch {
	case c.Cert == "" && c.Key == "":
		return nil, nil
	case c.Cert == "" || c.Key == "":
		return nil, errors.New("TLS: give both the certificate and its key")
	}
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

type logConfig struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

type s3Config struct {
	Endpoint        string `yaml:"endpoint"`
	Region          string `yaml:"region"`
	PathStyle       bool   `yaml:"path_style"`
	AccessKeyID     string `yaml:"access_key_id"`
	SecretAccessKey string `yaml:"secret_access_key"`
	SessionToken    string `yaml:"session_token"`
}

type queryConfig struct {
	MaxConcurrent  int           `yaml:"max_concurrent"`
	Timeout        time.Duration `yaml:"timeout"`
	MemoryMiB      int64         `yaml:"memory_mib"`
	Partitions     int           `yaml:"partitions"`
	ResultMiB      int64         `yaml:"result_mib"`
	AllResultsMiB  int64         `yaml:"all_results_mib"`
	ResultLifetime time.Duration `yaml:"result_lifetime"`
}

type importConfig struct {
	Workers   int   `yaml:"workers"`
	MemoryMiB int64 `yaml:"memory_mib"`
}

type watchConfig struct {
	Interval time.Duration `yaml:"interval"`
	Gather   time.Duration `yaml:"gather"`
}

type liveConfig struct {
	MemoryMiB int64         `yaml:"memory_mib"`
	SealMiB   int64         `yaml:"seal_mib"`
	SealAge   time.Duration `yaml:"seal_age"`
	Wait      time.Duration `yaml:"wait"`
}

type compactConfig struct {
	Off          bool          `yaml:"off"`
	Interval     time.Duration `yaml:"interval"`
	MinSegments  int           `yaml:"min_segments"`
	TargetMiB    int64         `yaml:"target_mib"`
	MiBPerSecond int64         `yaml:"mib_per_second"`
}

type storageConfig struct {
	SigningKey        string        `yaml:"signing_key"`
	MaxStores         int           `yaml:"max_stores"`
	MaxChannels       int           `yaml:"max_channels"`
	RetentionInterval time.Duration `yaml:"retention_interval"`
}

type sessionConfig struct {
	IdleTimeout time.Duration `yaml:"idle_timeout"`
	Lifetime    time.Duration `yaml:"lifetime"`
}

// readConfig reads a configuration file. A member it does not know is an error.
func readConfig(path string) (config, error) {
	var c config
	if path == "" {
		return c, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("read configuration: %w", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// engineOptions is the configuration as the engine takes it.
func (c config) engineOptions(log *slog.Logger) engine.Options {
	const mib = 1 << 20
	return engine.Options{
		Dir: c.Data, SigningKeyFile: c.Storage.SigningKey, Account: c.Account, Region: c.Region, Buckets: c.Buckets,
		MaxStores: c.Storage.MaxStores, MaxChannels: c.Storage.MaxChannels, RetentionInterval: c.Storage.RetentionInterval, Logger: log,
		S3: engine.S3Options{
			Endpoint: c.S3.Endpoint, Region: c.S3.Region, PathStyle: c.S3.PathStyle,
			AccessKeyID: c.S3.AccessKeyID, SecretAccessKey: c.S3.SecretAccessKey, SessionToken: c.S3.SessionToken,
		},
		Query: engine.QueryOptions{
			MaxConcurrent: c.Query.MaxConcurrent, Timeout: c.Query.Timeout, MemoryBytes: c.Query.MemoryMiB * mib,
			Partitions: c.Query.Partitions, ResultBytes: c.Query.ResultMiB * mib, AllResultBytes: c.Query.AllResultsMiB * mib,
			ResultTTL: c.Query.ResultLifetime,
		},
		Import: engine.ImportOptions{Workers: c.Import.Workers, MemoryBytes: c.Import.MemoryMiB * mib, Pause: c.pauseImports},
		Watch:  engine.WatchOptions{Interval: c.Watch.Interval, Gather: c.Watch.Gather},
		Compaction: engine.CompactionOptions{
			Off: c.Compact.Off || c.pauseImports, Interval: c.Compact.Interval, MinSegments: c.Compact.MinSegments,
			TargetBytes: c.Compact.TargetMiB * mib, BytesPerSecond: c.Compact.MiBPerSecond * mib,
		},
		Live: engine.LiveOptions{
			MemoryBytes: c.Live.MemoryMiB * mib, SealBytes: c.Live.SealMiB * mib, SealAge: c.Live.SealAge, Wait: c.Live.Wait,
		},
	}
}

// logger makes the server's log on standard error.
func (c config) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if c.Log.Level != "" {
		if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
			return nil, fmt.Errorf("log level %q: must be debug, info, warn or error", c.Log.Level)
		}
	}
	o := &slog.HandlerOptions{Level: level}
	switch c.Log.Format {
	case "", "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, fmt.Errorf("log format %q: must be text or json", c.Log.Format)
}
