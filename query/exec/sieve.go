package exec

import (
	"bytes"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/plan"
)

// compactBytes is how much the keys of a part take before those that are behind go.
const compactBytes = 4 << 20

// sieve is the plan.Sieve of a stream of a scan: rows pass that satisfy the
// scan's conjuncts (without a Top those that read no wide column, if there are
// some) and, with a Top, are among the first that any stream of the scan has
// seen. It evaluates what the filter and the top-N above evaluate again; where
// that fails it lets all rows pass, so the failure is theirs.
type sieve struct {
	env     *Env
	columns []plan.ColumnPath
	schema  *arrow.Schema   // of columns
	cond    *eval.Predicate // nil: every row
	exprs   []*eval.Expr
	keys    []plan.SortKey
	top     *topKeys // nil: every row
	closed  bool

	added int64   // rows of the part
	rows  []int64 // that may be wanted
	ends  []int   // key of rows[i] is bytes[ends[i-1]:ends[i]]; empty: it is wanted whatever comes
	bytes []byte  // of keys
	size  int64   // of rows, ends and bytes, told to the budget
}

// sieveOf returns what makes the sieves of a scan; nil when none would be of use.
func sieveOf(n *plan.Scan, env *Env) func() (plan.Sieve, error) {
	conjuncts := n.Conjuncts
	var top *topKeys
	if n.Top != nil && n.Top.Limit <= topRows {
		top = newTopKeys(n, env)
	} else if narrow := narrowConjuncts(n); len(narrow) > 0 {
		conjuncts = narrow
	}
	exprs := slices.Clone(conjuncts)
	if top != nil {
		for _, k := range n.Top.Keys {
			exprs = append(exprs, k.Expr)
		}
	}
	if len(exprs) == 0 {
		return nil
	}
	early := newEarlyColumns(n, exprs)
	if cond := plan.Conjoin(conjuncts); cond != nil {
		early.cond = early.over(cond)
	}
	if top != nil {
		for _, k := range n.Top.Keys {
			k.Expr = early.over(k.Expr)
			early.keys = append(early.keys, k)
		}
	}
	if top == nil && !early.searches() && len(early.paths) == len(n.Columns) {
		return nil // there is nothing that need not be read
	}
	return func() (plan.Sieve, error) { return newSieve(early, env, top) }
}

// earlyColumns are what a sieve asks for: columns of a scan, and conditions on the
// texts of such that nothing else of it needs.
type earlyColumns struct {
	scan  *plan.Scan
	whole map[int]bool // the columns that it needs themselves
	paths []plan.ColumnPath
	from  []int // the column of the scan that each path is, or is about

	cond plan.Expr // over paths, as keys are; nil: every row
	keys []plan.SortKey
}

func newEarlyColumns(n *plan.Scan, exprs []plan.Expr) *earlyColumns {
	c := &earlyColumns{scan: n, whole: map[int]bool{}}
	for _, e := range exprs {
		plan.WalkExpr(e, func(e plan.Expr) bool {
			if _, ok := c.search(e); ok {
				return false
			}
			if column, ok := e.(*plan.Column); ok {
				c.whole[column.Index] = true
			}
			return true
		})
	}
	return c
}

// search is the path of a condition on a text that the table can decide.
func (c *earlyColumns) search(e plan.Expr) (path earlyPath, ok bool) {
	of, test, ok := plan.SplitSearch(e)
	if !ok {
		return path, false
	}
	column, isColumn := of.(*plan.Column)
	table, searches := c.scan.Table.(plan.Searcher)
	if !isColumn || !searches || c.whole[column.Index] || c.scan.Columns[column.Index].Key != nil {
		return path, false
	}
	path = earlyPath{ColumnPath: c.scan.Columns[column.Index], from: column.Index}
	path.Test, path.Type = test, e.Type()
	return path, table.Searches(path.ColumnPath)
}

// earlyPath is a path and the column of the scan it is from.
type earlyPath struct {
	plan.ColumnPath
	from int
}

// over rewrites an expression over the scan's columns into one over the paths.
func (c *earlyColumns) over(e plan.Expr) plan.Expr {
	return plan.RewriteExpr(e, func(e plan.Expr) (plan.Expr, bool) {
		path, ok := c.search(e)
		if column, isColumn := e.(*plan.Column); isColumn {
			path, ok = earlyPath{ColumnPath: c.scan.Columns[column.Index], from: column.Index}, true
		}
		if !ok {
			return nil, false
		}
		return &plan.Column{Index: c.add(path), Name: path.Name, Typ: path.Type}, true
	})
}

// add returns the place of a path.
func (c *earlyColumns) add(path earlyPath) int {
	for i, p := range c.paths {
		if c.from[i] == path.from && (p.Test == nil) == (path.Test == nil) && (p.Test == nil || plan.Equal(p.Test, path.Test)) {
			return i
		}
	}
	c.paths, c.from = append(c.paths, path.ColumnPath), append(c.from, path.from)
	return len(c.paths) - 1
}

// searches reports whether there are conditions on texts that the scan reads.
func (c *earlyColumns) searches() bool {
	for i, p := range c.paths {
		if p.Test != nil && c.scan.Columns[c.from[i]].Test == nil {
			return true
		}
	}
	return false
}

