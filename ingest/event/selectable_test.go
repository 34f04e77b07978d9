package event

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// checkSelectables: what selectors see of a record is what its columns have. rec
// is the one row of the record that d holds.
func checkSelectables(t *testing.T, d *Decoder, rec arrow.Record) {
	t.Helper()
	for range 2 { // what was looked up is kept
		for f := range selectables {
			outer, inner, _ := strings.Cut(strings.ToLower(f.String()), ".")
			want := columnText(rec, outer, 0)
			if inner != "" && want != "NULL" {
				want = structField(rec.Column(rec.Schema().FieldIndices(outer)[0]).(*array.Struct), inner, 0)
			}
			got := "NULL"
			switch value, ok := d.Value(f); {
			case ok && (f == ReadOnly || f == ManagementEvent):
				got = string(value)
			case ok:
				got = fmt.Sprintf("%q", value)
			}
			if got != want {
				t.Errorf("Value(%s) = %s, the column has %s", f, got, want)
			}
		}
		var got []string
		for kind, arn := range d.Resources {
			got = append(got, orNull(kind)+" "+orNull(arn))
		}
		if want := resourceColumn(rec); !slices.Equal(got, want) {
			t.Errorf("Resources = %q, the column has %q", got, want)
		}
	}
}

func orNull(value []byte) string {
	if value == nil {
		return "NULL"
	}
	return fmt.Sprintf("%q", value)
}

func structField(s *array.Struct, name string, i int) string {
	at, _ := s.DataType().(*arrow.StructType).FieldIdx(name)
	return show(s.Field(at), i)
}

func resourceColumn(rec arrow.Record) (out []string) {
	list := rec.Column(rec.Schema().FieldIndices("resources")[0]).(*array.List)
	if list.IsNull(0) {
		return nil
	}
	entries := list.ListValues().(*array.Struct)
	from, to := list.ValueOffsets(0)
	for i := int(from); i < int(to); i++ {
		if entries.IsNull(i) {
			continue
		}
		arn := structField(entries, "arn", i)
		if arn == "NULL" {
			arn = structField(entries, "arnprefix", i)
		}
		out = append(out, structField(entries, "type", i)+" "+arn)
	}
	return out
}

// TestValueAfterFailure: a record that is refused leaves nothing of the one before.
func TestValueAfterFailure(t *testing.T) {
	d := NewDecoder(CloudTrail)
	if _, err := d.Decode([]byte(`{"eventName":"A","userIdentity":{"arn":"a"},"resources":[{"type":"T"}]}`)); err != nil {
		t.Fatal(err)
	}
	if value, ok := d.Value(UserIdentityARN); !ok || string(value) != "a" {
		t.Errorf("Value = %q %v, want a", value, ok)
	}
	if _, err := d.Decode([]byte(`{"`)); err == nil {
		t.Fatal("accepted")
	}
	for f := range selectables {
		if value, ok := d.Value(f); ok {
			t.Errorf("Value(%s) = %q of the record before", f, value)
		}
	}
	for kind := range d.Resources {
		t.Errorf("a resource of type %q of the record before", kind)
	}
}
