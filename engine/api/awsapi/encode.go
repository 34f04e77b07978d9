package awsapi

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/traillake/traillake/engine"
)

// empty is the answer of an operation that has none: {}.
type empty struct{}

// epoch is a time on the wire: seconds since 1970 with up to three digits of a fraction.
type epoch time.Time

// MarshalJSON implements json.Marshaler.
func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(e).UnixMilli())/1000, 'f', -1, 64), nil
}

// at leaves out a time that is not set.
func at(t *time.Time) *epoch {
	if t == nil || t.IsZero() {
		return nil
	}
	e := epoch(*t)
	return &e
}

// cell is a column of a result row: {"name": "text"}, or null for NULL.
type cell engine.Cell

// MarshalJSON implements json.Marshaler.
func (c cell) MarshalJSON() ([]byte, error) { return encode(map[string]*string{c.Name: c.Value}) }

// clamp fits a count into what the API model calls an integer: 32 bits, which is
// what typed SDKs parse it into.
func clamp(n int64) int32 { return int32(min(max(n, math.MinInt32), math.MaxInt32)) }

// encode writes JSON without escaping <, > and &, which SQL is full of.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func (f *front) write(w http.ResponseWriter, log *slog.Logger, status int, v any) {
	b, err := encode(v)
	if err != nil {
		log.Error("answer not encoded", "err", err)
		status, b = http.StatusInternalServerError, []byte(`{"__type":"InternalFailure","message":"internal error"}`)
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", jsonType)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	if _, err := w.Write(b); err != nil {
		log.Debug("answer not sent", "err", err)
	}
	log.Debug("call", "status", status, "bytes", len(b))
}
