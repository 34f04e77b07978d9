package engine

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// heldWrites stops the writing of results before their nth chunk until it is let go.
type heldWrites struct {
	nth     int64
	seen    atomic.Int64
	reached chan struct{} // closed when a result is at its nth chunk
	letGo   chan struct{} // closed by the test
}

// openHeld opens a lake whose results stop growing at their nth chunk.
func openHeld(t *testing.T, nth int64) (*testLake, *heldWrites) {
	t.Helper()
	h := &heldWrites{nth: nth, reached: make(chan struct{}), letGo: make(chan struct{})}
	l := openLake(t, func(o *Options) {
		o.Query.Partitions = 1
		o.FS = faultfs.Wrap(vfs.OS(), func(op faultfs.Op) error {
			if op.Kind == faultfs.Write && strings.HasSuffix(op.Path, "rows.arrows") && h.seen.Add(1) == h.nth {
				close(h.reached)
				<-h.letGo
			}
			return nil
		})
	})
	return l, h
}

// start starts a statement and returns the query's id.
func (l *testLake) start(sql string) string {
	l.t.Helper()
	q, err := l.StartQuery(l.t.Context(), Principal{}, StartQueryInput{Statement: &sql})
	if err != nil {
		l.t.Fatal(err)
	}
	return q.ID
}

// window asks for rows of a result.
func (l *testLake) window(id string, offset int64, n int32) *QueryRows {
	l.t.Helper()
	w, err := l.GetQueryRows(l.t.Context(), Principal{}, GetQueryRowsInput{QueryRef: QueryRef{QueryID: id}, Offset: offset, MaxResults: &n})
	if err != nil {
		l.t.Fatal(err)
	}
	return w
}

// Every window of a result has the rows that belong there, whatever chunks it
// lies in.
func TestQueryRows(t *testing.T) {
	l := openLake(t, nil)
	id := l.start("SELECT n, if(n % 3 = 0, NULL, 'v' || CAST(n AS varchar)) AS v FROM UNNEST(sequence(0, 9999)) AS t(n)")
	l.waitQuery(id)
	for _, offset := range []int64{0, 1, 255, 256, 257, 4095, 9990, 9999, 10_000, 1 << 40} {
		for _, n := range []int32{1, 7, 3000} {
			w := l.window(id, offset, n)
			if want := min(int64(n), max(10_000-offset, 0)); int64(len(w.Rows)) != want || w.Offset != offset || w.TotalRows != 10_000 || w.Status != QueryFinished {
				t.Fatalf("rows %d+%d: %d rows from %d of %d, %s, want %d", offset, n, len(w.Rows), w.Offset, w.TotalRows, w.Status, want)
			}
			for i, row := range w.Rows {
				k := offset + int64(i)
				if *row[0] != fmt.Sprint(k) || (row[1] == nil) != (k%3 == 0) || row[1] != nil && *row[1] != fmt.Sprint("v", k) {
					t.Fatalf("row %d = %s, %v", k, *row[0], row[1])
				}
			}
		}
	}
	if w := l.window(id, 0, 1); len(w.Columns) != 2 || w.Columns[0] != (ResultColumn{"n", "bigint"}) || w.Columns[1] != (ResultColumn{"v", "varchar"}) {
		t.Errorf("columns = %v", w.Columns)
	}
}

// A window costs what lies in it: of a large result with wide rows only little is read.
func TestQueryRowsReadLittle(t *testing.T) {
	var read atomic.Int64
	l := openLake(t, func(o *Options) {
		o.FS = faultfs.Wrap(vfs.OS(), func(op faultfs.Op) error {
			if op.Kind == faultfs.Read && strings.HasSuffix(op.Path, "rows.arrows") {
				read.Add(int64(op.Size))
			}
			return nil
		})
	})
	id := l.start("SELECT n, rpad('x', 5000, 'y') FROM UNNEST(sequence(1, 10000)) AS t(n)")
	l.waitQuery(id)
	q, _ := l.queries.find(id)
	if q.spool.size < 50_000_000 {
		t.Fatalf("the result has %d bytes: too few to tell", q.spool.size)
	}
	for _, offset := range []int64{0, 5000, 9900} {
		read.Store(0)
		if w := l.window(id, offset, 100); len(w.Rows) != 100 || *w.Rows[0][0] != fmt.Sprint(offset+1) {
			t.Errorf("%d rows from %d", len(w.Rows), offset)
		}
		if n := read.Load(); n > 4*chunkBytes {
			t.Errorf("100 rows from %d: %d bytes read of %d", offset, n, q.spool.size)
		}
	}
}

