package grpcapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

const (
	callerKey    = "traillake-caller-bin"
	requestIDKey = "x-request-id"
	healthPrefix = "/grpc.health.v1.Health/"
)

// WithCaller puts who calls and the request's id into the outgoing metadata of a
// call to a server with Options.TrustCaller.
func WithCaller(ctx context.Context, p engine.Principal, requestID string) (context.Context, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode the caller: %w", err)
	}
	return metadata.AppendToOutgoingContext(ctx, callerKey, string(b), requestIDKey, requestID), nil
}

// gate stands before every method: it finds out who calls, gives the call an id,
// turns errors into statuses, and keeps a panic from ending the process.
type gate struct {
	verifier    *auth.Verifier
	logger      *slog.Logger
	newID       func() string
	trustCaller bool
}

func (g *gate) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	id := g.requestID(ctx)
	defer func() { err = g.finish(ctx, recover(), info.FullMethod, id, err) }()
	if err := grpc.SetHeader(ctx, metadata.Pairs(requestIDKey, id)); err != nil {
		return nil, err
	}
	ctx, err = g.admit(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	return next(ctx, req)
}

func (g *gate) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	id := g.requestID(ss.Context())
	defer func() { err = g.finish(ss.Context(), recover(), info.FullMethod, id, err) }()
	if err := ss.SetHeader(metadata.Pairs(requestIDKey, id)); err != nil {
		return err
	}
	ctx, err := g.admit(ss.Context(), info.FullMethod)
	if err != nil {
		return err
	}
	return next(srv, admittedStream{ServerStream: ss, ctx: ctx})
}

// admittedStream is a stream whose context knows who calls.
type admittedStream struct {
	grpc.ServerStream
	ctx context.Context
}

// Context implements grpc.ServerStream.
func (s admittedStream) Context() context.Context { return s.ctx }

func (g *gate) requestID(ctx context.Context) string {
	if g.trustCaller {
		if ids := metadata.ValueFromIncomingContext(ctx, requestIDKey); len(ids) == 1 {
			return ids[0]
		}
	}
	return g.newID()
}

func (g *gate) admit(ctx context.Context, method string) (context.Context, error) {
	if strings.HasPrefix(method, healthPrefix) {
		return ctx, nil
	}
	if g.trustCaller {
		if named := metadata.ValueFromIncomingContext(ctx, callerKey); len(named) == 1 {
			var p engine.Principal
			if err := json.Unmarshal([]byte(named[0]), &p); err != nil {
				return nil, fmt.Errorf("decode the caller: %w", err)
			}
			return auth.WithPrincipal(ctx, p), nil
		}
	}
	var authorization string
	switch values := metadata.ValueFromIncomingContext(ctx, "authorization"); len(values) {
	case 0:
	case 1:
		authorization = values[0]
	default:
		return nil, &auth.Error{Kind: auth.IncompleteSignature, Message: "authorization: must be given once"}
	}
	p, err := g.verifier.Basic(ctx, authorization)
	if err != nil {
		return nil, err
	}
	return auth.WithPrincipal(ctx, p), nil
}

// finish turns what a call ended with into a status and writes the log.
func (g *gate) finish(ctx context.Context, panicked any, method, id string, err error) error {
	if panicked != nil {
		g.logger.Error("call panicked", "request", id, "method", method, "panic", panicked, "stack", string(debug.Stack()))
		err = engine.Errorf(engine.Internal, "internal error")
	}
	st := toStatus(ctx, err, id)
	if st.Code() == codes.Internal && panicked == nil {
		g.logger.Error("call failed", "request", id, "method", method, "err", cause(err))
	}
	g.logger.Debug("call", "request", id, "method", method, "code", st.Code().String())
	return st.Err()
}

// cause is what the log tells of an error: with what the caller is not told.
func cause(err error) error {
	if e := engine.AsError(err); e.Err != nil {
		return fmt.Errorf("%w: %w", e, e.Err)
	}
	if s, ok := status.FromError(err); ok {
		return s.Err()
	}
	return err
}
