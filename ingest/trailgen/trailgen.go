// Package trailgen writes a realistic CloudTrail bucket: events of some sixty
// services by people, roles and services in several accounts and regions, in the
// layout, the file sizes and the oddities of the real thing, with planted stories to
// find: those of stories.go, and those told in stories.txt. The same options give the
// same bytes.
package trailgen

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"time"
)

// Options says what to generate.
type Options struct {
	// Events is the number of different events, the stories' included.
	Events int64
	// Days is how many days the events spread over; default 30.
	Days int
	// Seed picks another trail of the same kind.
	Seed uint64
	// End is the time after the last event; it has no default.
	End time.Time
	// Accounts and Regions are how many there are; default 3 each, at most 9 and 6.
	Accounts, Regions int
	// Prefix stands before "AWSLogs/" in every key.
	Prefix string
}

// Stats counts what was written.
type Stats struct {
	Events     int64 // different events
	Duplicates int64 // records delivered a second time, in another object
	Records    int64 // Events + Duplicates
	Objects    int64
	Folders    int64 // per account, region and day
	RawBytes   int64 // JSON
	GzipBytes  int64
	First      time.Time // of the events
	Last       time.Time
	Errors     int64            // events with an errorCode
	NoCategory int64            // old-version records, which lack eventCategory
	Names      map[string]int64 // events by eventName
	Stories    []Story
}

// Story is a planted incident.
type Story struct {
	Name      string
	Account   string
	Region    string
	Principal string // ARN, or the user's name for a sign-in
	Address   string // source address
	Events    int64
	From, To  time.Time
}

// storyShare is how many events there must be for each of a story.
const storyShare = 4

// Generate writes the trail object by object, in no particular order of keys. gz is
// good until write returns.
func Generate(o Options, write func(key string, gz []byte) error) (Stats, error) {
	if err := o.defaults(); err != nil {
		return Stats{}, err
	}
	w := newWorld(&o)
	planted := w.stories()
	if int64(len(planted)) > o.Events/storyShare {
		planted = nil
		w.told = nil
	}
	g := &generator{
		opts: &o, world: w, write: write,
		stats:   Stats{Names: map[string]int64{}, Stories: w.told},
		objects: newPacker(),
		folders: map[string]bool{},
	}
	if err := g.run(planted); err != nil {
		return Stats{}, err
	}
	g.stats.Records = g.stats.Events + g.stats.Duplicates
	g.stats.Folders = int64(len(g.folders))
	return g.stats, nil
}

func (o *Options) defaults() error {
	if o.Days == 0 {
		o.Days = 30
	}
	if o.Accounts == 0 {
		o.Accounts = 3
	}
	if o.Regions == 0 {
		o.Regions = 3
	}
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(o.Events >= 0, "events %d: must not be negative", o.Events)
	check(o.Days > 0 && o.Days <= 3650, "days %d: must be between 1 and 3650", o.Days)
	check(o.Accounts > 0 && o.Accounts <= 9, "accounts %d: must be between 1 and 9", o.Accounts)
	check(o.Regions > 0 && o.Regions <= len(regionNames), "regions %d: must be between 1 and %d", o.Regions, len(regionNames))
	check(!o.End.IsZero(), "no end time")
	o.End = o.End.UTC().Truncate(5 * time.Minute)
	return errors.Join(errs...)
}

// generator writes one trail.
type generator struct {
	opts    *Options
	world   *world
	write   func(key string, gz []byte) error
	stats   Stats
	objects *packer
	folders map[string]bool
	events  []byte // records of the slot, one after the other
	ends    []int
}

// slot is the time one object covers.
type slot struct {
	trail    int
	from, to time.Time
	planted  []plantedEvent // in time order
	regular  int64
}

// run lays the events out over slots and writes each.
func (g *generator) run(planted []plantedEvent) error {
	slots, weights := g.slots()
	g.plant(slots, planted)
	total := 0.0
	for _, w := range weights {
		total += w
	}
	// Rounding the running sum, not each share, makes the counts add up: both sums
	// are made in one order, so their ratio ends at exactly 1.
	regular := g.opts.Events - int64(len(planted))
	sum, given := 0.0, int64(0)
	for i := range slots {
		sum += weights[i]
		upTo := int64(float64(regular) * (sum / total))
		slots[i].regular = upTo - given
		given = upTo
		if err := g.slot(i, &slots[i]); err != nil {
			return err
		}
	}
	return nil
}

