package rest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	traillakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

const arrowStream = "application/vnd.apache.arrow.stream"

// stream answers with the Arrow IPC bytes of StreamQueryResults as they come.
func (h *handler) stream(w http.ResponseWriter, r *http.Request, queryID string) {
	q := r.URL.Query()
	pieces, err := h.client.StreamQueryResults(r.Context(), &traillakev1.StreamQueryResultsRequest{
		QueryId: queryID, EventDataStore: optional(q, "eventDataStore"), EventDataStoreOwnerAccountId: optional(q, "eventDataStoreOwnerAccountId"),
	})
	if err != nil {
		h.writeError(w, fromStatus(err))
		return
	}
	w.Header().Set("Content-Type", arrowStream)
	relay(h, w, queryID, pieces.Recv, nil)
}

// export answers with the file of ExportQueryResults, to be saved under its name.
func (h *handler) export(w http.ResponseWriter, r *http.Request, queryID string) {
	q := r.URL.Query()
	pieces, err := h.client.ExportQueryResults(r.Context(), &traillakev1.ExportQueryResultsRequest{
		QueryId: queryID, Format: q.Get("format"), EventDataStoreOwnerAccountId: optional(q, "eventDataStoreOwnerAccountId"),
	})
	if err != nil {
		h.writeError(w, fromStatus(err))
		return
	}
	relay(h, w, queryID, pieces.Recv, func(first *traillakev1.ExportQueryResultsResponse) {
		w.Header().Set("Content-Type", first.GetContentType())
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": first.GetFileName()}))
	})
}

// optional is a parameter of a request's query, or nil.
func optional(q url.Values, name string) *string {
	if !q.Has(name) {
		return nil
	}
	v := q.Get(name)
	return &v
}

// piece is a message of a stream of bytes.
type piece interface {
	GetData() []byte
}

// relay answers with the bytes of a stream as they come; begin, when not nil,
// sees the first message. An error before the first message is an ordinary error
// answer; a later one can only break the connection off, so that the client does
// not take a part for the whole.
func relay[P piece](h *handler, w http.ResponseWriter, queryID string, recv func() (P, error), begin func(P)) {
	message, err := recv()
	if err != nil && !errors.Is(err, io.EOF) {
		h.writeError(w, fromStatus(err))
		return
	}
	if err == nil && begin != nil {
		begin(message)
	}
	out := http.NewResponseController(w)
	for ; err == nil; message, err = recv() {
		if _, err := w.Write(message.GetData()); err != nil {
			h.sent(0, err)
			return
		}
		if err := out.Flush(); err != nil {
			h.sent(0, err)
			return
		}
	}
	if !errors.Is(err, io.EOF) {
		h.opts.Logger.Debug("result stream broken off", "query", queryID, "err", err)
		panic(http.ErrAbortHandler)
	}
}
