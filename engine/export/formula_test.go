package export

import (
	"bytes"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// Texts that a spreadsheet would take for a formula get a quote (the characters
// are those of OWASP's page "CSV Injection"), in the header too; numbers do not,
// nor do texts that merely hold such a character.
func TestSpreadsheetCSV(t *testing.T) {
	texts := []string{
		`=HYPERLINK("http://x","y")`, "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "＝1", "＋1", "－1", "＠x",
		"", "a=1", "1-2", " =1", "'=1", "ä",
	}
	want := "'=n,v\n" +
		"-5,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\n-4,'+1\n-3,'-2+3\n-2,'@SUM(A1)\n-1,'\t=1\n0,\"'\r=1\"\n1,\"'\n=1\"\n2,'\x00=1\n" +
		"3,'＝1\n4,'＋1\n5,'－1\n6,'＠x\n7,\n8,a=1\n9,1-2\n10,\" =1\"\n11,'=1\n12,ä\n"
	schema := arrow.NewSchema([]arrow.Field{types.ToField("=n", types.BigIntType), types.ToField("v", types.VarcharType)}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i, text := range texts {
		b.Field(0).(*array.Int64Builder).Append(int64(i - 5))
		b.Field(1).(*array.StringBuilder).Append(text)
	}
	rec := b.NewRecord()
	defer rec.Release()
	var out bytes.Buffer
	w, err := NewSpreadsheetCSV(&out, schema)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("\n got %q\nwant %q", out.String(), want)
	}
}
