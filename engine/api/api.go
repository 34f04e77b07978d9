// Package api serves the lake: it listens, mounts the fronts (the AWS wire, REST,
// gRPC, the console) beside health checks and metrics, and drains when it stops.
package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/engine/api/grpcapi"
)

const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = time.Minute
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	inProcessBuffer   = 1 << 20
)

// Server is a running server.
type Server struct {
	opts       Options
	httpAddr   string
	grpcAddr   string
	http       *http.Server
	grpc       *grpc.Server // for clients
	inProcess  *grpc.Server // for REST; nobody else can reach it
	conn       *grpc.ClientConn
	grpcListen net.Listener

	stop    context.CancelFunc
	serving sync.WaitGroup // the Serve loops
	failed  chan error     // the first loop that ended by itself
	done    chan struct{}  // closed when everything has ended
	err     error          // why; set before done is closed
}

// Serve listens and serves until ctx ends or Close is called; it returns when the
// server answers. Then the server takes no more connections, finishes what is in
// flight within Options.DrainTimeout, and breaks off the rest.
func Serve(ctx context.Context, opts Options) (*Server, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	s := &Server{opts: opts, failed: make(chan error, 3), done: make(chan struct{})}
	httpListen, err := listen(ctx, opts.HTTPAddr, opts.TLS, "http/1.1")
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP: %w", err)
	}
	s.grpcListen, err = listen(ctx, opts.GRPCAddr, opts.TLS, "h2")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listen for gRPC: %w", err), httpListen.Close())
	}
	s.httpAddr, s.grpcAddr = httpListen.Addr().String(), s.grpcListen.Addr().String()
	if err := s.build(ctx); err != nil {
		return nil, errors.Join(err, httpListen.Close(), s.grpcListen.Close())
	}
	s.run(ctx, httpListen)
	return s, nil
}

func listen(ctx context.Context, addr string, conf *tls.Config, protocol string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil || conf == nil {
		return l, err
	}
	conf = conf.Clone()
	conf.NextProtos = []string{protocol}
	return tls.NewListener(l, conf), nil
}

func (s *Server) build(ctx context.Context) error {
	verifier := auth.New(s.opts.Engine, s.opts.Now)
	options := grpcapi.Options{
		Stores: s.opts.Engine, Imports: s.opts.Engine, Queries: s.opts.Engine,
		Results: s.opts.Engine, Holdings: s.opts.Engine, Events: s.opts.Engine, Channels: s.opts.Engine, Watches: s.opts.Engine, Samples: s.opts.Engine,
		Language: s.opts.Engine, Saved: s.opts.Engine,
		Auth: verifier, NewID: s.opts.NewID, Ready: s.opts.Engine.Ready, Logger: s.opts.Logger,
	}
	s.grpc = grpcapi.New(options)
	options.TrustCaller = true
	s.inProcess = grpcapi.New(options)
	pipe := bufconn.Listen(inProcessBuffer)
	var err error
	s.conn, err = grpc.NewClient("passthrough:///in-process",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		// A page of results may be larger than gRPC's default limit.
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)))
	if err != nil {
		return fmt.Errorf("connect REST to gRPC: %w", err)
	}
	handler, err := s.handler(ctx, verifier)
	if err != nil {
		return errors.Join(err, s.conn.Close())
	}
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          errorLog(s.opts.Logger),
	}
	s.loop(func() error { return s.inProcess.Serve(pipe) })
	return nil
}

// loop runs a server; one that ends before it is told to ends them all.
func (s *Server) loop(serve func() error) {
	s.serving.Go(func() {
		if err := serve(); err != nil {
			s.failed <- err
		}
	})
}

func (s *Server) run(ctx context.Context, httpListen net.Listener) {
	ctx, s.stop = context.WithCancel(ctx)
	s.loop(func() error {
		if err := s.http.Serve(httpListen); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve HTTP: %w", err)
		}
		return nil
	})
	s.loop(func() error {
		if err := s.grpc.Serve(s.grpcListen); err != nil && ctx.Err() == nil {
			return fmt.Errorf("serve gRPC: %w", err)
		}
		return nil
	})
	go func() {
		defer close(s.done)
		select {
		case <-ctx.Done():
		case s.err = <-s.failed:
		}
		s.stop()
		s.err = errors.Join(s.err, s.drain())
	}()
}

// drain ends the listeners first, then waits for what is in flight. REST's calls
// go through the in-process server, so that one ends last.
func (s *Server) drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.DrainTimeout)
	defer cancel()
	var ends sync.WaitGroup
	ends.Go(func() {
		if s.http.Shutdown(ctx) != nil {
			s.opts.Logger.Warn("requests broken off", "after", s.opts.DrainTimeout)
			_ = s.http.Close() // only repeats that the listener is closed
		}
	})
	ends.Go(func() {
		graceful := make(chan struct{})
		go func() { defer close(graceful); s.grpc.GracefulStop() }()
		select {
		case <-graceful:
		case <-ctx.Done():
			s.opts.Logger.Warn("calls broken off", "after", s.opts.DrainTimeout)
			s.grpc.Stop()
			<-graceful
		}
	})
	ends.Wait()
	err := s.conn.Close()
	s.inProcess.Stop()
	s.serving.Wait()
	return err
}

// HTTPAddr is the address HTTP is served on, with the real port.
func (s *Server) HTTPAddr() string { return s.httpAddr }

// GRPCAddr is the address gRPC is served on, with the real port.
func (s *Server) GRPCAddr() string { return s.grpcAddr }

// Done is closed when the server has ended.
func (s *Server) Done() <-chan struct{} { return s.done }

// Wait waits until the server has ended and tells why: nil when it was told to.
func (s *Server) Wait() error {
	<-s.done
	return s.err
}

// Close stops the server as the end of Serve's context does, and waits.
func (s *Server) Close() error {
	s.stop()
	return s.Wait()
}
