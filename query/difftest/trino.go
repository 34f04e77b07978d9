package difftest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// Trino is a Trino server with the memory connector, spoken to by its statement
// protocol (https://trino.io/docs/current/develop/client-protocol.html).
type Trino struct {
	Server string // as "http://127.0.0.1:8080"
	// Schema is made in the catalog "memory" for the tables, and dropped by Close.
	Schema string

	loaded []*Table
	made   bool
}

// Name implements Peer.
func (t *Trino) Name() string { return "trino" }

// Load implements Peer.
func (t *Trino) Load(ctx context.Context, tables []*Table) error {
	if err := t.drop(ctx); err != nil {
		return err
	}
	script := []string{}
	if !t.made {
		script = append(script, "CREATE SCHEMA memory."+t.Schema)
	}
	t.made = true
	for _, table := range tables {
		t.loaded = append(t.loaded, table)
		script = append(script, table.Script(TrinoSQL)...)
	}
	return t.run(ctx, script)
}

func (t *Trino) drop(ctx context.Context) error {
	var script []string
	for _, table := range t.loaded {
		script = append(script, "DROP TABLE "+table.Name)
	}
	t.loaded = nil
	return t.run(ctx, script)
}

func (t *Trino) run(ctx context.Context, script []string) error {
	for _, sql := range script {
		a, err := t.ask(ctx, sql)
		if err != nil {
			return err
		}
		if a.Err != nil {
			return fmt.Errorf("trino: %.200s: %s", sql, a.Err.Message)
		}
	}
	return nil
}

// Close implements Peer.
func (t *Trino) Close() error {
	ctx := context.Background()
	if err := t.drop(ctx); err != nil || !t.made {
		return err
	}
	return t.run(ctx, []string{"DROP SCHEMA memory." + t.Schema})
}

// Answer implements Peer.
func (t *Trino) Answer(ctx context.Context, s *Statement) (Answer, error) { return t.ask(ctx, s.SQL) }

// page is one response of the protocol.
type page struct {
	NextURI string `json:"nextUri"`
	Columns []struct {
		Type string `json:"type"`
	} `json:"columns"`
	Data  [][]json.RawMessage `json:"data"`
	Error *struct {
		ErrorName     string                `json:"errorName"`
		Message       string                `json:"message"`
		ErrorLocation *struct{}             `json:"errorLocation"`
		FailureInfo   struct{ Type string } `json:"failureInfo"`
	} `json:"error"`
}

func (t *Trino) ask(ctx context.Context, sql string) (Answer, error) {
	out := Answer{}
	var of []types.Type
	method, url, body := http.MethodPost, t.Server+"/v1/statement", sql
	for url != "" {
		p, err := t.fetch(ctx, method, url, body)
		if err != nil {
			return out, err
		}
		if p.Error != nil {
			return failed(ast.ErrorCode(p.Error.ErrorName), p.Error.Message), nil
		}
		if of == nil && p.Columns != nil {
			for _, c := range p.Columns {
				parsed, err := types.Parse(c.Type)
				if err != nil {
					return failed("UNREADABLE", err.Error()), nil
				}
				of = append(of, parsed)
				out.Types = append(out.Types, parsed.String())
			}
		}
		for _, raw := range p.Data {
			row := make([]any, len(raw))
			for i, cell := range raw {
				if row[i], err = fromTrino(of[i], cell); err != nil {
					return out, err
				}
			}
			out.Rows = append(out.Rows, row)
		}
		method, url, body = http.MethodGet, p.NextURI, ""
	}
	return out, nil
}

func (t *Trino) fetch(ctx context.Context, method, url, body string) (*page, error) {
	for attempt := 0; ; attempt++ {
		req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		for k, v := range map[string]string{
			"User": "tester", "Catalog": "memory", "Schema": t.Schema, "Time-Zone": "UTC",
			"Client-Capabilities": "PARAMETRIC_DATETIME", "Session": "query_max_execution_time=60s",
		} {
			req.Header.Set("X-Trino-"+k, v)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		var p page
		switch {
		case resp.StatusCode == http.StatusOK:
			err = json.NewDecoder(resp.Body).Decode(&p)
		case resp.StatusCode >= 502 && resp.StatusCode <= 504 && attempt < 100:
			// The protocol says: wait 50 to 100 ms and ask again.
			resp.Body.Close()
			time.Sleep(70 * time.Millisecond)
			continue
		default:
			err = fmt.Errorf("trino: %s", resp.Status)
		}
		resp.Body.Close()
		return &p, err
	}
}

// fromTrino reads a value of Trino's JSON.
func fromTrino(t types.Type, raw json.RawMessage) (any, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	switch t.Kind {
	case types.Boolean:
		return string(raw) == "true", nil
	case types.Array:
		var parts []json.RawMessage
		if err := json.Unmarshal(raw, &parts); err != nil {
			return nil, err
		}
		out := make([]any, len(parts))
		var err error
		for i, p := range parts {
			if out[i], err = fromTrino(*t.Elem, p); err != nil {
				return nil, err
			}
		}
		return out, nil
	case types.Row:
		var parts []json.RawMessage
		if err := json.Unmarshal(raw, &parts); err != nil {
			return nil, err
		}
		out := make([]any, len(parts))
		var err error
		for i, p := range parts {
			if out[i], err = fromTrino(t.Fields[i].Type, p); err != nil {
				return nil, err
			}
		}
		return out, nil
	case types.Map:
		return mapFromTrino(t, raw)
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, err
		}
	}
	return scalarFromTrino(t, text)
}

// mapFromTrino reads an object: keys are texts whatever their type.
func mapFromTrino(t types.Type, raw json.RawMessage) (any, error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	var out []normalEntry
	for k, v := range parts {
		var key any = k
		var err error
		switch t.Key.Kind {
		case types.Boolean:
			key = k == "true"
		case types.Double, types.Real:
			key, err = scalarFromTrino(*t.Key, k)
		}
		if err != nil {
			return nil, err
		}
		value, err := fromTrino(*t.Elem, v)
		if err != nil {
			return nil, err
		}
		out = append(out, normalEntry{key, value})
	}
	return newNormalMap(out), nil
}

func scalarFromTrino(t types.Type, text string) (any, error) {
	switch t.Kind {
	case types.Double, types.Real:
		switch text {
		case "NaN":
			return math.NaN(), nil
		case "Infinity":
			return math.Inf(1), nil
		case "-Infinity":
			return math.Inf(-1), nil
		}
		if t.Kind == types.Real {
			f, err := strconv.ParseFloat(text, 32)
			return f, err
		}
		f, err := strconv.ParseFloat(text, 64)
		return f, err
	case types.Char:
		return strings.TrimRight(text, " "), nil
	case types.Varbinary:
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		pairs := make([]string, len(b))
		for i, c := range b {
			pairs[i] = hex.EncodeToString([]byte{c})
		}
		return strings.Join(pairs, " "), nil
	}
	return text, nil
}
