package rest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

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

// upload hands a file to the engine as it comes in. With Basic credentials or a
// session it may be as large and as slow as the engine allows; a signature covers the whole
// body, which is therefore held in memory and bounded like any other.
func (h *handler) upload(w http.ResponseWriter, r *http.Request, id, key string) {
	body := io.Reader(r.Body)
	principal, err := h.caller(r, func() ([]byte, error) {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.opts.MaxBody))
		body = bytes.NewReader(b)
		return b, err
	})
	if err != nil {
		h.writeError(w, admissionError(err))
		return
	}
	// The server's read timeout is for strangers.
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
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
