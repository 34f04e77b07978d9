package grpcapi

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

// pieceBytes bounds a message of StreamQueryResults: far below gRPC's default
// limit of 4 MiB for what a client takes, so that no client must raise it.
const pieceBytes = 256 << 10

func (s *lakeServer) StreamQueryResults(r *pb.StreamQueryResultsRequest, out pb.LakeService_StreamQueryResultsServer) (err error) {
	ctx := out.Context()
	batches, err := s.queries.StreamQueryResults(ctx, caller(ctx), engine.QueryRef{
		QueryID: r.GetQueryId(), EventDataStore: r.EventDataStore, OwnerAccountID: r.EventDataStoreOwnerAccountId,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, batches.Close()) }()
	pieces := &pieceWriter{send: func(b []byte) error { return out.Send(&pb.StreamQueryResultsResponse{Data: b}) }}
	w := ipc.NewWriter(pieces, ipc.WithSchema(batches.Schema()))
	for {
		rec, err := batches.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		err = w.Write(rec)
		rec.Release()
		if err != nil {
			return fmt.Errorf("encode a batch of query %s: %w", r.GetQueryId(), err)
		}
		// A batch is sent when it is there: the next may take its time.
		if err := pieces.flush(); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("end the stream of query %s: %w", r.GetQueryId(), err)
	}
	return pieces.flush()
}

// pieceWriter cuts what is written to it into messages.
type pieceWriter struct {
	buf  []byte
	send func([]byte) error
}

// Write implements io.Writer.
func (w *pieceWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		k := min(len(p), pieceBytes-len(w.buf))
		w.buf = append(w.buf, p[:k]...)
		p = p[k:]
		if len(w.buf) == pieceBytes {
			if err := w.flush(); err != nil {
				return n - len(p), err
			}
		}
	}
	return n, nil
}

// flush sends what is buffered. The message owns its bytes: gRPC may still read
// them after Send returns.
func (w *pieceWriter) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	b := w.buf
	w.buf = nil
	return w.send(b)
}
