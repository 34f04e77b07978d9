// Package types is the lake's SQL type system: Trino's types, how each lies in
// an Arrow array, and which converts implicitly into which.
//
// SQL types are more than Arrow's (time zones, JSON, intervals, uuid,
// ipaddress), so a type never is an arrow.DataType; ToField and FromField carry
// it through Arrow schemas in field metadata.
package types

import (
	"strconv"
	"strings"
)

// Kind is the base of a Type.
type Kind uint8

// The kinds, with the Arrow layout of their arrays.
const (
	Unknown           Kind = iota // the type of a bare NULL: arrow null
	Boolean                       // bool
	TinyInt                       // int8
	SmallInt                      // int16
	Integer                       // int32
	BigInt                        // int64
	Real                          // float32
	Double                        // float64
	Decimal                       // decimal128(Precision, Scale)
	Varchar                       // utf8, or dictionary<int32, utf8>; Length code points, Unbounded when -1
	Char                          // utf8, padding removed; Length code points
	Varbinary                     // binary
	Date                          // date32
	Time                          // time64[ns]; Precision 0-9
	Timestamp                     // timestamp[us] without zone; Precision 0-6
	TimestampTZ                   // struct<instant: timestamp[us], zone: utf8>; Precision 0-6
	IntervalDaySecond             // duration[ms]
	IntervalYearMonth             // month_interval
	JSON                          // utf8: JSON text
	UUID                          // fixed_size_binary[16]
	IPAddress                     // fixed_size_binary[16], IPv4 mapped into IPv6
	Array                         // list<Elem>
	Map                           // map<Key, Elem>
	Row                           // struct<Fields…>
	Function                      // a lambda argument: no array; Params and Elem (result)
)

// Unbounded is the Length of varchar without a bound.
const Unbounded = -1

// MaxCharLength is the most code points of a char.
const MaxCharLength = 65536

// Type is one SQL type. Types are values: compare with Equal, not ==.
type Type struct {
	Kind      Kind
	Precision int // of Decimal, Time, Timestamp, TimestampTZ
	Scale     int // of Decimal
	Length    int // of Varchar and Char
	Key       *Type
	Elem      *Type
	Fields    []Field
	Params    []Type // of Function
}

// Field is one field of a Row; Name is "" for an anonymous field.
type Field struct {
	Name string
	Type Type
}

// The types without parameters, and the usual parameters of the others.
var (
	UnknownType           = Type{Kind: Unknown}
	BooleanType           = Type{Kind: Boolean}
	TinyIntType           = Type{Kind: TinyInt}
	SmallIntType          = Type{Kind: SmallInt}
	IntegerType           = Type{Kind: Integer}
	BigIntType            = Type{Kind: BigInt}
	RealType              = Type{Kind: Real}
	DoubleType            = Type{Kind: Double}
	VarcharType           = Type{Kind: Varchar, Length: Unbounded}
	VarbinaryType         = Type{Kind: Varbinary}
	DateType              = Type{Kind: Date}
	TimestampType         = Type{Kind: Timestamp, Precision: 3}
	TimestampTZType       = Type{Kind: TimestampTZ, Precision: 3}
	IntervalDaySecondType = Type{Kind: IntervalDaySecond}
	IntervalYearMonthType = Type{Kind: IntervalYearMonth}
	JSONType              = Type{Kind: JSON}
	UUIDType              = Type{Kind: UUID}
	IPAddressType         = Type{Kind: IPAddress}
)

// VarcharOf is varchar(n).
func VarcharOf(n int) Type { return Type{Kind: Varchar, Length: n} }

// DecimalOf is decimal(p, s).
func DecimalOf(p, s int) Type { return Type{Kind: Decimal, Precision: p, Scale: s} }

// TimestampOf is timestamp(p).
func TimestampOf(p int) Type { return Type{Kind: Timestamp, Precision: p} }

