package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

// The format is that of the Amazon Data Firehose Developer Guide, "HTTP endpoint
// delivery request and response specifications", version 1.0.
const (
	firehosePath      = "/api/v1/firehose"
	firehoseAccessKey = "X-Amz-Firehose-Access-Key"
	firehoseRequestID = "X-Amz-Firehose-Request-Id"

	firehoseBody    = 64 << 20 // of a request, before its compression
	firehosePiece   = 8 << 20  // of records stored at once
	firehoseMessage = 8192     // characters of an errorMessage
	firehoseAtOnce  = 4        // deliveries in memory
)

// firehoseDelivery tells whether a request is a delivery of Amazon Data Firehose:
// POST /api/v1/firehose?eventDataStore=STORE.
func firehoseDelivery(r *http.Request) bool {
	return r.URL.Path == firehosePath && r.Method == http.MethodPost
}

// firehoseAnswer is what Firehose expects of every answer.
type firehoseAnswer struct {
	RequestID    string `json:"requestId"`
	Timestamp    int64  `json:"timestamp"` // milliseconds
	ErrorMessage string `json:"errorMessage,omitempty"`
}

// firehose stores the events of a delivery and answers 200 when all are durable.
// Firehose sends again what was answered otherwise, but for 413; events that are
// stored by then are not added twice.
func (h *handler) firehose(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get(firehoseRequestID)
	err := h.deliver(w, r, &id)
	status, answer := http.StatusOK, firehoseAnswer{RequestID: id, Timestamp: h.opts.Now().UnixMilli()}
	if err != nil {
		e := restErrorOf(err)
		if e.status == http.StatusInternalServerError {
			h.opts.Logger.Error("delivery of Firehose", "request", h.opts.RequestID(r.Context()), "delivery", id, "err", err)
		}
		status, answer.ErrorMessage = e.status, e.Code+": "+e.Message
		if text := []rune(answer.ErrorMessage); len(text) > firehoseMessage {
			answer.ErrorMessage = string(text[:firehoseMessage])
		}
	}
	b, err := json.Marshal(answer)
	if err != nil {
		h.writeError(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", formatBytes(int64(len(b))))
	w.WriteHeader(status)
	h.sent(w.Write(b))
}

// deliver takes a delivery; id becomes the one that its body names.
func (h *handler) deliver(w http.ResponseWriter, r *http.Request, id *string) error {
	principal, err := h.firehoseCaller(w, r)
	if err != nil {
		return admissionError(err)
	}
	// The server's read timeout is for strangers.
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	body := io.Reader(http.MaxBytesReader(w, r.Body, firehoseBody))
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return badDelivery("the body is no gzip: %v", err)
		}
		body = http.MaxBytesReader(w, z, firehoseBody)
	default:
		return badDelivery("Content-Encoding %q: must be gzip, or not be there", encoding)
	}
	// A body and its records are in memory: few at a time.
	select {
	case h.deliveries <- struct{}{}:
		defer func() { <-h.deliveries }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	d, err := readDelivery(body)
	if d.RequestID != "" {
		*id = d.RequestID
	}
	if err != nil {
		return err
	}
	in := engine.PutRecordsInput{EventDataStore: r.URL.Query().Get("eventDataStore"), Source: r.URL.Query().Get("source")}
	if in.Source == "" {
		in.Source = "Firehose"
	}
	return h.putDelivery(auth.WithPrincipal(r.Context(), principal), principal, in, d)
}

// firehoseCaller tells who delivers: the access key of the stream is one of the
// lake's, as id:secret. Without one the request is authorized as any other.
func (h *handler) firehoseCaller(w http.ResponseWriter, r *http.Request) (engine.Principal, error) {
	if key := r.Header.Get(firehoseAccessKey); key != "" {
		return h.opts.Auth.AccessKey(r.Context(), key)
	}
	return h.caller(r, func() ([]byte, error) {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.opts.MaxBody))
		r.Body = io.NopCloser(bytes.NewReader(b))
		return b, err
	})
}

func badDelivery(format string, args ...any) error {
	return &restError{status: http.StatusBadRequest, Code: string(engine.InvalidParameter), Message: fmt.Sprintf(format, args...)}
}

// delivery is the body of a request.
type delivery struct {
	RequestID string `json:"requestId"`
	Records   []struct {
		Data []byte `json:"data"`
	} `json:"records"`
}

func readDelivery(body io.Reader) (d delivery, err error) {
	text, err := io.ReadAll(body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return d, admissionError(err)
	case err != nil:
		return d, badDelivery("the body cannot be read: %v", err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, badDelivery("the body: %v", err)
	}
	if d.RequestID == "" {
		return d, badDelivery("the body has no requestId")
	}
	return d, nil
}

// putDelivery stores the records piece by piece.
func (h *handler) putDelivery(ctx context.Context, p engine.Principal, in engine.PutRecordsInput, d delivery) error {
	size := 0
	for i, record := range d.Records {
		in.Records = append(in.Records, record.Data)
		if size += len(record.Data); size < firehosePiece && i < len(d.Records)-1 {
			continue
		}
		if _, err := h.opts.Events.PutRecords(ctx, p, in); err != nil {
			return err
		}
		in.Records, size = nil, 0
	}
	return nil
}
