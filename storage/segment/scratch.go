package segment

import "sync"

// scratch is the memory with which a column chunk is read: made once and handed from
// chunk to chunk, as a query reads thousands of them. Nothing that leaves the
// package lies in it.
type scratch struct {
	page   page
	window []byte // compressed bytes
}

// keptScratch is the most that a scratch of a chunk with large pages keeps, in bytes.
const keptScratch = 4 << 20

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// takeScratch gives the chunk memory to read with.
func (c *chunkReader) takeScratch() {
	c.scratch = scratches.Get().(*scratch)
	p := &c.scratch.page
	*p = page{def: p.def, rep: p.rep, codes: p.codes, lengths: p.lengths, ints: p.ints, buf: p.buf}
	c.page, c.window = p, c.scratch.window[:0]
}

// release hands the chunk's memory on. Nothing of it may be read afterwards.
func (c *chunkReader) release() {
	s := c.scratch
	if s == nil {
		return
	}
	if c.texts != nil {
		c.texts.release()
		c.texts = nil
	}
	s.window = c.window
	c.scratch, c.page, c.window = nil, nil, nil
	if cap(s.window)+cap(s.page.buf) <= keptScratch {
		scratches.Put(s)
	}
}

// leafBatches are batches not in use, with their memory.
var leafBatches = sync.Pool{New: func() any { return new(leafBatch) }}

// free hands the batch on; it must not be used afterwards.
func (b *leafBatch) free() {
	b.release()
	leafBatches.Put(b)
}
