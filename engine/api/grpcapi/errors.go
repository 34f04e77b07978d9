package grpcapi

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

// ErrorDomain is the domain of the google.rpc.ErrorInfo that a failed call
// carries; its reason is the engine.Code, or the auth.Kind of a call not let in.
const ErrorDomain = "traillake"

// codeOf is the gRPC code of every engine.Code.
var codeOf = map[engine.Code]codes.Code{
	engine.AccessDenied:                       codes.PermissionDenied,
	engine.UnrecognizedClient:                 codes.Unauthenticated,
	engine.AccountHasOngoingImport:            codes.FailedPrecondition,
	engine.ChannelAlreadyExists:               codes.AlreadyExists,
	engine.ChannelARNInvalid:                  codes.InvalidArgument,
	engine.ChannelExistsForEDS:                codes.FailedPrecondition,
	engine.ChannelInsufficientPermission:      codes.PermissionDenied,
	engine.ChannelMaxLimitExceeded:            codes.ResourceExhausted,
	engine.ChannelNotFound:                    codes.NotFound,
	engine.DuplicatedAuditEventID:             codes.InvalidArgument,
	engine.InvalidSource:                      codes.InvalidArgument,
	engine.TagsLimitExceeded:                  codes.ResourceExhausted,
	engine.Conflict:                           codes.Aborted,
	engine.EventDataStoreAlreadyExists:        codes.AlreadyExists,
	engine.EventDataStoreARNInvalid:           codes.InvalidArgument,
	engine.EventDataStoreHasOngoingImport:     codes.FailedPrecondition,
	engine.EventDataStoreMaxLimitExceeded:     codes.ResourceExhausted,
	engine.EventDataStoreNotFound:             codes.NotFound,
	engine.EventDataStoreTerminationProtected: codes.FailedPrecondition,
	engine.ImportNotFound:                     codes.NotFound,
	engine.WatchedSourceNotFound:              codes.NotFound,
	engine.InactiveEventDataStore:             codes.FailedPrecondition,
	engine.InactiveQuery:                      codes.FailedPrecondition,
	engine.InsufficientStorage:                codes.ResourceExhausted,
	engine.Internal:                           codes.Internal,
	engine.InvalidDateRange:                   codes.InvalidArgument,
	engine.InvalidEventDataStoreCategory:      codes.FailedPrecondition,
	engine.InvalidEventDataStoreStatus:        codes.FailedPrecondition,
	engine.InvalidEventSelectors:              codes.InvalidArgument,
	engine.InvalidImportSource:                codes.InvalidArgument,
	engine.InvalidMaxResults:                  codes.InvalidArgument,
	engine.InvalidNextToken:                   codes.InvalidArgument,
	engine.InvalidParameter:                   codes.InvalidArgument,
	engine.InvalidQueryStatement:              codes.InvalidArgument,
	engine.InvalidQueryStatus:                 codes.InvalidArgument,
	engine.InvalidTagParameter:                codes.InvalidArgument,
	engine.MaxConcurrentQueries:               codes.ResourceExhausted,
	engine.QueryIDNotFound:                    codes.NotFound,
	engine.SavedQueryMaxLimitExceeded:         codes.ResourceExhausted,
	engine.SampleQueryNotFound:                codes.NotFound,
	engine.SavedQueryNotFound:                 codes.NotFound,
	engine.Throttling:                         codes.ResourceExhausted,
	engine.UnsupportedOperation:               codes.Unimplemented,
}

// toStatus turns what a call ended with into its status. A status, of a method
// that does not exist for one, stays as it is; an error the engine did not name
// becomes Internal and tells nothing but the request's id.
func toStatus(ctx context.Context, err error, requestID string) *status.Status {
	if err == nil {
		return status.New(codes.OK, "")
	}
	var refused *auth.Error
	if errors.As(err, &refused) {
		return withReason(codes.Unauthenticated, refused.Message, string(refused.Kind), requestID)
	}
	var known *engine.Error
	if errors.As(err, &known) {
		code, ok := codeOf[known.Code]
		if !ok {
			code = codes.Unknown
		}
		return withReason(code, known.Message, string(known.Code), requestID)
	}
	if st, ok := status.FromError(err); ok {
		return st
	}
	if ctx.Err() != nil { // the caller has gone or its time is up
		return status.FromContextError(ctx.Err())
	}
	return withReason(codes.Internal, "internal error", string(engine.Internal), requestID)
}

func withReason(code codes.Code, message, reason, requestID string) *status.Status {
	st := status.New(code, message)
	detailed, err := st.WithDetails(
		&errdetails.ErrorInfo{Reason: reason, Domain: ErrorDomain},
		&errdetails.RequestInfo{RequestId: requestID},
	)
	if err != nil { // only an OK status has no details
		return st
	}
	return detailed
}
