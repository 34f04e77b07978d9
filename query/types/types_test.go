package types

import (
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"BIGINT", "bigint"},
		{"int", "integer"},
		{"double precision", "double"},
		{"varchar", "varchar"},
		{"VARCHAR ( 10 )", "varchar(10)"},
		{"char", "char(1)"},
		{"decimal", "decimal(38,0)"},
		{"decimal(5)", "decimal(5,0)"},
		{"decimal(5, 2)", "decimal(5,2)"},
		{"timestamp", "timestamp(3)"},
		{"timestamp(6) with time zone", "timestamp(6) with time zone"},
		{"timestamp without time zone", "timestamp(3)"},
		{"time(9)", "time(9)"},
		{"interval day to second", "interval day to second"},
		{"interval year to month", "interval year to month"},
		{"MAP(varchar, JSON)", "map(varchar, json)"},
		{"array(array(bigint))", "array(array(bigint))"},
		{"bigint array", "array(bigint)"},
		{"row(a bigint, b row(c varchar))", `row("a" bigint, "b" row("c" varchar))`},
		{"row(bigint, varchar(3))", "row(bigint, varchar(3))"},
		{"row(date date, timestamp timestamp(3) with time zone)", `row("date" date, "timestamp" timestamp(3) with time zone)`},
		{`row("A b" bigint, "x""y" json)`, `row("A b" bigint, "x""y" json)`},
		{"row(double precision)", "row(double)"},
	} {
		got, err := Parse(tc.text)
		if err != nil || got.String() != tc.want {
			t.Errorf("Parse(%q) = %v, %v, want %s", tc.text, got, err, tc.want)
			continue
		}
		again, err := Parse(got.String())
		if err != nil || !again.Equal(got) {
			t.Errorf("Parse(%q), the text of %q, = %v, %v", got, tc.text, again, err)
		}
	}
	for _, tc := range []struct{ text, want string }{
		{"foo", "Unknown type: foo"},
		{"", "Unknown type: "},
		{"array<varchar>", "Unknown type: array<varchar>"},
		{"array(bigint", "Unknown type: array(bigint"},
		{"map(varchar)", "Unknown type: map(varchar)"},
		{"varchar(x)", "Unknown type: varchar(x)"},
		{"bigint bigint", "Unknown type: bigint bigint"},
		{"decimal(39)", "DECIMAL precision must be in range [1, 38]: 39"},
		{"decimal(3,4)", "DECIMAL scale must be in range [0, precision (3)]: 4"},
		{"timestamp(9)", "timestamp(9) is not supported: a second has at most 6 digits"},
		{"timestamp(13) with time zone", "Unknown type: timestamp(13) with time zone"},
		{"time with time zone", "time with time zone is not supported"},
	} {
		if _, err := Parse(tc.text); err == nil || err.Error() != tc.want {
			t.Errorf("Parse(%q) gives %v, want %s", tc.text, err, tc.want)
		}
	}
}

// FuzzParse: no text may panic, and what parses prints as text that parses the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"row(a bigint, b array(map(varchar, json)))", "timestamp(3) with time zone", `row("`, "row(((("} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		typ, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(typ.String())
		if err != nil || !again.Equal(typ) {
			t.Errorf("Parse(%q) = %s, which parses as %s, %v", s, typ, again, err)
		}
	})
}

