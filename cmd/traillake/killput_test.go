package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// putter is an outside client that puts events and keeps its own record of what
// was acknowledged.
type putter struct {
	name   string
	random *rand.Rand
	server *atomic.Pointer[process]
	store  string

	acked   map[string]bool // ids
	unacked [][]string      // ids of requests that got no answer and were not sent again
	next    int
}

// run puts events until ctx ends. Of the requests without an answer every other
// one is sent again until it has one.
func (c *putter) run(ctx context.Context) error {
	for ctx.Err() == nil {
		in := &lakev1.PutEventsRequest{}
		var ids []string
		for range 1 + c.random.IntN(20) {
			id := fmt.Sprintf("%s-%d", c.name, c.next)
			c.next++
			at := time.Date(2026, 3, 1+c.random.IntN(3), 0, 0, c.next%86400, 0, time.UTC)
			in.Events = append(in.Events, fmt.Sprintf(`{"eventID":%q,"eventTime":%q,"eventName":"Put","eventCategory":"Management","requestParameters":{"filler":"%0700d"}}`, id, at.Format(time.RFC3339), c.next))
			ids = append(ids, id)
		}
		again := c.random.IntN(2) == 0
		for {
			// A request that has begun is waited for: only the server's end leaves it open.
			var out lakev1.PutEventsResponse
			err := c.server.Load().client().do(context.Background(), http.MethodPost, "/event-data-stores/"+c.store+":putEvents", nil, in, &out)
			if err == nil {
				for i, r := range out.Results {
					if r.Status != "STORED" && r.Status != "DUPLICATE" {
						return fmt.Errorf("event %s: %s %s", ids[i], r.Status, r.Message)
					}
					c.acked[ids[i]] = true
				}
				break
			}
			if !again || ctx.Err() != nil {
				c.unacked = append(c.unacked, ids)
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

// TestKillPut kills a server with SIGKILL at random moments while clients put
// events: what was acknowledged is there once, and of a request without an answer
// all events or none.
func TestKillPut(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	data := filepath.Join(t.TempDir(), "lake")
	cfg := filepath.Join(t.TempDir(), "lake.yaml")
	// Small generations: the kills fall into seals and commits too.
	if err := os.WriteFile(cfg, []byte("live: {seal_mib: 1, seal_age: 300ms}\nlog: {level: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var server atomic.Pointer[process]
	server.Store(startServer(t, data, "--config", cfg))
	_, id := server.Load().createStore("live")

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var wg sync.WaitGroup
	clients := make([]*putter, 4)
	for i := range clients {
		clients[i] = &putter{
			name: fmt.Sprint("c", i), random: rand.New(rand.NewPCG(seed, uint64(10+i))), server: &server, store: id, acked: map[string]bool{},
		}
		wg.Go(func() {
			if err := clients[i].run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for range *kills {
		time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond)
		server.Load().kill()
		server.Store(startServer(t, data, "--config", cfg))
	}
	time.Sleep(200 * time.Millisecond)
	stop()
	wg.Wait()

	there := map[string]int{}
	for _, row := range server.Load().query("SELECT eventid FROM live") {
		there[row]++
	}
	acked, open, whole := 0, 0, 0
	for _, c := range clients {
		for _, id := range slices.Sorted(maps.Keys(c.acked)) {
			acked++
			if there[id] != 1 {
				t.Errorf("acknowledged event %s is there %d times", id, there[id])
			}
			delete(there, id)
		}
		for _, ids := range c.unacked {
			open++
			n := 0
			for _, id := range ids {
				n += there[id]
				delete(there, id)
			}
			switch n {
			case len(ids):
				whole++
			case 0:
			default:
				t.Errorf("of a request without an answer %d of %d events are there", n, len(ids))
			}
		}
	}
	if len(there) > 0 {
		t.Errorf("%d events are there that nobody put", len(there))
	}
	if acked < 10**kills {
		t.Errorf("only %d events were acknowledged: the load was none", acked)
	}
	t.Logf("%d kills, %d events acknowledged, %d requests without an answer, %d of them stored", *kills, acked, open, whole)
	server.Load().stop()
	if code, out := runProgram(t, "verify", "--data", data); code != 0 {
		t.Errorf("verify: exit code %d: %s", code, out)
	}
}
