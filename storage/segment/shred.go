package segment

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
)

// rowRef is a row of the records that make up a row group.
type rowRef struct{ rec, row int32 }

// shredded is a leaf of a row group in Parquet's form: one definition level (and
// below lists and maps one repetition level) per entry, and the values of the
// entries that have one. bytes values point into the Arrow buffers.
type shredded struct {
	def, rep []uint8 // rep is nil outside lists and maps
	strs     []string
	ints     []int64 // also int32 and timestamps
	floats   []float64
	bools    []bool
	// raw and packed are room for the page under construction, kept for reuse.
	raw, packed []byte
}

func (s *shredded) reset() {
	s.def, s.rep = s.def[:0], s.rep[:0]
	clear(s.strs) // do not keep the records alive
	s.strs, s.ints, s.floats, s.bools = s.strs[:0], s.ints[:0], s.floats[:0], s.bools[:0]
}

// step is one node on the way from a column to a leaf, in one record.
type step struct {
	kind  kind
	def   uint8
	nulls []byte // nil when nothing is NULL
	off   int
	list  interface{ ValueOffsets(int) (int64, int64) }
}

func (s *step) isNull(i int) bool {
	return s.nulls != nil && bitutil.BitIsNotSet(s.nulls, s.off+i)
}

// shredder walks one leaf of several records.
type shredder struct {
	leaf    *node
	columns int     // index of the top-level column
	nodes   []*node // from the column to the leaf
	turns   []int   // child index taken at each node but the last
	out     *shredded

	// of the record at hand
	steps  []step
	append func(i int)
}

// newShredder prepares the way to a leaf.
func newShredder(t *tree, leaf *node, out *shredded) *shredder {
	s := &shredder{leaf: leaf, out: out}
	level := t.columns
	for level != nil {
		for i, n := range level {
			if !holds(n, leaf) {
				continue
			}
			if len(s.nodes) == 0 {
				s.columns = i
			} else {
				s.turns = append(s.turns, i)
			}
			s.nodes = append(s.nodes, n)
			level = n.children
			break
		}
	}
	return s
}

func holds(n, leaf *node) bool {
	for _, l := range n.leaves {
		if l == leaf {
			return true
		}
	}
	return false
}

// bind points the shredder at a record.
func (s *shredder) bind(rec arrow.Record) {
	s.steps = s.steps[:0]
	arr := rec.Column(s.columns)
	for i, n := range s.nodes {
		st := step{kind: n.kind, def: uint8(n.def), off: arr.Data().Offset()}
		if arr.NullN() > 0 && !n.required {
			st.nulls = arr.NullBitmapBytes()
		}
		switch a := arr.(type) {
		case *array.Struct:
			arr = a.Field(s.turns[i])
		case *array.Map:
			st.list = a
			if arr = a.Keys(); s.turns[i] == 1 {
				arr = a.Items()
			}
		case *array.List:
			st.list = a
			arr = a.ListValues()
		default:
			s.append = s.appender(arr)
		}
		s.steps = append(s.steps, st)
	}
}

// appender returns the function that adds value i of a leaf array to the output.
func (s *shredder) appender(arr arrow.Array) func(int) {
	o := s.out
	switch a := arr.(type) {
	case *array.String:
		return func(i int) { o.strs = append(o.strs, a.Value(i)) }
	case *array.Binary:
		return func(i int) { o.strs = append(o.strs, viewString(a.Value(i))) }
	case *array.Boolean:
		return func(i int) { o.bools = append(o.bools, a.Value(i)) }
	case *array.Int32:
		return func(i int) { o.ints = append(o.ints, int64(a.Value(i))) }
	case *array.Int64:
		return func(i int) { o.ints = append(o.ints, a.Value(i)) }
	case *array.Float64:
		return func(i int) { o.floats = append(o.floats, a.Value(i)) }
	case *array.Timestamp:
		return func(i int) { o.ints = append(o.ints, int64(a.Value(i))) }
	}
	panic("segment: array of a type that the schema check let through")
}

