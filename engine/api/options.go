package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/google/uuid"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/engine/api/awsapi"
	"github.com/traillake/traillake/engine/api/grpcapi"
	"github.com/traillake/traillake/engine/api/rest"
)

// The addresses a server listens on when none are given.
const (
	DefaultHTTPAddr = "127.0.0.1:8700"
	DefaultGRPCAddr = "127.0.0.1:8701"
)

// Engine is what the fronts call, all of it; *engine.Engine is one. Safe for
// concurrent use.
type Engine interface {
	auth.Credentials
	awsapi.Stores
	grpcapi.Imports
	grpcapi.Queries
	grpcapi.Results
	grpcapi.Holdings
	grpcapi.Events
	grpcapi.Channels
	grpcapi.Watches
	grpcapi.Samples
	grpcapi.Language
	grpcapi.SavedQueries
	rest.Uploads
	rest.Events
	Operator
}

// Operator is the part of the engine that health and metrics ask. Safe for concurrent use.
type Operator interface {
	// Ready is nil when the engine can serve.
	Ready() error
	Metrics() []engine.Metric
	// Region is the AWS region in the lake's ARNs.
	Region() string
}

// Options says what a server serves and where. The zero value of every field but
// Engine is its default.
type Options struct {
	// Engine is required.
	Engine Engine
	// HTTPAddr and GRPCAddr are host:port; port 0 takes a free one. Defaults:
	// DefaultHTTPAddr, DefaultGRPCAddr.
	HTTPAddr, GRPCAddr string
	// TLS, when not nil, is spoken on both addresses.
	TLS *tls.Config
	// Insecure allows addresses beyond loopback without TLS.
	Insecure bool
	// Logger gets internal errors, and every request at debug level; nil discards.
	Logger *slog.Logger
	// Now is the clock that signatures are checked with; nil is time.Now.
	Now func() time.Time
	// NewID makes request ids; nil makes random UUIDs.
	NewID func() string
	// Sessions bound the sign-in sessions of the console.
	Sessions auth.SessionOptions
	// Version of the program, told to who has signed in.
	Version string
	// MaxBody bounds a request's body in bytes; 0 is 4 MiB.
	MaxBody int64
	// DrainTimeout bounds how long requests in flight may take once the server
	// stops; 0 is 10 seconds.
	DrainTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.HTTPAddr == "" {
		o.HTTPAddr = DefaultHTTPAddr
	}
	if o.GRPCAddr == "" {
		o.GRPCAddr = DefaultGRPCAddr
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of the option
	}
	if o.NewID == nil {
		o.NewID = uuid.NewString
	}
	if o.MaxBody == 0 {
		o.MaxBody = 4 << 20
	}
	if o.DrainTimeout == 0 {
		o.DrainTimeout = 10 * time.Second
	}
	return o
}

// Validate reports every problem of the options at once.
func (o Options) Validate() error {
	o = o.withDefaults()
	var errs []error
	if o.Engine == nil {
		errs = append(errs, errors.New("engine: is required"))
	}
	if o.MaxBody < 0 {
		errs = append(errs, fmt.Errorf("body limit %d: must not be negative", o.MaxBody))
	}
	if err := o.Sessions.Validate(); err != nil {
		errs = append(errs, err)
	}
	if o.DrainTimeout < 0 {
		errs = append(errs, fmt.Errorf("drain timeout %v: must not be negative", o.DrainTimeout))
	}
	for _, a := range []struct{ name, addr string }{{"HTTP", o.HTTPAddr}, {"gRPC", o.GRPCAddr}} {
		host, _, err := net.SplitHostPort(a.addr)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s address %q: must be host:port: %w", a.name, a.addr, err))
		case o.TLS == nil && !o.Insecure && !loopback(host):
			errs = append(errs, fmt.Errorf("%s address %q: reaches beyond this machine: give a TLS certificate and key, or say insecure", a.name, a.addr))
		}
	}
	return errors.Join(errs...)
}

// loopback tells whether a host is this machine only. An empty host is every address.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

type requestIDKey struct{}

func withRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
