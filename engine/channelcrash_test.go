package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// channelScript makes a channel, brings an event through it, renames it, brings
// another, and knows what was acknowledged.
type channelScript struct {
	mu     sync.Mutex
	name   string // of the channel; "" is none
	next   string // what a change under way makes of it
	events int    // that were acknowledged
	sent   int    // that were sent
}

func (s *channelScript) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *channelScript) options(fsys vfs.FS, seed byte) Options {
	return Options{Dir: "/data", FS: fsys, Now: func() time.Time { return testNow }, Rand: rand.NewChaCha8([32]byte{seed})}
}

func (s *channelScript) event(n int) AuditEvent {
	return AuditEvent{ID: fmt.Sprint(n), Data: auditPayload(map[string]string{"UID": fmt.Sprintf(`"req-%d"`, n)})}
}

func (s *channelScript) run(fsys vfs.FS) (err error) {
	ctx := context.Background()
	e, err := Open(ctx, s.options(fsys, 1))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	store, err := e.CreateEventDataStore(ctx, alice, CreateEventDataStoreInput{Name: "apps", Selectors: auditSelectors()})
	if err != nil {
		return err
	}
	s.set(func() { s.next = "mine" })
	c, err := e.CreateChannel(ctx, alice, CreateChannelInput{Name: "mine", Source: CustomSource, Destinations: []Destination{{DestinationStore, store.ID}}})
	if err != nil {
		return err
	}
	s.set(func() { s.name = "mine" })
	for n := range 2 {
		s.set(func() { s.sent = n + 1 })
		results, err := e.PutAuditEvents(ctx, Principal{}, PutAuditEventsInput{Channel: c.ID, Events: []AuditEvent{s.event(n)}})
		if err != nil || results[0].Code != "" {
			return fmt.Errorf("event %d: %+v %w", n, results, err)
		}
		s.set(func() { s.events = n + 1 })
		name := fmt.Sprint("renamed-", n)
		s.set(func() { s.next = name })
		if _, err := e.UpdateChannel(ctx, alice, UpdateChannelInput{Channel: c.ID, Name: &name}); err != nil {
			return err
		}
		s.set(func() { s.name = name })
	}
	return nil
}

// check opens what is left: the channel is as acknowledged or as under way, every
// acknowledged event is there, and all that are sent again are there once.
func (s *channelScript) check(t *testing.T, fsys vfs.FS, want *channelScript) {
	t.Helper()
	l := &testLake{t: t, opts: s.options(fsys, 2)}
	l.open()
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	channels, _, err := l.ListChannels(t.Context(), alice, Page{})
	if err != nil {
		t.Fatal(err)
	}
	if len(channels) == 0 {
		if want.name != "" {
			t.Errorf("no channel, want %s", want.name)
		}
		return
	}
	if name := channels[0].Name; name != want.name && name != want.next {
		t.Errorf("the channel is %s, want %s or %s", name, want.name, want.next)
	}
	count := func() string { return l.query("SELECT count(*) FROM apps")[0] }
	if got := count(); got != fmt.Sprint(want.events) && got != fmt.Sprint(want.sent) {
		t.Errorf("%s events, %d were acknowledged of %d", got, want.events, want.sent)
	}
	for n := range 2 {
		l.putAudit(channels[0].ID, s.event(n))
	}
	if got := count(); got != "2" {
		t.Errorf("sent again, there are %s events, want 2", got)
	}
}

func (s *channelScript) state() *channelScript {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &channelScript{name: s.name, next: s.next, events: s.events, sent: s.sent}
}

// TestChannelsCrash cuts the power at every operation that changes something.
func TestChannelsCrash(t *testing.T) {
	mem, s := vfs.NewMem(), &channelScript{}
	type crash struct {
		fs   *vfs.Mem
		op   string
		want *channelScript
	}
	var mu sync.Mutex
	var crashes []crash // guarded by mu: the engine's schedules call too
	fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
		if !op.Kind.Changes() {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		crashes = append(crashes, crash{mem.CrashClone(vfs.CrashOptions{}), op.String(), s.state()})
		return nil
	})
	if err := s.run(fsys); err != nil {
		t.Fatal(err)
	}
	crashes = append(crashes, crash{mem.CrashClone(vfs.CrashOptions{}), "the end", s.state()})
	for i, c := range crashes {
		t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
			t.Logf("before %s", c.op)
			s.check(t, c.fs, c.want)
		})
	}
	t.Logf("%d crashes", len(crashes))
}