// viewString is b as a string that shares its bytes.
func viewString(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// viewBytes is s as bytes that must not be changed.
func viewBytes(s string) []byte {
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

// rows shreds the rows in the order given.
func (s *shredder) rows(records []arrow.Record, order []rowRef) {
	bound := make([]shredder, len(records))
	for i, rec := range records {
		bound[i] = *s
		bound[i].steps = nil
		bound[i].bind(rec)
	}
	if s.leaf.maxRep == 0 {
		for _, r := range order {
			bound[r.rec].flat(int(r.row))
		}
		return
	}
	for _, r := range order {
		bound[r.rec].walk(0, int(r.row), 0)
	}
}

// flat shreds a row of a leaf outside lists and maps.
func (s *shredder) flat(i int) {
	for k := range s.steps {
		if st := &s.steps[k]; st.isNull(i) {
			s.out.def = append(s.out.def, st.def-1)
			return
		}
	}
	s.out.def = append(s.out.def, uint8(s.leaf.maxDef))
	s.append(i)
}

// walk shreds value i of step k, whose first entry gets the repetition level rep.
func (s *shredder) walk(k, i int, rep uint8) {
	st := &s.steps[k]
	if st.isNull(i) {
		s.emit(rep, st.def-1)
		return
	}
	switch st.kind {
	case kindStruct:
		s.walk(k+1, i, rep)
	case kindList, kindMap:
		start, end := st.list.ValueOffsets(i)
		if start == end {
			s.emit(rep, st.def)
			return
		}
		s.walk(k+1, int(start), rep)
		own := uint8(s.nodes[k].rep + 1)
		for j := start + 1; j < end; j++ {
			s.walk(k+1, int(j), own)
		}
	default:
		s.emit(rep, st.def)
		s.append(i)
	}
}

func (s *shredder) emit(rep, def uint8) {
	s.out.rep = append(s.out.rep, rep)
	s.out.def = append(s.out.def, def)
}

// countNulls makes every array below arr count its NULLs. Arrow counts when it is
// first asked, which columns that are encoded at the same time must not do.
func countNulls(arr arrow.Array) {
	arr.NullN()
	switch a := arr.(type) {
	case *array.Struct:
		for i := range a.NumField() {
			countNulls(a.Field(i))
		}
	case *array.Map:
		countNulls(a.Keys())
		countNulls(a.Items())
	case *array.List:
		countNulls(a.ListValues())
	}
}

// rawBytes estimates the raw size of an array: what its values take, offsets and
// bitmaps left out.
func rawBytes(arr arrow.Array) int64 {
	if arr.Len() == 0 {
		return 0
	}
	switch a := arr.(type) {
	case *array.String:
		return int64(a.ValueOffset(a.Len())-a.ValueOffset(0)) + 4*int64(a.Len())
	case *array.Binary:
		return int64(len(a.ValueBytes())) + 4*int64(a.Len())
	case *array.Struct:
		n := int64(0)
		for i := range a.NumField() {
			n += rawBytes(a.Field(i))
		}
		return n
	case *array.Map:
		return nestedBytes(a.List, a.Keys()) + nestedBytes(a.List, a.Items())
	case *array.List:
		return nestedBytes(a, a.ListValues())
	case *array.Boolean:
		return int64(a.Len()+7) / 8
	case *array.Int32:
		return int64(a.Len()) * 4
	}
	return int64(arr.Len()) * 8
}

func nestedBytes(l *array.List, values arrow.Array) int64 {
	if l.Len() == 0 {
		return 0
	}
	start, _ := l.ValueOffsets(0)
	_, end := l.ValueOffsets(l.Len() - 1)
	if end <= start {
		return 0
	}
	part := array.NewSlice(values, start, end)
	defer part.Release()
	return rawBytes(part)
}

// recordBytes estimates the raw size of a record.
func recordBytes(rec arrow.Record) int64 {
	n := int64(0)
	for _, col := range rec.Columns() {
		n += rawBytes(col)
	}
	return n
}
