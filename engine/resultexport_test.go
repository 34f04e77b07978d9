package engine

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/traillake/traillake/storage/segment"
)

// exported writes a result to memory.
func (l *testLake) exported(id string, format ExportFormat) (*ResultExport, []byte, error) {
	l.t.Helper()
	file, err := l.ExportQueryResults(l.t.Context(), Principal{}, ExportQueryResultsInput{QueryRef: QueryRef{QueryID: id}, Format: format})
	if err != nil {
		l.t.Fatal(err)
	}
	var b bytes.Buffer
	err = file.Write(&b)
	return file, b.Bytes(), err
}

// exportRows counts the rows of a file with a reader that is not the writer's, and
// checks that the first column counts from 1.
var exportRows = map[ExportFormat]func([]byte) (int, error){
	ExportCSV: func(raw []byte) (int, error) {
		records, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		for i, r := range records {
			if i > 0 && r[0] != fmt.Sprint(i) {
				return 0, fmt.Errorf("row %d = %v", i, r)
			}
		}
		return len(records) - 1, err
	},
	ExportJSONLines: func(raw []byte) (int, error) {
		d := json.NewDecoder(bytes.NewReader(raw))
		for n := 0; ; n++ {
			var row struct{ N int }
			if err := d.Decode(&row); err == io.EOF {
				return n, nil
			} else if err != nil || row.N != n+1 {
				return 0, fmt.Errorf("row %d = %v, %w", n, row, err)
			}
		}
	},
	ExportArrow: func(raw []byte) (int, error) {
		r, err := ipc.NewReader(bytes.NewReader(raw))
		if err != nil {
			return 0, err
		}
		defer r.Release()
		n := 0
		for r.Next() {
			for _, v := range r.Record().Column(0).(*array.Int64).Int64Values() {
				if n++; v != int64(n) {
					return 0, fmt.Errorf("row %d = %d", n, v)
				}
			}
		}
		if r.Err() == io.EOF { // as Arrow's reader tells an end
			return n, nil
		}
		return n, r.Err()
	},
	ExportParquet: func(raw []byte) (int, error) {
		back, err := segment.OpenBack(memoryFile{bytes.NewReader(raw)})
		if err != nil {
			return 0, err
		}
		return int(back.NumRows()), nil
	},
}

type memoryFile struct{ *bytes.Reader }

func (f memoryFile) Size() int64 { return f.Reader.Size() }

// Every format has the whole result, also when the export begins while the query runs.
func TestExport(t *testing.T) {
	l, held := openHeld(t, 3)
	id := l.start("SELECT n, '=' || CAST(n AS varchar) AS v FROM UNNEST(sequence(1, 9000)) AS t(n)")
	<-held.reached
	file, err := l.ExportQueryResults(t.Context(), Principal{}, ExportQueryResultsInput{QueryRef: QueryRef{QueryID: id}, Format: ExportCSV})
	if err != nil {
		t.Fatal(err)
	}
	close(held.letGo)
	var early bytes.Buffer
	if err := file.Write(&early); err != nil {
		t.Fatal(err)
	}
	for format, count := range exportRows {
		file, raw, err := l.exported(id, format)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := count(raw); err != nil || n != 9000 {
			t.Errorf("%s: %d rows, %v, want 9000", format, n, err)
		}
		if want := fmt.Sprintf("query-20260401-000000-%.8s.%s", id, format); file.FileName != want || file.ContentType == "" {
			t.Errorf("%s: file %s of %q, want %s", format, file.FileName, file.ContentType, want)
		}
		if format == ExportCSV && !bytes.Equal(raw, early.Bytes()) {
			t.Errorf("%d bytes exported while the query ran, %d afterwards", early.Len(), len(raw))
		}
		if format == ExportCSV && !bytes.HasPrefix(raw, []byte("n,v\n1,'=1\n2,'=2\n")) {
			t.Errorf("csv begins with %.40q", raw)
		}
	}
}

// A result that ends early is an error, and what was written is no whole file.
func TestExportOfPart(t *testing.T) {
	l, held := openHeld(t, 3)
	id := l.start("SELECT n FROM UNNEST(sequence(1, 9000)) AS t(n)")
	<-held.reached
	files, writes := map[ExportFormat]*bytes.Buffer{}, map[ExportFormat]func(io.Writer) error{}
	for format := range exportRows {
		file, err := l.ExportQueryResults(t.Context(), Principal{}, ExportQueryResultsInput{QueryRef: QueryRef{QueryID: id}, Format: format})
		if err != nil {
			t.Fatal(err)
		}
		files[format], writes[format] = &bytes.Buffer{}, file.Write
	}
	q, _ := l.queries.find(id)
	q.cancel()
	close(held.letGo)
	l.waitQuery(id)
	for format, write := range writes {
		wantCode(t, write(files[format]), InactiveQuery, "cancelled")
		if format == ExportParquet {
			if _, err := exportRows[format](files[format].Bytes()); err == nil {
				t.Error("a part of a Parquet file reads as a whole one")
			}
		}
	}
	_, err := l.ExportQueryResults(t.Context(), Principal{}, ExportQueryResultsInput{QueryRef: QueryRef{QueryID: id}, Format: ExportCSV})
	wantCode(t, err, InactiveQuery, "cancelled")
}

func TestExportRefuses(t *testing.T) {
	l := openLake(t, nil)
	id := l.start("SELECT 1")
	for _, format := range []ExportFormat{"", "xml", "table", "CSV"} {
		_, err := l.ExportQueryResults(t.Context(), Principal{}, ExportQueryResultsInput{QueryRef: QueryRef{QueryID: id}, Format: format})
		wantCode(t, err, InvalidParameter, "csv, jsonl, parquet or arrow")
	}
	_, err := l.ExportQueryResults(t.Context(), Principal{}, ExportQueryResultsInput{QueryRef: QueryRef{QueryID: "11111111-2222-4333-8444-555555555555"}, Format: ExportCSV})
	wantCode(t, err, QueryIDNotFound, "11111111")
}
