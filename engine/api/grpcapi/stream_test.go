package grpcapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

func receive(t *testing.T, e *apitest.Engine) (data []byte, largest int, err error) {
	t.Helper()
	stream, err := pb.NewLakeServiceClient(dial(t, e, false)).StreamQueryResults(signedIn(), &pb.StreamQueryResultsRequest{QueryId: apitest.QueryID})
	if err != nil {
		t.Fatal(err)
	}
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return data, largest, nil
		}
		if err != nil {
			return data, largest, err
		}
		data = append(data, piece.GetData()...)
		largest = max(largest, len(piece.GetData()))
	}
}

// TestStream reads the stream back with Arrow's own reader; the second result has
// batches larger than a message.
func TestStream(t *testing.T) {
	for _, size := range []struct{ batches, rows int }{{0, 0}, {2, 3}, {2, 50_000}} {
		result := apitest.NewStream(size.batches, size.rows, nil)
		e := &apitest.Engine{Stream: func() engine.ResultStream { return result }}
		data, largest, err := receive(t, e)
		if err != nil {
			t.Fatal(err)
		}
		if largest > 1<<20 {
			t.Errorf("a message has %d bytes", largest)
		}
		if !result.Closed() {
			t.Error("the result was not closed")
		}
		r, err := ipc.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if m := r.Schema().Field(0).Metadata; m.FindKey("trino.type") < 0 {
			t.Errorf("field metadata = %v, want the SQL type in it", m)
		}
		rows := int64(0)
		for r.Next() {
			n := r.Record().Column(1).(*array.Int64)
			for i := range n.Len() {
				if n.Value(i) != rows {
					t.Fatalf("row %d holds %d", rows, n.Value(i))
				}
				if null := r.Record().Column(0).IsNull(i); null != (rows%3 == 2) {
					t.Fatalf("row %d: null = %v", rows, null)
				}
				rows++
			}
		}
		if want := int64(size.batches * size.rows); r.Err() != nil || rows != want {
			t.Errorf("%d rows, %v, want %d", rows, r.Err(), want)
		}
		r.Release()
	}
}

func TestStreamErrors(t *testing.T) {
	t.Run("at once", func(t *testing.T) {
		e := &apitest.Engine{Fail: func(context.Context, string) error { return engine.Errorf(engine.QueryIDNotFound, "no such query") }}
		if _, _, err := receive(t, e); status.Code(err) != codes.NotFound {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("after a batch", func(t *testing.T) {
		result := apitest.NewStream(1, 3, engine.Errorf(engine.InactiveQuery, "cancelled"))
		e := &apitest.Engine{Stream: func() engine.ResultStream { return result }}
		data, _, err := receive(t, e)
		if status.Code(err) != codes.FailedPrecondition || !strings.Contains(err.Error(), "cancelled") || len(data) == 0 {
			t.Errorf("%d bytes, then %v", len(data), err)
		}
		if !result.Closed() {
			t.Error("the result was not closed")
		}
	})
}
