package watch

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
)

// Run watches until the context ends, and returns its cause. Errors of the bucket
// and the queue do not end it: they are told to Options.Events, and tried again.
func Run(ctx context.Context, o Options) error {
	if err := o.complete(); err != nil {
		return err
	}
	w := &watcher{opts: &o, known: newMemory(&o), pauses: pauses{}, found: make(chan []pending), mail: newMail(&o)}
	seen := o.Seen
	o.Seen = func(obj Object) bool { return w.known.has(&obj) || seen(obj) }
	for _, obj := range o.Retry {
		w.pauses[obj.Key] = &pause{object: obj, next: o.Now()}
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return w.work(gctx) })
	if o.Bucket != nil {
		g.Go(func() error { return w.list(gctx) })
	}
	if o.Queue != nil {
		g.Go(func() error { return w.receive(gctx) })
		g.Go(func() error { return w.mail.keep(gctx) })
	}
	err := g.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// watcher is a running watch.
type watcher struct {
	opts   *Options
	known  *memory
	pauses pauses // of the worker
	found  chan []pending
	mail   *mail
}

// pending is an object on its way to the handler, and the letter that named it.
type pending struct {
	object Object
	letter *letter // nil when it was listed
}

// send gives found objects to the worker.
func (w *watcher) send(ctx context.Context, found []pending) error {
	if len(found) == 0 {
		return nil
	}
	select {
	case w.found <- found:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// list runs the rounds.
func (w *watcher) list(ctx context.Context) error {
	l := &lister{opts: w.opts, newest: map[string]time.Time{}}
	ticker := time.NewTicker(w.opts.Interval)
	defer ticker.Stop()
	for {
		c := collector{w: w}
		done := l.round(ctx, c.add)
		if err := c.flush(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		w.opts.Events.Listed(done)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// work hands objects to the handler until the context ends.
func (w *watcher) work(ctx context.Context) error {
	for {
		batch, err := w.gather(ctx)
		if err != nil {
			return err
		}
		w.handle(ctx, batch)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// gather waits for objects, or for the end of the pause of one, and a little longer
// for more of them.
func (w *watcher) gather(ctx context.Context) ([]pending, error) {
	var batch []pending
	var end <-chan time.Time
	for len(batch) < w.opts.Objects {
		wake := w.pauses.timer(w.opts.Now(), len(batch) > 0)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case more := <-w.found:
			batch = append(batch, more...)
		case <-wake:
			due := w.pauses.due(w.opts.Now(), w.opts.Objects)
			if len(due) > 0 {
				return append(batch, due...), nil
			}
		case <-end:
			return batch, nil
		}
		if end == nil && len(batch) > 0 {
			end = time.After(w.opts.Gather)
		}
	}
	return batch, nil
}

// handle hands each object of a batch on once and does what comes of it.
func (w *watcher) handle(ctx context.Context, batch []pending) {
	now := w.opts.Now()
	want := map[string]*work{}
	var order []*work
	for _, p := range batch {
		if w.waits(&p, now) {
			continue
		}
		it := want[p.object.Key]
		if it == nil {
			it = &work{object: p.object}
			want[p.object.Key] = it
			order = append(order, it)
		} else if it.object.ETag == "" || !p.object.Modified.IsZero() {
			it.object = p.object // the listing knows more, and it may be newer
		}
		if p.letter != nil {
			it.letters = append(it.letters, p.letter)
		}
	}
	var objects []Object
	var asked []*work
	for _, it := range order {
		if w.opts.Seen(it.object) {
			w.accept(it)
			continue
		}
		objects, asked = append(objects, it.object), append(asked, it)
	}
	if len(objects) > 0 {
		w.settle(ctx, asked, w.opts.Handle(ctx, objects))
	}
	w.mail.post(ctx)
}

// work is an object of a batch and the letters that named it.
type work struct {
	object  Object
	letters []*letter
}

// waits reports whether the object's pause lasts: its letter then waits with it.
func (w *watcher) waits(p *pending, now time.Time) bool {
	at := w.pauses[p.object.Key]
	if at == nil || !at.next.After(now) {
		return false
	}
	if p.letter != nil {
		p.letter.put(errors.New("its pause lasts"), at.next.Sub(now))
	}
	return true
}

func (w *watcher) accept(it *work) {
	w.known.add(&it.object)
	delete(w.pauses, it.object.Key)
	for _, l := range it.letters {
		l.put(nil, 0)
	}
}

// settle takes the handler's answers.
func (w *watcher) settle(ctx context.Context, asked []*work, errs []error) {
	accepted := 0
	for i, it := range asked {
		var err error
		if i < len(errs) {
			err = errs[i]
		}
		if err == nil {
			accepted++
			w.accept(it)
			continue
		}
		if ctx.Err() != nil {
			return // the end of the run is no fault of the object
		}
		now := w.opts.Now()
		at := w.pauses.failed(it.object, err, now, w.opts)
		for _, l := range it.letters {
			l.put(err, at.next.Sub(now))
		}
		if !errors.Is(err, ErrLater) {
			w.opts.Events.Failed(it.object, at.attempts, err, at.next)
		}
	}
	if accepted > 0 {
		w.opts.Events.Accepted(accepted)
	}
}
