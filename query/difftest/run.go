package difftest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Block is how many statements share tables.
const Block = 500

// Run compares statements From up to From+N of a seed.
type Run struct {
	Seed    uint64
	From, N int
	// Portable: only the part of the grammar that DuckDB has too.
	Portable bool
	Ours     *Ours
	Peers    []Peer
	// PeersEach is how many of the peers, chosen by the statement's number, each
	// statement is compared with; 0: all.
	PeersEach int
	Workers   int
	// Progress is told of each difference when it is found; may be nil.
	Progress io.Writer
}

// Report is what a Run came to.
type Report struct {
	mu sync.Mutex // guards all fields while the run goes on

	Statements   int
	Compared     map[string]int // statements by peer
	ErrorsAgreed int
	Excused      int            // one side did not evaluate what fails; shown by TRY
	Refused      map[string]int // by our message
	PeerRefused  map[string]int
	Differences  []Difference
	Alike        int // differences of a kind that has enough cases in Differences

	kinds map[string]int // of Differences
}

// Difference is a statement that two engines answer differently.
type Difference struct {
	Statement    *Statement // made smaller
	Peer, What   string
	Ours, Theirs Answer
}

// Do runs. An error is one of the peers or of ctx, not a difference.
func (r *Run) Do(ctx context.Context) (*Report, error) {
	rep := &Report{Compared: map[string]int{}, Refused: map[string]int{}, PeerRefused: map[string]int{}, kinds: map[string]int{}}
	for at := r.From; at < r.From+r.N; {
		block := at / Block
		end := min((block+1)*Block, r.From+r.N)
		tables := Tables(r.Seed, block, r.Portable)
		for _, p := range append([]Peer{r.Ours}, r.Peers...) {
			if err := p.Load(ctx, tables); err != nil {
				return rep, err
			}
		}
		var work errgroup.Group
		work.SetLimit(max(1, r.Workers))
		for ; at < end; at++ {
			n := at
			work.Go(func() error { return r.one(ctx, rep, Generate(r.Seed, n, tables, r.Portable)) })
		}
		if err := work.Wait(); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

func (r *Run) one(ctx context.Context, rep *Report, s *Statement) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ours, err := r.Ours.Answer(ctx, s)
	if err != nil {
		return err
	}
	rep.count(func() { rep.Statements++ })
	if ours.refusal() {
		rep.count(func() { rep.Refused[shape(ours.Err.Message)]++ })
		return nil
	}
	for i, p := range r.Peers {
		if r.PeersEach > 0 && (s.Number+i)%len(r.Peers) >= r.PeersEach {
			continue
		}
		if err := r.with(ctx, rep, s, ours, p); err != nil {
			return fmt.Errorf("statement %d: %s: %w", s.Number, s.SQL, err)
		}
	}
	return nil
}

// with compares a statement with a peer.
func (r *Run) with(ctx context.Context, rep *Report, s *Statement, ours Answer, p Peer) error {
	theirs, err := p.Answer(ctx, s)
	if err != nil {
		return err
	}
	v := compare(s, ours, theirs)
	rep.count(func() {
		rep.Compared[p.Name()]++
		switch v.kind {
		case errorsAgree:
			rep.ErrorsAgreed++
		case peerRefused:
			rep.PeerRefused[v.what]++
		}
	})
	if v.kind != different {
		return nil
	}
	if excused, err := r.excused(ctx, s, p, v); err != nil || excused {
		rep.count(func() { rep.Excused++ })
		return err
	}
	r.report(ctx, rep, s, p, v.what)
	return nil
}

// excused reports whether a difference is only that one side did not evaluate
// an operation that fails for some row: SQL leaves open whether a condition or
// a column that is not needed is evaluated for a row that another condition
// removes. It is so when the operation is not in the select list of the
// statement, and both answer alike with every fallible operation inside TRY.
func (r *Run) excused(ctx context.Context, s *Statement, p Peer, v verdict) (bool, error) {
	if !s.Fallible || !s.Excusable || !strings.HasPrefix(v.what, "only ") {
		return false, nil
	}
	g := s.Guarded()
	ours, err := r.Ours.Answer(ctx, g)
	if err != nil {
		return false, err
	}
	theirs, err := p.Answer(ctx, g)
	if err != nil {
		return false, err
	}
	return compare(g, ours, theirs).kind != different, nil
}

// casesOfKind is how many differences of a kind are made smaller and kept.
const casesOfKind = 3

// report makes a statement that shows a difference smaller and notes it.
func (r *Run) report(ctx context.Context, rep *Report, s *Statement, p Peer, what string) {
	enough := false
	rep.count(func() {
		rep.kinds[what]++
		if enough = what != "rows" && what != "types" && rep.kinds[what] > casesOfKind; enough {
			rep.Alike++
		}
	})
	if enough {
		return
	}
	d := Difference{Peer: p.Name(), What: what}
	d.Statement = reduce(s, func(c *Statement) bool {
		ours, err1 := r.Ours.Answer(ctx, c)
		theirs, err2 := p.Answer(ctx, c)
		return errors.Join(err1, err2) == nil && compare(c, ours, theirs) == verdict{different, what}
	})
	d.Ours, _ = r.Ours.Answer(ctx, d.Statement)
	d.Theirs, _ = p.Answer(ctx, d.Statement)
	rep.count(func() {
		rep.Differences = append(rep.Differences, d)
		if r.Progress != nil {
			fmt.Fprintf(r.Progress, "%s\n\n", d.Text(r.Seed))
		}
	})
}

func (rep *Report) count(note func()) {
	rep.mu.Lock()
	defer rep.mu.Unlock()
	note()
}

// Text is the difference for a person, with what makes it again.
func (d Difference) Text(seed uint64) string {
	return fmt.Sprintf("-seed %d -from %d -n 1, with %s: %s\n%s\nours: %s\n%s: %s",
		seed, d.Statement.Number, d.Peer, d.What, d.Statement.SQL, d.Ours.Text(), d.Peer, d.Theirs.Text())
}

// Text is the report for a person.
func (rep *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d statements", rep.Statements)
	for _, p := range slices.Sorted(maps.Keys(rep.Compared)) {
		fmt.Fprintf(&b, "; %d compared with %s", rep.Compared[p], p)
	}
	fmt.Fprintf(&b, "; errors agreed %d, excused %d, refused %d, refused by the peer %d, differences %d",
		rep.ErrorsAgreed, rep.Excused, total(rep.Refused), total(rep.PeerRefused), len(rep.Differences)+rep.Alike)
	for _, m := range []struct {
		head   string
		counts map[string]int
	}{{"refused", rep.Refused}, {"refused by the peer", rep.PeerRefused}} {
		for _, k := range slices.SortedFunc(maps.Keys(m.counts), func(a, b string) int { return m.counts[b] - m.counts[a] }) {
			fmt.Fprintf(&b, "\n%s %d: %s", m.head, m.counts[k], k)
		}
	}
	return b.String()
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
