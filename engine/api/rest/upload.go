package rest

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

// uploadedFile recognises PUT /api/v1/uploads/{id}/{key}; the key may have slashes.
func uploadedFile(r *http.Request) (id, key string, ok bool) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/api/v1/uploads/")
	if !ok || r.Method != http.MethodPut {
		return "", "", false
	}
	id, key, ok = strings.Cut(rest, "/")
	return id, key, ok
}

// upload hands a file to the engine as it comes in; see admitLong.
func (h *handler) upload(w http.ResponseWriter, r *http.Request, id, key string) {
	principal, body, err := h.admitLong(w, r)
	if err != nil {
		h.writeError(w, err)
		return
	}
	sent := &watchedReader{r: body}
	err = h.opts.Uploads.PutUpload(auth.WithPrincipal(r.Context(), principal), principal, id, key, sent)
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case sent.err != nil:
		h.writeError(w, &restError{status: http.StatusBadRequest, Code: string(engine.InvalidParameter), Message: "the upload broke off: " + sent.err.Error()})
	default:
		h.writeError(w, err)
	}
}

// watchedReader remembers that the client, not the engine, failed.
type watchedReader struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}
