package exec

import (
	"context"
	"errors"
	"hash/maphash"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
)

// maxLevels is how often rows are partitioned at most. What is too large after
// that, or does not fall apart, has few distinct keys.
const maxLevels = 4

// joinTask is a pair of files whose rows can only match each other. A nil file
// has no rows.
type joinTask struct {
	files [2]*spillFile
	level int
	whole bool // partitioning does not make it smaller
}

// spilledJoin joins pairs of files, one after another. Of each pair the smaller
// one becomes the table. When that does not fit into memory either, the pair is
// partitioned again; when that does not help, because all rows have one key or
// the join has none, the table is made of one part of the file at a time and the
// other file is read once for each.
type spilledJoin struct {
	join    *sharedJoin
	schemas [2]*arrow.Schema
	tasks   []joinTask // the last one is next
	pass    *joinPass  // at work, or nil
	err     error      // ended the join, for all its partitions
}

// spillLocked reads both sides to their ends and partitions them.
func (j *sharedJoin) spillLocked(ctx context.Context, read sideReader) error {
	s := &spilledJoin{join: j}
	j.spilled = s
	seed := maphash.MakeSeed()
	var files [2][fanout]*spillFile
	var err error
	for side := range files {
		in := j.sides[side]
		s.schemas[side] = in.in.Schema()
		if err == nil {
			files[side], err = s.split(side, seed, func() (arrow.Record, error) {
				if len(in.held) > 0 {
					rec := in.held[0]
					in.held = in.held[1:]
					j.held.add(-recordBytes(rec))
					return rec, nil
				}
				return read(ctx, side)
			})
		}
	}
	s.push(files, 1)
	return err
}

// push adds the pairs of files as tasks.
func (s *spilledJoin) push(files [2][fanout]*spillFile, level int) {
	var rows [2]int64
	for side := range files {
		for _, f := range files[side] {
			if f != nil {
				rows[side] += f.rows
			}
		}
	}
	for i := range fanout {
		t := joinTask{files: [2]*spillFile{files[leftSide][i], files[rightSide][i]}, level: level}
		if t.files[leftSide] == nil && t.files[rightSide] == nil {
			continue
		}
		t.whole = level >= maxLevels || len(s.join.node.LeftKeys) == 0
		for side, f := range t.files {
			t.whole = t.whole || f != nil && level > 1 && f.rows == rows[side]
		}
		s.tasks = append(s.tasks, t)
	}
}

// split spreads the rows of one side over files by the hash of their keys. Rows
// without a match that the join does not yield by themselves are left out.
func (s *spilledJoin) split(side int, seed maphash.Seed, next func() (arrow.Record, error)) (files [fanout]*spillFile, err error) {
	j := s.join
	exprs, err := eval.CompileAll(j.env.Context, j.keys(side))
	if err != nil {
		return files, err
	}
	defer eval.CloseAll(exprs)
	p := newPartitioner(j.env, j.held.stats, s.schemas[side])
	defer func() { err = errors.Join(err, p.close()) }()
	var key []byte
	for {
		rec, err := next()
		if errors.Is(err, io.EOF) {
			return p.finish()
		}
		if err == nil {
			key, err = s.spread(p, side, seed, exprs, rec, key)
			rec.Release()
		}
		if err == nil {
			err = j.env.Budget.Err()
		}
		if err != nil {
			return files, err
		}
	}
}

// spread partitions one batch. key is scratch.
func (s *spilledJoin) spread(p *partitioner, side int, seed maphash.Seed, exprs []*eval.Expr, rec arrow.Record, key []byte) ([]byte, error) {
	keys, err := evalArrays(exprs, s.join.env.frame(rec))
	if err != nil {
		return key, err
	}
	defer releaseArrays(keys)
	encode := joinKeys(s.join.node, exprs, keys)
	parts := make([]uint8, rec.NumRows())
	for row := range parts {
		var ok bool
		if key, ok = encodeJoinKey(key[:0], encode, row); ok {
			parts[row] = partitionOf(seed, key)
			continue
		}
		parts[row] = noPartition
		if s.join.keeps(side) {
			parts[row] = uint8(row % fanout)
		}
	}
	return key, p.add(rec, parts)
}

// next makes the next batch of the join.
func (s *spilledJoin) next(ctx context.Context) (arrow.Record, error) {
	s.join.mu.Lock()
	defer s.join.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	out, err := s.nextLocked(ctx)
	s.err = err
	return out, err
}

func (s *spilledJoin) nextLocked(ctx context.Context) (arrow.Record, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if s.pass == nil {
			if len(s.tasks) == 0 {
				return nil, io.EOF
			}
			if err := s.begin(ctx); err != nil {
				return nil, err
			}
			continue
		}
		out, err := s.pass.next(ctx)
		if errors.Is(err, io.EOF) {
			err = s.pass.close()
			s.pass = nil
		}
		if out != nil || err != nil {
			return out, err
		}
	}
}

