package grpcapi

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	traillakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// healthServer answers the standard health checks from the engine's readiness.
// Watch stays unimplemented, which clients take for "do not watch".
type healthServer struct {
	grpc_health_v1.UnimplementedHealthServer
	ready func() error
}

// Check implements grpc_health_v1.HealthServer.
func (h healthServer) Check(_ context.Context, req *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	if s := req.GetService(); s != "" && s != traillakev1.LakeService_ServiceDesc.ServiceName {
		return nil, status.Errorf(codes.NotFound, "unknown service %q", s)
	}
	return &grpc_health_v1.HealthCheckResponse{Status: h.state()}, nil
}

// List implements grpc_health_v1.HealthServer.
func (h healthServer) List(context.Context, *grpc_health_v1.HealthListRequest) (*grpc_health_v1.HealthListResponse, error) {
	state := &grpc_health_v1.HealthCheckResponse{Status: h.state()}
	return &grpc_health_v1.HealthListResponse{Statuses: map[string]*grpc_health_v1.HealthCheckResponse{
		"": state, traillakev1.LakeService_ServiceDesc.ServiceName: state,
	}}, nil
}

func (h healthServer) state() grpc_health_v1.HealthCheckResponse_ServingStatus {
	if h.ready() != nil {
		return grpc_health_v1.HealthCheckResponse_NOT_SERVING
	}
	return grpc_health_v1.HealthCheckResponse_SERVING
}
