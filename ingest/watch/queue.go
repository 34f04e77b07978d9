package watch

import (
	"context"
	"sync"
	"time"
)

// letter is a message whose objects are on their way.
type letter struct {
	message Message

	mail *mail
	left int // objects that nothing is known of yet
	bad  bool
	wait time.Duration // of the object that waits the longest
}

// put tells what became of one of the letter's objects: accepted, or to come again
// after a pause.
func (l *letter) put(err error, wait time.Duration) {
	m := l.mail
	m.mu.Lock()
	defer m.mu.Unlock()
	l.left--
	l.bad = l.bad || err != nil
	l.wait = max(l.wait, wait)
	if l.left > 0 {
		return
	}
	delete(m.held, l)
	if l.bad {
		m.later = append(m.later, l)
	} else {
		m.done = append(m.done, l)
	}
}

// mail is the letters that are held: it keeps their messages from others.
type mail struct {
	opts *Options

	mu    sync.Mutex
	held  map[*letter]struct{}
	done  []*letter // to be deleted
	later []*letter // to be let go
}

func newMail(o *Options) *mail { return &mail{opts: o, held: map[*letter]struct{}{}} }

// deleteBatch is what a queue deletes at once.
const deleteBatch = 10

// maxVisibility is the longest that a queue keeps a message from others.
const maxVisibility = 12 * time.Hour

// post deletes the messages that are done and lets go those that come again. A call
// that fails leaves the message to its visibility: it comes again, and what it names
// is known then.
func (m *mail) post(ctx context.Context) {
	m.mu.Lock()
	done, later := m.done, m.later
	m.done, m.later = nil, nil
	m.mu.Unlock()
	for len(done) > 0 {
		n := min(len(done), deleteBatch)
		receipts := make([]string, n)
		for i, l := range done[:n] {
			receipts[i] = l.message.Receipt
		}
		if err := m.opts.Queue.Delete(ctx, receipts); err != nil {
			m.opts.Events.QueueError(err)
		} else {
			m.opts.Events.Deleted(n)
		}
		done = done[n:]
	}
	for _, l := range later {
		if err := m.opts.Queue.Extend(ctx, l.message.Receipt, min(l.wait+time.Second, maxVisibility)); err != nil {
			m.opts.Events.QueueError(err)
		}
	}
}

// keep prolongs the visibility of the messages whose objects are at work.
func (m *mail) keep(ctx context.Context) error {
	ticker := time.NewTicker(m.opts.Visibility / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		m.mu.Lock()
		held := make([]*letter, 0, len(m.held))
		for l := range m.held {
			held = append(held, l)
		}
		m.mu.Unlock()
		for _, l := range held {
			if err := m.opts.Queue.Extend(ctx, l.message.Receipt, m.opts.Visibility); err != nil && ctx.Err() == nil {
				m.opts.Events.QueueError(err)
			}
		}
	}
}

// receive takes messages until the context ends.
func (w *watcher) receive(ctx context.Context) error {
	pause := time.Second
	for {
		messages, err := w.opts.Queue.Receive(ctx, w.opts.Visibility)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			w.opts.Events.QueueError(err)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
			pause = min(2*pause, w.opts.MaxBackoff, time.Minute)
			continue
		}
		pause = time.Second
		if err := w.open(ctx, messages); err != nil {
			return err
		}
	}
}

// open takes the objects out of messages. Messages that name none that is watched
// are done at once.
func (w *watcher) open(ctx context.Context, messages []Message) error {
	var found []pending
	for _, m := range messages {
		named, err := ParseNotification(m.Body)
		if err != nil {
			w.opts.Events.Invalid(m, err.Error())
		}
		l := &letter{message: m, mail: w.mail}
		for _, n := range named {
			if (w.opts.Name == "" || n.Bucket == w.opts.Name) && w.opts.watched(&n.Object) {
				found = append(found, pending{n.Object, l})
				l.left++
			}
		}
		if l.left == 0 {
			l.left = 1
			l.put(nil, 0)
			continue
		}
		w.mail.mu.Lock()
		w.mail.held[l] = struct{}{}
		w.mail.mu.Unlock()
	}
	w.opts.Events.Received(len(messages), len(found))
	w.mail.post(ctx)
	return w.send(ctx, found)
}

// collector sends listed objects to the worker in pieces.
type collector struct {
	w  *watcher
	mu sync.Mutex
	to []pending
}

func (c *collector) add(ctx context.Context, o Object) error {
	c.mu.Lock()
	c.to = append(c.to, pending{object: o})
	if len(c.to) < c.w.opts.Objects {
		c.mu.Unlock()
		return nil
	}
	full := c.to
	c.to = nil
	c.mu.Unlock()
	return c.w.send(ctx, full)
}

func (c *collector) flush(ctx context.Context) error { return c.w.send(ctx, c.to) }
