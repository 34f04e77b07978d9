package watch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/traillake/traillake/ingest/trail"
)

const (
	overlap   = time.Hour        // before the newest object of a region, where a round begins
	lateLook  = 15 * time.Minute // between rounds that begin with yesterday
	sweepLook = 24 * time.Hour   // between rounds that go back by Options.Late
	listers   = 8                // requests at a time
)

// lister lists the bucket round by round. One round runs at a time.
type lister struct {
	opts    *Options
	newest  map[string]time.Time // by folder of a region: the latest time in a name
	late    time.Time            // when a round last began with yesterday
	swept   time.Time            // when one last went back by Late
	started bool

	mu   sync.Mutex // guards newest and the errors while a round runs
	errs []error
}

// round lists what is new and calls found, also from several goroutines, with the
// objects that are watched.
func (l *lister) round(ctx context.Context, found func(context.Context, Object) error) Round {
	now := l.opts.Now().UTC()
	out := Round{Began: now}
	from, sweep, late := l.reach(now)
	r := &round{lister: l, from: from, quick: !sweep && !late, found: found}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(listers)
	g.Go(func() error { return r.walk(gctx, g, l.opts.Prefix) })
	err := g.Wait()
	out.Objects, out.Found = r.listed.Load(), r.told.Load()
	out.Err = errors.Join(append(l.errs, err)...)
	l.errs = nil
	if out.Err == nil {
		l.started = true
		if sweep {
			l.swept = now
		}
		if sweep || late {
			l.late = now
		}
	}
	return out
}

// reach tells where a round begins: the first goes back from the last one of the
// earlier run, some go back by Late, some to yesterday, and the others to what is
// new (from is then where a region begins of which nothing is known).
func (l *lister) reach(now time.Time) (from time.Time, sweep, late bool) {
	since := l.opts.Since
	latest := func(a, b time.Time) time.Time {
		if a.After(b) {
			return a
		}
		return b
	}
	switch {
	case !l.started && l.opts.Listed.IsZero():
		return since, true, false
	case !l.started:
		return latest(since, l.opts.Listed.Add(-l.opts.Late)), true, false
	case now.Sub(l.swept) >= sweepLook:
		return latest(since, now.Add(-l.opts.Late)), true, false
	}
	yesterday := now.Truncate(24*time.Hour).AddDate(0, 0, -1)
	return latest(since, yesterday), false, now.Sub(l.late) >= lateLook
}

// round is one listing.
type round struct {
	*lister
	from   time.Time
	quick  bool
	found  func(context.Context, Object) error
	listed atomic.Int64
	told   atomic.Int64
}

// walk lists what begins with prefix. An error is the end of the whole round; of a
// folder that cannot be listed the others are listed all the same.
func (r *round) walk(ctx context.Context, g *errgroup.Group, prefix string) error {
	k := trail.ParseKey(prefix)
	if k.Kind != "" && k.Region != "" {
		return r.note(ctx, prefix, r.region(ctx, prefix, &k))
	}
	folders, err := r.opts.Bucket.Folder(ctx, prefix, func(o Object) error { return r.object(ctx, o) })
	if err != nil {
		return r.note(ctx, prefix, err)
	}
	for _, folder := range folders {
		if !r.enters(folder) {
			continue
		}
		walk := func() error { return r.walk(ctx, g, folder) }
		if g.TryGo(walk) {
			continue
		}
		if err := walk(); err != nil {
			return err
		}
	}
	return nil
}

// foundError is an error of what takes the objects: no folder is at fault.
type foundError struct{ error }

func (r *round) note(ctx context.Context, prefix string, err error) error {
	var own foundError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &own):
		return own.error
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) < 10 {
		r.errs = append(r.errs, fmt.Errorf("list %q: %w", prefix, err))
	}
	return nil
}

// enters reports whether a folder may hold objects that are watched and new.
func (r *round) enters(folder string) bool {
	k := trail.ParseKey(folder + "x")
	if !k.Wanted(r.opts.Prefix, 1) {
		return false
	}
	return k.Date.IsZero() || !k.Date.Add(24*time.Hour).Before(r.from)
}

// region lists the folder of a region, or what of it begins with prefix, from where
// the round begins. The days, and the times in names, sort as time goes.
func (r *round) region(ctx context.Context, prefix string, k *trail.Key) error {
	folder := regionFolder(prefix, k)
	r.mu.Lock()
	newest := r.newest[prefix]
	r.mu.Unlock()
	after := ""
	switch {
	case r.quick && !newest.IsZero():
		from := newest.Add(-overlap)
		after = fmt.Sprintf("%s%s%s_%s_%s_%s", folder, from.Format("2006/01/02/"), k.Account, k.Kind, k.Region, from.Format("20060102T1504"))
	case !r.from.IsZero():
		after = folder + r.from.UTC().Format("2006/01/02")
	}
	now := r.opts.Now()
	err := r.opts.Bucket.List(ctx, prefix, after, func(o Object) error {
		if t := trail.ParseKey(o.Key); t.Time.After(newest) && !t.Time.After(now) {
			newest = t.Time
		}
		return r.object(ctx, o)
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.newest[prefix] = newest
	r.mu.Unlock()
	return nil
}

// regionFolder is the beginning of the prefix up to the region.
func regionFolder(prefix string, k *trail.Key) string {
	for i := len(k.Folder); i > 0; i-- {
		if k.Folder[i-1] != '/' {
			continue
		}
		up := trail.ParseKey(k.Folder[:i-1])
		if up.Region == "" {
			return k.Folder[:i]
		}
	}
	return prefix
}

func (r *round) object(ctx context.Context, o Object) error {
	r.listed.Add(1)
	if !r.opts.watched(&o) {
		return nil
	}
	if r.opts.Seen(o) {
		return nil
	}
	r.told.Add(1)
	if err := r.found(ctx, o); err != nil {
		return foundError{err}
	}
	return nil
}

// logSuffix ends the name of every log file that CloudTrail delivers. Tools that copy
// a bucket into a directory write under another name first.
const logSuffix = ".json.gz"

// watched reports whether an object is one of those that are watched.
func (o *Options) watched(obj *Object) bool {
	if len(obj.Key) < len(o.Prefix) || obj.Key[:len(o.Prefix)] != o.Prefix {
		return false
	}
	k := trail.ParseKey(obj.Key)
	if k.Kind != "" && !strings.HasSuffix(k.Name, logSuffix) {
		return false
	}
	return k.Wanted(o.Prefix, max(obj.Size, 0)) && k.Between(o.Since.Truncate(time.Minute), time.Time{})
}
