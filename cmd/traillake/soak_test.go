package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

var (
	soak     = flag.Duration("soak", 0, "how long TestSoak keeps a server under load; 0 skips it")
	soakRate = flag.Int("soakrate", 0, "events per second of TestSoak; 0 is as many as the server takes")
)

const (
	soakClients = 8
	soakBatch   = 50 // events of a request
)

// TestSoak puts events of 1 KB from eight clients, asks queries beside them, and
// prints what it took: events per second, how long an acknowledgement and how long
// being seen by a query took, and the server's memory over time. It fails when an
// acknowledged event is not there once. `make soak` runs it.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("a measurement: make soak runs it")
	}
	data := filepath.Join(t.TempDir(), "lake")
	cfg := filepath.Join(t.TempDir(), "lake.yaml")
	if err := os.WriteFile(cfg, []byte("live: {seal_age: 20s}\ncompaction: {interval: 15s}\nlog: {level: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startServer(t, data, "--config", cfg)
	_, id := p.createStore("soak")
	ctx, stop := context.WithTimeout(t.Context(), *soak)
	defer stop()
	s := &soaker{p: p, store: id, run: time.Now().UnixNano()}
	var wg sync.WaitGroup
	for i := range soakClients {
		wg.Go(func() { s.put(ctx, t, i) })
	}
	wg.Go(func() { s.look(ctx, t) })
	wg.Go(func() { s.query(ctx, t) })
	wg.Go(func() { s.watch(ctx, t) })
	wg.Wait()

	events := s.events.Load()
	t.Logf("%d events in %v: %.0f events/s, %d queries beside them", events, *soak, float64(events)/soak.Seconds(), s.queries.Load())
	t.Logf("acknowledged: p50 %v, p99 %v", percentile(s.acks, 50), percentile(s.acks, 99))
	t.Logf("acknowledged to seen by a query: p50 %v, p99 %v of %d", percentile(s.seen, 50), percentile(s.seen, 99), len(s.seen))
	t.Logf("resident memory in MiB: %v", s.memory)
	if got, want := p.query("SELECT count(*), count(DISTINCT eventid) FROM soak")[0], fmt.Sprintf("%d,%d", events, events); got != want {
		t.Errorf("events and ids: %s, want %s", got, want)
	}
	var store lakev1.EventDataStore
	if err := p.client().do(t.Context(), http.MethodGet, "/event-data-stores/"+id, nil, nil, &store); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d segments, version %d", store.Segments, store.Version)
	p.stop()
}

// soaker is the load and what was measured of it.
type soaker struct {
	p       *process
	store   string
	run     int64
	events  atomic.Int64
	queries atomic.Int64

	mu     sync.Mutex
	acks   []time.Duration
	newest string // the id of an event acknowledged last, for look
	at     time.Time
	seen   []time.Duration
	memory []int64
}

// put sends requests of events one after the other.
func (s *soaker) put(ctx context.Context, t *testing.T, client int) {
	filler := strings.Repeat("x", 600)
	for n := 0; ctx.Err() == nil; n++ {
		in := &lakev1.PutEventsRequest{}
		now := time.Now().UTC()
		for i := range soakBatch {
			in.Events = append(in.Events, fmt.Sprintf(`{"eventVersion":"1.11","eventID":"%s","eventTime":%q,"eventSource":"s3.amazonaws.com","eventName":"PutObject",`+
				`"eventCategory":"Management","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.%d","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/u%d"},`+
				`"requestParameters":{"bucketName":"b%d","key":"%s"}}`, s.id(client, n, i), now.Format(time.RFC3339), client, i, n%100, filler))
		}
		begin := time.Now()
		var out lakev1.PutEventsResponse
		// What has begun is waited for: it is counted.
		if err := s.p.client().do(context.Background(), http.MethodPost, "/event-data-stores/"+s.store+":putEvents", nil, in, &out); err != nil {
			t.Error(err)
			return
		}
		took := time.Since(begin)
		if *soakRate > 0 {
			pause(ctx, time.Duration(soakClients*soakBatch)*time.Second/time.Duration(*soakRate)-took)
		}
		if out.Stored != soakBatch {
			t.Errorf("%d of %d events stored: %v", out.Stored, soakBatch, out.Results[0])
			return
		}
		s.events.Add(soakBatch)
		s.mu.Lock()
		s.acks = append(s.acks, took)
		s.newest, s.at = s.id(client, n, soakBatch-1), time.Now()
		s.mu.Unlock()
	}
}

func (s *soaker) id(client, n, i int) string {
	return fmt.Sprintf("%x-%d-%d-%d", s.run, client, n, i)
}

// look asks for the event acknowledged last until it is there.
func (s *soaker) look(ctx context.Context, t *testing.T) {
	for ctx.Err() == nil {
		s.mu.Lock()
		id, at := s.newest, s.at
		s.mu.Unlock()
		for id != "" && ctx.Err() == nil {
			rows, err := queryCSV(ctx, s.p.client(), "SELECT eventname FROM soak WHERE eventid = '"+id+"'")
			if err != nil {
				if ctx.Err() == nil {
					t.Error(err)
				}
				return
			}
			if len(rows) == 1 && rows[0] != "" {
				s.mu.Lock()
				s.seen = append(s.seen, time.Since(at))
				s.mu.Unlock()
				break
			}
		}
		pause(ctx, 200*time.Millisecond)
	}
}

// query asks what dashboards ask.
func (s *soaker) query(ctx context.Context, t *testing.T) {
	for ctx.Err() == nil {
		for _, sql := range []string{
			"SELECT sourceipaddress, count(*) FROM soak GROUP BY 1",
			"SELECT eventtime, useridentity.arn FROM soak ORDER BY eventtime DESC LIMIT 100",
			"SELECT count(*) FROM soak WHERE element_at(requestparameters, 'bucketName') = 'b7'",
		} {
			if _, err := queryCSV(ctx, s.p.client(), sql); err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
			s.queries.Add(1)
			pause(ctx, time.Second)
		}
	}
}

// watch notes the server's memory, thirty times in all.
func (s *soaker) watch(ctx context.Context, t *testing.T) {
	line := regexp.MustCompile(`VmRSS:\s+(\d+) kB`)
	for ctx.Err() == nil {
		pause(ctx, *soak/30)
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.p.cmd.Process.Pid))
		if err != nil {
			t.Logf("memory is not measured: %v", err)
			return
		}
		if m := line.FindSubmatch(raw); m != nil {
			kib, _ := strconv.ParseInt(string(m[1]), 10, 64)
			s.memory = append(s.memory, kib>>10)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func percentile(all []time.Duration, p int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)*p/100].Round(time.Millisecond / 10)
}
