package rest_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
)

// TestExport: the bytes as they are, under the file's name.
func TestExport(t *testing.T) {
	e := &apitest.Engine{}
	resp, err := http.DefaultClient.Do(newRequest(t, "GET", serve(t, e)+"/api/v1/queries/q/export?format=csv", ""))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil || string(body) != "n\n1\n2\n3\n" {
		t.Errorf("body = %q, %v", body, err)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": "attachment; filename=query-x.csv", "X-Content-Type-Options": "nosniff",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if in := e.Calls()[0].Input.(engine.ExportQueryResultsInput); in.QueryID != "q" || in.Format != engine.ExportCSV {
		t.Errorf("the engine was asked %+v", in)
	}
}

// TestExportBrokenOff: an error after the first bytes must not look like an end;
// one before is told as any other.
func TestExportBrokenOff(t *testing.T) {
	for _, size := range []int{0, 1, 300 << 10} {
		e := &apitest.Engine{Export: &engine.ResultExport{FileName: "f", ContentType: "text/csv", Write: func(w io.Writer) error {
			if _, err := io.WriteString(w, strings.Repeat("x", size)); err != nil {
				return err
			}
			return engine.Errorf(engine.InactiveQuery, "cancelled")
		}}}
		resp, err := http.DefaultClient.Do(newRequest(t, "GET", serve(t, e)+"/api/v1/queries/q/export?format=csv", ""))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode == http.StatusOK && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes: reading to the end: %v, want an unexpected EOF", size, err)
		}
		if resp.StatusCode != http.StatusOK && (size > 1 || !strings.Contains(string(body), "InactiveQuery") || resp.Header.Get("Content-Disposition") != "") {
			t.Errorf("%d bytes: %d %.80s", size, resp.StatusCode, body)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}