// The expectations are those of Trino's TestTypeCoercion.
func TestCommonSuperType(t *testing.T) {
	for _, tc := range []struct{ a, b, want string }{
		{"unknown", "bigint", "bigint"},
		{"unknown", "unknown", "unknown"},
		{"bigint", "double", "double"},
		{"bigint", "real", "real"},
		{"integer", "bigint", "bigint"},
		{"tinyint", "smallint", "smallint"},
		{"date", "timestamp(9)", ""},
		{"date", "timestamp(6)", "timestamp(6)"},
		{"date", "timestamp(3) with time zone", "timestamp(3) with time zone"},
		{"timestamp(3)", "timestamp(6)", "timestamp(6)"},
		{"timestamp(6)", "timestamp(3) with time zone", "timestamp(6) with time zone"},
		{"boolean", "bigint", ""},
		{"varchar", "bigint", ""},
		{"varchar", "json", ""},
		{"varchar(42)", "varchar(44)", "varchar(44)"},
		{"varchar(42)", "varchar", "varchar"},
		{"char(40)", "char(42)", "char(42)"},
		{"varchar(42)", "char(44)", "varchar(44)"},
		{"decimal(23,1)", "decimal(22,1)", "decimal(23,1)"},
		{"decimal(22,1)", "decimal(23,7)", "decimal(28,7)"},
		{"decimal(38,10)", "decimal(38,1)", "decimal(38,10)"},
		{"bigint", "decimal(37,1)", "decimal(37,1)"},
		{"integer", "decimal(10,3)", "decimal(13,3)"},
		{"tinyint", "decimal(2,1)", "decimal(4,1)"},
		{"decimal(5,2)", "double", "double"},
		{"decimal(5,2)", "real", "real"},
		{"array(bigint)", "array(double)", "array(double)"},
		{"array(unknown)", "array(bigint)", "array(bigint)"},
		{"map(bigint, double)", "map(double, bigint)", "map(double, double)"},
		{"map(bigint, double)", "map(varchar, bigint)", ""},
		{"row(a bigint, b double)", "row(a double, b bigint)", `row("a" double, "b" double)`},
		{"row(a bigint)", "row(b bigint)", "row(bigint)"},
		{"row(a bigint)", "row(a bigint, b bigint)", ""},
	} {
		if tc.a == "date" && tc.b == "timestamp(9)" {
			continue // beyond our precision
		}
		a, b := mustParse(t, tc.a), mustParse(t, tc.b)
		for range 2 {
			got, ok := CommonSuperType(a, b)
			if ok != (tc.want != "") || ok && got.String() != tc.want {
				t.Errorf("CommonSuperType(%s, %s) = %s, %v, want %q", a, b, got, ok, tc.want)
			}
			a, b = b, a
		}
	}
}

func TestCanCoerce(t *testing.T) {
	for _, tc := range []struct {
		from, to string
		want     bool
	}{
		{"bigint", "bigint", true},
		{"integer", "bigint", true},
		{"bigint", "integer", false},
		{"bigint", "real", true},
		{"real", "bigint", false},
		{"integer", "decimal(10,0)", true},
		{"integer", "decimal(9,0)", false},
		{"varchar(3)", "varchar", true},
		{"varchar(3)", "varchar(5)", true},
		{"varchar", "varchar(5)", false},
		{"date", "timestamp(3)", true},
		{"timestamp(3)", "date", false},
		{"varchar", "timestamp(3)", false},
		{"unknown", "map(varchar, json)", true},
		{"array(integer)", "array(bigint)", true},
		{"row(a integer)", "row(a bigint)", true},
		{"row(a integer)", "row(b integer)", false},
		{"boolean", "varchar", false},
	} {
		if got := CanCoerce(mustParse(t, tc.from), mustParse(t, tc.to)); got != tc.want {
			t.Errorf("CanCoerce(%s, %s) = %v, want %v", tc.from, tc.to, got, tc.want)
		}
	}
}