// slots cuts the time into objects: for a busy trail five minutes each, for a quiet
// one up to six hours, so that an object has some dozens of events at least.
func (g *generator) slots() ([]slot, []float64) {
	const fewest = 64
	var slots []slot
	var weights []float64
	start := g.opts.End.AddDate(0, 0, -g.opts.Days)
	for day := range g.opts.Days {
		for t := range g.world.trails {
			tr := &g.world.trails[t]
			minutes := 5
			perMinute := float64(g.opts.Events) * tr.weight / float64(g.opts.Days) / 1440
			for _, m := range []int{15, 30, 60, 360} {
				if perMinute*float64(minutes) < fewest {
					minutes = m
				}
			}
			for m := 0; m < 1440; m += minutes {
				from := start.AddDate(0, 0, day).Add(time.Duration(m) * time.Minute)
				slots = append(slots, slot{trail: t, from: from, to: from.Add(time.Duration(minutes) * time.Minute)})
				weights = append(weights, tr.weight*float64(minutes)*busy(from))
			}
		}
	}
	return slots, weights
}

// busy is how much goes on at that time, around 1: less at night and on weekends.
func busy(t time.Time) float64 {
	hour := [24]float64{
		.55, .5, .5, .55, .5, .5, .6, .75, 1, 1.3, 1.5, 1.5, 1.35, 1.45, 1.6, 1.6, 1.5, 1.35, 1.15, 1, .9, .8, .7, .6,
	}[t.Hour()]
	if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
		return hour * .6
	}
	return hour
}

// plant hands each planted event to the slot of its trail and time.
func (g *generator) plant(slots []slot, planted []plantedEvent) {
	of := make([][]int, len(g.world.trails)) // the slots of each trail, in time order
	for i := range slots {
		of[slots[i].trail] = append(of[slots[i].trail], i)
	}
	for _, p := range planted {
		own := of[p.trail]
		s := &slots[own[sort.Search(len(own), func(i int) bool { return slots[own[i]].to.After(p.at) })]]
		s.planted = append(s.planted, p)
	}
}

// maxPerObject keeps objects at a sensible size.
const maxPerObject = 3000

// slot writes the objects of one slot.
func (g *generator) slot(number int, s *slot) error {
	if s.regular == 0 && len(s.planted) == 0 {
		return nil
	}
	r := rand.New(rand.NewPCG(g.opts.Seed, uint64(number)*2+1))
	e := &eventWriter{world: g.world, trail: &g.world.trails[s.trail], stats: &g.stats, rand: r}
	planted := s.planted
	step := s.to.Sub(s.from) / time.Duration(s.regular+1)
	for i := int64(0); i < s.regular || len(planted) > 0; {
		at := s.from.Add(time.Duration(i) * step)
		if i < s.regular && (len(planted) == 0 || at.Before(planted[0].at)) {
			g.events = e.regular(g.events, at.Add(time.Duration(r.Int64N(int64(step)+1))).Truncate(time.Second))
			i++
		} else {
			g.events = e.planted(g.events, &planted[0])
			planted = planted[1:]
		}
		g.ends = append(g.ends, len(g.events))
		if len(g.ends) == maxPerObject {
			if err := g.flush(e, s); err != nil {
				return err
			}
		}
	}
	return g.flush(e, s)
}

// flush writes the collected records as an object, and now and then some of them
// again in another, as the service does.
func (g *generator) flush(e *eventWriter, s *slot) error {
	n := int64(len(g.ends))
	if n == 0 {
		return nil
	}
	g.stats.Events += n
	if err := g.object(e, s.to, len(g.ends)); err != nil {
		return err
	}
	due := g.stats.Events/duplicateShare - g.stats.Duplicates
	if again := min(due, n); again >= min(8, n) {
		if err := g.object(e, s.to.Add(5*time.Minute), int(again)); err != nil {
			return err
		}
		g.stats.Duplicates += again
	}
	g.events, g.ends = g.events[:0], g.ends[:0]
	return nil
}

// duplicateShare: about one of so many events is delivered twice.
const duplicateShare = 200

// object writes the first n collected records as one object delivered at that time.
func (g *generator) object(e *eventWriter, at time.Time, n int) error {
	folder := fmt.Sprintf("%sAWSLogs/%s/CloudTrail/%s/%s/", g.opts.Prefix, e.trail.account, e.trail.region, at.Format("2006/01/02"))
	g.folders[folder] = true
	name := fmt.Sprintf("%s_CloudTrail_%s_%s_", e.trail.account, e.trail.region, at.Format("20060102T1504Z"))
	key := folder + string(e.alphanumeric([]byte(name), 16)) + ".json.gz"
	gz, raw, err := g.objects.pack(g.events, g.ends[:n])
	if err != nil {
		return fmt.Errorf("pack %s: %w", key, err)
	}
	g.stats.Objects++
	g.stats.RawBytes += raw
	g.stats.GzipBytes += int64(len(gz))
	return g.write(key, gz)
}
