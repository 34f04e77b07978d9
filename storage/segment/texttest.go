package segment

import (
	"encoding/binary"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TextTest is a condition on a text that is decided on the bytes as they are
// stored. It is safe for concurrent use.
type TextTest interface {
	// Find looks at many texts at once, which lie in data behind each other, or with
	// other bytes between them. It returns a place that is not behind the end of the first of them for
	// which Holds is true, or -1 when there is none.
	Find(data []byte) int
	// Holds decides on one text. It neither changes nor keeps the bytes.
	Holds(text []byte) bool
}

// Answers of tests. Of several, the highest is that of whether any holds.
const (
	answerNo uint8 = iota
	answerUnknown
	answerYes
)

// testReader reads whether conditions on the texts of one leaf hold. It decides
// them page by page, on the decompressed bytes; of a chunk with a dictionary, on
// the dictionary.
type testReader struct {
	mem   memory.Allocator
	chunk *chunkReader
	list  *node // the list or map that the leaf is below, or nil
	tests []*testColumn

	row      int64 // of the row group that comes next
	at, rows int   // rows of the page at hand that are behind, and all
	toSkip   int64 // rows to skip before the next that are read
	hits     []uint8
}

// testColumn is one test of a testReader as a column. The first drives the reader,
// so that the columns of one reader take the same steps.
type testColumn struct {
	of     *testReader
	test   TextTest
	codes  []uint8 // answers by code, of a chunk with a dictionary
	page   []uint8 // answers by row of the page at hand
	answer []uint8 // of the rows read since the last flush
}

// testReader starts reading tests on the leaf n.
func (r *Reader) testReader(rowGroup int, c Column, n *node, mem memory.Allocator, read *int64) *testColumn {
	t := &testReader{mem: mem, chunk: r.chunk(rowGroup, n, read)}
	for i := range c.Path {
		if above := r.tree.find(c.Path[:i+1]); above.kind == kindList || above.kind == kindMap {
			t.list = above
		}
	}
	return t.add(c.Test)
}

// add adds a column for one more test.
func (t *testReader) add(test TextTest) *testColumn {
	c := &testColumn{of: t, test: test}
	t.tests = append(t.tests, c)
	return c
}

// testColumn returns a column for a test, read with another one on the same leaf
// when there is one among those given.
func (r *Reader) testColumn(rowGroup int, c Column, n *node, mem memory.Allocator, read *int64, others []columnReader) *testColumn {
	for _, o := range others {
		if t, ok := o.(*testColumn); ok && t.of.chunk.leaf == n {
			return t.of.add(c.Test)
		}
	}
	return r.testReader(rowGroup, c, n, mem, read)
}

func (c *testColumn) next(n int) error {
	if c != c.of.tests[0] {
		return nil
	}
	return c.of.next(n)
}

func (c *testColumn) skip(n int64) {
	if c == c.of.tests[0] {
		c.of.toSkip += n
	}
}

func (c *testColumn) release() { c.of.chunk.release() }

// next takes the answers of n rows.
func (t *testReader) next(n int) error {
	if err := t.settle(); err != nil {
		return err
	}
	for n > 0 {
		if err := t.load(); err != nil {
			return err
		}
		k := min(n, t.rows-t.at)
		for _, c := range t.tests {
			c.answer = append(c.answer, c.page[t.at:t.at+k]...)
		}
		t.pass(k)
		n -= k
	}
	return nil
}

func (t *testReader) pass(n int) {
	t.at += n
	t.row += int64(n)
}

// settle carries out the pending skip. Pages that are skipped whole are not read.
func (t *testReader) settle() error {
	for t.toSkip > 0 {
		n := int(min(t.toSkip, int64(t.rows-t.at)))
		t.pass(n)
		if t.toSkip -= int64(n); t.toSkip == 0 {
			return nil
		}
		first, err := t.chunk.seekPage(t.row+t.toSkip, t.row)
		if err != nil {
			return err
		}
		t.toSkip -= first - t.row
		t.row = first
		if err := t.load(); err != nil {
			return err
		}
	}
	return nil
}

// load makes sure that a page with rows is at hand, and decides the tests on it.
func (t *testReader) load() error {
	for t.at == t.rows {
		if err := t.readDictionary(); err != nil {
			return err
		}
		if err := t.chunk.nextPage(); err != nil {
			if err == io.EOF {
				return corrupt("column %s: the chunk ends after %d rows, want %d", t.chunk.leaf.path, t.row, t.chunk.rows)
			}
			return err
		}
		t.at, t.rows = 0, t.chunk.page.rows
		for _, c := range t.tests {
			if err := c.decide(); err != nil {
				return err
			}
		}
	}
	return nil
}

// readDictionary decides the tests on the values of the dictionary, once. The
// values themselves are not kept.
func (t *testReader) readDictionary() (err error) {
	c := t.chunk
	if c.haveDict || !hasDictionary(c.meta) {
		return nil
	}
	defer guard(&err, "column "+c.leaf.path)
	p := c.page
	if p.buf, err = c.dictionaryBytes(p.buf); err != nil {
		return err
	}
	for _, test := range t.tests {
		test.codes = zeros(test.codes, c.dictCount)
		if !holding(test.test, p.buf, test.codes) {
			return corrupt("column %s: dictionary ends early", c.leaf.path)
		}
	}
	c.haveDict = true
	return nil
}

// decide finds the answers for the rows of the page at hand.
func (c *testColumn) decide() error {
	p, leaf := c.of.chunk.page, c.of.chunk.leaf
	hits := c.of.hits
	if c.of.chunk.haveDict {
		hits = zeros(hits, len(p.codes))
		for i, code := range p.codes {
			hits[i] = c.codes[code]
		}
	} else {
		hits = zeros(hits, p.values)
		if p.apart {
			holdingApart(c.test, p.data, p.lengths, hits)
		} else if !holding(c.test, p.data, hits) {
			return corrupt("column %s: a page ends inside a value", leaf.path)
		}
	}
	c.of.hits = hits
	c.page = zeros(c.page, p.rows)
	switch {
	case c.of.list != nil:
		anyOf(c.page, p, hits, c.of.list.def, leaf.maxDef)
	case len(hits) == p.rows:
		copy(c.page, hits)
	default:
		next := 0
		for i, d := range p.def {
			c.page[i] = answerUnknown
			if int(d) == leaf.maxDef {
				c.page[i] = hits[next]
				next++
			}
		}
	}
	return nil
}

// anyOf tells for each row of a page whether any of its values is a hit: of a NULL
// list that is not known, of an empty one none is.
func anyOf(rows []uint8, p *page, hits []uint8, listDef, maxDef int) {
	row, next := -1, 0
	for i, d := range p.def {
		if p.rep[i] == 0 {
			row++
		}
		answer := answerUnknown
		switch int(d) {
		case maxDef:
			answer = hits[next]
			next++
		case listDef:
			answer = answerNo
		}
		rows[row] = max(rows[row], answer)
	}
}

// holding marks those of the length-prefixed texts in data for which a test holds.
// All of them are searched as one. It reports whether they are all there.
func holding(t TextTest, data []byte, hits []uint8) bool {
	next, at := t.Find(data), 0
	for i := range hits {
		if len(data)-at < 4 {
			return false
		}
		n := uint64(binary.LittleEndian.Uint32(data[at:]))
		if n > uint64(len(data)-at-4) {
			return false
		}
		start, end := at+4, at+4+int(n)
		if next >= 0 && next <= end {
			if t.Holds(data[start:end:end]) {
				hits[i] = answerYes
			}
			if next = t.Find(data[end:]); next >= 0 {
				next += end
			}
		}
		at = end
	}
	return true
}

// holdingApart is the same of texts that stand behind each other, with their lengths.
func holdingApart(t TextTest, data []byte, lengths []int32, hits []uint8) {
	next, at := t.Find(data), 0
	for i, n := range lengths {
		if next < 0 {
			return
		}
		end := at + int(n)
		if next <= end {
			if t.Holds(data[at:end:end]) {
				hits[i] = answerYes
			}
			if next = t.Find(data[end:]); next >= 0 {
				next += end
			}
		}
		at = end
	}
}

// zeros returns n zeros in the memory of b, if it has room.
func zeros(b []uint8, n int) []uint8 {
	if cap(b) < n {
		return make([]uint8, n)
	}
	b = b[:n]
	clear(b)
	return b
}

func (c *testColumn) flush() (arrow.Array, error) {
	a := assembler{mem: c.of.mem}
	n := len(c.answer)
	valid, holds := a.bitmap(n), a.bitmap(n)
	bits := holds.buf.Bytes()
	for i, answer := range c.answer {
		valid.add(answer != answerUnknown)
		if answer == answerYes {
			bitutil.SetBit(bits, i)
		}
	}
	c.answer = c.answer[:0]
	data := newData(arrow.FixedWidthTypes.Boolean, n, []*memory.Buffer{valid.buffer(), holds.buf}, nil, valid.nulls)
	defer data.Release()
	return array.MakeFromData(data), nil
}