// narrowConjuncts are the scan's conjuncts that read no wide column.
func narrowConjuncts(n *plan.Scan) []plan.Expr {
	all := n.Table.Columns()
	return slices.DeleteFunc(slices.Clone(n.Conjuncts), func(e plan.Expr) bool {
		wide := false
		plan.ColumnsOf(e, func(c *plan.Column) { wide = wide || all[n.Columns[c.Index].Column].Wide })
		return wide
	})
}

func newSieve(early *earlyColumns, env *Env, top *topKeys) (plan.Sieve, error) {
	outputs := make([]plan.Output, len(early.paths))
	for i, p := range early.paths {
		outputs[i] = plan.Output{Name: p.Name, Type: p.Type}
	}
	s := &sieve{env: env, columns: early.paths, schema: Schema(outputs), top: top, keys: early.keys}
	if top != nil {
		top.open()
	}
	var err error
	if early.cond != nil {
		if s.cond, err = eval.CompilePredicate(env.Context, early.cond); err != nil {
			s.Close()
			return nil, err
		}
	}
	if top != nil {
		if s.exprs, err = compileKeys(s.keys, env); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// Columns implements plan.Sieve.
func (s *sieve) Columns() []plan.ColumnPath { return s.columns }

// Bounds implements plan.Sieve.
func (s *sieve) Bounds() []plan.Expr {
	if s.top == nil {
		return nil
	}
	return s.top.bounds()
}

// Order implements plan.Sieve.
func (s *sieve) Order() (column int, desc, ok bool) {
	if s.top == nil || s.top.column == nil {
		return 0, false, false
	}
	return s.top.column.Index, s.top.key.Desc, true
}

// Add implements plan.Sieve.
func (s *sieve) Add(rec arrow.Record) error {
	first := s.added
	s.added += rec.NumRows()
	from, used := len(s.rows), len(s.bytes)
	conformed, err := conformRecord(s.env, rec, s.schema)
	if err != nil {
		return err
	}
	defer conformed.Release()
	if err := s.add(conformed, first); err != nil {
		// A failing condition or key is reported by who needs it.
		s.rows, s.ends = s.rows[:from], s.ends[:from]
		s.bytes = s.bytes[:used]
		for i := range rec.NumRows() {
			s.keep(first+i, nil)
		}
	}
	if s.top != nil && len(s.bytes) > compactBytes {
		s.compact()
	}
	size := int64(cap(s.rows))*8 + int64(cap(s.ends))*8 + int64(cap(s.bytes))
	s.env.Budget.Reserve(size - s.size)
	s.size = size
	return s.env.Budget.Err()
}

// add keeps the rows of a batch that may be wanted; first is the number of its first.
func (s *sieve) add(rec arrow.Record, first int64) error {
	frame := s.env.frame(rec)
	var sel []int32
	if s.cond != nil {
		var err error
		if sel, err = s.cond.Select(frame); err != nil {
			return err
		}
		if len(sel) == 0 {
			return nil
		}
		if s.top != nil && len(sel) < int(rec.NumRows()) {
			frame = frame.Sub(sel)
			defer frame.Release()
		}
	}
	row := func(i int) int64 {
		if s.cond != nil {
			return first + int64(sel[i])
		}
		return first + int64(i)
	}
	if s.top == nil {
		for i := range sel {
			s.keep(row(i), nil)
		}
		return nil
	}
	cols, err := evalArrays(s.exprs, frame)
	if err != nil {
		return err
	}
	defer releaseArrays(cols)
	return s.top.offer(s.exprs, cols, frame.Rows(), func(i int, key []byte) { s.keep(row(i), key) })
}

func (s *sieve) keep(row int64, key []byte) {
	s.rows = append(s.rows, row)
	s.bytes = append(s.bytes, key...)
	s.ends = append(s.ends, len(s.bytes))
}

// compact forgets the rows that the top has left behind.
func (s *sieve) compact() {
	worst := s.top.last()
	if worst == nil {
		return
	}
	n, used, start := 0, 0, 0
	for i, end := range s.ends {
		key := s.bytes[start:end]
		start = end
		if bytes.Compare(key, worst) > 0 {
			continue
		}
		used += copy(s.bytes[used:], key)
		s.rows[n], s.ends[n] = s.rows[i], used
		n++
	}
	s.rows, s.ends, s.bytes = s.rows[:n], s.ends[:n], s.bytes[:used]
}

// Rows implements plan.Sieve.
func (s *sieve) Rows() []int64 {
	if s.top != nil {
		s.compact()
	}
	out := slices.Clone(s.rows)
	s.rows, s.ends, s.bytes, s.added = s.rows[:0], s.ends[:0], s.bytes[:0], 0
	return out
}

// Close implements plan.Sieve.
func (s *sieve) Close() {
	if s.cond != nil {
		s.cond.Close()
		s.cond = nil
	}
	eval.CloseAll(s.exprs)
	s.exprs = nil
	if s.top != nil && !s.closed {
		s.top.close()
	}
	s.closed = true
	s.env.Budget.Reserve(-s.size)
	s.rows, s.ends, s.bytes, s.size = nil, nil, nil, 0
}
