package export

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
	"github.com/traillake/traillake/storage/segment"
)

// sample is a result of two rows with one column of each shape, the second all NULL.
func sample(t *testing.T) arrow.Record {
	t.Helper()
	row := types.RowOf(types.Field{Name: "a", Type: types.BigIntType}, types.Field{Name: "b", Type: types.VarcharType})
	fields := []arrow.Field{
		types.ToField("n", types.BigIntType), types.ToField("n", types.VarcharType), types.ToField("d", types.DoubleType),
		types.ToField("m", types.MapOf(types.VarcharType, types.VarcharType)), types.ToField("l", types.ArrayOf(types.BigIntType)),
		types.ToField("r", row), types.ToField("day", types.DateType), types.ToField("nothing", types.UnknownType),
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	b.Field(0).(*array.Int64Builder).Append(7)
	b.Field(1).(*array.StringBuilder).Append("say \"x\",\n<b> \x1b[31m")
	b.Field(2).(*array.Float64Builder).Append(math.Inf(1))
	m := b.Field(3).(*array.MapBuilder)
	m.Append(true)
	m.KeyBuilder().(*array.StringBuilder).Append("k")
	m.ItemBuilder().(*array.StringBuilder).Append("v")
	l := b.Field(4).(*array.ListBuilder)
	l.Append(true)
	l.ValueBuilder().(*array.Int64Builder).AppendValues([]int64{1, 2}, nil)
	r := b.Field(5).(*array.StructBuilder)
	r.Append(true)
	r.FieldBuilder(0).(*array.Int64Builder).Append(1)
	r.FieldBuilder(1).(*array.StringBuilder).AppendNull()
	b.Field(6).(*array.Date32Builder).Append(1) // the day after 1970-01-01
	b.Field(7).AppendNull()
	for _, f := range b.Fields() {
		f.AppendNull()
	}
	rec := b.NewRecord()
	t.Cleanup(rec.Release)
	return rec
}

func write(t *testing.T, format string, batches int) []byte {
	t.Helper()
	rec := sample(t)
	var out bytes.Buffer
	w, err := New(format, &out, rec.Schema())
	if err != nil {
		t.Fatal(err)
	}
	for range batches {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestText(t *testing.T) {
	const first = `{"n":7,"n_2":"say \"x\",\n<b> \u001b[31m","d":"Infinity","m":{"k":"v"},"l":[1,2],"r":{"a":1,"b":null},"day":"1970-01-02","nothing":null}`
	const second = `{"n":null,"n_2":null,"d":null,"m":null,"l":null,"r":null,"day":null,"nothing":null}`
	for format, want := range map[string]string{
		"jsonl": first + "\n" + second + "\n",
		"json":  "[\n" + first + ",\n" + second + "\n]\n",
		"csv": "n,n,d,m,l,r,day,nothing\n" +
			"7,\"say \"\"x\"\",\n<b> \x1b[31m\",Infinity,{k=v},\"[1, 2]\",\"{a=1, b=null}\",1970-01-02,\n" +
			",,,,,,,\n",
	} {
		if got := string(write(t, format, 1)); got != want {
			t.Errorf("%s\n got %q\nwant %q", format, got, want)
		}
	}
	if got := string(write(t, "json", 0)); got != "[]\n" {
		t.Errorf("json without rows = %q", got)
	}
}

// A table never lets event content steer the terminal.
func TestTable(t *testing.T) {
	got := string(write(t, "table", 1))
	if strings.Contains(got, "\x1b") || !strings.Contains(got, "\uFFFD[31m") || !strings.Contains(got, "NULL") {
		t.Errorf("table:\n%s", got)
	}
}

func TestArrow(t *testing.T) {
	r, err := ipc.NewReader(bytes.NewReader(write(t, "arrow", 3)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	rows := int64(0)
	for r.Next() {
		rows += r.Record().NumRows()
	}
	if r.Err() != nil || rows != 6 {
		t.Errorf("%d rows, %v, want 6", rows, r.Err())
	}
}

// file is a file in memory.
type file struct{ *bytes.Reader }

func (f file) Size() int64 { return f.Reader.Size() }

// The file is read back by the independent Parquet reader.
func TestParquet(t *testing.T) {
	raw := write(t, "parquet", 3)
	back, err := segment.OpenBack(file{bytes.NewReader(raw)})
	if err != nil {
		t.Fatal(err)
	}
	if back.NumRows() != 6 {
		t.Errorf("%d rows, want 6", back.NumRows())
	}
	r, err := segment.Open(file{bytes.NewReader(raw)})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := r.ReadRows(t.Context(), nil, []segment.Column{{Path: []string{"n_2"}}, {Path: []string{"day"}}}, []int64{0, 5})
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	if day := rec.Column(1).(*array.String); day.Value(0) != "1970-01-02" || !day.IsNull(1) {
		t.Errorf("day = %v, want the date as text, then NULL", day)
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := New("xml", nil, sample(t).Schema()); err == nil || !strings.Contains(err.Error(), `"xml"`) {
		t.Errorf("format xml: %v", err)
	}
}
