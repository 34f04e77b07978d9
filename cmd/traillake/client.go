package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// drainTime is how long a stopping server waits for calls under way.
const drainTime = 15 * time.Second

// client speaks REST with a lake.
type client struct {
	base string // http://host:port
	keys keyPair
	http *http.Client
}

// connection is what the flags --endpoint and --data say.
type connection struct {
	endpoint string
	data     string
	asks     bool // only asks: imports that were interrupted are left for another command
}

// connect returns a client, and what to close when it is not needed any more.
// With --data the lake is opened in this process, on a port of its own.
func (p *program) connect(ctx context.Context, c connection, buckets map[string]string) (*client, func() error, error) {
	if c.endpoint != "" && c.data != "" {
		return nil, nil, errors.New("--endpoint and --data: give one of them")
	}
	if c.data != "" {
		l, err := p.openLake(ctx, config{
			Data: c.data, HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Buckets: buckets, Log: logConfig{Level: "warn"},
			pauseImports: c.asks,
		})
		if err != nil {
			return nil, nil, err
		}
		return &client{base: "http://" + l.server.HTTPAddr(), keys: l.keys, http: httpClient}, l.close, nil
	}
	keys, ok, err := p.envKeys()
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, nil, fmt.Errorf("set %s and %s to the lake's access key, or use --data DIR", envAccessKeyID, envSecretAccessKey)
	}
	base := orText(c.endpoint, "http://127.0.0.1:8700")
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	return &client{base: strings.TrimSuffix(base, "/"), keys: keys, http: httpClient}, func() error { return nil }, nil
}

// do makes a call: in (nil for none) is sent as JSON, the answer is decoded into out (nil for none).
func (c *client) do(ctx context.Context, method, path string, query url.Values, in, out proto.Message) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = protojson.Marshal(in); err != nil {
			return err
		}
	}
	res, err := c.send(ctx, method, path, query, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if out == nil {
		return nil
	}
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(raw, out)
}

// send makes a call and returns its answer when the status says success.
func (c *client) send(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader) (*http.Response, error) {
	at := c.base + "/api/v1" + path
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(c.keys.AccessKeyID, c.keys.SecretAccessKey)
	req.Header.Set("Content-Type", contentType)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("no answer from %s: %w", c.base, err)
	}
	if res.StatusCode/100 == 2 {
		return res, nil
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return nil, readError(res.StatusCode, raw)
}

// stores lists all event data stores.
func (c *client) stores(ctx context.Context) ([]*lakev1.EventDataStore, error) {
	var all []*lakev1.EventDataStore
	query := url.Values{}
	for {
		var out lakev1.ListEventDataStoresResponse
		if err := c.do(ctx, http.MethodGet, "/event-data-stores", query, nil, &out); err != nil {
			return nil, err
		}
		all = append(all, out.EventDataStores...)
		if out.NextToken == "" {
			return all, nil
		}
		query.Set("next_token", out.NextToken)
	}
}

// httpClient has no overall time limit: results are streamed for as long as they take.
var httpClient = &http.Client{}

// isAddressInUse reports whether a listener's address is taken.
func isAddressInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