func mustParse(t *testing.T, text string) Type {
	t.Helper()
	typ, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// The expectations are the forms of Java's toString and of Trino's client.
func TestAppendText(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	for _, tc := range []struct {
		typ  string
		put  func(b array.Builder)
		want string
	}{
		{"boolean", func(b array.Builder) { b.(*array.BooleanBuilder).Append(true) }, "true"},
		{"tinyint", func(b array.Builder) { b.(*array.Int8Builder).Append(-128) }, "-128"},
		{"double", func(b array.Builder) { b.(*array.Float64Builder).Append(1) }, "1.0"},
		{"double", func(b array.Builder) { b.(*array.Float64Builder).Append(1.2e10) }, "1.2E10"},
		{"double", func(b array.Builder) { b.(*array.Float64Builder).Append(9999999) }, "9999999.0"},
		{"double", func(b array.Builder) { b.(*array.Float64Builder).Append(1e7) }, "1.0E7"},
		{"double", func(b array.Builder) { b.(*array.Float64Builder).Append(0.001) }, "0.001"},
		{"double", func(b array.Builder) { b.(*array.Float64Builder).Append(0.00012) }, "1.2E-4"},
		{"real", func(b array.Builder) { b.(*array.Float32Builder).Append(0.1) }, "0.1"},
		{"decimal(5,2)", func(b array.Builder) { b.(*array.Decimal128Builder).Append(decimal128.FromI64(-5)) }, "-0.05"},
		{"varbinary", func(b array.Builder) { b.(*array.BinaryBuilder).Append([]byte{0xca, 0xfe}) }, "ca fe"},
		{"date", func(b array.Builder) { b.(*array.Date32Builder).Append(-1) }, "1969-12-31"},
		{"time(3)", func(b array.Builder) { b.(*array.Time64Builder).Append(3661_500_000_000) }, "01:01:01.500"},
		{"timestamp(3)", func(b array.Builder) { b.(*array.TimestampBuilder).Append(1674406433000000) }, "2023-01-22 16:53:53.000"},
		{"timestamp(0)", func(b array.Builder) { b.(*array.TimestampBuilder).Append(-1) }, "1969-12-31 23:59:59"},
		{"timestamp(6)", func(b array.Builder) { b.(*array.TimestampBuilder).Append(-1) }, "1969-12-31 23:59:59.999999"},
		{"interval day to second", func(b array.Builder) { b.(*array.DurationBuilder).Append(1000) }, "0 00:00:01.000"},
		{"interval day to second", func(b array.Builder) { b.(*array.DurationBuilder).Append(-90061001) }, "-1 01:01:01.001"},
		{"interval year to month", func(b array.Builder) { b.(*array.MonthIntervalBuilder).Append(-14) }, "-1-2"},
		{"uuid", func(b array.Builder) { b.(*array.FixedSizeBinaryBuilder).Append([]byte("0123456789abcdef")) }, "30313233-3435-3637-3839-616263646566"},
		{"ipaddress", func(b array.Builder) {
			b.(*array.FixedSizeBinaryBuilder).Append([]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1})
		}, "10.0.0.1"},
		{"array(varchar)", func(b array.Builder) {
			l := b.(*array.ListBuilder)
			l.Append(true)
			l.ValueBuilder().(*array.StringBuilder).Append("a")
			l.ValueBuilder().AppendNull()
		}, "[a, null]"},
		{"map(varchar, bigint)", func(b array.Builder) {
			m := b.(*array.MapBuilder)
			m.Append(true)
			m.KeyBuilder().(*array.StringBuilder).AppendValues([]string{"k", "l"}, nil)
			m.ItemBuilder().(*array.Int64Builder).Append(1)
			m.ItemBuilder().AppendNull()
		}, "{k=1, l=null}"},
		{"row(type varchar, a boolean)", func(b array.Builder) {
			s := b.(*array.StructBuilder)
			s.Append(true)
			s.FieldBuilder(0).(*array.StringBuilder).Append("Root")
			s.FieldBuilder(1).AppendNull()
		}, "{type=Root, a=null}"},
		{"timestamp(3) with time zone", func(b array.Builder) { putZoned(b, "UTC") }, "2023-01-22 16:53:53.000 UTC"},
		{"timestamp(3) with time zone", func(b array.Builder) { putZoned(b, "+05:30") }, "2023-01-22 22:23:53.000 +05:30"},
		{"timestamp(3) with time zone", func(b array.Builder) { putZoned(b, "America/New_York") }, "2023-01-22 11:53:53.000 America/New_York"},
	} {
		typ := mustParse(t, tc.typ)
		b := array.NewBuilder(mem, typ.Arrow())
		b.AppendNull() // so that the value is not at the start
		tc.put(b)
		arr := b.NewArray()
		if got := string(AppendText([]byte("<"), typ, arr, 1)); got != "<"+tc.want {
			t.Errorf("%s: %s, want <%s", tc.typ, got, tc.want)
		}
		one := array.NewSlice(arr, 1, 2)
		if got := string(AppendText(nil, typ, one, 0)); got != tc.want {
			t.Errorf("%s sliced: %s, want %s", tc.typ, got, tc.want)
		}
		taken := Take(mem, arr, []int32{1, -1, 0, 1})
		if got := string(AppendText(nil, typ, taken, 3)); got != tc.want || !taken.IsNull(1) || !taken.IsNull(2) {
			t.Errorf("%s taken: %s, want %s", tc.typ, got, tc.want)
		}
		checkAlike(t, typ, arr, one, taken)
		for _, a := range []arrow.Array{arr, one, taken} {
			a.Release()
		}
		b.Release()
	}
}

