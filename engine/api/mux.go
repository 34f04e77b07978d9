package api

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"math"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/traillake/traillake/engine/api/auth"
	"github.com/traillake/traillake/engine/api/awsapi"
	"github.com/traillake/traillake/engine/api/console"
	"github.com/traillake/traillake/engine/api/grpcapi"
	"github.com/traillake/traillake/engine/api/rest"
)

const maxMessage = math.MaxInt32

// handler mounts everything HTTP.
func (s *Server) handler(ctx context.Context, verifier *auth.Verifier) (http.Handler, error) {
	sessions, err := auth.NewSessions(verifier, s.opts.Sessions)
	if err != nil {
		return nil, err
	}
	restHandler, err := rest.New(ctx, rest.Options{
		Conn: s.conn, Uploads: s.opts.Engine, Events: s.opts.Engine, Auth: verifier, Sessions: sessions, Region: s.opts.Engine.Region(), Version: s.opts.Version,
		Outgoing: grpcapi.WithCaller, RequestID: requestID, MaxBody: s.opts.MaxBody, Now: s.opts.Now, Logger: s.opts.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("set REST up: %w", err)
	}
	mux := http.NewServeMux()
	aws := awsapi.New(awsapi.Options{
		Stores: s.opts.Engine, Imports: s.opts.Engine, Queries: s.opts.Engine, Samples: s.opts.Engine, Channels: s.opts.Engine,
		Auth: verifier, RequestID: requestID, MaxBody: s.opts.MaxBody, Logger: s.opts.Logger,
	})
	mux.Handle("POST /{$}", aws)
	mux.Handle("POST /PutAuditEvents", aws)
	mux.Handle("/api/", restHandler)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { s.plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.readyz)
	registry := prometheus.NewRegistry()
	if err := registry.Register(collector{s.opts.Engine}); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorLog: errorLog(s.opts.Logger), ErrorHandling: promhttp.ContinueOnError}))
	pages, err := console.Handler()
	if err != nil {
		return nil, fmt.Errorf("set the console up: %w", err)
	}
	mux.Handle("/", pages)
	return s.observe(mux), nil
}

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	if err := s.opts.Engine.Ready(); err != nil {
		s.opts.Logger.Debug("not ready", "err", err)
		s.plain(w, http.StatusServiceUnavailable, "not ready")
		return
	}
	s.plain(w, http.StatusOK, "ready")
}

func (s *Server) plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := fmt.Fprintln(w, text); err != nil {
		s.opts.Logger.Debug("answer not sent", "err", err)
	}
}

// observe gives every request an id, keeps a panic from reaching the client as a
// broken connection, and logs at debug level.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, start := s.opts.NewID(), s.opts.Now()
		w.Header().Set("X-Request-Id", id)
		seen := &seenWriter{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
					panic(p)
				}
				s.opts.Logger.Error("request panicked", "request", id, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				if seen.status == 0 {
					http.Error(seen, "internal error (request "+id+")", http.StatusInternalServerError)
				}
			}
			s.opts.Logger.Debug("request", "request", id, "method", r.Method, "path", r.URL.Path,
				"status", seen.status, "took", s.opts.Now().Sub(start).Round(time.Microsecond))
		}()
		next.ServeHTTP(seen, r.WithContext(withRequestID(r.Context(), id)))
	})
}

// seenWriter remembers the status of an answer.
type seenWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *seenWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *seenWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *seenWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// errorLog carries what net/http complains of (a client's broken handshake) to
// the log at debug level: a client must not be able to fill it.
func errorLog(logger *slog.Logger) *log.Logger {
	return slog.NewLogLogger(logger.Handler(), slog.LevelDebug)
}
