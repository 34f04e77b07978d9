package function

import "math"

type signed interface {
	~int8 | ~int16 | ~int32 | ~int64
}

type float interface{ ~float32 | ~float64 }

// integerArithmetic is "+", "-", "*", "/", "%" and unary minus of one integer type.
func integerArithmetic[T signed](name string) []entry {
	sig := func(op string) string { return op + "(" + name + ", " + name + ") " + name }
	overflow := func(what, op string, a, b T) error {
		return outOfRange("%s %s overflow: %d %s %d", name, what, a, op, b)
	}
	return []entry{
		{sig: sig("+"), make: f2(func(a, b T) (T, error) {
			if c := a + b; (c > a) == (b > 0) {
				return c, nil
			}
			return 0, overflow("addition", "+", a, b)
		})},
		{sig: sig("-"), make: f2(func(a, b T) (T, error) {
			if c := a - b; (c < a) == (b > 0) {
				return c, nil
			}
			return 0, overflow("subtraction", "-", a, b)
		})},
		{sig: sig("*"), make: f2(func(a, b T) (T, error) {
			if a == 0 || b == 0 {
				return 0, nil
			}
			c := a * b
			if (c < 0) == ((a < 0) != (b < 0)) && c/b == a {
				return c, nil
			}
			return 0, overflow("multiplication", "*", a, b)
		})},
		{sig: sig("/"), make: f2(func(a, b T) (T, error) {
			switch {
			case b == 0:
				return 0, errDivisionByZero
			case b == -1 && a == -a && a != 0:
				return 0, overflow("division", "/", a, b)
			}
			return a / b, nil
		})},
		{sig: sig("%"), make: f2(remainder[T])},
		{sig: "negate(" + name + ") " + name, make: f1(func(a T) (T, error) {
			if a == -a && a != 0 {
				return 0, outOfRange("%s negation overflow: %d", name, a)
			}
			return -a, nil
		})},
	}
}

func remainder[T signed](a, b T) (T, error) {
	switch b {
	case 0:
		return 0, errDivisionByZero
	case -1:
		return 0, nil
	}
	return a % b, nil
}

// floatArithmetic is the arithmetic of real or double: IEEE, without errors.
func floatArithmetic[T float](name string) []entry {
	sig := func(op string) string { return op + "(" + name + ", " + name + ") " + name }
	return []entry{
		{sig: sig("+"), make: pure2(func(a, b T) T { return a + b })},
		{sig: sig("-"), make: pure2(func(a, b T) T { return a - b })},
		{sig: sig("*"), make: pure2(func(a, b T) T { return a * b })},
		{sig: sig("/"), make: pure2(func(a, b T) T { return a / b })},
		{sig: sig("%"), make: pure2(func(a, b T) T { return T(math.Mod(float64(a), float64(b))) })},
		{sig: "negate(" + name + ") " + name, make: pure1(func(a T) T { return -a })},
	}
}