// begin starts the last task, or replaces it by smaller ones.
func (s *spilledJoin) begin(ctx context.Context) error {
	t := s.tasks[len(s.tasks)-1]
	s.tasks = s.tasks[:len(s.tasks)-1]
	side := rightSide
	if t.files[leftSide].size() < t.files[rightSide].size() {
		side = leftSide
	}
	if t.files[1-side] == nil && !s.join.keeps(side) || t.files[side] == nil && !s.join.keeps(1-side) {
		return removeAll(t.files[:])
	}
	p, err := newJoinPass(s, t, side)
	if err == nil {
		err = p.load(ctx)
	}
	if err == nil && p.more != nil && !t.whole {
		err = errors.Join(p.stop(), s.repartition(ctx, t))
		return errors.Join(err, removeAll(t.files[:]))
	}
	s.pass = p
	return err
}

// repartition replaces a pair of files by several smaller ones.
func (s *spilledJoin) repartition(ctx context.Context, t joinTask) error {
	seed := maphash.MakeSeed()
	var files [2][fanout]*spillFile
	for side, f := range t.files {
		if f == nil {
			continue
		}
		r, err := f.open()
		if err == nil {
			files[side], err = s.split(side, seed, func() (arrow.Record, error) {
				if err := ctx.Err(); err != nil {
					return nil, context.Cause(ctx)
				}
				return r.next()
			})
			err = errors.Join(err, r.close())
		}
		if err != nil {
			return errors.Join(err, removeAll(files[leftSide][:]), removeAll(files[rightSide][:]))
		}
	}
	s.push(files, t.level+1)
	return nil
}

func (s *spilledJoin) close() error {
	s.err = errClosed
	var errs []error
	if s.pass != nil {
		errs = append(errs, s.pass.close())
		s.pass = nil
	}
	for _, t := range s.tasks {
		errs = append(errs, removeAll(t.files[:]))
	}
	s.tasks = nil
	return errors.Join(errs...)
}

// joinPass joins one pair of files.
type joinPass struct {
	join   *sharedJoin
	task   joinTask
	build  *spillReader // of the table's side
	more   arrow.Record // first batch of the next part of it, or nil
	table  *joinTable
	probe  *spillReader
	prober *prober
	seen   []bool  // of the probing rows, when there are several parts
	tail   []int32 // rows of the table still to be yielded
	tailed bool    // the probing rows are at their end
}

func newJoinPass(s *spilledJoin, t joinTask, side int) (*joinPass, error) {
	p := &joinPass{join: s.join, task: t}
	var err error
	if p.table, err = newJoinTable(s.join, side); err == nil {
		p.build, err = t.files[side].open()
	}
	return p, err
}

// load fills the table with as much as fits, and starts the probing.
func (p *joinPass) load(ctx context.Context) error {
	side := p.table.side
	for rec := p.more; ; {
		p.more = nil
		if rec == nil {
			var err error
			if rec, err = p.build.next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return err
			}
		}
		if p.table.filled && p.join.held.full() {
			p.more = rec
			break
		}
		err := p.table.add(rec)
		rec.Release()
		if rec = nil; err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if p.more != nil && !p.task.whole {
		return nil // the table is of no use
	}
	if err := p.table.seal(); err != nil {
		return err
	}
	var err error
	if p.probe, err = p.task.files[1-side].open(); err != nil {
		return err
	}
	if p.prober, err = newProber(p.join, p.table); err != nil {
		return err
	}
	if probing := p.task.files[1-side]; p.more != nil && p.seen == nil && probing != nil && p.join.keeps(1-side) {
		p.seen = make([]bool, probing.rows)
		p.join.held.reserve(probing.rows)
	}
	p.prober.seen, p.prober.part = p.seen, p.more != nil
	p.tailed = false
	return nil
}

// next makes the next batch of the pair.
func (p *joinPass) next(ctx context.Context) (arrow.Record, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if p.tailed {
			if out, err := p.rest(ctx); out != nil || err != nil {
				return out, err
			}
			continue
		}
		if p.prober.rec == nil {
			rec, err := p.probe.next()
			if errors.Is(err, io.EOF) {
				p.tailed, p.tail = true, p.table.tail()
				continue
			}
			if err == nil {
				err = p.prober.begin(rec)
			}
			if err != nil {
				return nil, err
			}
		}
		out, err := p.prober.step()
		if out != nil || err != nil {
			return out, err
		}
	}
}

// rest yields rows of the table by themselves, and then goes on to the next part;
// nil when it did.
func (p *joinPass) rest(ctx context.Context) (arrow.Record, error) {
	if len(p.tail) > 0 {
		n := min(len(p.tail), batchRows)
		rows := p.tail[:n]
		p.tail = p.tail[n:]
		return p.prober.tailRows(rows)
	}
	if p.more == nil {
		return nil, io.EOF
	}
	side := p.table.side
	p.prober.close()
	p.prober = nil
	p.table.release()
	err := p.probe.close()
	p.probe = nil
	if err == nil {
		p.table, err = newJoinTable(p.join, side)
	}
	if err != nil {
		return nil, err
	}
	return nil, p.load(ctx)
}

// stop ends the reading and keeps the files.
func (p *joinPass) stop() error {
	if p.more != nil {
		p.more.Release()
		p.more = nil
	}
	if p.prober != nil {
		p.prober.close()
	}
	if p.table != nil {
		p.table.release()
	}
	p.join.held.reserve(-int64(len(p.seen)))
	p.seen = nil
	return errors.Join(p.build.close(), p.probe.close())
}

// close ends the pass and removes its files.
func (p *joinPass) close() error { return errors.Join(p.stop(), removeAll(p.task.files[:])) }
