package engine

import (
	"context"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// GetQueryRowsInput asks for a window of a result.
type GetQueryRowsInput struct {
	QueryRef
	// Offset is the number of the first row, from 0.
	Offset int64
	// MaxResults is 1 to 10,000; nil is 1,000.
	MaxResults *int32
	// MaxCellCharacters cuts longer values; 0 cuts none.
	MaxCellCharacters int32
}

// QueryRows is a window of a result.
type QueryRows struct {
	Status  QueryStatus
	Error   string // of a failed query
	Columns []ResultColumn
	Offset  int64       // number of the first of Rows
	Rows    [][]*string // values by column; nil for NULL
	// TotalRows is how many there are by now; all of them once the query has ended.
	TotalRows int64
	Cut       []CutCell
}

// ResultColumn is a column of a result, its type as Trino writes it.
type ResultColumn struct{ Name, Type string }

// CutCell is a value of a window that is longer than was asked for.
type CutCell struct {
	Row, Column int // its place in the window
	Characters  int64
}

// GetQueryRows returns any window of a query's rows as text, also while the
// result grows. It reads no more of the result than the chunks the window lies
// in. A window that begins behind the last row is empty.
func (e *Engine) GetQueryRows(_ context.Context, _ Principal, in GetQueryRowsInput) (*QueryRows, error) {
	size, err := pageSize(in.MaxResults, 10_000, 1000)
	if err != nil {
		return nil, err
	}
	if in.Offset < 0 {
		return nil, Errorf(InvalidParameter, "Offset %d: must be 0 or more", in.Offset)
	}
	if in.MaxCellCharacters < 0 {
		return nil, Errorf(InvalidParameter, "MaxCellCharacters %d: must be 0, to cut nothing, or more", in.MaxCellCharacters)
	}
	q, err := e.findQuery(in.QueryRef)
	if err != nil {
		return nil, err
	}
	record := q.now() // before the rows: an ended query has all of them
	chunks, total, _ := q.spool.state()
	out := &QueryRows{
		Status: record.Status, Error: record.Error, Columns: resultColumns(record.Columns),
		Offset: in.Offset, Rows: [][]*string{}, TotalRows: total,
	}
	err = q.spool.each(chunks, in.Offset, int64(size), func(r *renderer, i int) int {
		cells, bytes := r.window(i, int(in.MaxCellCharacters), func(column int, characters int64) {
			out.Cut = append(out.Cut, CutCell{Row: len(out.Rows), Column: column, Characters: characters})
		})
		out.Rows = append(out.Rows, cells)
		return bytes
	})
	if err != nil {
		return nil, internal(err)
	}
	return out, nil
}

func resultColumns(columns []outputColumn) []ResultColumn {
	out := make([]ResultColumn, len(columns))
	for i, c := range columns {
		out[i] = ResultColumn(c)
	}
	return out
}

// each calls fn with up to n rows from a row number on, until the bytes that fn
// made of them fill a page.
func (s *spool) each(chunks []chunk, offset, n int64, fn func(r *renderer, row int) (bytes int)) error {
	bytes := 0
	for _, c := range from(chunks, offset) {
		if n <= 0 || bytes >= pageBytes {
			break
		}
		err := s.render(c, func(r *renderer) {
			for i := max(offset-c.First, 0); i < r.rec.NumRows() && n > 0 && bytes < pageBytes; i++ {
				bytes += fn(r, int(i))
				n--
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// render calls fn with what prints the rows of a chunk; it is good until fn returns.
func (s *spool) render(c chunk, fn func(r *renderer)) error {
	rec, err := s.read(c)
	if err != nil {
		return err
	}
	defer rec.Release()
	r, err := newRenderer(rec)
	if err != nil {
		return err
	}
	fn(r)
	return nil
}

// renderer prints the rows of one batch as the lake's text.
type renderer struct {
	rec   arrow.Record
	types []types.Type
	buf   []byte
}

func newRenderer(rec arrow.Record) (*renderer, error) {
	r := &renderer{rec: rec, types: make([]types.Type, rec.NumCols())}
	for i, f := range rec.Schema().Fields() {
		var err error
		if r.types[i], err = types.FromField(f); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// text prints a value; ok is false for NULL. The bytes are good until the next call.
func (r *renderer) text(column, row int) (text []byte, ok bool) {
	t, values := r.types[column], r.rec.Column(column)
	if t.Kind == types.Unknown || values.IsNull(row) {
		return nil, false
	}
	r.buf = types.AppendText(r.buf[:0], t, values, row)
	return r.buf, true
}

// row returns a row's cells and the bytes of their text.
func (r *renderer) row(i int) ([]Cell, int) {
	cells := make([]Cell, len(r.types))
	size := 0
	for c := range r.types {
		cells[c].Name = r.rec.ColumnName(c)
		text, ok := r.text(c, i)
		if !ok {
			continue
		}
		value := string(text)
		cells[c].Value = &value
		size += len(value) + len(cells[c].Name)
	}
	return cells, size
}

// window returns a row's values without their names, and their bytes. It tells
// which values it cut.
func (r *renderer) window(i, most int, cut func(column int, characters int64)) ([]*string, int) {
	cells := make([]*string, len(r.types))
	size := 0
	for c := range r.types {
		text, ok := r.text(c, i)
		if !ok {
			continue
		}
		if most > 0 && len(text) > most {
			if n := utf8.RuneCount(text); n > most {
				cut(c, int64(n))
				text = firstRunes(text, most)
			}
		}
		value := string(text)
		cells[c] = &value
		size += len(value)
	}
	return cells, size
}

// firstRunes is the beginning of a text that has more characters than n.
func firstRunes(text []byte, n int) []byte {
	end := 0
	for range n {
		_, size := utf8.DecodeRune(text[end:])
		end += size
	}
	return text[:end]
}
