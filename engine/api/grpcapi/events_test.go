package grpcapi_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// TestStreamPutEvents: every message is answered in its order, and the error of one
// ends the stream after the answers before it.
func TestStreamPutEvents(t *testing.T) {
	e := &apitest.Engine{}
	stream, err := pb.NewLakeServiceClient(dial(t, e, false)).StreamPutEvents(signedIn())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := stream.Send(&pb.PutEventsRequest{EventDataStore: "s", Events: []string{"{}"}}); err != nil {
			t.Fatal(err)
		}
		resp, err := stream.Recv()
		if err != nil || resp.Stored != 1 || len(resp.Results) != 3 || resp.Results[0].Status != string(engine.PutStored) {
			t.Fatalf("answer %v, %v", resp, err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}

	e = &apitest.Engine{Fail: func(context.Context, string) error { return engine.Errorf(engine.Throttling, "come again") }}
	if stream, err = pb.NewLakeServiceClient(dial(t, e, false)).StreamPutEvents(signedIn()); err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&pb.PutEventsRequest{EventDataStore: "s", Events: []string{"{}"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("a request that is refused: %v", err)
	}
}