// TimestampTZOf is timestamp(p) with time zone.
func TimestampTZOf(p int) Type { return Type{Kind: TimestampTZ, Precision: p} }

// ArrayOf is array(elem).
func ArrayOf(elem Type) Type { return Type{Kind: Array, Elem: &elem} }

// MapOf is map(key, value).
func MapOf(key, value Type) Type { return Type{Kind: Map, Key: &key, Elem: &value} }

// RowOf is row(fields).
func RowOf(fields ...Field) Type { return Type{Kind: Row, Fields: fields} }

// FunctionOf is the type of a lambda.
func FunctionOf(params []Type, result Type) Type {
	return Type{Kind: Function, Params: params, Elem: &result}
}

// Equal reports whether t and o are the same type, parameters and field names included.
func (t Type) Equal(o Type) bool {
	if t.Kind != o.Kind || len(t.Fields) != len(o.Fields) || len(t.Params) != len(o.Params) {
		return false
	}
	switch t.Kind {
	case Decimal:
		return t.Precision == o.Precision && t.Scale == o.Scale
	case Time, Timestamp, TimestampTZ:
		return t.Precision == o.Precision
	case Varchar, Char:
		return t.Length == o.Length
	case Array, Map, Function:
		if t.Kind == Map && !t.Key.Equal(*o.Key) {
			return false
		}
		for i := range t.Params {
			if !t.Params[i].Equal(o.Params[i]) {
				return false
			}
		}
		return t.Elem.Equal(*o.Elem)
	case Row:
		for i := range t.Fields {
			if t.Fields[i].Name != o.Fields[i].Name || !t.Fields[i].Type.Equal(o.Fields[i].Type) {
				return false
			}
		}
	}
	return true
}

// IsNumeric reports whether t is an integer, decimal or floating-point type.
func (t Type) IsNumeric() bool { return t.Kind >= TinyInt && t.Kind <= Decimal }

// IsInteger reports whether t is tinyint, smallint, integer or bigint.
func (t Type) IsInteger() bool { return t.Kind >= TinyInt && t.Kind <= BigInt }

// IsString reports whether t is varchar or char.
func (t Type) IsString() bool { return t.Kind == Varchar || t.Kind == Char }

var kindNames = [...]string{
	"unknown", "boolean", "tinyint", "smallint", "integer", "bigint", "real", "double", "decimal",
	"varchar", "char", "varbinary", "date", "time", "timestamp", "timestamp with time zone",
	"interval day to second", "interval year to month", "json", "uuid", "ipaddress",
	"array", "map", "row", "function",
}

// String is Trino's display form: "map(varchar, varchar)", "timestamp(3) with time zone".
func (t Type) String() string {
	n := strconv.Itoa
	switch t.Kind {
	case Decimal:
		return "decimal(" + n(t.Precision) + "," + n(t.Scale) + ")"
	case Varchar:
		if t.Length == Unbounded {
			return "varchar"
		}
		return "varchar(" + n(t.Length) + ")"
	case Char:
		return "char(" + n(t.Length) + ")"
	case Time, Timestamp:
		return kindNames[t.Kind] + "(" + n(t.Precision) + ")"
	case TimestampTZ:
		return "timestamp(" + n(t.Precision) + ") with time zone"
	case Array:
		return "array(" + t.Elem.String() + ")"
	case Map:
		return "map(" + t.Key.String() + ", " + t.Elem.String() + ")"
	case Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = strings.TrimSpace(fieldName(f.Name) + " " + f.Type.String())
		}
		return "row(" + strings.Join(parts, ", ") + ")"
	case Function:
		parts := make([]string, len(t.Params))
		for i, p := range t.Params {
			parts[i] = p.String()
		}
		return "function(" + strings.Join(append(parts, t.Elem.String()), ",") + ")"
	}
	return kindNames[t.Kind]
}

// fieldName is a row field's name as Parse reads it back: quoted, as Trino shows it.
func fieldName(name string) string {
	if name == "" {
		return ""
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
