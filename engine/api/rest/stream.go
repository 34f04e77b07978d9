package rest

import (
	"errors"
	"io"
	"net/http"

	traillakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

const arrowStream = "application/vnd.apache.arrow.stream"

// stream answers with the Arrow IPC bytes of StreamQueryResults as they come. An
// error before the first byte is an ordinary error answer; a later one can only
// break the connection off, so that the client does not take a part for the whole.
func (h *handler) stream(w http.ResponseWriter, r *http.Request, queryID string) {
	req := &traillakev1.StreamQueryResultsRequest{QueryId: queryID}
	q := r.URL.Query()
	if q.Has("eventDataStore") {
		v := q.Get("eventDataStore")
		req.EventDataStore = &v
	}
	if q.Has("eventDataStoreOwnerAccountId") {
		v := q.Get("eventDataStoreOwnerAccountId")
		req.EventDataStoreOwnerAccountId = &v
	}
	pieces, err := h.client.StreamQueryResults(r.Context(), req)
	if err != nil {
		h.writeError(w, fromStatus(err))
		return
	}
	piece, err := pieces.Recv()
	if err != nil && !errors.Is(err, io.EOF) {
		h.writeError(w, fromStatus(err))
		return
	}
	w.Header().Set("Content-Type", arrowStream)
	out := http.NewResponseController(w)
	for ; err == nil; piece, err = pieces.Recv() {
		if _, err := w.Write(piece.GetData()); err != nil {
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