// A result can be looked at while it grows.
func TestQueryRowsOfRunningQuery(t *testing.T) {
	l, held := openHeld(t, 3)
	id := l.start("SELECT n FROM UNNEST(sequence(1, 9000)) AS t(n)")
	<-held.reached
	w := l.window(id, 200, 100)
	if w.Status != QueryRunning || len(w.Rows) != 100 || *w.Rows[0][0] != "201" || w.TotalRows < 300 || w.TotalRows >= 9000 {
		t.Errorf("%s, %d of %d rows", w.Status, len(w.Rows), w.TotalRows)
	}
	if w := l.window(id, 8000, 10); len(w.Rows) != 0 || w.TotalRows >= 9000 {
		t.Errorf("rows that are not there yet: %d of %d", len(w.Rows), w.TotalRows)
	}
	close(held.letGo)
	l.waitQuery(id)
	if w := l.window(id, 8000, 10); len(w.Rows) != 10 || w.TotalRows != 9000 || w.Status != QueryFinished {
		t.Errorf("at the end: %s, %d of %d rows", w.Status, len(w.Rows), w.TotalRows)
	}
}

// Long values are cut between characters, and it is said how long they are.
func TestQueryRowsCut(t *testing.T) {
	l := openLake(t, nil)
	id := l.start("SELECT 1, 'äöüß', 'abc', 'äöüßé'")
	l.waitQuery(id)
	w, err := l.GetQueryRows(t.Context(), Principal{}, GetQueryRowsInput{QueryRef: QueryRef{QueryID: id}, MaxCellCharacters: 4})
	if err != nil {
		t.Fatal(err)
	}
	if *w.Rows[0][1] != "äöüß" || *w.Rows[0][2] != "abc" || *w.Rows[0][3] != "äöüß" || len(w.Cut) != 1 || w.Cut[0] != (CutCell{Row: 0, Column: 3, Characters: 5}) {
		t.Errorf("row = %q %q %q, cut = %v", *w.Rows[0][1], *w.Rows[0][2], *w.Rows[0][3], w.Cut)
	}
}

func TestQueryRowsRefuses(t *testing.T) {
	l := openLake(t, nil)
	ref := QueryRef{QueryID: l.start("SELECT 1")}
	for name, c := range map[string]struct {
		in   GetQueryRowsInput
		code Code
		says string
	}{
		"before the first": {GetQueryRowsInput{QueryRef: ref, Offset: -1}, InvalidParameter, "Offset -1"},
		"none":             {GetQueryRowsInput{QueryRef: ref, MaxResults: ptr(int32(0))}, InvalidMaxResults, "1 to 10000"},
		"too many":         {GetQueryRowsInput{QueryRef: ref, MaxResults: ptr(int32(10001))}, InvalidMaxResults, "1 to 10000"},
		"cut below":        {GetQueryRowsInput{QueryRef: ref, MaxCellCharacters: -1}, InvalidParameter, "MaxCellCharacters -1"},
		"unknown":          {GetQueryRowsInput{QueryRef: QueryRef{QueryID: "11111111-2222-4333-8444-555555555555"}}, QueryIDNotFound, "11111111"},
	} {
		_, err := l.GetQueryRows(t.Context(), Principal{}, c.in)
		t.Run(name, func(t *testing.T) { wantCode(t, err, c.code, c.says) })
	}
}
