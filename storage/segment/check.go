package segment

import (
	"bytes"
	"context"
	"io"
)

// CheckPages decodes every page of the segment and holds the counts against the
// footer. The first fault is returned, with its offset when it is known.
func (r *Reader) CheckPages(ctx context.Context) error {
	var read int64
	for g := range r.meta.RowGroups {
		for _, leaf := range r.tree.leaves {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.checkChunk(r.chunk(g, leaf, &read), g); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Reader) checkChunk(c *chunkReader, g int) error {
	rows, values := int64(0), int64(0)
	for {
		err := c.nextPage()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		rows += int64(c.page.rows)
		values += int64(bytes.Count(c.page.def, []byte{byte(c.leaf.maxDef)}))
	}
	s, _ := r.Stats(g, c.leaf.path)
	if rows != c.rows || c.entries != c.meta.NumValues || values != s.Values {
		return corrupt("row group %d, column %s: %d rows, %d entries, %d values; the footer says %d, %d, %d",
			g, c.leaf.path, rows, c.entries, values, c.rows, c.meta.NumValues, s.Values)
	}
	return nil
}

// Pairs reads the id and payload columns and returns their row hash, as
// Summary.RowHash.
func (r *Reader) Pairs(ctx context.Context, idColumn, payloadColumn string) (uint64, error) {
	p := newPairs()
	var columns []Column
	for _, name := range []string{idColumn, payloadColumn} {
		if name != "" {
			columns = append(columns, Column{Path: []string{name}})
		}
	}
	for g := range r.meta.RowGroups {
		b, err := r.Read(ctx, ReadRequest{RowGroup: g, Columns: columns})
		if err != nil {
			return 0, err
		}
		err = p.addAll(b, idColumn != "", payloadColumn != "")
		_ = b.Close() // only read from
		if err != nil {
			return 0, err
		}
	}
	return p.hash.Sum64(), nil
}
