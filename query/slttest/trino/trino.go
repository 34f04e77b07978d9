// Package trino asks a real Trino server: it sends statements over Trino's client
// protocol (https://trino.io/docs/current/develop/client-protocol.html) and shows
// values as the SQL logic tests write them. Only tests and their tools use it.
//
// trino-go-client was tried first: it gives the values of rows, maps and exact
// numbers as database/sql types, from which Trino's own text cannot be had again.
package trino

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Client sends statements to one server. Safe for concurrent use.
type Client struct {
	// Server is the server's address, as in http://127.0.0.1:8080.
	Server string
	// Catalog and Schema are where unqualified names are looked up.
	Catalog, Schema string
	// User is current_user; the session's time zone is UTC.
	User string
}

// Column is a column of a result.
type Column struct {
	Name string
	Type Type
}

// Result is what a statement yielded. Values are JSON, one per column, as the
// protocol has them; Type.Text shows them.
type Result struct {
	Columns []Column
	Rows    [][]json.RawMessage
}

// Error is a statement's failure, in Trino's words.
type Error struct {
	Name    string // such as DIVISION_BY_ZERO
	Message string // with "line 1:8: " in front when it has a place
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// page is one answer of the protocol.
type page struct {
	NextURI string `json:"nextUri"`
	Columns []struct {
		Name          string    `json:"name"`
		TypeSignature signature `json:"typeSignature"`
	} `json:"columns"`
	Data  [][]json.RawMessage `json:"data"`
	Error *struct {
		ErrorName string `json:"errorName"`
		Message   string `json:"message"`
	} `json:"error"`
}

// Run runs a statement to its end. A failed statement is an *Error; anything else
// that goes wrong is another error.
func (c *Client) Run(ctx context.Context, sql string) (*Result, error) {
	p, err := c.ask(ctx, http.MethodPost, c.Server+"/v1/statement", sql)
	if err != nil {
		return nil, err
	}
	res := &Result{}
	for {
		if p.Error != nil {
			return nil, &Error{Name: p.Error.ErrorName, Message: p.Error.Message}
		}
		if res.Columns == nil {
			for _, col := range p.Columns {
				res.Columns = append(res.Columns, Column{Name: col.Name, Type: Type{col.TypeSignature}})
			}
		}
		res.Rows = append(res.Rows, p.Data...)
		if p.NextURI == "" {
			return res, nil
		}
		if p, err = c.ask(ctx, http.MethodGet, p.NextURI, ""); err != nil {
			return nil, err
		}
	}
}

// ask sends one request and reads its page.
func (c *Client) ask(ctx context.Context, method, uri, body string) (*page, error) {
	req, err := http.NewRequestWithContext(ctx, method, uri, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"X-Trino-User": c.User, "X-Trino-Catalog": c.Catalog, "X-Trino-Schema": c.Schema,
		"X-Trino-Time-Zone":           "UTC",
		"X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME,PATH",
	} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s: %s", method, uri, resp.Status, bytes.TrimSpace(raw))
	}
	var p page
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, uri, err)
	}
	return &p, nil
}

// Failed returns the *Error in err, if it is one.
func Failed(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
