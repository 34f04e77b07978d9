package segment

import (
	"io"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TimesColumn is the name of the last column of records with folded rows.
const TimesColumn = "$times"

// Folding pays when so many rows on average become one. It is given up where it does
// not, after so many that remain.
const (
	foldShare = 3
	foldTrial = 1024
)

// codeRuns walks the rows of a utf8 leaf that is stored with a dictionary, or has only
// NULLs, a run of equal values at a time. What a long run of rows has in common is looked at once.
type codeRuns struct {
	chunk  *chunkReader
	levels hybrid
	codes  hybrid
	rows   int   // of the page at hand that are not in runs yet
	code   int32 // of the run at hand; -1 is NULL
	left   int   // how many rows of it are left
}

// load makes the next run the one at hand.
func (r *codeRuns) load() error {
	if r.rows == 0 {
		if err := r.chunk.nextRuns(r); err != nil {
			if err == io.EOF {
				return corrupt("column %s: the chunk ends before its rows", r.chunk.leaf.path)
			}
			return err
		}
	}
	if r.levels.left == 0 {
		if err := r.levels.load(); err != nil {
			return corrupt("column %s: definition levels: %w", r.chunk.leaf.path, err)
		}
	}
	most := uint32(r.chunk.leaf.maxDef)
	if r.levels.value > most {
		return corrupt("column %s: level %d, at most %d is possible", r.chunk.leaf.path, r.levels.value, most)
	}
	n := min(r.levels.left, r.rows)
	r.code = -1
	if r.levels.value == most {
		if r.codes.left == 0 {
			if err := r.codes.load(); err != nil {
				return corrupt("column %s: codes: %w", r.chunk.leaf.path, err)
			}
		}
		if uint64(r.codes.value) >= uint64(len(r.chunk.dict)) {
			return corrupt("column %s: code %d outside a dictionary of %d", r.chunk.leaf.path, r.codes.value, len(r.chunk.dict))
		}
		n = min(n, r.codes.left)
		r.codes.left -= n
		r.code = int32(r.codes.value)
	}
	r.levels.left -= n
	r.rows -= n
	r.left = n
	return nil
}

// nextRuns begins the next data page of a leaf without repetitions; io.EOF at the end.
func (c *chunkReader) nextRuns(r *codeRuns) (err error) {
	defer guard(&err, "column "+c.leaf.path)
	offset, entries, err := c.nextBody()
	if err != nil {
		return err
	}
	levels, data, ok := nextBytes(c.page.buf)
	if !ok {
		return corruptAt(offset, "column %s: page: the page ends early", c.leaf.path)
	}
	r.levels = hybrid{data: levels, width: bits.Len8(uint8(c.leaf.maxDef))}
	r.codes = hybrid{}
	if len(data) > 0 {
		if data[0] > 32 {
			return corruptAt(offset, "column %s: page: codes of %d bits", c.leaf.path, data[0])
		}
		r.codes = hybrid{data: data[1:], width: int(data[0])}
	}
	r.rows = entries
	return nil
}

// folder reads columns with like rows that follow each other once.
type folder struct {
	mem     memory.Allocator
	columns []*codeRuns
	dicts   []arrow.Array
	codes   [][]int32 // of the rows read, by column
	times   []int64   // how many rows of the row group each is
	gaveUp  bool      // the next rows are better read one by one
}

// folds reports whether rows that are alike in the columns can be read once: with a
// dictionary, or when all is NULL, it is seen from the codes and levels.
func (r *Reader) folds(req ReadRequest) bool {
	for _, c := range req.Columns {
		n, err := r.resolve(c)
		if err != nil || c.Key != nil || c.Test != nil || n.kind != kindUTF8 || n.maxRep > 0 {
			return false
		}
		m := &r.meta.RowGroups[req.RowGroup].Columns[n.index].MetaData
		if !hasDictionary(m) && m.Statistics.NullCount < m.NumValues {
			return false
		}
	}
	return !req.Plain
}

func (r *Reader) folder(req ReadRequest, read *int64) *folder {
	f := &folder{mem: req.Mem, dicts: make([]arrow.Array, len(req.Columns)), codes: make([][]int32, len(req.Columns))}
	for _, c := range req.Columns {
		f.columns = append(f.columns, &codeRuns{chunk: r.chunk(req.RowGroup, r.tree.find(c.Path), read)})
	}
	return f
}

func foldedSchema(columns []Column) *arrow.Schema {
	var fields []arrow.Field
	for _, c := range columns {
		fields = append(fields, arrow.Field{Name: c.name(), Type: dictionaryType, Nullable: true})
	}
	return arrow.NewSchema(append(fields, arrow.Field{Name: TimesColumn, Type: arrow.PrimitiveTypes.Int64}), nil)
}

// record is the next rows, of those left in the row group as many different ones as
// wanted. It returns how many of the row group these are.
func (f *folder) record(schema *arrow.Schema, wanted int, left int64) (rec arrow.Record, passed int64, err error) {
	defer faults(&err)
	if passed, err = f.next(wanted, left); err != nil {
		return nil, passed, err
	}
	return f.flush(schema), passed, nil
}

// next reads on until there are as many different rows as wanted, or all of the rows
// of the row group that are left, and returns how many these were.
func (f *folder) next(wanted int, left int64) (passed int64, err error) {
	f.times = f.times[:0]
	for i := range f.codes {
		f.codes[i] = f.codes[i][:0]
	}
	for passed < left {
		n := left - passed
		same := len(f.times) > 0
		for i, c := range f.columns {
			if c.left == 0 {
				if err := c.load(); err != nil {
					return passed, err
				}
			}
			n = min(n, int64(c.left))
			same = same && f.codes[i][len(f.times)-1] == c.code
		}
		if !same {
			if f.gaveUp = len(f.times)%foldTrial == foldTrial-1 && passed < int64(len(f.times))*foldShare; f.gaveUp || len(f.times) == wanted {
				break
			}
			for i, c := range f.columns {
				f.codes[i] = append(f.codes[i], c.code)
			}
			f.times = append(f.times, 0)
		}
		for _, c := range f.columns {
			c.left -= int(n)
		}
		f.times[len(f.times)-1] += n
		passed += n
	}
	return passed, nil
}

// flush is the rows read last.
func (f *folder) flush(schema *arrow.Schema) arrow.Record {
	cols := make([]arrow.Array, 0, len(f.columns)+1)
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	for i, c := range f.columns {
		if f.dicts[i] == nil {
			f.dicts[i] = stringArray(c.chunk.dict, f.mem)
		}
		cols = append(cols, f.coded(f.codes[i], f.dicts[i]))
	}
	a := assembler{mem: f.mem}
	buf := a.fixed(len(f.times), 8)
	copyInto(buf.Bytes(), f.times)
	data := newData(arrow.PrimitiveTypes.Int64, len(f.times), []*memory.Buffer{nil, buf}, nil, 0)
	defer data.Release()
	cols = append(cols, array.MakeFromData(data))
	return array.NewRecord(schema, cols, int64(len(f.times)))
}

// coded is the array of codes of which -1 is NULL.
func (f *folder) coded(codes []int32, dict arrow.Array) arrow.Array {
	a := assembler{mem: f.mem}
	valid := &bitmap{n: len(codes)}
	if slices.Contains(codes, -1) {
		valid = a.bitmap(len(codes))
		for _, c := range codes {
			valid.add(c >= 0)
		}
	}
	buf, out := a.int32s(len(codes))
	for i, c := range codes {
		out[i] = max(c, 0)
	}
	data := newData(arrow.PrimitiveTypes.Int32, len(codes), []*memory.Buffer{valid.buffer(), buf}, nil, valid.nulls)
	defer data.Release()
	index := array.MakeFromData(data)
	defer index.Release()
	return array.NewDictionaryArray(dictionaryType, index, dict)
}

func (f *folder) release() {
	for _, c := range f.columns {
		c.chunk.release()
	}
	for _, d := range f.dicts {
		if d != nil {
			d.Release()
		}
	}
	f.columns, f.dicts = nil, nil
}
