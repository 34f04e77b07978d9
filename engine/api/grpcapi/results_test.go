package grpcapi_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// export calls ExportQueryResults against an engine that writes so.
func export(t *testing.T, write func(io.Writer) error) (first *pb.ExportQueryResultsResponse, data []byte, err error) {
	t.Helper()
	e := &apitest.Engine{Export: &engine.ResultExport{FileName: "f.csv", ContentType: "text/csv", Write: write}}
	stream, err := pb.NewLakeServiceClient(dial(t, e, false)).ExportQueryResults(signedIn(), &pb.ExportQueryResultsRequest{QueryId: "q", Format: "csv"})
	if err != nil {
		t.Fatal(err)
	}
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return first, data, nil
		}
		if err != nil {
			return first, data, err
		}
		if first == nil {
			first = piece
		} else if piece.GetFileName() != "" {
			t.Error("a later message has the file's name too")
		}
		data = append(data, piece.GetData()...)
	}
}

func TestExport(t *testing.T) {
	for _, size := range []int{0, 1, 256 << 10, 1 << 20} {
		want := bytes.Repeat([]byte("x"), size)
		first, data, err := export(t, func(w io.Writer) error { _, err := w.Write(want); return err })
		if err != nil || !bytes.Equal(data, want) {
			t.Errorf("%d bytes: got %d, %v", size, len(data), err)
		}
		if first.GetFileName() != "f.csv" || first.GetContentType() != "text/csv" {
			t.Errorf("%d bytes: file %q of %q", size, first.GetFileName(), first.GetContentType())
		}
	}
}

func TestExportErrors(t *testing.T) {
	fails := engine.Errorf(engine.InactiveQuery, "cancelled")
	first, _, err := export(t, func(io.Writer) error { return fails })
	if first != nil || status.Code(err) != codes.FailedPrecondition {
		t.Errorf("at once: %v, %v", first, err)
	}
	_, data, err := export(t, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 300<<10)); err != nil {
			return err
		}
		return fails
	})
	if len(data) == 0 || status.Code(err) != codes.FailedPrecondition {
		t.Errorf("later: %d bytes, %v", len(data), err)
	}
}
