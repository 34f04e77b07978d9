package plan_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

func column(i int, name string) *plan.Column {
	return &plan.Column{Index: i, Name: name, Typ: types.BigIntType}
}

func integer(v int64) *plan.Literal { return &plan.Literal{Value: v, Typ: types.BigIntType} }

func call(t *testing.T, name string, args ...plan.Expr) *plan.Call {
	t.Helper()
	var known []function.Arg
	for _, a := range args {
		known = append(known, function.Arg{Type: a.Type()})
	}
	f, err := function.Resolve(name, known, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &plan.Call{Function: f, Args: args}
}

// lambda is x -> x + by, with a number of its own.
func lambda(t *testing.T, id int, by plan.Expr) *plan.Lambda {
	p := &plan.LambdaParam{ID: id, Name: "x", Typ: types.BigIntType}
	return &plan.Lambda{ID: id, Params: []types.Type{types.BigIntType}, Body: call(t, "+", p, by)}
}

func TestEqual(t *testing.T) {
	a := column(0, "a")
	cases := []struct {
		name string
		x, y plan.Expr
		want bool
	}{
		{"names do not count", a, column(0, "b"), true},
		{"other column", a, column(1, "a"), false},
		{"literal", integer(1), integer(1), true},
		{"literal of other type", integer(1), &plan.Literal{Value: int64(1), Typ: types.IntegerType}, false},
		{"binary literal", &plan.Literal{Value: []byte{1}, Typ: types.VarbinaryType}, &plan.Literal{Value: []byte{1}, Typ: types.VarbinaryType}, true},
		{"call", call(t, "+", a, integer(1)), call(t, "+", a, integer(1)), true},
		{"order of arguments", call(t, "+", a, integer(1)), call(t, "+", integer(1), a), false},
		{"numbers of lambdas do not count", lambda(t, 1, a), lambda(t, 2, a), true},
		{"other lambda", lambda(t, 1, a), lambda(t, 2, column(1, "a")), false},
		{"volatile", call(t, "random"), call(t, "random"), false},
		{"cast and try_cast", &plan.Cast{Expr: a, Typ: types.DoubleType}, &plan.Cast{Expr: a, Typ: types.DoubleType, Try: true}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := plan.Equal(c.x, c.y); got != c.want {
				t.Errorf("Equal(%s, %s) = %t, want %t", plan.String(c.x), plan.String(c.y), got, c.want)
			}
		})
	}
}

func TestIsConstant(t *testing.T) {
	cases := []struct {
		e    plan.Expr
		want bool
	}{
		{integer(1), true},
		{column(0, "a"), false},
		{call(t, "+", integer(1), integer(2)), true},
		{call(t, "random"), false},
		{lambda(t, 1, integer(1)), true},
		{lambda(t, 1, column(0, "a")), false},
		{lambda(t, 1, integer(1)).Body, false},
	}
	for _, c := range cases {
		if got := plan.IsConstant(c.e); got != c.want {
			t.Errorf("IsConstant(%s) = %t, want %t", plan.String(c.e), got, c.want)
		}
	}
}

func TestLiteralText(t *testing.T) {
	cases := []struct {
		value any
		typ   types.Type
		want  string
	}{
		{nil, types.BigIntType, "null"},
		{true, types.BooleanType, "true"},
		{int64(-5), types.BigIntType, "-5"},
		{1.5, types.DoubleType, "1.5E+00"},
		{"it's", types.VarcharType, "'it''s'"},
		{`{"a":1}`, types.JSONType, `json '{"a":1}'`},
		{[]byte{0, 255}, types.VarbinaryType, "X'00FF'"},
		{int64(-1), types.DateType, "date '1969-12-31'"},
		{int64(1_500_000), types.TimestampOf(3), "timestamp '1970-01-01 00:00:01.500'"},
		{int64(1_000_000), types.TimestampOf(0), "timestamp '1970-01-01 00:00:01'"},
		{int64(-90_061_001), types.IntervalDaySecondType, "interval '-1 01:01:01.001'"},
		{int64(14), types.IntervalYearMonthType, "interval '14' month"},
		{decimal128.FromI64(-150), types.DecimalOf(3, 2), "-1.50"},
		{[]byte{10: 255, 11: 255, 12: 192, 13: 0, 14: 2, 15: 1}, types.IPAddressType, "ipaddress '192.0.2.1'"},
		{[]byte{0x12, 0x15: 0}[:16], types.UUIDType, "uuid '12000000-0000-0000-0000-000000000000'"},
	}
	for _, c := range cases {
		if got := plan.String(&plan.Literal{Value: c.value, Typ: c.typ}); got != c.want {
			t.Errorf("text of %v as %s = %s, want %s", c.value, c.typ, got, c.want)
		}
	}
}

func TestConjuncts(t *testing.T) {
	flag := func(i int) plan.Expr { return &plan.Column{Index: i, Name: "f", Typ: types.BooleanType} }
	nested := plan.Conjoin([]plan.Expr{flag(0), plan.Conjoin([]plan.Expr{flag(1), flag(2)})})
	if got := plan.Conjuncts(nested); len(got) != 3 || got[2].(*plan.Column).Index != 2 {
		t.Errorf("Conjuncts(%s) = %d parts", plan.String(nested), len(got))
	}
	if plan.Conjuncts(nil) != nil || plan.Conjoin(nil) != nil {
		t.Error("no conditions are not nil")
	}
	if one := flag(0); plan.Conjoin([]plan.Expr{one}) != one {
		t.Error("the AND of one condition is not the condition")
	}
}

func TestFormatWith(t *testing.T) {
	n := &plan.Limit{Count: 3, Input: &plan.Values{Rows: [][]plan.Expr{{}}}}
	got := plan.FormatWith(n, func(n plan.Node) []string {
		if _, ok := n.(*plan.Limit); ok {
			return []string{"rows 1"}
		}
		return nil
	})
	want := "Limit 3\n    rows 1\n  Values [] ()\n"
	if got != want {
		t.Errorf("FormatWith = %q, want %q", got, want)
	}
}
