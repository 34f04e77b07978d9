// Package rest serves the lake's operations as REST under /api/v1: the generated
// grpc-gateway over a connection inside the process, so that every call passes
// the gRPC server's interceptors. Of its own it has only the check of the
// credentials (gRPC metadata cannot carry an AWS signature), the console's
// sessions, the Arrow stream and exports, whose bytes the gateway would wrap in
// JSON, the upload of files for an import, live events as lines of JSON or in
// deliveries of Amazon Data Firehose, and the OpenAPI page.
package rest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
	traillakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// Uploads is the part of the engine that keeps files for an import that reads
// from upload://id/. Safe for concurrent use; r is read to its end or an error.
type Uploads interface {
	PutUpload(ctx context.Context, p engine.Principal, id, key string, r io.Reader) error
}

// Options says what the REST front talks to. Conn, Uploads, Events, Auth, Sessions,
// Outgoing and RequestID are required.
type Options struct {
	// Conn reaches a gRPC server of this process that believes what Outgoing adds.
	Conn    grpc.ClientConnInterface
	Uploads Uploads
	Events  Events
	Auth    *auth.Verifier
	// Sessions are the browsers that have signed in; their cookie is taken where no
	// Authorization header is.
	Sessions *auth.Sessions
	// Region and Version, of the lake and of the program, are told to who asks who he is.
	Region, Version string
	// Outgoing adds to a gRPC call who calls and the request's id.
	Outgoing func(ctx context.Context, p engine.Principal, requestID string) (context.Context, error)
	// RequestID tells a request's id.
	RequestID func(context.Context) string
	// MaxBody bounds a request's body in bytes, but not an upload's, which the
	// engine bounds; 0 means 4 MiB.
	MaxBody int64
	// Now is the clock of answers to Firehose; nil is time.Now.
	Now func() time.Time
	// Logger gets what goes wrong while an answer is written; nil discards.
	Logger *slog.Logger
}

// handler is the front.
type handler struct {
	opts    Options
	client  traillakev1.LakeServiceClient
	gateway *runtime.ServeMux
	// deliveries holds a place for each delivery of Firehose in memory.
	deliveries chan struct{}
}

// New makes the handler of /api/v1/. ctx bounds the setting up only.
func New(ctx context.Context, opts Options) (http.Handler, error) {
	if opts.MaxBody == 0 {
		opts.MaxBody = 4 << 20
	}
	if opts.Now == nil {
		opts.Now = time.Now //nolint:forbidigo // the default of the option
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	h := &handler{opts: opts, client: traillakev1.NewLakeServiceClient(opts.Conn), deliveries: make(chan struct{}, firehoseAtOnce)}
	h.gateway = runtime.NewServeMux(
		// A store may be named by its ARN, whose slash and colons a client may escape.
		runtime.WithUnescapingMode(runtime.UnescapingModeAllCharacters),
		// Nothing a client sends may pass for what this front adds.
		runtime.WithIncomingHeaderMatcher(noHeader),
		runtime.WithOutgoingHeaderMatcher(noHeader),
		runtime.WithOutgoingTrailerMatcher(noHeader),
		runtime.WithMetadata(func(ctx context.Context, _ *http.Request) metadata.MD {
			md, _ := metadata.FromOutgoingContext(ctx)
			return md
		}),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithErrorHandler(func(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, _ *http.Request, err error) {
			h.writeError(w, fromStatus(err))
		}),
		runtime.WithRoutingErrorHandler(func(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, status int) {
			h.writeError(w, routingError(r, status))
		}),
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.JSONPb{
			MarshalOptions: protojson.MarshalOptions{EmitDefaultValues: true},
		}),
	)
	if err := traillakev1.RegisterLakeServiceHandlerClient(ctx, h.gateway, h.client); err != nil {
		return nil, fmt.Errorf("register the gateway: %w", err)
	}
	return h, nil
}

func noHeader(string) (string, bool) { return "", false }

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.URL.Path == "/api/v1/openapi.json" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		h.openAPI(w)
		return
	}
	if r.URL.Path == "/api/v1/session" {
		h.session(w, r)
		return
	}
	if id, key, ok := uploadedFile(r); ok {
		h.upload(w, r, id, key)
		return
	}
	if eventLines(r) {
		h.putLines(w, r)
		return
	}
	if firehoseDelivery(r) {
		h.firehose(w, r)
		return
	}
	r, err := h.admit(w, r)
	if err != nil {
		h.writeError(w, err)
		return
	}
	if id, what, ok := streamedQuery(r); ok {
		switch what {
		case "stream":
			h.stream(w, r, id)
			return
		case "export":
			h.export(w, r, id)
			return
		}
	}
	h.gateway.ServeHTTP(w, r)
}

// openAPI serves the page that describes the paths; it is for everyone.
func (h *handler) openAPI(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	h.sent(w.Write(traillakev1.OpenAPI))
}

// streamedQuery takes GET /api/v1/queries/{id}/{what} apart.
func streamedQuery(r *http.Request) (id, what string, ok bool) {
	if r.Method != http.MethodGet {
		return "", "", false
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/api/v1/queries/")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "/")
}

// sent notes an answer that did not reach the client, which nobody else can be told.
func (h *handler) sent(_ int, err error) {
	if err != nil {
		h.opts.Logger.Debug("answer not sent", "err", err)
	}
}
