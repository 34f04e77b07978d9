package trailgen

import (
	"bytes"

	"github.com/klauspost/compress/gzip"
)

// packer makes an object of records.
type packer struct {
	out  bytes.Buffer
	gzip *gzip.Writer
}

func newPacker() *packer {
	w, err := gzip.NewWriterLevel(nil, 3)
	if err != nil {
		panic(err) // the level is a constant
	}
	return &packer{gzip: w}
}

// pack returns {"Records":[…]} of the records that end at ends, gzipped, and the
// length of its text. The result is good until the next call.
func (p *packer) pack(records []byte, ends []int) (gz []byte, raw int64, err error) {
	p.out.Reset()
	p.gzip.Reset(&p.out)
	write := func(b []byte) {
		n, werr := p.gzip.Write(b)
		raw += int64(n)
		if err == nil {
			err = werr
		}
	}
	write([]byte(`{"Records":[`))
	from := 0
	for i, end := range ends {
		if i > 0 {
			write([]byte{','})
		}
		write(records[from:end])
		from = end
	}
	write([]byte(`]}`))
	if cerr := p.gzip.Close(); err == nil {
		err = cerr
	}
	return p.out.Bytes(), raw, err
}