// checkAlike: whole[1], one[0] and taken[0] are one value, taken[1] is NULL.
func checkAlike(t *testing.T, typ Type, arr, one, taken arrow.Array) {
	t.Helper()
	if Distinct(typ, arr, 1, taken, 0) || !Distinct(typ, arr, 1, taken, 1) {
		t.Errorf("%s: Distinct is wrong", typ)
	}
	if string(AppendKey(nil, typ, arr, 1)) != string(AppendKey(nil, typ, one, 0)) {
		t.Errorf("%s: keys of equal values differ", typ)
	}
}

func putZoned(b array.Builder, zone string) {
	s := b.(*array.StructBuilder)
	s.Append(true)
	s.FieldBuilder(0).(*array.TimestampBuilder).Append(1674406433000000)
	s.FieldBuilder(1).(*array.StringBuilder).Append(zone)
}

func TestDictionary(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	b := array.NewDictionaryBuilder(mem, dt).(*array.BinaryDictionaryBuilder)
	defer b.Release()
	for _, s := range []string{"x", "y", "x"} {
		if err := b.AppendString(s); err != nil {
			t.Fatal(err)
		}
	}
	b.AppendNull()
	whole := b.NewArray()
	defer whole.Release()
	d := array.NewSlice(whole, 1, 4)
	defer d.Release()
	if got := string(AppendText(nil, VarcharType, d, 0)); got != "y" {
		t.Errorf("text of a dictionary element is %s", got)
	}
	plain := Decode(mem, d)
	defer plain.Release()
	words := plain.(*array.String)
	if words.Len() != 3 || words.Value(0) != "y" || words.Value(1) != "x" || !words.IsNull(2) {
		t.Errorf("decoded %v", words)
	}
}

func TestLoadZone(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"UTC", "UTC"}, {"Z", "UTC"}, {"GMT", "UTC"}, {"Etc/UTC", "UTC"}, {"+00:00", "UTC"},
		{"+05:30", "+05:30"}, {"-8", "-08:00"}, {"+0130", "+01:30"}, {"UTC+2", "+02:00"}, {"Europe/Berlin", "Europe/Berlin"},
	} {
		loc, err := LoadZone(tc.name)
		if err != nil || loc.String() != tc.want {
			t.Errorf("LoadZone(%q) = %v, %v, want %s", tc.name, loc, err, tc.want)
		}
	}
	for _, name := range []string{"", "Local", "+15:00", "Mars/Olympus", "+5:3", "+1:60"} {
		if loc, err := LoadZone(name); err == nil {
			t.Errorf("LoadZone(%q) = %v, want an error", name, loc)
		}
	}
	if _, offset := time.Unix(0, 0).In(OffsetZone(-90)).Zone(); offset != -5400 {
		t.Errorf("offset %d", offset)
	}
}
