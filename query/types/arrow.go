package types

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// metadataKey names the SQL type in an Arrow field's metadata; the Arrow type
// alone does not tell JSON from varchar or a timestamp's precision.
const metadataKey = "trino.type"

// Physical types used more than once.
var (
	timestampMicros = &arrow.TimestampType{Unit: arrow.Microsecond}
	tzStruct        = arrow.StructOf(
		arrow.Field{Name: "instant", Type: timestampMicros},
		arrow.Field{Name: "zone", Type: arrow.BinaryTypes.String},
	)
	fixed16 = &arrow.FixedSizeBinaryType{ByteWidth: 16}
)

// Arrow returns the Arrow type in which values of t lie. Varchar arrays may
// instead be dictionary<int32, utf8> where an operator says it accepts that.
// It panics on Function, which has no array.
func (t Type) Arrow() arrow.DataType {
	switch t.Kind {
	case Unknown:
		return arrow.Null
	case Boolean:
		return arrow.FixedWidthTypes.Boolean
	case TinyInt:
		return arrow.PrimitiveTypes.Int8
	case SmallInt:
		return arrow.PrimitiveTypes.Int16
	case Integer:
		return arrow.PrimitiveTypes.Int32
	case BigInt:
		return arrow.PrimitiveTypes.Int64
	case Real:
		return arrow.PrimitiveTypes.Float32
	case Double:
		return arrow.PrimitiveTypes.Float64
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case Varchar, Char, JSON:
		return arrow.BinaryTypes.String
	case Varbinary:
		return arrow.BinaryTypes.Binary
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Time:
		return arrow.FixedWidthTypes.Time64ns
	case Timestamp:
		return timestampMicros
	case TimestampTZ:
		return tzStruct
	case IntervalDaySecond:
		return arrow.FixedWidthTypes.Duration_ms
	case IntervalYearMonth:
		return arrow.FixedWidthTypes.MonthInterval
	case UUID, IPAddress:
		return fixed16
	case Array:
		return arrow.ListOfField(ToField("item", *t.Elem))
	case Map:
		m := arrow.MapOf(t.Key.Arrow(), t.Elem.Arrow())
		m.SetItemNullable(true)
		return m
	case Row:
		fields := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			name := f.Name
			if name == "" {
				name = fmt.Sprintf("field%d", i)
			}
			fields[i] = ToField(name, f.Type)
		}
		return arrow.StructOf(fields...)
	}
	panic(fmt.Sprintf("types: %s has no Arrow layout", t))
}

// ToField makes an Arrow field that carries the SQL type in its metadata.
func ToField(name string, t Type) arrow.Field {
	return arrow.Field{
		Name: name, Type: t.Arrow(), Nullable: true,
		Metadata: arrow.NewMetadata([]string{metadataKey}, []string{t.String()}),
	}
}

// FromField returns the SQL type of an Arrow field: the one in its metadata, or
// the one its Arrow type means when there is none (timestamps are timestamp(3),
// as event data stores show them). An Arrow type without a SQL type is an error.
func FromField(f arrow.Field) (Type, error) {
	if i := f.Metadata.FindKey(metadataKey); i >= 0 {
		return Parse(f.Metadata.Values()[i])
	}
	return FromArrow(f.Type)
}

// FromArrow returns the SQL type an Arrow type means without metadata.
func FromArrow(dt arrow.DataType) (Type, error) {
	switch d := dt.(type) {
	case *arrow.NullType:
		return UnknownType, nil
	case *arrow.BooleanType:
		return BooleanType, nil
	case *arrow.Int8Type:
		return TinyIntType, nil
	case *arrow.Int16Type:
		return SmallIntType, nil
	case *arrow.Int32Type:
		return IntegerType, nil
	case *arrow.Int64Type:
		return BigIntType, nil
	case *arrow.Float32Type:
		return RealType, nil
	case *arrow.Float64Type:
		return DoubleType, nil
	case *arrow.StringType:
		return VarcharType, nil
	case *arrow.BinaryType:
		return VarbinaryType, nil
	case *arrow.Date32Type:
		return DateType, nil
	case *arrow.Decimal128Type:
		return DecimalOf(int(d.Precision), int(d.Scale)), nil
	case *arrow.TimestampType:
		return TimestampType, nil
	case *arrow.DictionaryType:
		return FromArrow(d.ValueType)
	case *arrow.MapType:
		key, err := FromField(d.KeyField())
		if err != nil {
			return Type{}, err
		}
		item, err := FromField(d.ItemField())
		if err != nil {
			return Type{}, err
		}
		return MapOf(key, item), nil
	case *arrow.ListType:
		elem, err := FromField(d.ElemField())
		if err != nil {
			return Type{}, err
		}
		return ArrayOf(elem), nil
	case *arrow.StructType:
		fields := make([]Field, d.NumFields())
		for i, f := range d.Fields() {
			t, err := FromField(f)
			if err != nil {
				return Type{}, err
			}
			fields[i] = Field{Name: f.Name, Type: t}
		}
		return RowOf(fields...), nil
	}
	return Type{}, fmt.Errorf("arrow type %s has no SQL type", dt)
}
