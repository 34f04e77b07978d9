package types

// The implicit conversions are those of Trino's TypeCoercion: they never lose
// more than the digits a floating-point type cannot hold.

// CanCoerce reports whether a value of type from may stand where to is asked
// for, without the user writing a cast.
func CanCoerce(from, to Type) bool {
	if from.Equal(to) {
		return true
	}
	super, ok := CommonSuperType(from, to)
	return ok && super.Equal(to)
}

// CommonSuperType returns the narrowest type to which both a and b coerce.
func CommonSuperType(a, b Type) (Type, bool) {
	switch {
	case a.Equal(b):
		return a, true
	case a.Kind == Unknown:
		return b, true
	case b.Kind == Unknown:
		return a, true
	case a.Kind == b.Kind:
		return superOfKind(a, b)
	}
	if t, ok := widen(a, b); ok {
		return t, true
	}
	return widen(b, a)
}

// superOfKind is CommonSuperType for two different types of one kind.
func superOfKind(a, b Type) (Type, bool) {
	switch a.Kind {
	case Decimal:
		return superDecimal(a, b), true
	case Varchar, Char:
		if a.Length == Unbounded || b.Length == Unbounded {
			return Type{Kind: a.Kind, Length: Unbounded}, true
		}
		return Type{Kind: a.Kind, Length: max(a.Length, b.Length)}, true
	case Time, Timestamp, TimestampTZ:
		return Type{Kind: a.Kind, Precision: max(a.Precision, b.Precision)}, true
	case Array:
		elem, ok := CommonSuperType(*a.Elem, *b.Elem)
		return ArrayOf(elem), ok
	case Map:
		key, ok := CommonSuperType(*a.Key, *b.Key)
		if !ok {
			return Type{}, false
		}
		value, ok := CommonSuperType(*a.Elem, *b.Elem)
		return MapOf(key, value), ok
	case Row:
		return superRow(a, b)
	}
	return Type{}, false
}

func superRow(a, b Type) (Type, bool) {
	if len(a.Fields) != len(b.Fields) {
		return Type{}, false
	}
	fields := make([]Field, len(a.Fields))
	for i, f := range a.Fields {
		t, ok := CommonSuperType(f.Type, b.Fields[i].Type)
		if !ok {
			return Type{}, false
		}
		fields[i].Type = t
		if f.Name == b.Fields[i].Name {
			fields[i].Name = f.Name
		}
	}
	return RowOf(fields...), true
}

func superDecimal(a, b Type) Type {
	scale := max(a.Scale, b.Scale)
	whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
	return DecimalOf(min(whole+scale, MaxDecimalPrecision), scale)
}

// integerDigits is how many decimal digits an integer kind may have.
var integerDigits = map[Kind]int{TinyInt: 3, SmallInt: 5, Integer: 10, BigInt: 19}

// widen returns the common super type of two types of different kinds when it
// is reached by widening from towards to.
func widen(from, to Type) (Type, bool) {
	switch from.Kind {
	case TinyInt, SmallInt, Integer, BigInt:
		if to.Kind == Decimal {
			return superDecimal(DecimalOf(integerDigits[from.Kind], 0), to), true
		}
		if to.Kind > from.Kind && to.Kind <= Double {
			return to, true
		}
	case Decimal:
		if to.Kind == Real || to.Kind == Double {
			return to, true
		}
	case Real:
		return to, to.Kind == Double
	case Date:
		return to, to.Kind == Timestamp || to.Kind == TimestampTZ
	case Timestamp:
		if to.Kind == TimestampTZ {
			return TimestampTZOf(max(from.Precision, to.Precision)), true
		}
	case Char:
		// A char never has more code points than its length; its padding is no part of the varchar.
		if to.Kind == Varchar {
			if to.Length == Unbounded {
				return to, true
			}
			return VarcharOf(max(from.Length, to.Length)), true
		}
	}
	return Type{}, false
}
